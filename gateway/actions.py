"""What the merge wants done: its only output. The session carries it out, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.failure import Failure
from gateway.ledger import Result


class Emit(NamedTuple):
    """Journal an event."""

    kind: str
    body: Any
    channel: int = 0
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class FeedSegment:
    """Give a stage a final segment, with its annotations where there are any."""

    stage: str
    transcript: Result
    annotation: Result | None


@dataclass(frozen=True, slots=True)
class FeedFailure:
    """Tell a stage that there will be no more segments."""

    stage: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class FeedTurn:
    """Give a stage a turn that has ended."""

    stage: str
    turn: Any


@dataclass(frozen=True, slots=True)
class FeedWatermark:
    """Tell a stage the point that all channels have passed, nanoseconds on the session's clock."""

    stage: str
    position: int


@dataclass(frozen=True, slots=True)
class FeedRevision:
    """Tell a stage that segments have another speaker."""

    stage: str
    revision: Any


@dataclass(frozen=True, slots=True)
class EndInput:
    """A stage gets nothing more."""

    stage: str


@dataclass(frozen=True, slots=True)
class AwaitAnnotation:
    """Call `annotation_overdue` if the annotation of this segment takes too long, or, where it is LAST, what
    semantic annotation says at its end."""

    segment_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The summary was the last event."""


Action = (
    Emit
    | FeedSegment
    | FeedFailure
    | FeedTurn
    | FeedWatermark
    | FeedRevision
    | EndInput
    | AwaitAnnotation
    | Ended
)

LAST = ""
"""Stands for what comes after the last annotation: the last turn."""
