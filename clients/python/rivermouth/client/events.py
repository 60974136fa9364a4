"""Events as a program reads them: what happened, and the envelope it came in."""

from dataclasses import dataclass
from typing import TypeAlias, cast

from rivermouth.analysis.v1.analysis_pb2 import Analysis, Summary, WorkflowResult, WorkflowRouted
from rivermouth.analysis.v1.custom_pb2 import CustomResult
from rivermouth.analysis.v1.redaction_pb2 import Redaction
from rivermouth.quality.v1.quality_pb2 import AudioQuality
from rivermouth.result.v1.result_pb2 import Outcome, Phase, ResultHeader
from rivermouth.semantics.v1.semantics_pb2 import ConversationStats, SemanticAnnotation, Turn
from rivermouth.session.v1 import events_pb2
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse
from rivermouth.transcript.v1.transcript_pb2 import (
    LanguageDetected,
    SpeakerRevision,
    SpeechActivity,
    Transcript,
    TranscriptComplete,
    UtteranceEnd,
)

EventBody: TypeAlias = (
    events_pb2.SessionStarted
    | Transcript
    | TranscriptComplete
    | SpeechActivity
    | UtteranceEnd
    | LanguageDetected
    | Turn
    | SpeakerRevision
    | AudioQuality
    | SemanticAnnotation
    | ConversationStats
    | Analysis
    | Summary
    | WorkflowRouted
    | WorkflowResult
    | CustomResult
    | Redaction
    | events_pb2.Progress
    | events_pb2.AnalyserStatus
    | events_pb2.FlowControl
    | events_pb2.Heartbeat
    | events_pb2.FinalizeAck
    | events_pb2.ConfigUpdated
    | events_pb2.ConfigRejected
    | events_pb2.Warning
    | events_pb2.Error
    | events_pb2.GoAway
    | events_pb2.SessionSummary
    | StreamingAnalyzeResponse
)

UNKNOWN = "unknown"
UNJOURNALED_KINDS = frozenset({"heartbeat", "flow_control", "go_away"})
"""Kinds that have no sequence."""

_FIELDS = StreamingAnalyzeResponse.DESCRIPTOR.oneofs_by_name["event"].fields
_GOOD = frozenset({Outcome.OUTCOME_COMPLETE, Outcome.OUTCOME_TRUNCATED})
RESULT_KINDS = frozenset(
    field.name
    for field in _FIELDS
    if field.message_type is not None and "header" in field.message_type.fields_by_name
)
"""Kinds with a result header: those with revisions and phases."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `match event.body: case Transcript(): ...` gives its typed content."""

    kind: str
    """The name in the contract's oneof, such as "transcript"; "unknown" from a newer server."""
    sequence: int
    """From 1, dense in the journal; 0 for heartbeat, flow_control and go_away."""
    body: EventBody
    """What happened; the envelope itself where the kind is unknown."""
    envelope: StreamingAnalyzeResponse
    """Session id, epoch, cursors, latency, trace id: what every event carries."""

    @classmethod
    def of(cls, envelope: StreamingAnalyzeResponse) -> "Event":
        """The event in an envelope."""
        kind = envelope.WhichOneof("event")
        if kind is None:
            return cls(UNKNOWN, envelope.sequence, envelope, envelope)
        return cls(kind, envelope.sequence, cast(EventBody, getattr(envelope, kind)), envelope)

    @property
    def header(self) -> ResultHeader | None:
        """The result header, for the kinds that have one."""
        return cast(ResultHeader, getattr(self.body, "header")) if self.kind in RESULT_KINDS else None  # noqa: B009

    @property
    def is_final(self) -> bool:
        """Whether this ends a result, whatever its outcome."""
        header = self.header
        return header is not None and header.phase == Phase.PHASE_FINAL

    @property
    def is_good(self) -> bool:
        """Whether this ends a result that was computed, perhaps not to its end: what it says counts. A final
        that failed may show a part of what another says whole."""
        header = self.header
        return header is not None and header.outcome in _GOOD
