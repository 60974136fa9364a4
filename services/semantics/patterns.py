"""The language of terms in the word lists, and a tree of all of them.

A term is words: "a/b" stands for either, "<name>" for any word of a set of the lists, "..." for up to three
words, "*" for one at either end, a word after "=" is met as it stands, any other in all its inflections.
Words in brackets, at the begin, must stand there, but are no part of what is found. No punctuation stands in
a term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from services.semantics.words import normal_words

GAP = 3
"""Words that "..." stands for, at most."""
_GAP = "..."
Label = TypeVar("Label")


class _End(NamedTuple, Generic[Label]):
    """A term that ends here: what it was entered for, its words, how many stand in brackets before them and
    how many are met as they stand, and whether any word must stand before and after."""

    label: Label
    words: tuple[str, ...]
    passed: int
    exact: int
    before: bool
    after: bool


class _Node(Generic[Label]):
    """Where one has come to in a term: the next nodes by stem or, for words that are met as they stand, by
    "=" and word; the node after "..."; and the terms that end here."""

    __slots__ = ("ends", "gap", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node[Label]] = {}
        self.gap: _Node[Label] | None = None
        self.ends: tuple[_End[Label], ...] = ()


class Match(NamedTuple, Generic[Label]):
    """A place that a term is met at.

    Attributes:
        first: the first word of all.
        last: one past the last.
        start: the first word that is not in brackets.
        label: what the term was entered for.
        words: its words in the list, of alternatives those met, without those in brackets; "..." among them.
        exact: how many of them are met as they stand.
    """

    first: int
    last: int
    start: int
    label: Label
    words: tuple[str, ...]
    exact: int


_Row = tuple[_Node[Label], tuple[str, ...], int]
"""A node, the words up to it, and how many of them are met as they stand."""


class Patterns(Generic[Label]):
    """Terms of any number, looked for at once: cost grows with the words of a text that begin one."""

    def __init__(self, stem: Callable[[str], str], sets: Mapping[str, Sequence[str]]) -> None:
        self._stem = lru_cache(maxsize=None)(stem)
        self._sets = {name: "/".join(words) for name, words in sets.items()}
        self._read = lru_cache(maxsize=None)(self._alternatives)
        self._root: _Node[Label] = _Node()
        self._exact: set[str] = set()

    def add(self, term: str, label: Label) -> list[tuple[str, ...]]:
        """Enter a term; the rows of words that it stands for.

        Raises ValueError for one without words, also beside "...", and for "<name>" of no set.
        """
        passed, _, found = term.strip().removeprefix("(").rpartition(")")
        context, parts = passed.split(), found.replace(_GAP, f" {_GAP} ").split()
        before, after = not context and parts[:1] == ["*"], parts[-1:] == ["*"]
        parts = [*context, *parts[before : len(parts) - after]]
        if not parts or _GAP in (parts[0], parts[-1]):
            raise ValueError(f"the term {term!r} has no words")
        rows: list[_Row[Label]] = [(self._root, (), 0)]
        for part in parts:
            rows = list(self._longer(rows, part))
        for node, words, exact in rows:
            node.ends += (_End(label, words[len(context) :], len(context), exact, before, after),)
        return [words for _, words, _ in rows]

    def _longer(self, rows: Sequence[_Row[Label]], part: str) -> Iterator[_Row[Label]]:
        if part == _GAP:
            for node, words, exact in rows:
                node.gap = node.gap or _Node()
                yield node.gap, (*words, _GAP), exact
            return
        for said, keys in self._read(part):
            is_exact = keys[0].startswith("=")
            if is_exact:
                self._exact.update(said)
            for begin, words, exact in rows:
                node = begin
                for key in keys:
                    following = node.next.get(key)
                    if following is None:
                        following = node.next[key] = _Node()
                    node = following
                yield node, words + said, exact + is_exact * len(keys)

    def _alternatives(self, part: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """What a part may stand for: words, and their keys in the tree."""
        found = []
        for name in part.split("/"):
            choices = name
            if name.startswith("<") and name.endswith(">"):
                if name[1:-1] not in self._sets:
                    raise ValueError(f"{name} is no set of words")
                choices = self._sets[name[1:-1]]
            for choice in choices.split("/"):
                words = normal_words(choice)
                if not words:
                    raise ValueError(f"{choice!r} has no words")
                is_exact = choice.startswith("=")
                found.append((words, tuple(f"={word}" if is_exact else self._stem(word) for word in words)))
        return found

    def matches(
        self, words: Sequence[str], stems: Sequence[str], breaks: frozenset[int]
    ) -> list[Match[Label]]:
        """Every term at every place, in no order; they may overlap. `breaks` are the words that punctuation
        stands before."""
        found: list[Match[Label]] = []
        count = len(stems)
        exact = {}
        if not self._exact.isdisjoint(words):
            exact = {index: f"={word}" for index, word in enumerate(words) if word in self._exact}
        root = self._root.next
        ways = []
        following: _Node[Label] | None
        for last, stem in enumerate(stems, 1):
            if (node := root.get(stem)) is None:
                continue
            if node.ends or node.gap is not None or last in exact:
                ways.append((last - 1, node, last))
            elif last < count and last not in breaks and stems[last] in node.next:
                ways.append((last - 1, node.next[stems[last]], last + 1))  # of two in a row few begin a term
        ways += [(index, root[key], index + 1) for index, key in exact.items() if key in root]
        while ways:
            first, node, last = ways.pop()
            is_last = last == count or last in breaks
            for label, said, passed, met, before, after in node.ends:
                if (before and (not first or first in breaks)) or (after and is_last):
                    continue
                begin = first - before
                found.append(Match(begin, last + after, begin + passed, label, said, met))
            if is_last:
                continue
            if (following := node.next.get(stems[last])) is not None:
                ways.append((first, following, last + 1))
            if last in exact and (following := node.next.get(exact[last])) is not None:
                ways.append((first, following, last + 1))
            if node.gap is not None:
                for index in range(last, min(last + GAP + 1, count)):
                    if index in breaks:
                        break
                    if (following := node.gap.next.get(stems[index])) is not None:
                        ways.append((first, following, index + 1))
                    if index in exact and (following := node.gap.next.get(exact[index])) is not None:
                        ways.append((first, following, index + 1))
        return found
