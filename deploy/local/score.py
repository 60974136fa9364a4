"""How well a transcript agrees with its reference: word error rate."""

from __future__ import annotations

import re
from collections.abc import Sequence


def words(text: str) -> list[str]:
    """The words of a text: lower case, without marks."""
    return re.findall(r"[a-z0-9']+", text.lower())


def word_errors(reference: Sequence[str], recognised: Sequence[str]) -> int:
    """Substitutions, deletions and insertions in the best alignment (Levenshtein 1966, over words)."""
    row = list(range(len(recognised) + 1))
    for i, wanted in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, found in enumerate(recognised, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != found))
    return row[-1]


def word_error_rate(reference: str, recognised: str) -> float:
    """Word errors over reference words, from 0; above 1 where more was invented than said."""
    said = words(reference)
    return word_errors(said, words(recognised)) / max(1, len(said))
