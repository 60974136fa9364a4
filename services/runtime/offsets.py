"""Times on the session's clock: whole nanoseconds inside, `Duration` on the wire.

An offset is counted from the first audio sample, in samples, so it never drifts; nanoseconds hold every
sample position of every rate to within one nanosecond, and add up without rounding.
"""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration

SECOND = 1_000_000_000
MILLISECOND = 1_000_000


def duration(nanoseconds: int) -> Duration:
    """A `Duration` of that many nanoseconds, from 0."""
    return Duration(seconds=nanoseconds // SECOND, nanos=nanoseconds % SECOND)


def set_duration(target: Duration, nanoseconds: int) -> None:
    """Make a field that many nanoseconds, in place: a third of what making one and copying it costs."""
    target.seconds, target.nanos = divmod(nanoseconds, SECOND)


def nanoseconds(value: Duration) -> int:
    """The nanoseconds of a `Duration`."""
    return value.seconds * SECOND + value.nanos


def from_seconds(seconds: float) -> int:
    """Nanoseconds of that many seconds, rounded to the nearest."""
    return round(seconds * SECOND)


def from_frames(frames: int, sample_rate_hertz: int) -> int:
    """Nanoseconds of that many frames at that rate, rounded down; counted from the start, it never drifts."""
    return frames * SECOND // sample_rate_hertz


def to_frames(nanoseconds: int, sample_rate_hertz: int) -> int:
    """Frames at that rate in that many nanoseconds, rounded to the nearest."""
    return (nanoseconds * sample_rate_hertz + SECOND // 2) // SECOND
