"""The one room that turns stub messages into results and events, and back into bytes."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, cast

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.clock import Clock
from gateway.failure import Failure
from gateway.ledger import COARSE, FAILED, FINAL, REFINE, Ledger, Result
from gateway.plan import ActiveStage, Contract
from gateway.speakers import Revision
from gateway.whole_text import WholeText
from rivermouth.analysis.v1 import analysis_pb2, custom_pb2
from rivermouth.quality.v1 import quality_pb2
from rivermouth.result.v1 import result_pb2
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.session.v1 import events_pb2, service_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.offsets import SECOND, duration, from_seconds, nanoseconds, set_duration
from services.runtime.results import ResultOrigin

ALWAYS_SENT = frozenset({"session_started", "session_summary"})
KINDS: tuple[str, ...] = tuple(
    field.name for field in service_pb2.StreamingAnalyzeResponse.DESCRIPTOR.oneofs_by_name["event"].fields
)
"""Names of all kinds of events, as in the contract."""
WITHOUT_SEQUENCE = frozenset({"heartbeat", "flow_control", "go_away"})


def result_of(
    kind: str,
    stage: str,
    body: Any,
    latency: result_pb2.Latency | None,
    channel: int = 0,
    segment_id: str = "",
) -> Result:
    """A stage's message as the ledger and the merge see it."""
    header: result_pb2.ResultHeader = body.header
    end = None
    if kind in ("transcript", "semantic", "turn", "custom_result") and body.HasField("end_offset"):
        end = nanoseconds(body.end_offset)
    start = None
    if kind == "transcript" and body.HasField("start_offset"):
        start = nanoseconds(body.start_offset)
    return Result(
        kind,
        stage,
        header.source.service,
        header.result_id,
        header.revision,
        header.phase,
        header.outcome,
        channel,
        end,
        body,
        segment_id,
        latency,
        start,
    )


def renamed(transcript: Result, speaker: str) -> Result:
    """The transcript with this speaker: a copy, for a message handed over is never changed."""
    body = transcript_pb2.Transcript()
    body.CopyFrom(transcript.body)
    body.speaker = speaker
    return replace(transcript, body=body)


def speaker_revision(revision: Revision) -> transcript_pb2.SpeakerRevision:
    """The revision as a message."""
    return transcript_pb2.SpeakerRevision(
        segment_ids=revision.segment_ids, previous_speaker=revision.previous, speaker=revision.speaker
    )


def stub_failure(failure: Failure) -> result_pb2.Failure:
    """The failure as a message."""
    return result_pb2.Failure(
        reason=failure.reason,
        message=failure.message,
        retryable=failure.retryable,
        metadata=dict(failure.metadata),
    )


def failure_of(message: result_pb2.Failure) -> Failure:
    """The message as a failure."""
    return Failure(
        message.reason, message.message, message.retryable, tuple(sorted(message.metadata.items()))
    )


_WITH_MODELS = ("analysis", "summary", "workflow_result")
"""Kinds of results that a language model has a part in."""


