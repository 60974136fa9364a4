"""Digits that belong together: "4111 1111", "four one one one um double one", "(415) 555-2671"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple
from weakref import WeakKeyDictionary

from services.text.redaction.scan import Scan, word_set
from services.text.redaction.spelling import NUMBER_WORDS, digits_at

_LINKS = word_set(
    "- . ( ) / , ; uh um er erm uhm ah hmm mm then and dash hyphen minus space slash stroke dot"
)
"""What may stand between digits of one row."""
_MOST_LINKS = 3  # in a row; more is another number
_LONG = 12  # figures that are a number by themselves even where a letter stands right beside them
_PARTING = re.compile(r"[,;]|\band\b|\bthen\b|\.\s")


class Group(NamedTuple):
    """Digits said or written as one, of the tokens from `first` to before `last`."""

    digits: str
    first: int
    last: int
    is_spoken: bool


@dataclass(frozen=True)
class Row:
    """Groups with nothing but links between; `gaps` are the characters between each two of them."""

    groups: Sequence[Group]
    gaps: Sequence[str]

    @cached_property
    def digits(self) -> str:
        """All digits."""
        return "".join(group.digits for group in self.groups)

    @property
    def first(self) -> int:
        """The first token."""
        return self.groups[0].first

    @property
    def last(self) -> int:
        """One past the last token."""
        return self.groups[-1].last

    def part(self, begin: int, end: int) -> "Row":
        """The groups from `begin` to before `end`."""
        return Row(self.groups[begin:end], self.gaps[begin : end - 1])

    def split(self, is_parting: Sequence[bool]) -> "list[Row]":
        """In parts, at some of its gaps."""
        borders = [0, *(place + 1 for place, parts in enumerate(is_parting) if parts), len(self.groups)]
        return [self.part(begin, end) for begin, end in pairwise(borders)]

    @property
    def sentences(self) -> "list[Row]":
        """In parts, where punctuation or a conjunction stands between."""
        return self.split([_PARTING.search(gap) is not None for gap in self.gaps])


_ROWS: WeakKeyDictionary[Scan, tuple[Row, ...]] = WeakKeyDictionary()


def rows(scan: Scan) -> tuple[Row, ...]:
    """All rows of a text, in order, each as long as it can be; looked for once."""
    found = _ROWS.get(scan)
    if found is None:
        found = _ROWS[scan] = tuple(_rows(scan))
    return found


def links(words: Sequence[str]) -> bool:
    """Whether words may stand between digits of one row."""
    return len(words) <= _MOST_LINKS and all(word in _LINKS for word in words)


def _rows(scan: Scan) -> Iterator[Row]:
    if not scan.has_digits and NUMBER_WORDS.isdisjoint(scan.known):
        return
    groups: list[Group] = []
    for group in _groups(scan):
        if groups and not _belongs(scan, groups[-1].last, group.first):
            yield _row(scan, groups)
            groups = []
        groups.append(group)
    if groups:
        yield _row(scan, groups)


def _groups(scan: Scan) -> Iterator[Group]:
    words = scan.words
    index = 0
    while index < len(words):
        word = words[index]
        if not ("0" <= word[0] <= "9" or word in NUMBER_WORDS):
            index += 1
            continue
        found = digits_at(scan, index)
        if found is None or (len(word) < _LONG and _has_letters_beside(scan, index, found.last)):
            index += 1
            continue
        yield Group(found.characters, index, found.last, not word[0].isdecimal())
        index = found.last


def _has_letters_beside(scan: Scan, first: int, last: int) -> bool:
    """Whether it is a part of something like "4th", "b12" or "_7"."""
    before = scan.words[first - 1][-1] if scan.is_glued(first) else ""
    after = scan.words[last][0] if scan.is_glued(last) else ""
    return before.isalpha() or before == "_" or after.isalpha() or after == "_"


def _belongs(scan: Scan, last: int, first: int) -> bool:
    """Whether only links stand from the token `last` to before the token `first`."""
    return links(scan.words[last:first])


def _row(scan: Scan, groups: list[Group]) -> Row:
    gaps = [scan.between(left.last - 1, right.first) for left, right in pairwise(groups)]
    return Row(groups, gaps)
