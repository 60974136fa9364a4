"""Replacements in one text: found at several times, put together, and carried out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.text.redaction.kinds import Kind
from services.text.redaction.pseudonyms import MASK
from services.text.redaction.redactor import Redacted


class Replaced(NamedTuple):
    """The characters from `start` to before `end` of a text, and what stands for them. `whole`: characters of
    the value, as it may be spread over several texts."""

    start: int
    end: int
    kind: Kind
    token: str
    whole: int


def replaced_in(redacted: Redacted, shift: int) -> tuple[Replaced, ...]:
    return tuple(
        Replaced(
            each.start + shift, each.end + shift, each.kind, redacted.text[each.new_start : each.new_end],
            each.whole,
        )
        for each in redacted.replacements
    )  # fmt: skip


def merged(text: str, known: tuple[Replaced, ...], found: tuple[Replaced, ...]) -> tuple[Replaced, ...]:
    """All that was found in a text at several times. Where two overlap, the longer value counts, and of the
    other what is beside it: nothing that was replaced comes back."""
    if not known or not found or known == found:
        return known or found
    merged: list[Replaced] = []
    for each in sorted((*known, *found), key=lambda each: -each.whole):
        for piece in _beside(merged, each):
            if text[piece.start : piece.end].strip():
                merged.insert(bisect_left(merged, piece), piece)
    return tuple(merged)


def _beside(taken: Sequence[Replaced], each: Replaced) -> Iterable[Replaced]:
    """What of one is in none of those that are taken, which are in order."""
    place = max(0, bisect_left(taken, each) - 1)
    pieces = []
    start = each.start
    while place < len(taken) and taken[place].start < each.end:
        if taken[place].end > start:
            if taken[place].start > start:
                pieces.append(each._replace(start=start, end=taken[place].start))
            start = taken[place].end
        place += 1
    if start < each.end:
        pieces.append(each._replace(start=start))
    return pieces


def applied(text: str, replaced: Iterable[Replaced], open_from: int | None = None) -> str:
    """A text with the tokens in it, and masked from where its end may go on."""
    pieces: list[str] = []
    at = 0
    end = len(text) if open_from is None else open_from
    for each in replaced:
        if each.start < end:
            pieces += (text[at : each.start], each.token)
            at = each.end
    pieces.append(text[at:end])
    if open_from is not None:
        pieces.append(MASK)
    return "".join(pieces)


def masked(text: str, part: Redacted) -> str:
    """A text that was redacted, and masked from where its end may go on: nothing is replaced behind that."""
    if part.open_from is None:
        return part.text
    return part.text[: len(part.text) - (len(text) - part.open_from)] + MASK