class Factory:
    """Bodies of the events that the gateway makes itself."""

    def __init__(self, session_id: str, clock: Clock, started: float) -> None:
        self._session_id = session_id
        self._clock = clock
        self._started = started
        self.text = WholeText()
        self.chunks = 0
        """Audio or text chunks received so far."""

    def progress(self, step: str, started: bool, done: int, total: int) -> events_pb2.Progress:
        state = events_pb2.Progress.STATE_STARTED if started else events_pb2.Progress.STATE_ENDED
        return events_pb2.Progress(
            step=step, state=state, steps_done=done, steps_total=total, percentage=100 * done // max(1, total)
        )

    def analyser_status(
        self, stage: str, state: str, failure: Failure | None, incarnation: int, lost: int
    ) -> events_pb2.AnalyserStatus:
        return events_pb2.AnalyserStatus(
            stage=stage,
            state=f"STATE_{state}",
            failure=stub_failure(failure) if failure else None,
            incarnation=incarnation,
            lost_input=duration(lost) if lost else None,
        )

    def finalize_ack(self, request: int, closed: int) -> events_pb2.FinalizeAck:
        return events_pb2.FinalizeAck(request_sequence=request, closed=closed)

    def warning(self, reason: str, message: str, metadata: dict[str, str]) -> events_pb2.Warning:
        return events_pb2.Warning(reason=reason, message=message, metadata=metadata)

    def error(
        self, failure: Failure, stage: str, client_sequence: int, field: str, fatal: bool
    ) -> events_pb2.Error:
        return events_pb2.Error(
            failure=stub_failure(failure),
            stage=stage,
            client_sequence=client_sequence,
            field=field,
            fatal=fatal,
        )

    def terminal(self, last: Result, outcome: int, failure: Failure) -> Result:
        """The terminal of a result that its stage cannot end any more: what was last said, marked."""
        body = type(last.body)()
        body.CopyFrom(last.body)
        header: result_pb2.ResultHeader = body.header
        header.revision += 1
        header.phase = result_pb2.PHASE_FINAL
        header.partial = False
        header.outcome = cast("result_pb2.Outcome", outcome)
        header.failure.CopyFrom(stub_failure(failure))
        if last.kind == "transcript":
            body.is_final = True
            body.ClearField("stability")
        elif last.kind in ("analysis", "summary"):
            body.chunk_index += 1
        if last.kind in _WITH_MODELS and body.llm.provider and not body.llm.outcome:
            found = body.llm.HasField("findings")
            body.llm.outcome = result_pb2.OUTCOME_TRUNCATED if found else result_pb2.OUTCOME_FAILED
            body.llm.failure.CopyFrom(stub_failure(failure))
        return result_of(last.kind, last.stage, body, None, last.channel, last.segment_id)

    def failed(self, stage: ActiveStage, failure: Failure, told: list[Result]) -> list[Result]:
        """One failed result for each thing that was asked of a stage, made in its stead.

        `told` are results of the stage that were just closed: what they say is not said again.
        """
        said = {(each.kind, getattr(each.body, "name", "")) for each in told}
        made = self._instead(stage, result_pb2.OUTCOME_FAILED, failure, "unavailable", None)
        return [each for each in made if (each.kind, getattr(each.body, "name", "")) not in said]

    def skipped(self, stage: ActiveStage, failure: Failure, segment: Result) -> list[Result]:
        """One skipped result for each thing that was asked of a stage about a segment, made in its stead."""
        ordinal = segment.segment_id.replace("/", "-")
        return self._instead(stage, result_pb2.OUTCOME_SKIPPED, failure, ordinal, segment)

    def _instead(
        self,
        stage: ActiveStage,
        outcome: result_pb2.Outcome,
        failure: Failure,
        ordinal: str,
        segment: Result | None,
    ) -> list[Result]:
        identity = result_pb2.StreamIdentity(session_id=self._session_id, stage=stage.name)
        origin = ResultOrigin(identity, stage.spec.service, "")
        evidence = None
        if segment is not None:
            used = result_pb2.SegmentRef(segment_id=segment.segment_id, revision=segment.revision)
            evidence = result_pb2.Evidence(segments=[used])
        results = []
        for name in stage.steps:
            header = origin.open(0, f"{name}-{ordinal}", evidence).final(outcome, stub_failure(failure))
            kind, body = _empty(stage.spec.contract, name, header)
            about = segment.segment_id if segment is not None else ""
            if kind == "semantic":
                body.segment_id = about
            elif kind == "transcript_complete":
                self.text.fill(body)
            results.append(result_of(kind, stage.name, body, None, segment_id=about))
        return results

    def session_summary(self, ledger: Ledger, end: str) -> events_pb2.SessionSummary:
        """The counts so far; those of a last event count it too."""
        elapsed = time.monotonic() - self._started
        events = dict(ledger.events)
        if end != "UNSPECIFIED":
            events["session_summary"] = events.get("session_summary", 0) + 1
        usage = ledger.usage
        return events_pb2.SessionSummary(
            end=f"END_{end}",
            services=[
                events_pb2.ServiceCounts(
                    service=name,
                    coarse=counts.coarse,
                    refine=counts.refine,
                    final=counts.final,
                    dropped=counts.dropped,
                    failed=counts.failed,
                    skipped=counts.skipped,
                    truncated=counts.truncated,
                )
                for name, counts in sorted(ledger.services.items())
            ],
            events=events,
            audio_duration=duration(self._clock.received),
            elapsed=duration(from_seconds(elapsed)),
            chunks_received=self.chunks,
            chunks_per_second=self.chunks / elapsed if elapsed > 0 else 0.0,
            segments_partial=ledger.segments_partial,
            segments_final=ledger.segments_final,
            llm_calls=usage.calls,
            llm_calls_per_minute=60 * usage.calls / elapsed if elapsed > 0 else 0.0,
            llm_input_tokens=usage.input_tokens,
            llm_output_tokens=usage.output_tokens,
        )


