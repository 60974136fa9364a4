"""The audio that waits for the recogniser, and that a new one would have to be given again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.inbox import Inbox

# The longest silence that one message may stand for, as the contract says.
_LONGEST_SILENCE = 60_000_000_000


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    request: Any
    finalize: int = 0


class SpeechWindow(Inbox):
    """Audio from the final cursor on, so that a new recogniser can be given what the old one still owed.

    Overflow: the session stops reading from its client while more than its bound is not accepted; for as long
    as the stage is away or stalled, at most `capacity` nanoseconds are kept, and the oldest is forgotten. A
    stage that gets audio again after such a loss is given silence of the same length first, so that the times
    of all that follows stay true.
    """

    def __init__(self, capacity: int, silence: Callable[[int], Any]) -> None:
        """`silence` makes the request for so many nanoseconds of silence."""
        super().__init__()
        self._capacity = capacity
        self._silence = silence
        self._window: deque[_Piece] = deque()
        self._handed_out = 0
        self._gap = 0
        self.lost = 0
        """Nanoseconds of audio that were forgotten before the stage took them in."""
        self.lost_pieces = 0

    def put(self, start: int, end: int, request: Any) -> None:
        """A piece of audio, from `start` to `end` on the session's clock."""
        self._window.append(_Piece(start, end, request))
        if self._window[0].end < end - self._capacity:
            self._forget(end - self._capacity)
        self._wake()

    def put_control(self, at: int, request: Any, finalize: int = 0) -> None:
        """A request that stands between two pieces of audio. A finalize is kept until it is answered."""
        self._window.append(_Piece(at, at, request, finalize))
        self._wake()

    def settle(self, final: int) -> None:
        """All has been said about audio up to `final`; it need not be kept."""
        while self._handed_out and self._window[0].end <= final and not self._window[0].finalize:
            self._window.popleft()
            self._handed_out -= 1

    def finalized(self, request: int) -> None:
        """A finalize was answered."""
        for piece in self._window:
            if piece.finalize == request:
                piece.finalize = 0

    def rewind(self) -> None:
        self._handed_out = 0

    def rewrite(self, change: Callable[[int, Any], Any]) -> None:
        """Have `change` make each piece of audio anew, from its start and its request."""
        for piece in self._window:
            if piece.end > piece.start:
                piece.request = change(piece.start, piece.request)

    def begin(self) -> int | None:
        """A stage starts with what is kept: where that begins on the session's clock, None if nothing is."""
        self._gap = 0
        return self._window[0].start if self._window else None

    def idle(self) -> bool:
        return self._handed_out >= len(self._window)

    def _next(self) -> Any:
        if self._gap:
            gap, self._gap = min(self._gap, _LONGEST_SILENCE), max(0, self._gap - _LONGEST_SILENCE)
            return self._silence(gap)
        piece = self._window[self._handed_out]
        self._handed_out += 1
        return piece.request

    def _forget(self, before: int) -> None:
        """Forget the audio that ends before this time; a finalize among it still waits for its answer."""
        finalizes = []
        handed_out = 0
        while self._window[0].end < before:
            piece = self._window.popleft()
            was_handed_out = self._handed_out > 0
            self._handed_out -= was_handed_out
            if piece.finalize:
                finalizes.append(piece)
                handed_out += was_handed_out
            elif not was_handed_out:
                self._gap += piece.end - piece.start
                self.lost += piece.end - piece.start
                self.lost_pieces += piece.end > piece.start
        for piece in reversed(finalizes):
            piece.start = piece.end = self._window[0].start
            self._window.appendleft(piece)
        self._handed_out += handed_out
