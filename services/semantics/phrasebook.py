"""The phrases of the intents, looked for once in a text for everybody who asks."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.semantics.clauses import Clauses
from services.semantics.lists import WordLists
from services.semantics.meaning import Intent
from services.semantics.phrases import PhraseTable, variants
from services.semantics.words import normal_words

_PLACES = ("phrases", "openings", "endings", "unless")


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
        for first, last, rule in self._counting(clauses.words):
            by_intent = getattr(found, "anywhere" if rule.place == "phrases" else rule.place)
            places = by_intent.setdefault(rule.intent, [])
            if places and places[-1][0] == first:
                places[-1] = (first, last)
            else:
                places.append((first, last))
        return found

    def _counting(self, words: Sequence[str]) -> Iterator[tuple[int, int, _Rule]]:
        matches = self._table.matches(words)
        barred = [(first, last, rule.intent) for first, last, rule in matches if rule.place == "unless"]
        for first, last, rule in matches:
            if rule.place != "unless" and not any(
                start <= first < end and rule.intent is intent for start, end, intent in barred
            ):
                yield first, last, rule
