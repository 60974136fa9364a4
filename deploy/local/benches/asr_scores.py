"""What a stream of recognised words is worth, against the words that were said. Pure.

A `Screen` is what a client that shows everything has before it after a message. Words are compared without
case and marks. Where words have to be paired, it is by the alignment with the fewest errors (Levenshtein
1966), not by the times that a recogniser states, for those are its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A word and when it was really spoken, in seconds from the first sample."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Screen:
    """All words of one channel after a message.

    Attributes:
        at: when the message arrived, in seconds after the first sample was spoken.
        words: from the begin of the stream.
        final: so many first words were said to be final.
    """

    at: float
    words: tuple[str, ...]
    final: int


@dataclass(frozen=True, slots=True)
class Score:
    """Of one channel of one stream; scores are added up.

    Attributes:
        said: words that were spoken.
        errors: substitutions, deletions and insertions in the final words.
        lost: spoken words that have no final word in their place, right or wrong.
        final_lags: for each word that was recognised, seconds from its true end until it was final.
        interim_lags: for each word that was ever shown rightly in its place, seconds from its true end until
            it first was; below 0 where it was recognised before it had ended.
        shown: words that were put on the screen.
        changed: of those, how many were replaced or taken away again.
        broken: final words that changed afterwards.
    """

    said: int = 0
    errors: int = 0
    lost: int = 0
    final_lags: tuple[float, ...] = ()
    interim_lags: tuple[float, ...] = ()
    shown: int = 0
    changed: int = 0
    broken: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.said + other.said,
            self.errors + other.errors,
            self.lost + other.lost,
            self.final_lags + other.final_lags,
            self.interim_lags + other.interim_lags,
            self.shown + other.shown,
            self.changed + other.changed,
            self.broken + other.broken,
        )

    @property
    def word_error_rate(self) -> float:
        """Errors over spoken words, from 0."""
        return self.errors / max(1, self.said)

    @property
    def changed_share(self) -> float:
        """Of the words shown, 0 to 1."""
        return self.changed / max(1, self.shown)


def score(said: Sequence[Said], screens: Sequence[Screen]) -> Score:
    """The score of one channel."""
    texts = [word.text for word in said]
    finals, times, broken = _finals(screens)
    aligner = Aligner(texts)
    pairs = aligner.pairs(finals, len(texts))
    right = [(i, j) for i, j in pairs if texts[i] == finals[j]]
    shown, changed = _changes(screens)
    return Score(
        said=len(said),
        # Right pairs cost nothing, wrong ones 1, words without a partner 1 on either side.
        errors=len(said) + len(finals) - len(pairs) - len(right),
        lost=len(said) - len(pairs),
        # What was final before a word was begun is another word like it.
        final_lags=tuple(times[j] - said[i].end for i, j in right if times[j] > said[i].start),
        interim_lags=_interim_lags(said, screens),
        shown=shown,
        changed=changed,
        broken=broken,
    )


def _finals(screens: Sequence[Screen]) -> tuple[list[str], list[float], int]:
    """The final words in the end, since when each has been that, and how many had been others."""
    words: list[str] = []
    times: list[float] = []
    broken = 0
    for screen in screens:
        now = screen.words[: screen.final]
        kept = _common(words, now)
        broken += len(words) - kept
        words[kept:] = now[kept:]
        times[kept:] = [screen.at] * (len(now) - kept)
    return words, times, broken


def _interim_lags(said: Sequence[Said], screens: Sequence[Screen]) -> tuple[float, ...]:
    aligner = Aligner([word.text for word in said])
    first: dict[int, float] = {}
    begun = 0
    for screen in screens:
        # A word that nobody has begun to say cannot have been recognised, only one like it.
        while begun < len(said) and said[begun].start <= screen.at:
            begun += 1
        for i, j in aligner.pairs(screen.words, begun, open_end=True):
            if said[i].text == screen.words[j]:
                first.setdefault(i, screen.at)
    return tuple(at - said[i].end for i, at in sorted(first.items()))


def _changes(screens: Sequence[Screen]) -> tuple[int, int]:
    """Words put on the screen, and how many of them were taken off it again."""
    shown = changed = 0
    before: tuple[str, ...] = ()
    for screen in screens:
        kept = _common(before, screen.words)
        old, new = before[kept:], screen.words[kept:]
        kept += sum(old[i] == new[j] for i, j in Aligner(old).pairs(new, len(old)))
        shown += len(screen.words) - kept
        changed += len(before) - kept
        before = screen.words
    return shown, changed


class Aligner:
    """Aligns growing texts with one reference; words that stayed the same are not computed again."""

    def __init__(self, reference: Sequence[str]) -> None:
        self._reference = reference
        self._text: list[str] = []
        # Row j, column i: fewest errors between the text's first j words and the reference's first i.
        self._rows: list[list[int]] = [list(range(len(reference) + 1))]

    def pairs(self, text: Sequence[str], length: int, open_end: bool = False) -> list[tuple[int, int]]:
        """Indices of paired words (reference, text), in order, equal or not.

        Only the reference's first `length` words count; with `open_end`, as many of them as fit best.
        """
        kept = _common(self._text, text)
        del self._rows[kept + 1 :]
        self._text[kept:] = text[kept:]
        for word in text[kept:]:
            self._rows.append(self._next(self._rows[-1], word))
        last = self._rows[-1]
        i = min(range(length + 1), key=last.__getitem__) if open_end else length
        return self._back(i, len(text))

    def _next(self, row: list[int], word: str) -> list[int]:
        new = [row[0] + 1]
        for i, wanted in enumerate(self._reference):
            new.append(min(row[i] + (wanted != word), row[i + 1] + 1, new[i] + 1))
        return new

    def _back(self, i: int, j: int) -> list[tuple[int, int]]:
        """The way back to the begin; of ways that are equally good, one that pairs words."""
        rows, pairs = self._rows, []
        while i and j:
            if rows[j][i] == rows[j - 1][i - 1] + (self._reference[i - 1] != self._text[j - 1]):
                i, j = i - 1, j - 1
                pairs.append((i, j))
            elif rows[j][i] == rows[j][i - 1] + 1:
                i -= 1
            else:
                j -= 1
        return pairs[::-1]


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many first words are the same."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
