"""Journals that keep the rules of the stream, made event by event."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.duration_pb2 import Duration

from rivermouth.quality.v1.quality_pb2 import AudioQuality
from rivermouth.result.v1.result_pb2 import Failure, Outcome, Phase, ResultHeader, SegmentRef
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation
from rivermouth.session.v1 import events_pb2 as ev
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse
from rivermouth.transcript.v1.transcript_pb2 import Transcript

OUTCOMES = {
    Outcome.OUTCOME_FAILED: "failed",
    Outcome.OUTCOME_SKIPPED: "skipped",
    Outcome.OUTCOME_TRUNCATED: "truncated",
}
PHASES = {Phase.PHASE_COARSE: "coarse", Phase.PHASE_REFINE: "refine", Phase.PHASE_FINAL: "final"}
SERVICES = {"transcript": "asr", "semantic": "semantics", "audio_quality": "quality"}
BODIES = {"transcript": Transcript, "semantic": SemanticAnnotation, "audio_quality": AudioQuality}


def offset(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration


@dataclass
class Result:
    id: str
    kind: str
    channel: int = 0
    start: float = 0.0
    revision: int = 0
    ended: bool = False
    evidence: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()


@dataclass
class Journal:
    """Writes events; what it has written is `events`."""

    epoch: int = 1
    events: list[StreamingAnalyzeResponse] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    clocks: Counter[int] = field(default_factory=Counter)

    def write(self, kind: str, body: Any, sequence: int | None = None) -> StreamingAnalyzeResponse:
        event = StreamingAnalyzeResponse(
            session_id="s",
            epoch=self.epoch,
            sequence=len(self.events) + 1 if sequence is None else sequence,
            **{kind: body},
        )
        if event.sequence:
            self.events.append(event)
        return event

    def heartbeat(self) -> StreamingAnalyzeResponse:
        return self.write("heartbeat", ev.Heartbeat(), sequence=0)

    def warning(self) -> StreamingAnalyzeResponse:
        return self.write("warning", ev.Warning(reason="NOTE"))

    def open(
        self, kind: str, channel: int = 1, evidence: tuple[str, ...] = (), supersedes: tuple[str, ...] = ()
    ) -> Result:
        id_ = f"{SERVICES[kind]}/{channel}/{len(self.results) + 1}"
        result = Result(id_, kind, channel, evidence=evidence, supersedes=supersedes)
        self.results[result.id] = result
        return result

    def refine(self, result: Result) -> StreamingAnalyzeResponse:
        return self.message(result, Phase.PHASE_REFINE if result.revision else Phase.PHASE_COARSE)

    def end(
        self, result: Result, outcome: Outcome = Outcome.OUTCOME_COMPLETE, failure: str = "WHY"
    ) -> StreamingAnalyzeResponse:
        result.ended = True
        return self.message(result, Phase.PHASE_FINAL, outcome, failure)

    def message(
        self,
        result: Result,
        phase: Phase,
        outcome: Outcome = Outcome.OUTCOME_UNSPECIFIED,
        failure: str = "",
    ) -> StreamingAnalyzeResponse:
        result.revision += 1
        final = phase == Phase.PHASE_FINAL
        header = ResultHeader(
            result_id=result.id,
            revision=result.revision,
            phase=phase,
            partial=not final,
            outcome=outcome,
            supersedes=result.supersedes,
        )
        header.source.service = SERVICES[result.kind]
        header.evidence.segments.extend(SegmentRef(segment_id=id_, revision=1) for id_ in result.evidence)
        if outcome in OUTCOMES:
            header.failure.CopyFrom(Failure(reason=failure))
        body: Any = BODIES[result.kind](header=header)
        if isinstance(body, Transcript):
            start = float(self.clocks[result.channel])
            body.channel_tag = result.channel
            body.text = f"{result.id} revision {result.revision}"
            body.is_final = final
            body.start_offset.CopyFrom(offset(start))
            body.end_offset.CopyFrom(offset(start + 1))
            if final and not result.supersedes:
                self.clocks[result.channel] += 1
        return self.write(result.kind, body)

    def end_all(self) -> list[StreamingAnalyzeResponse]:
        return [self.end(result) for result in self.results.values() if not result.ended and result.revision]

    def summary(self) -> StreamingAnalyzeResponse:
        kinds = Counter(str(event.WhichOneof("event")) for event in self.events)
        kinds["session_summary"] += 1
        services: dict[str, ev.ServiceCounts] = {}
        finals = interims = 0
        for event in self.events:
            kind = str(event.WhichOneof("event"))
            if kind not in BODIES:
                continue
            header = getattr(event, kind).header
            counts = services.setdefault(SERVICES[kind], ev.ServiceCounts(service=SERVICES[kind]))
            columns = [
                PHASES[header.phase],
                *([OUTCOMES[header.outcome]] if header.outcome in OUTCOMES else []),
            ]
            for column in columns:
                setattr(counts, column, getattr(counts, column) + 1)
            if kind == "transcript":
                finals += header.phase == Phase.PHASE_FINAL
                interims += header.phase != Phase.PHASE_FINAL
        return self.write(
            "session_summary",
            ev.SessionSummary(
                end=ev.SessionSummary.END_FINISHED,
                services=services.values(),
                events=kinds,
                segments_final=finals,
                segments_partial=interims,
            ),
        )
