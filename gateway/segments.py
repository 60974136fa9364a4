"""How text chunks are joined to segments, channel by channel. Pure.

A chunk extends the open segment of its channel if the speaker is the same (none equals none) and the gap is
at most `max_gap`, inclusive; else the open segment becomes final and a new one starts. So a chunk gives at
most one final and exactly one partial, the final first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

DEFAULT_MAX_GAP = 1_000_000_000


class ChunkRefused(ValueError):
    """A chunk that cannot be used; nothing changed. `field` is the one that is wrong."""

    def __init__(self, reason: str, field: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a transcript; times in nanoseconds from the begin of the session."""

    start: int
    end: int
    text: str
    speaker: str = ""
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment, open or final."""

    ordinal: int
    """Of its channel, from 1."""
    start: int
    end: int
    text: str
    speaker: str
    channel: int
    final: bool = False


class Segmenter:
    """The open segment of each channel."""

    def __init__(self, max_gap: int = DEFAULT_MAX_GAP) -> None:
        self._max_gap = max_gap
        self._open: dict[int, Segment] = {}
        self._count: dict[int, int] = {}
        self._last_end: dict[int, int] = {}

    def accept(self, chunk: Chunk) -> list[Segment]:
        """The segments that a chunk changes: at most one final, then exactly one partial.

        Raises:
            ChunkRefused: negative time, end before start, a start before the end of what came before on its
                channel ("non-decreasing time order"), or no text.
        """
        self._check(chunk)
        changed = []
        before = self._open.get(chunk.channel)
        if (
            before is not None
            and before.speaker == chunk.speaker
            and chunk.start - before.end <= self._max_gap
        ):
            segment = replace(before, end=chunk.end, text=f"{before.text} {chunk.text.strip()}")
        else:
            if before is not None:
                changed.append(replace(before, final=True))
            ordinal = self._count.get(chunk.channel, 0) + 1
            self._count[chunk.channel] = ordinal
            text = chunk.text.strip()
            segment = Segment(ordinal, chunk.start, chunk.end, text, chunk.speaker, chunk.channel)
        self._open[chunk.channel] = segment
        self._last_end[chunk.channel] = chunk.end
        changed.append(segment)
        return changed

    def rename(self, speaker_of: Callable[[Segment], str]) -> None:
        """Open segments belong to others now: later chunks of those join them."""
        self._open = {at: replace(each, speaker=speaker_of(each)) for at, each in self._open.items()}

    def flush(self, channel: int | None = None) -> list[Segment]:
        """Close the open segment of a channel, or of all: in order of start, then channel."""
        channels = list(self._open) if channel is None else [channel]
        closed = [self._open.pop(each) for each in channels if each in self._open]
        return [replace(each, final=True) for each in sorted(closed, key=lambda s: (s.start, s.channel))]

    @property
    def settled(self) -> int:
        """The point before which nothing can change, on no channel that has said something."""
        ends = self._last_end.items()
        return min((self._open[each].start if each in self._open else end for each, end in ends), default=0)

    def _check(self, chunk: Chunk) -> None:
        if chunk.start < 0:
            raise ChunkRefused("TEXT_TIME_INVALID", "start_offset", "start_offset is negative")
        if chunk.end < chunk.start:
            raise ChunkRefused(
                "TEXT_TIME_INVALID",
                "end_offset",
                f"end_offset {chunk.end / 1e9:.3f} s is before start_offset {chunk.start / 1e9:.3f} s",
            )
        last = self._last_end.get(chunk.channel, 0)
        if chunk.start < last:
            raise ChunkRefused(
                "TEXT_OUT_OF_ORDER",
                "start_offset",
                f"chunks of a channel come in non-decreasing time order: this one starts at "
                f"{chunk.start / 1e9:.3f} s, before {last / 1e9:.3f} s, where the one before it ended",
            )
        if not chunk.text.strip():
            raise ChunkRefused("TEXT_EMPTY", "text", "the chunk has no text")