def _empty(contract: Contract, name: str, header: result_pb2.ResultHeader) -> tuple[str, Any]:
    """The kind and body of a result that has nothing but a head."""
    match contract:
        case Contract.ASR:
            return "transcript_complete", transcript_pb2.TranscriptComplete(header=header)
        case Contract.QUALITY:
            return "audio_quality", quality_pb2.AudioQuality(header=header)
        case Contract.SEMANTICS:
            return "semantic", semantics_pb2.SemanticAnnotation(header=header)
        case Contract.ANALYSIS:
            return "analysis", analysis_pb2.Analysis(header=header, name=name)
        case Contract.CUSTOM:
            return "custom_result", custom_pb2.CustomResult(header=header, name=name)


class Envelope:
    """Wraps bodies of one session as events, written once as bytes."""

    def __init__(self, session_id: str, epoch: int, clock: Clock, trace_id: str) -> None:
        self._head = service_pb2.StreamingAnalyzeResponse(
            session_id=session_id, epoch=epoch, trace_id=trace_id
        )
        self._clock = clock

    def seal(
        self,
        kind: str,
        body: Any,
        *,
        sequence: int = 0,
        channel: int = 0,
        client_sequence: int = 0,
        span_id: str = "",
        result: Result | None = None,
    ) -> bytes:
        """The bytes of an event. The body is copied into it as it is."""
        event = service_pb2.StreamingAnalyzeResponse()
        event.CopyFrom(self._head)
        event.sequence = sequence
        event.channel_tag = channel
        event.client_sequence = client_sequence
        event.span_id = span_id
        getattr(event, kind).CopyFrom(body)
        event.emit_time.seconds, event.emit_time.nanos = divmod(time.time_ns(), SECOND)
        clock, cursors = self._clock, event.cursors
        set_duration(cursors.received, clock.received)
        set_duration(cursors.interim, clock.interim)
        set_duration(cursors.final, clock.final)
        if result is not None:
            self._add_latency(event, result)
        return event.SerializeToString()

    def _add_latency(self, event: service_pb2.StreamingAnalyzeResponse, result: Result) -> None:
        if result.latency is not None:
            event.latency.CopyFrom(result.latency)
        if result.end is not None and (arrived := self._clock.arrival(result.end)) is not None:
            set_duration(event.latency.total, from_seconds(max(0.0, time.monotonic() - arrived)))


def skipped_field(count: int) -> bytes:
    """`StreamingAnalyzeResponse.skipped` as bytes, to append to an event that is written already.

    Fields may come in any order on the wire, so an event journaled once serves connections that left out
    different numbers of events before it.
    """
    return service_pb2.StreamingAnalyzeResponse(skipped=count).SerializeToString()


def timestamp(seconds: float) -> Timestamp:
    """A wall-clock time, in seconds since 1970."""
    return Timestamp(seconds=int(seconds), nanos=int((seconds % 1) * SECOND))


assert (COARSE, REFINE, FINAL) == (
    result_pb2.PHASE_COARSE,
    result_pb2.PHASE_REFINE,
    result_pb2.PHASE_FINAL,
)
assert result_pb2.OUTCOME_FAILED == FAILED
