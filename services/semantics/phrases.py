"""Looking for many phrases at once: a tree over words, walked from every word of a text.

With phrases of a bounded length this is what Aho and Corasick's automaton does ("Efficient string matching",
CACM 18(6), 1975), without failure links: most words begin no phrase, and cost one look-up however many
phrases there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Generic, TypeVar

Payload = TypeVar("Payload")
Match = tuple[int, int, Payload]
"""First word, one past the last word, what was entered for the phrase."""


class _Node(Generic[Payload]):
    __slots__ = ("children", "payloads")

    def __init__(self) -> None:
        self.children: dict[str, _Node[Payload]] = {}
        self.payloads: list[Payload] = []


class PhraseTable(Generic[Payload]):
    """Phrases and what each stands for; several may be entered for the same words."""

    def __init__(self, phrases: Iterable[tuple[Sequence[str], Payload]] = ()) -> None:
        self._root: _Node[Payload] = _Node()
        for words, payload in phrases:
            self.add(words, payload)

    def add(self, words: Sequence[str], payload: Payload) -> None:
        """Enter a phrase. Raises ValueError for one without words."""
        if not words:
            raise ValueError(f"a phrase of {payload!r} has no words")
        node = self._root
        for word in words:
            node = node.children.setdefault(word, _Node())
        if payload not in node.payloads:
            node.payloads.append(payload)

    def matches(self, words: Sequence[str]) -> list[Match[Payload]]:
        """Every phrase at every place, in order of first word, shorter before longer; they may overlap."""
        found: list[Match[Payload]] = []
        roots = self._root.children
        count = len(words)
        for first, word in enumerate(words):
            node = roots.get(word)
            last = first
            while node is not None:
                last += 1
                if node.payloads:
                    found += [(first, last, payload) for payload in node.payloads]
                node = node.children.get(words[last]) if last < count else None
        return found

    def at(self, words: Sequence[str], first: int, last: int | None = None) -> int:
        """How many words the longest phrase that begins at `first` has, before `last`; 0 where there is
        none."""
        end = len(words) if last is None else last
        node, index, longest = self._root, first, 0
        while index < end and (following := node.children.get(words[index])) is not None:
            node, index = following, index + 1
            if node.payloads:
                longest = index - first
        return longest


def variants(phrase: str) -> Iterator[str]:
    """Every way through the alternatives of a phrase: "close/end the account" is two."""
    return (" ".join(words) for words in product(*(part.split("/") for part in phrase.split())))
