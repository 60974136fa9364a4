"""The context window: the last of what was said, for whoever needs to know what a segment is about."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

UNKNOWN = "Unknown"
"""Stands for a speaker whom nobody named."""

_SECOND = 1_000_000_000
MAX_SEGMENTS = 10
MAX_TIME = 120 * _SECOND


@dataclass(frozen=True, slots=True)
class Line:
    """One segment: `start` and `end` in nanoseconds, 0 <= start <= end."""

    start: int
    end: int
    text: str
    speaker: str = ""
    keywords: tuple[str, ...] = ()

    def __str__(self) -> str:
        # In whole numbers, half a tenth upwards: as floats, 0.25 and 0.35 have no half to round.
        tenths = (self.start + _SECOND // 20) // (_SECOND // 10)
        return f"[{tenths // 10}.{tenths % 10}s] {self.speaker or UNKNOWN}: {self.text}"


class ContextWindow:
    """At most the last `max_segments` lines, of which none ended more than `max_time` nanoseconds before the
    latest end. The newest line is always in it.

    Raises ValueError for a window of no segment or of a negative time.
    """

    def __init__(self, max_segments: int = MAX_SEGMENTS, max_time: int = MAX_TIME) -> None:
        if max_segments < 1 or max_time < 0:
            raise ValueError(f"a window of {max_segments} segments and {max_time} ns cannot be kept")
        self._max_time = max_time
        self._lines: deque[Line] = deque(maxlen=max_segments)
        self._end = 0

    def add(self, line: Line) -> None:
        """Take the next segment, in the order in which segments become final."""
        self._end = max(self._end, line.end)
        self._lines.append(line)
        if any(self._is_old(each) for each in self._lines):
            kept = [each for each in self._lines if each is line or not self._is_old(each)]
            self._lines.clear()
            self._lines.extend(kept)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is in the window, in the order in which it came."""
        return tuple(self._lines)

    @property
    def keywords(self) -> tuple[str, ...]:
        """The keywords of the window, each once, in the order in which they came."""
        return tuple(dict.fromkeys(keyword for line in self._lines for keyword in line.keywords))

    def render(self) -> str:
        """The window as text, "[12.3s] speaker: text" a line under a headline; "" where it is empty."""
        if not self._lines:
            return ""
        return "\n".join(["Recent conversation context:", *map(str, self._lines)])

    def _is_old(self, line: Line) -> bool:
        return self._end - line.end > self._max_time
