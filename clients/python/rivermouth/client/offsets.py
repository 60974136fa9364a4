"""Offsets of the contract are Durations; this library's own signatures take and give seconds as float."""

import math

from google.protobuf.duration_pb2 import Duration

NANOS = 1_000_000_000


def duration(seconds: float) -> Duration:
    """Seconds as a Duration, rounded to the nanosecond. Raises ValueError for NaN and infinities."""
    if not math.isfinite(seconds):
        raise ValueError(f"a time must be a finite number of seconds, not {seconds!r}")
    message = Duration()
    message.FromNanoseconds(round(seconds * NANOS))
    return message


def seconds(offset: Duration) -> float:
    """A Duration as seconds."""
    return offset.seconds + offset.nanos / NANOS
