"""Keywords after RAKE (Rose, Engel, Cramer and Cowley, "Automatic keyword extraction from individual
documents", 2010): stop words and punctuation cut a text into candidate phrases; a word's degree is the sum of
the lengths of the phrases that it occurs in, and the words of the highest degree are what the text is about.

Words, not phrases, are the keywords; inflections of one stem are one keyword. A tie is won by the first.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence

from services.semantics.lists import WordLists
from services.semantics.words import Reading

MAX_KEYWORDS = 6
_MIN_LETTERS = 3
_MAX_REMEMBERED = 5000
_MAX_LABELS = 1 << 16
_LONGEST_PHRASE = 4  # longer rows of words are a list or a foreign language


Keyword = tuple[str, str, int, int, int]
"""A word that a text is about: base form, stem, how often it occurs, its degree, and its first place."""


class Keywords:
    """Ranks the words of a segment. `base_of` knows the base form of some stems."""

    def __init__(self, lists: WordLists, base_of: Callable[[str], str | None]) -> None:
        self._stop_words = lists.grammar.stop_words | lists.grammar.fillers | lists.grammar.question_words
        self._base_of = base_of
        self._labels: dict[str, str] = {}

    def find(self, reading: Reading, stems: Sequence[str]) -> list[Keyword]:
        """At most 6, the most important first."""
        words, breaks, stop_words = reading.words, reading.breaks, self._stop_words
        counts: dict[str, list[int]] = {}  # stem: degree, below 0; first place; count
        phrase: list[list[int]] = []  # the entries of its words
        last = 0
        for index, word in enumerate(words):
            if word in stop_words or len(word) < _MIN_LETTERS or not word.isalpha():
                continue
            if phrase and (index > last or index in breaks):
                _close(phrase)
                phrase = []
            stem = stems[index]
            entry = counts.get(stem)
            if entry is None:
                entry = counts[stem] = [0, index, 0]
            entry[2] += 1
            phrase.append(entry)
            last = index + 1
        _close(phrase)
        ranked = sorted([(degree, first, count, stem) for stem, (degree, first, count) in counts.items()])
        labels = self._labels
        return [
            (labels.get(words[first]) or self._label(words[first], stem), stem, count, -degree, first)
            for degree, first, count, stem in ranked[:MAX_KEYWORDS]
        ]

    def _label(self, word: str, stem: str) -> str:
        """The base form as far as it is known: a list's, or the word without its plural's s. Remembered."""
        if len(self._labels) >= _MAX_LABELS:
            self._labels.clear()  # a text of a million different words must not be remembered for ever
        label = self._labels[word] = self._base_of(stem) or _singular(word, stem)
        return label


def _singular(word: str, stem: str) -> str:
    """A word without the s of its plural, as far as one can tell."""
    plural = word[-1] == "s" and len(word) > 4 and word[-2] not in "sui" and word.startswith(stem)
    return word[:-1] if plural and len(stem) < len(word) else word


def _close(phrase: list[list[int]]) -> None:
    """Add the length of a phrase to the degree of each of its words."""
    degree = min(len(phrase), _LONGEST_PHRASE)
    for entry in phrase:
        entry[0] -= degree


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
