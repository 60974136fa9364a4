"""Turns: consecutive segments of one speaker, over all channels in order of time. Times are nanoseconds."""

import heapq
from dataclasses import dataclass
from typing import NamedTuple

MAX_WAITING = 10_000
"""Segments that wait for a watermark. Overflow: the earliest goes on without it."""


class Speaker(NamedTuple):
    """Who speaks: a name may be missing, or be the same on two channels."""

    channel: int
    name: str


class Speech(NamedTuple):
    """One final segment as something that was said: from `start` to `end`, 0 <= start <= end."""

    start: int
    end: int
    speaker: Speaker
    segment_id: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """Segments of one speaker, at least one, in order.

    Attributes:
        number: of the turn in the conversation, from 1.
        start: begin of its first segment.
        end: the latest end of its segments.
    """

    number: int
    speaker: Speaker
    start: int
    end: int
    segments: tuple[Speech, ...]


class SpeechOrder:
    """Puts the segments of all channels in order of their begin.

    With watermarks a segment waits until all channels have passed its begin; then the order in which the
    channels came in makes no difference. Without, segments go on as they come, until the first watermark.
    """

    def __init__(self, has_watermarks: bool) -> None:
        self.watermark = 0
        self._waits = has_watermarks
        self._waiting: list[Speech] = []

    def add(self, speech: Speech) -> list[Speech]:
        """The segments that can go on now, in order."""
        if not self._waits:
            return [speech]
        heapq.heappush(self._waiting, speech)
        return self._ready()

    def advance(self, watermark: int) -> list[Speech]:
        """No segment that begins before `watermark` will come any more. A watermark never goes back."""
        self._waits = True
        self.watermark = max(self.watermark, watermark)
        return self._ready()

    def flush(self) -> list[Speech]:
        """Nothing comes any more: all that waited."""
        ready = sorted(self._waiting)
        self._waiting.clear()
        return ready

    def _ready(self) -> list[Speech]:
        ready = []
        while self._waiting and (self._waiting[0].start < self.watermark or len(self._waiting) > MAX_WAITING):
            ready.append(heapq.heappop(self._waiting))
        return ready


class Turns:
    """Joins ordered segments: a segment goes on with the turn if it is of the same speaker and the gap is
    under `gap` nanoseconds; else that turn has ended and a new one begins."""

    def __init__(self, gap: int) -> None:
        self._gap = gap
        self._count = 0
        self._segments: list[Speech] = []
        self._end = 0

    def add(self, speech: Speech) -> Turn | None:
        """The turn that this segment ended, if it did."""
        ended = None
        if self._segments and not self._goes_on(speech):
            ended = self.finish()
        self._end = max(self._end, speech.end) if self._segments else speech.end
        self._segments.append(speech)
        return ended

    def advance(self, watermark: int) -> Turn | None:
        """The open turn, if no segment that is still to come can be part of it."""
        return self.finish() if self._segments and watermark - self._end >= self._gap else None

    def finish(self) -> Turn | None:
        """The open turn, if there is one; it has ended."""
        if not self._segments:
            return None
        self._count += 1
        first = self._segments[0]
        turn = Turn(self._count, first.speaker, first.start, self._end, tuple(self._segments))
        self._segments.clear()
        return turn

    def _goes_on(self, speech: Speech) -> bool:
        return speech.speaker == self._segments[0].speaker and speech.start - self._end < self._gap
