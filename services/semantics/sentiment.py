"""Sentiment from a lexicon of the project's own, after the rules of VADER (Hutto and Gilbert, ICWSM 2014) in
small.

A word counts by its weight; a negation up to three words before it turns it round and weakens it; an
intensifier before it makes it count more or less. score = s / sqrt(s^2 + 15) for the sum s, which stays
between -1 and 1; magnitude is the sum of all weights without their signs. Sentences of thanks are courtesy,
and in no list.
"""

from collections.abc import Sequence
from math import sqrt

from services.semantics.clauses import Clauses
from services.semantics.lists import SentimentWords, WordLists
from services.semantics.meaning import Sentiment
from services.semantics.phrases import PhraseTable
from services.semantics.stems import Stems
from services.semantics.words import normal_words

_TURNED = -0.74  # VADER's N_SCALAR
_STRONGER = 1.3
_WEAKER = 0.6
_NORMALISATION = 15.0  # VADER's alpha, about the largest sum of a sentence
_REACH = 3
NEUTRAL = 0.25
"""A score nearer to 0 than this is neither good nor bad."""


class SentimentFinder:
    """Adds up the words of feeling and judgment."""

    def __init__(self, lists: WordLists, stems: Stems) -> None:
        words: SentimentWords = lists.sentiment
        self._stronger, self._weaker = words.stronger, words.weaker
        self._negators = lists.grammar.negators
        self._table: PhraseTable[tuple[float, str]] = PhraseTable()
        for weights, sign in ((words.positive, 1.0), (words.negative, -1.0)):
            for phrase, weight in weights.items():
                exact = phrase[1:] if phrase.startswith("=") else ""
                self._table.add(stems.of(normal_words(phrase)), (sign * weight, exact))
        for phrase in words.neutral:
            self._table.add(stems.of(normal_words(phrase)), (0.0, ""))

    def find(self, clauses: Clauses, stems: Sequence[str]) -> tuple[float, float]:
        """The sum of all weights, and the sum without their signs."""
        total = magnitude = 0.0
        reached = 0
        words = clauses.words
        longest: dict[int, tuple[int, float]] = {}
        for first, last, (weight, exact) in self._table.matches(stems):
            if not exact or words[first] == exact:
                longest[first] = (last, weight)
        for first, (last, weight) in longest.items():
            if first < reached:
                continue
            reached = last
            before = words[max(0, first - _REACH) : first]
            if before and before[-1] in self._stronger:
                weight *= _STRONGER
            elif before and before[-1] in self._weaker:
                weight *= _WEAKER
            if first in clauses.denied and not self._negators.isdisjoint(before):
                weight *= _TURNED
            total += weight
            magnitude += abs(weight)
        return total, magnitude


def sentiment_of(total: float, magnitude: float) -> Sentiment:
    """The sentiment of a text with these sums."""
    return Sentiment(total / sqrt(total * total + _NORMALISATION), magnitude)
