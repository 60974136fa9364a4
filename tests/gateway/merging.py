"""A merge without a session: what it says is kept as a journal, what it asks for is noted."""

from __future__ import annotations

import time
from typing import Any

from gateway.actions import (
    Action,
    AwaitAnnotation,
    Emit,
    Ended,
    EndInput,
    FeedFailure,
    FeedSegment,
    FeedTurn,
    FeedWatermark,
)
from gateway.clock import Clock
from gateway.events import Envelope, Factory, result_of
from gateway.failure import Failure
from gateway.ledger import Ledger, Result
from gateway.merge import Merge
from gateway.plan import BUILT_IN, Contract, Input, Plan, StageSpec
from rivermouth.analysis.v1 import analysis_pb2, custom_pb2
from rivermouth.quality.v1 import quality_pb2
from rivermouth.result.v1 import result_pb2
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.session.v1 import events_pb2, service_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.offsets import duration
from services.runtime.results import OpenResult, ResultOrigin

MINE = StageSpec("mine", Contract.CUSTOM, frozenset({Input.SEGMENTS}), ("mine",))
PLAN = Plan((*BUILT_IN, MINE))
NAMES = ("audio_quality", "semantics", "quantitative_metrics", "mine")
FAILURE = Failure("TEST", "as the test wants it", True)


class Driver:
    """Calls the merge by the names of its methods, so that the same calls can be made again."""

    def __init__(self, has_audio: bool = True, wanted: tuple[str, ...] = NAMES) -> None:
        self.has_audio = has_audio
        self.wanted = tuple(name for name in wanted if has_audio or name != "audio_quality")
        clock = Clock()
        self._envelope = Envelope("s", 1, clock, "")
        self.merge = Merge(
            PLAN.for_session(self.wanted, has_audio), Factory("s", clock, time.monotonic()), Ledger()
        )
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.events: list[service_pb2.StreamingAnalyzeResponse] = []
        self.fed: dict[str, list[Any]] = {stage.name: [] for stage in self.merge.stages}
        self.awaited: list[str] = []
        self.overs = 0
        self.call("start", events_pb2.SessionStarted())

    def call(self, method: str, *arguments: Any) -> None:
        """Call the merge, and do what it says."""
        self.calls.append((method, arguments))
        self._apply(getattr(self.merge, method)(*arguments) or [])

    def _apply(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Emit():
                    assert not self.overs, f"{action.kind} comes after the summary"
                    sequence = len(self.events) + 1
                    event = self._envelope.seal(action.kind, action.body, sequence=sequence)
                    self.events.append(service_pb2.StreamingAnalyzeResponse.FromString(event))
                case FeedSegment() | FeedTurn() | FeedWatermark():
                    self._feed(action.stage, action)
                case FeedFailure():
                    self._feed(action.stage, action)
                case EndInput():
                    self._feed(action.stage, action)
                case AwaitAnnotation():
                    self.awaited.append(action.segment_id)
                case Ended():
                    self.overs += 1

    def _feed(self, stage: str, action: Action) -> None:
        given = self.fed[stage]
        assert not given or not isinstance(given[-1], EndInput), f"{stage} is given more after its end"
        assert isinstance(action, EndInput) or not any(isinstance(each, FeedFailure) for each in given)
        given.append(action)

    def segments(self, stage: str) -> list[str]:
        """The ids of the segments that a stage was given."""
        return [each.transcript.segment_id for each in self.fed[stage] if isinstance(each, FeedSegment)]

    def kinds(self) -> list[str]:
        return [str(event.WhichOneof("event")) for event in self.events]

    def bodies(self, kind: str) -> list[Any]:
        return [getattr(event, kind) for event in self.events if event.WhichOneof("event") == kind]

    def journal(self) -> list[bytes]:
        """What was journaled, but for times."""
        journal = []
        for event in self.events:
            copy = type(event)()
            copy.CopyFrom(event)
            copy.ClearField("emit_time")
            copy.ClearField("latency")
            for field in ("elapsed", "chunks_per_second", "llm_calls_per_minute"):
                if copy.HasField("session_summary"):
                    copy.session_summary.ClearField(field)
            journal.append(copy.SerializeToString(deterministic=True))
        return journal


def origin(stage: str, incarnation: int = 0) -> ResultOrigin:
    identity = result_pb2.StreamIdentity(session_id="s", stage=stage, incarnation=incarnation)
    return ResultOrigin(identity, stage, "puppet")


def transcript(header: result_pb2.ResultHeader, text: str, start: int, end: int, channel: int = 1) -> Result:
    body = transcript_pb2.Transcript(
        header=header,
        channel_tag=channel,
        text=text,
        is_final=not header.partial,
        start_offset=duration(start),
        end_offset=duration(end),
    )
    return result_of("transcript", "asr", body, None, channel, header.result_id)


def spoken(number: int, text: str = "word") -> Result:
    """A final segment of one second, complete."""
    header = origin("asr").open(1, number).final()
    return transcript(header, text, number * 1_000_000_000, (number + 1) * 1_000_000_000)


def said(stage: str, header: result_pb2.ResultHeader, about: str = "") -> Result:
    """A result of a stage that is no transcript."""
    kind, body = {
        "asr": lambda: ("transcript_complete", transcript_pb2.TranscriptComplete(header=header)),
        "quality": lambda: ("audio_quality", quality_pb2.AudioQuality(header=header)),
        "semantics": lambda: (
            "semantic",
            semantics_pb2.SemanticAnnotation(header=header, segment_id=about),
        ),
        "analysis": lambda: (
            "analysis",
            analysis_pb2.Analysis(header=header, name="quantitative_metrics"),
        ),
        "mine": lambda: ("custom_result", custom_pb2.CustomResult(header=header, name="mine")),
    }[stage]()
    return result_of(kind, stage, body, None, 0, about)


def opened(stage: str, ordinal: int | str, incarnation: int = 0) -> OpenResult:
    return origin(stage, incarnation).open(0, ordinal)
