"""The phrases of the intents, looked for once in a text for everybody who asks."""

from collections.abc import Sequence
from typing import NamedTuple

from services.semantics.clauses import Clauses
from services.semantics.lists import WordLists
from services.semantics.meaning import Intent
from services.semantics.phrases import PhraseTable, variants
from services.semantics.words import normal_words

_UNLESS = "unless"
_PLACES = ("phrases", "openings", "endings", _UNLESS)
"""The first three are the fields of Phrases."""


class _Rule(NamedTuple):
    intent: Intent
    place: str


class Phrases(NamedTuple):
    """What was met in a text: first word, one past the last, by intent.

    Attributes:
        anywhere: phrases, of those that begin at a word the longest.
        openings: phrases of those that belong to the begin of a clause; whether one begins there is not asked
            yet.
        endings: of those that belong to an end.
    """

    anywhere: dict[Intent, list[tuple[int, int]]]
    openings: dict[Intent, list[tuple[int, int]]]
    endings: dict[Intent, list[tuple[int, int]]]

    def of(self, intent: Intent) -> Sequence[tuple[int, int]]:
        """The phrases of an intent that may stand anywhere."""
        return self.anywhere.get(intent, ())


class Phrasebook:
    """All phrases of all intents. Raises ValueError for a phrase without words."""

    def __init__(self, lists: WordLists) -> None:
        self._table: PhraseTable[_Rule] = PhraseTable()
        for intent, rules in lists.intents.items():
            for place in _PLACES:
                for phrase in getattr(rules, place):
                    for variant in variants(phrase):
                        words = normal_words(variant)
                        if not words:
                            raise ValueError(f"intents.{intent}: the phrase {phrase!r} has no words")
                        self._table.add(words, _Rule(intent, place))

    def find(self, clauses: Clauses) -> Phrases:
        """What counts: no phrase that begins inside one that bars it."""
        found = Phrases({}, {}, {})
        matches = self._table.matches(clauses.words)
        barred = [(first, last, rule[0]) for first, last, rule in matches if rule[1] == _UNLESS]
        for first, last, (intent, place) in matches:
            if place == _UNLESS or (
                barred and any(start <= first < end and of is intent for start, end, of in barred)
            ):
                continue
            places = found[_PLACES.index(place)].setdefault(intent, [])
            if places and places[-1][0] == first:
                places[-1] = (first, last)
            else:
                places.append((first, last))
        return found
