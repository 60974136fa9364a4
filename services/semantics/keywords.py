"""Keywords after RAKE (Rose, Engel, Cramer and Cowley, "Automatic keyword extraction from individual
documents", 2010): stop words and punctuation cut a text into candidate phrases; a word's degree is the sum of
the lengths of the phrases that it occurs in, and the words of the highest degree are what the text is about.

Words, not phrases, are the keywords; inflections of one stem are one keyword. A tie is won by the first.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.semantics.lists import WordLists
from services.semantics.words import Reading

MAX_KEYWORDS = 6
_MIN_LETTERS = 3
_MAX_REMEMBERED = 5000
_LONGEST_PHRASE = 4  # longer rows of words are a list or a foreign language


class Keyword(NamedTuple):
    """A word that a text is about: base form, stem, how often it occurs, its degree, and its first place."""

    label: str
    stem: str
    occurrences: int
    degree: int
    first: int


class Keywords:
    """Ranks the words of a segment. `base_of` knows the base form of some stems."""

    def __init__(self, lists: WordLists, base_of: Callable[[str], str | None]) -> None:
        self._stop_words = lists.grammar.stop_words | lists.grammar.fillers | lists.grammar.question_words
        self._base_of = base_of

    def find(self, reading: Reading, stems: Sequence[str]) -> list[Keyword]:
        """At most 6, the most important first."""
        words, breaks, stop_words = reading.words, reading.breaks, self._stop_words
        counts: dict[str, list[int]] = {}  # stem: count, degree, first place
        phrase: list[str] = []
        for index, word in enumerate(words):
            is_content = word not in stop_words and len(word) >= _MIN_LETTERS and word.isalpha()
            if phrase and (not is_content or index in breaks):
                _close(phrase, counts)
            if is_content:
                stem = stems[index]
                counts.setdefault(stem, [0, 0, index])[0] += 1
                phrase.append(stem)
        _close(phrase, counts)
        ranked = sorted(counts.items(), key=lambda each: (-each[1][1], each[1][2]))[:MAX_KEYWORDS]
        return [
            Keyword(self._label(stem, words[first]), stem, count, degree, first)
            for stem, (count, degree, first) in ranked
        ]

    def _label(self, stem: str, word: str) -> str:
        """The base form as far as it is known: a list's, the stem if it is the word's begin and whole, the
        word."""
        base = self._base_of(stem)
        if base is not None:
            return base
        plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and word[:-1].startswith(stem)
        return word[:-1] if plural and len(word) > 4 else word


def _close(phrase: list[str], counts: dict[str, list[int]]) -> None:
    """Add the length of a phrase to the degree of each of its words."""
    degree = min(len(phrase), _LONGEST_PHRASE)
    for stem in phrase:
        counts[stem][1] += degree
    phrase.clear()


class SessionKeywords:
    """Ranks keywords over a session, by the sum of their degrees; a tie is won by the one that came first.

    Overflow: of more than 5,000 different ones the lowest is forgotten.
    """

    def __init__(self) -> None:
        self._entries: dict[str, tuple[int, int, int, str]] = {}  # -degree, order of appearance, count, label
        self._ranked: list[tuple[int, int, str]] = []
        self._seen = 0

    def add(self, stem: str, label: str, count: int, degree: int) -> tuple[int, int]:
        """Count a keyword of the next segment; its rank now, from 1, and how often it was said by now."""
        before = self._entries.get(stem)
        if before is None:
            self._seen += 1
            before = (0, self._seen, 0, label)
        else:
            del self._ranked[bisect_left(self._ranked, (before[0], before[1], stem))]
        entry = (before[0] - degree, before[1], before[2] + count, before[3])
        self._entries[stem] = entry
        insort(self._ranked, (entry[0], entry[1], stem))
        rank = bisect_left(self._ranked, (entry[0], entry[1], stem)) + 1
        if len(self._ranked) > _MAX_REMEMBERED:
            del self._entries[self._ranked.pop()[2]]
        return rank, entry[2]

    def top(self, most: int) -> list[tuple[str, int, int]]:
        """The highest: label, count, degree."""
        return [
            (self._entries[stem][3], self._entries[stem][2], -degree)
            for degree, _, stem in self._ranked[:most]
        ]
