"""The words of one segment over its hypotheses: which of them stay, and how sure that is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from services.asr.engine import NANOSECONDS_PER_SAMPLE, Hypothesis, Word


@dataclass(frozen=True, slots=True)
class Interim:
    """A segment so far: the first `settled` of the words do not change any more; stability is 0 to 1."""

    words: tuple[Word, ...]
    settled: int
    stability: float


class StablePrefix:
    """Settles words from the left: a word that was the same in the last `agreement` hypotheses, and ended
    `age` nanoseconds before the newest audio, is settled, and no later revision changes it, the final
    included. A hypothesis that says itself what is settled is taken at its word.
    """

    # Share of PocketSphinx's words that the final had in the same place, by the number of times that a
    # hypothesis (one each 250 ms) had confirmed them; the sample call and 16 sentences of flite, 370 words.
    # With an agreement of 4 and an age of 2 s, 55 % of the words were settled early and the word error rate
    # stayed at 4.3 %; an age of 1 s makes it 6.0 %.
    _SURVIVAL = (0.5, 0.82, 0.86, 0.86, 0.87, 0.87, 0.9)

    def __init__(self, agreement: int, age: int) -> None:
        self._age = age
        self._recent: deque[tuple[Word, ...]] = deque(maxlen=agreement)
        self._settled: tuple[Word, ...] = ()
        self._runs: list[int] = []
        self._words: tuple[Word, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the newest interim."""
        return self._words

    def update(self, hypothesis: Hypothesis) -> Interim:
        """Take the next hypothesis."""
        if hypothesis.settled is not None:
            self._settled = hypothesis.words[: hypothesis.settled]
        words = self._merge(hypothesis)
        self._runs = [
            self._runs[index] + 1 if index < len(self._words) and self._words[index].text == word.text else 0
            for index, word in enumerate(words)
        ]
        self._words = words
        self._recent.append(words)
        if hypothesis.settled is None:
            self._settle(hypothesis.samples * NANOSECONDS_PER_SAMPLE - self._age)
        stability = self._stability() if hypothesis.stability is None else hypothesis.stability
        return Interim(words, len(self._settled), stability)

    def finish(self, hypothesis: Hypothesis) -> tuple[Word, ...]:
        """The words of the final: what was settled, then what the final hypothesis says after it."""
        return self._merge(hypothesis)

    def _merge(self, hypothesis: Hypothesis) -> tuple[Word, ...]:
        if not self._settled or hypothesis.settled is not None:
            return hypothesis.words
        settled_end = self._settled[-1].end
        rest = tuple(word for word in hypothesis.words if word.start + word.end > 2 * settled_end)
        if rest and rest[0].start < settled_end:
            first = rest[0]
            rest = (Word(first.text, settled_end, first.end, first.confidence), *rest[1:])
        return self._settled + rest

    def _settle(self, before: int) -> None:
        if len(self._recent) < (self._recent.maxlen or 1):
            return
        count = len(self._settled)
        while count < len(self._words) and self._words[count].end <= before and self._agreed(count):
            count += 1
        self._settled = self._words[:count]

    def _agreed(self, index: int) -> bool:
        text = self._words[index].text
        return all(index < len(words) and words[index].text == text for words in self._recent)

    def _stability(self) -> float:
        open_runs = self._runs[len(self._settled) :]
        survivals = [self._SURVIVAL[min(run, len(self._SURVIVAL) - 1)] for run in open_runs]
        total = len(self._settled) + sum(survivals)
        return total / len(self._runs) if self._runs else 0.0
