"""The newest of what was said, as much of it as a model is given."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import replace

from services.analysis.segment import Segment

_LEAST_BESIDE = len("[0.0s] A: \n")
"""Characters of the shortest line without its text: so a session of empty segments has an end as well."""


class NewestSegments:
    """Keeps the last segments, of which the lines have at least so many characters, and the newest one in any
    case."""

    def __init__(self, most_characters: int) -> None:
        self._most = most_characters
        self._characters = 0
        # Overflow: the oldest segment is forgotten, and counted.
        self._segments: deque[Segment] = deque()
        self.taken = 0
        """All that came."""

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Those that are kept, in order."""
        return tuple(self._segments)

    @property
    def forgotten(self) -> int:
        """Those that came and are not kept."""
        return self.taken - len(self._segments)

    def rename(self, segment_ids: Collection[str], speaker: str) -> None:
        """Segments have another speaker."""
        for place, segment in enumerate(self._segments):
            if segment.segment_id in segment_ids:
                self._segments[place] = replace(segment, speaker=speaker)

    def add(self, segment: Segment) -> None:
        """The next one."""
        self.taken += 1
        self._segments.append(segment)
        self._characters += _least(segment)
        while self._characters > self._most and len(self._segments) > 1:
            self._characters -= _least(self._segments.popleft())


def _least(segment: Segment) -> int:
    return _LEAST_BESIDE + len(segment.text)
