"""Between the contract and the pure rooms: configuration and segments in, messages of analyses out."""

from dataclasses import dataclass, fields

from rivermouth.analysis.v1.analysis_pb2 import (
    TRIGGER_SEGMENT,
    TRIGGER_SESSION,
    TRIGGER_UNSPECIFIED,
    AnalysisRequest,
    AnnotatedSegment,
    LocalPart,
    StreamingAnalysisConfig,
)
from rivermouth.result.v1.result_pb2 import PHASE_FINAL, PHASE_UNSPECIFIED, Failure, StreamIdentity
from services.analysis import reasons
from services.analysis.analysis import Analysis, Measures, Segment, Trigger
from services.analysis.registry import ANALYSES, DEFAULTS
from services.runtime.errors import FieldViolation, InvalidConfig
from services.runtime.offsets import nanoseconds

_TRIGGERS = {TRIGGER_SEGMENT: Trigger.SEGMENT, TRIGGER_SESSION: Trigger.SESSION}


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """A valid configuration: each analysis that is asked for, with its trigger."""

    identity: StreamIdentity
    analyses: tuple[tuple[Analysis, Trigger], ...]


def read_config(config: StreamingAnalysisConfig) -> AnalysisConfig:
    """Validate a configuration. Raises InvalidConfig with every bad field."""
    wanted: list[tuple[Analysis, Trigger]] = []
    violations: list[FieldViolation] = []
    for index, request in enumerate(config.analyses or [AnalysisRequest(name=name) for name in DEFAULTS]):
        path = f"streaming_config.analyses[{index}]"
        analysis = ANALYSES.get(request.name)
        if analysis is None:
            known = f"{request.name!r} is no analysis; known: {', '.join(ANALYSES)}"
            violations.append(FieldViolation(f"{path}.name", known))
            continue
        trigger = analysis.default
        if request.trigger != TRIGGER_UNSPECIFIED:
            named = _TRIGGERS.get(request.trigger)
            if named is None or named not in analysis.triggers:
                known = f"{analysis.name} is triggered by {', '.join(sorted(analysis.triggers))}"
                violations.append(FieldViolation(f"{path}.trigger", known))
                continue
            trigger = named
        if (analysis, trigger) in wanted:
            violations.append(FieldViolation(path, f"{analysis.name} by {trigger} is asked for already"))
        violations += [
            FieldViolation(f"{path}.options[{name}]", f"{analysis.name} has no such option")
            for name in sorted(request.options)
        ]
        wanted.append((analysis, trigger))
    if violations:
        raise InvalidConfig(reasons.CONFIG_INVALID, "the configuration cannot be used", violations=violations)
    return AnalysisConfig(config.identity, tuple(wanted))


def segment_fault(segment: AnnotatedSegment) -> Failure | None:
    """Why a segment cannot be analysed at all; None if it can."""
    header = segment.transcript.header
    if not segment.transcript.is_final or header.phase not in (PHASE_UNSPECIFIED, PHASE_FINAL):
        return Failure(
            reason=reasons.INTERIM_SEGMENT,
            message=f"segment {header.result_id!r} is not final",
            metadata={"segment_id": header.result_id},
        )
    if not header.result_id:
        return Failure(reason=reasons.SEGMENT_WITHOUT_ID, message="the segment has no header.result_id")
    return None


def read_segment(segment: AnnotatedSegment) -> Segment:
    """A segment as analyses see it; one that ends before it begins has no length."""
    transcript = segment.transcript
    length = nanoseconds(transcript.end_offset) - nanoseconds(transcript.start_offset)
    return Segment.of(transcript.text, transcript.speaker, transcript.channel_tag, max(0, length))


def local_part(analysis: Analysis, measures: Measures | None, waiting_for: str) -> LocalPart:
    """The measures under the analysis' name, field by field; no measures leave it out."""
    part = LocalPart(waiting_for=waiting_for)
    if measures is not None:
        target = getattr(part, analysis.name)
        target.SetInParent()
        for field in fields(measures):
            value = getattr(measures, field.name)
            if value is not None:
                setattr(target, field.name, value)
    return part


def transcription_unavailable(upstream: Failure) -> Failure:
    """The failure of every step that works on text, where there is none."""
    return Failure(
        reason=reasons.TRANSCRIPTION_UNAVAILABLE,
        message=f"there is no transcript to analyse: {upstream.message or upstream.reason}",
        retryable=upstream.retryable,
        metadata={"upstream_reason": upstream.reason},
    )
