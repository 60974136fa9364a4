"""The context window: the last segments of a conversation, as text for whoever has to understand the next."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

SECOND = 1_000_000_000
UNKNOWN = "Unknown"
_HEADING = "Recent conversation context:"


@dataclass(frozen=True, slots=True)
class ContextSegment:
    """A segment: begin and end in nanoseconds from 0, speaker (empty where missing), text, keywords."""

    start: int
    end: int
    speaker: str
    text: str
    keywords: tuple[str, ...] = ()


class ContextWindow:
    """At most the last `max_segments` segments, and of these the ones that ended at most `max_time` nanoseconds
    before the last one's end. Raises ValueError for a limit under 1."""

    def __init__(self, max_segments: int = 10, max_time: int = 120 * SECOND) -> None:
        if max_segments < 1 or max_time < 1:
            raise ValueError("max_segments and max_time must be at least 1")
        self._max_time = max_time
        # Overflow: the oldest leaves.
        self._segments: deque[ContextSegment] = deque(maxlen=max_segments)
        self._end = 0

    @property
    def segments(self) -> tuple[ContextSegment, ...]:
        """What is in the window, oldest first."""
        return tuple(self._segments)

    def add(self, segment: ContextSegment) -> None:
        """Take in the next segment, and let go of what is too old now."""
        self._segments.append(segment)
        self._end = max(self._end, segment.end)
        recent = [each for each in self._segments if self._end - each.end <= self._max_time]
        self._segments.clear()
        self._segments.extend(recent)

    def keywords(self) -> tuple[str, ...]:
        """The keywords of all segments, each once, in order of first appearance."""
        return tuple(dict.fromkeys(_all_keywords(self._segments)))

    def render(self) -> str:
        """The window as text: a heading, then `[12.3s] speaker: text` with the begin; empty for no segments."""
        lines = [
            f"[{_seconds(each.start)}s] {each.speaker or UNKNOWN}: {each.text}" for each in self._segments
        ]
        return "\n".join([_HEADING, *lines]) if lines else ""


def _all_keywords(segments: Iterable[ContextSegment]) -> Iterable[str]:
    return (keyword for each in segments for keyword in each.keywords)


def _seconds(nanoseconds: int) -> str:
    """With one decimal, half a tenth rounded up; in integers, for 0.25 as a float has no half to round."""
    tenths = (nanoseconds + SECOND // 20) // (SECOND // 10)
    return f"{tenths // 10}.{tenths % 10}"
