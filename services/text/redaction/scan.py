"""A text in tokens: words, rows of figures, single signs, and what is already hidden."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property

HIDDEN = "\ufffc"
"""Stands for each character that is not to be looked at. It parts what stands on its two sides."""
_TOKEN = re.compile(rf"{HIDDEN}+|[0-9]+|[^\W\d_]+(?:'[^\W\d_]+)*|\S")


def word_set(words: str) -> frozenset[str]:
    """What stands between spaces, as a set."""
    return frozenset(words.split())


class Scan:
    """A text in plain spelling (see `folding`), in tokens.

    Attributes:
        text: as given.
        words: its tokens, without the spaces between.
        starts: first character of each token, from 0.
        ends: one past its last character.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[str] = _TOKEN.findall(text)
        spans = [token.span() for token in _TOKEN.finditer(text)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def known(self) -> frozenset[str]:
        """All different tokens."""
        return frozenset(self.words)

    @cached_property
    def has_digits(self) -> bool:
        """Whether there are figures."""
        return re.search("[0-9]", self.text) is not None

    def word(self, index: int) -> str:
        """The token of a number; empty where there is none."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def is_glued(self, index: int) -> bool:
        """Whether a token stands right after the one before it."""
        return 0 < index < len(self.words) and self.starts[index] == self.ends[index - 1]

    def between(self, first: int, last: int) -> str:
        """The characters from the end of a token to the begin of a later one."""
        return self.text[self.ends[first] : self.starts[last]]

    def without(self, spans: Iterable[tuple[int, int]]) -> Scan:
        """The same text with some characters hidden, each span as one token; spans in order."""
        other = Scan("")
        pieces: list[str] = []
        at = token = 0
        for start, end in spans:
            first = self._keep(other, token, at, start)
            other._add(HIDDEN * (end - start), start, end)
            pieces += (self.text[at:start], HIDDEN * (end - start))
            token, at = max(first, bisect_left(self.starts, end)), end
        self._keep(other, token, at, len(self.text))
        other.text = "".join([*pieces, self.text[at:]])
        return other

    def _keep(self, other: Scan, token: int, at: int, end: int) -> int:
        """Give the characters from `at` to before `end` to another scan: what is left of the token before
        `token`, whole tokens, and the begin of one. Returns the first token that is not done with."""
        if token and self.ends[token - 1] > at:
            other._read(self.text, at, min(self.ends[token - 1], end))
        first = max(token, bisect_right(self.ends, end))
        other.words += self.words[token:first]
        other.starts += self.starts[token:first]
        other.ends += self.ends[token:first]
        if first < len(self) and self.starts[first] < end:
            other._read(self.text, self.starts[first], end)
        return first

    def _read(self, text: str, start: int, end: int) -> None:
        for token in _TOKEN.finditer(text, start, end):
            self._add(token[0], *token.span())

    def _add(self, word: str, start: int, end: int) -> None:
        self.words.append(word)
        self.starts.append(start)
        self.ends.append(end)
