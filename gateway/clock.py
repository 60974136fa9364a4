"""The session's clock: how far input and recognition are, in nanoseconds from the first sample. Pure."""

from __future__ import annotations

from collections import deque

# Input older than this is not looked up any more: an event about it has no total latency.
_KEPT_ARRIVALS = 1200


class Clock:
    """Three cursors that never go back, and when each piece of input arrived."""

    __slots__ = ("_arrivals", "accepted", "final", "interim", "lag", "received")

    def __init__(self) -> None:
        self.received = 0
        """Input received."""
        self.accepted = 0
        """Input that recognition has taken in."""
        self.interim = 0
        """Input that interims speak about."""
        self.final = 0
        """Input about which all has been said."""
        self.lag = 0
        """How long input that waits for the recogniser has waited, as it said last."""
        self._arrivals: deque[tuple[int, float]] = deque(maxlen=_KEPT_ARRIVALS)

    def receive(self, end: int, now: float) -> None:
        """Input up to `end` has arrived at `now`, a monotonic time in seconds."""
        self.received = max(self.received, end)
        self._arrivals.append((end, now))

    def advance(self, accepted: int, interim: int, final: int) -> None:
        """Recognition got this far; it cannot be ahead of what was received."""
        self.accepted = max(self.accepted, min(accepted, self.received))
        self.interim = max(self.interim, min(interim, self.received))
        self.final = max(self.final, min(final, self.received))

    def finish(self) -> None:
        """Recognition is over, well or not: nothing more will be said about what was received."""
        self.advance(self.received, self.received, self.received)
        self.lag = 0

    def arrival(self, offset: int) -> float | None:
        """When the input that ends at or just after `offset` arrived; None where that is forgotten."""
        found = None
        for end, arrived in reversed(self._arrivals):
            if end < offset:
                break
            found = arrived
        return found
