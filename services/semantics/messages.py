"""Between the contract and the pure rooms: configuration and segments in, annotations out."""

from dataclasses import dataclass

from rivermouth.result.v1.result_pb2 import (
    PHASE_FINAL,
    PHASE_UNSPECIFIED,
    Evidence,
    Failure,
    ResultHeader,
    SegmentRef,
    StreamIdentity,
)
from rivermouth.semantics.v1.semantics_pb2 import (
    INTENT_ACTION_ITEM,
    INTENT_AGREEMENT,
    INTENT_CLARIFICATION,
    INTENT_COMMITMENT,
    INTENT_DECISION,
    INTENT_GENERAL,
    INTENT_QUESTION,
    Annotation,
    SemanticAnnotation,
    Span,
    StreamingAnnotateConfig,
)
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.errors import FieldViolation, InvalidConfig
from services.semantics import reasons
from services.semantics.meaning import Found, Intent, Kind, Meaning

_KINDS = {
    Kind.KEYWORD: Annotation.KIND_KEYWORD,
    Kind.TOPIC: Annotation.KIND_TOPIC,
    Kind.RISK: Annotation.KIND_RISK,
    Kind.QUESTION: Annotation.KIND_QUESTION,
    Kind.ACTION_ITEM: Annotation.KIND_ACTION_ITEM,
    Kind.COMMITMENT: Annotation.KIND_COMMITMENT,
    Kind.DECISION: Annotation.KIND_DECISION,
}
_INTENTS = {
    Intent.QUESTION: INTENT_QUESTION,
    Intent.CLARIFICATION: INTENT_CLARIFICATION,
    Intent.ACTION_ITEM: INTENT_ACTION_ITEM,
    Intent.COMMITMENT: INTENT_COMMITMENT,
    Intent.DECISION: INTENT_DECISION,
    Intent.AGREEMENT: INTENT_AGREEMENT,
    Intent.GENERAL: INTENT_GENERAL,
}


@dataclass(frozen=True, slots=True)
class AnnotateConfig:
    """A valid configuration; kinds as in the contract."""

    identity: StreamIdentity
    disabled: frozenset[int]


def read_config(config: StreamingAnnotateConfig, language: str) -> AnnotateConfig:
    """Validate a configuration; `language` is the word lists' own. Raises InvalidConfig with all faults."""
    violations = []
    wanted = config.language_code
    if wanted and wanted.partition("-")[0].lower() != language:
        violations.append(("language_code", f"there are word lists for {language!r}, not for {wanted!r}"))
    for index, kind in enumerate(config.disabled_kinds):
        if kind == Annotation.KIND_UNSPECIFIED or kind not in Annotation.Kind.values():
            violations.append((f"disabled_kinds[{index}]", "must be one of the kinds of Annotation"))
    violations += [(f"options[{name}]", "there is no such option") for name in sorted(config.options)]
    if violations:
        raise InvalidConfig(
            reasons.CONFIG_INVALID,
            "the configuration cannot be used",
            violations=[FieldViolation(f"streaming_config.{field}", what) for field, what in violations],
        )
    return AnnotateConfig(config.identity, frozenset(config.disabled_kinds))


def segment_fault(segment: Transcript) -> Failure | None:
    """Why a segment cannot be annotated at all; None if it can."""
    segment_id = segment.header.result_id
    if not segment.is_final or segment.header.phase not in (PHASE_UNSPECIFIED, PHASE_FINAL):
        message = f"segment {segment_id!r} is not final"
        return Failure(reason=reasons.INTERIM_SEGMENT, message=message, metadata={"segment_id": segment_id})
    if not segment_id:
        return Failure(reason=reasons.SEGMENT_WITHOUT_ID, message="the segment has no header.result_id")
    return None


def evidence_of(segment: Transcript) -> Evidence:
    """What an annotation of this segment is computed from."""
    reference = SegmentRef(segment_id=segment.header.result_id, revision=segment.header.revision)
    return Evidence(segments=[reference])


def annotation_of(segment: Transcript, header: ResultHeader) -> SemanticAnnotation:
    """A result about a segment, without what was found in it."""
    return SemanticAnnotation(
        header=header,
        segment_id=segment.header.result_id,
        channel_tag=segment.channel_tag,
        speaker=segment.speaker,
        start_offset=segment.start_offset,
        end_offset=segment.end_offset,
        text=segment.text,
    )


def add_meaning(annotation: SemanticAnnotation, meaning: Meaning, disabled: frozenset[int]) -> None:
    """Fill in what was found, but for the kinds that are not wanted."""
    intents = [_INTENTS[intent] for intent in meaning.intents]
    annotation.primary_intent = intents[0]
    annotation.intents.extend(intents)
    annotation.annotations.extend(
        _message(found) for found in meaning.found if _KINDS[found.kind] not in disabled
    )


def transcription_unavailable(upstream: Failure) -> Failure:
    """The failure of every step that works on text, where there is none."""
    return Failure(
        reason=reasons.TRANSCRIPTION_UNAVAILABLE,
        message=f"there is no transcript to annotate: {upstream.message or upstream.reason}",
        retryable=upstream.retryable,
        metadata={"upstream_reason": upstream.reason},
    )


def _message(found: Found) -> Annotation:
    span = found.span
    return Annotation(
        kind=_KINDS[found.kind],
        label=found.label,
        text=found.text,
        span=Span(
            start_char=span.start_char,
            end_char=span.end_char,
            start_word=span.start_word,
            end_word=span.end_word,
        ),
        normalized=found.normalized,
        attributes=found.attributes,
    )
