"""All entities of a text. Where two forms claim the same characters, the more exact form has them."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from services.semantics import amounts, contacts, payment_numbers
from services.semantics.dates import DATE_WORDS, dates
from services.semantics.entity import Entity
from services.semantics.numerals import DIGITS, NUMBER_WORDS
from services.semantics.times import TIME_WORDS, times
from services.semantics.words import Reading

_SIGNS = re.compile(r"\d|@|://|www\.|\w\.\w")
_SPOKEN = NUMBER_WORDS | DATE_WORDS | TIME_WORDS | DIGITS.keys() | amounts.UNIT_FORMS.keys() | {"dot"}


def entities(reading: Reading, held_on: date | None = None) -> list[Entity]:
    """Entities that do not overlap, in order of place; `held_on` is the day that "today" is."""
    has_signs = _SIGNS.search(reading.text) is not None
    has_words = not _SPOKEN.isdisjoint(reading.words)
    if not has_signs and not has_words:
        return []
    starts: list[int] = []
    taken: list[Entity] = []
    for entity in _claims(reading, held_on, has_signs, has_words):
        place = bisect_left(starts, entity.start)
        is_free = (place == 0 or taken[place - 1].end <= entity.start) and (
            place == len(taken) or entity.end <= starts[place]
        )
        if is_free:
            starts.insert(place, entity.start)
            taken.insert(place, entity)
    return taken


def _claims(reading: Reading, held_on: date | None, has_signs: bool, has_words: bool) -> Iterator[Entity]:
    """In order of exactness: what has a check or a sign of its own, then dates before bare numbers."""
    finders: list[Callable[[], Iterable[Entity]]] = []
    if has_signs:
        finders.append(lambda: contacts.written_addresses(reading))
    if has_words and "dot" in reading.words:
        finders.append(lambda: contacts.spoken_addresses(reading))
    finders += [
        lambda: payment_numbers.ibans(reading),
        lambda: payment_numbers.cards(reading),
        lambda: dates(reading, held_on),
        lambda: times(reading),
    ]
    if has_signs:
        finders.append(lambda: amounts.figures(reading))
    finders.append(lambda: contacts.phones(reading))
    if has_words:
        finders.append(lambda: amounts.spoken(reading))
    for finder in finders:
        yield from finder()
