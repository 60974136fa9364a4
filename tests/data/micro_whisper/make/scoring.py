"""Word errors, and how far the times of the words that were understood are off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .flite import Span
from .grammar import plain_words


def align(reference: Sequence[str], heard: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Pairs of indices of the cheapest alignment; None where a word was left out or put in."""
    cost = np.zeros((len(reference) + 1, len(heard) + 1), int)
    cost[:, 0], cost[0] = np.arange(len(reference) + 1), np.arange(len(heard) + 1)
    for i, said in enumerate(reference, 1):
        for j, got in enumerate(heard, 1):
            cost[i, j] = min(cost[i - 1, j - 1] + (said != got), cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    pairs: list[tuple[int | None, int | None]] = []
    i, j = len(reference), len(heard)
    while i or j:
        if i and j and cost[i, j] == cost[i - 1, j - 1] + (reference[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


@dataclass
class Score:
    """Counts over many recordings."""

    words: int = 0
    errors: int = 0
    texts: int = 0
    exact: int = 0  # the written form is right to the last mark
    start_errors_s: list[float] = field(default_factory=list)
    end_errors_s: list[float] = field(default_factory=list)

    def add(self, text: str, heard: str, said: Sequence[Span] = (), got: Sequence[Span] = ()) -> bool:
        """Whether all words are right. `said` and `got` are the words with their times, where known."""
        reference, words = plain_words(text), plain_words(heard)
        errors = sum(a is None or b is None or reference[a] != words[b] for a, b in align(reference, words))
        self.words += len(reference)
        self.errors += errors
        self.texts += 1
        self.exact += " ".join(text.split()) == " ".join(heard.split())
        for a, b in align([span.text for span in said], [span.text for span in got]):
            if a is not None and b is not None and said[a].text == got[b].text:
                self.start_errors_s.append(abs(said[a].start_s - got[b].start_s))
                self.end_errors_s.append(abs(said[a].end_s - got[b].end_s))
        return errors == 0

    @property
    def error_rate(self) -> float:
        return self.errors / max(self.words, 1)

    def __str__(self) -> str:
        line = f"WER {self.error_rate:6.2%}  exact {self.exact:3}/{self.texts:3}"
        for name, errors in (("starts", self.start_errors_s), ("ends", self.end_errors_s)):
            if errors:
                median, tail = np.percentile(np.array(errors) * 1000, [50, 95])
                line += f"  {name} off {median:.0f} ms median, {tail:.0f} p95"
        return line
