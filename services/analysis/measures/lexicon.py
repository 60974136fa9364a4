"""The English word lists of quantitative_metrics. A word counts wherever it stands: "I like it" has a filler.

Sources of the kinds: hesitations and fillers as Clark & Fox Tree, Using uh and um in spontaneous speaking,
Cognition 84 (2002); qualifiers and words of certainty as hedges and boosters in Hyland, Boosting, hedging and
the negotiation of academic knowledge, Text 18 (1998).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

# um, uh, er and ah, also drawn out, as some recognisers write them ("uhh", "erm").
_HESITATION = re.compile(r"(?:u+m+|u+h+m?|e+r+m?|a+h+)")


class Kind(IntEnum):
    """What a word may be counted as; the place of its count in `WordCounts`."""

    HESITATION = 0
    FILLER = 1
    QUALIFIER = 2
    CERTAINTY = 3


_FILLERS = "like basically actually literally so well"
_QUALIFIERS = "maybe perhaps might could possibly"
_CERTAINTY = "definitely absolutely certainly surely clearly undoubtedly always never"
_WORDS = {
    word: kind
    for kind, words in (
        (Kind.FILLER, _FILLERS),
        (Kind.QUALIFIER, _QUALIFIERS),
        (Kind.CERTAINTY, _CERTAINTY),
    )
    for word in words.split()
}
_PHRASES = {
    ("you", "know"): Kind.FILLER,
    ("sort", "of"): Kind.QUALIFIER,
    ("kind", "of"): Kind.QUALIFIER,
    ("i", "guess"): Kind.QUALIFIER,
    ("i", "think"): Kind.QUALIFIER,
}


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Of one text, each from 0; a phrase of two words counts once."""

    hesitations: int
    fillers: int
    qualifiers: int
    certainty: int
    repetitions: int


def is_hesitation(word: str) -> bool:
    """Whether a lower-case word only fills a pause."""
    return word[0] in "uea" and _HESITATION.fullmatch(word) is not None


def count_words(words: Iterable[str]) -> WordCounts:
    """What a text's words, in lower case, count as. A repetition is a word that is the same as the one
    before."""
    counts = [0, 0, 0, 0]
    words = list(words)
    for word in words:
        kind = _WORDS.get(word)
        if kind is not None:
            counts[kind] += 1
        elif is_hesitation(word):
            counts[Kind.HESITATION] += 1
    repetitions = 0
    for pair in pairwise(words):
        repetitions += pair[0] == pair[1]
        phrase = _PHRASES.get(pair)
        if phrase is not None:
            counts[phrase] += 1
    hesitations, fillers, qualifiers, certainty = counts
    return WordCounts(hesitations, fillers, qualifiers, certainty, repetitions)
