"""Between the contract and the pure rooms: configuration and segments in, annotations out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
    Sentiment,
    Span,
    StreamingAnnotateConfig,
)
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.errors import FieldViolation, InvalidConfig
from services.runtime.offsets import from_seconds, nanoseconds
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
    Kind.ENTITY: Annotation.KIND_ENTITY,
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


MAX_TURN_GAP = 3600


@dataclass(frozen=True, slots=True)
class AnnotateConfig:
    """A valid configuration; kinds as in the contract.

    Attributes:
        turn_gap: nanoseconds of silence that end a turn.
        held_on: the day of the conversation, where known.
        watermarks: whether watermarks will come.
    """

    identity: StreamIdentity
    disabled: frozenset[int]
    turn_gap: int
    held_on: date | None
    watermarks: bool


def read_config(config: StreamingAnnotateConfig, language: str, turn_gap: float) -> AnnotateConfig:
    """Validate a configuration; `language` is the word lists' own, `turn_gap` the seconds where it says none.

    Raises InvalidConfig with all faults.
    """
    violations = []
    wanted = config.language_code
    if wanted and wanted.partition("-")[0].lower() != language:
        violations.append(("language_code", f"there are word lists for {language!r}, not for {wanted!r}"))
    for index, kind in enumerate(config.disabled_kinds):
        if kind == Annotation.KIND_UNSPECIFIED or kind not in Annotation.Kind.values():
            violations.append((f"disabled_kinds[{index}]", "must be one of the kinds of Annotation"))
    held_on = None
    for name, value in sorted(config.options.items()):
        try:
            if name == "turn_gap":
                turn_gap = _gap(value)
            elif name == "held_on":
                held_on = date.fromisoformat(value)
            else:
                violations.append(
                    (f"options[{name}]", "there is no such option; there are held_on and turn_gap")
                )
        except ValueError as error:
            violations.append((f"options[{name}]", str(error)))
    if violations:
        raise InvalidConfig(
            reasons.CONFIG_INVALID,
            "the configuration cannot be used",
            violations=[FieldViolation(f"streaming_config.{field}", what) for field, what in violations],
        )
    disabled = frozenset(config.disabled_kinds)
    return AnnotateConfig(config.identity, disabled, from_seconds(turn_gap), held_on, config.watermarks)


def _gap(value: str) -> float:
    seconds = float(value)
    if not 0 < seconds <= MAX_TURN_GAP:  # also false for what is not a number
        raise ValueError(f"must be above 0 and at most {MAX_TURN_GAP} seconds")
    return seconds


def segment_fault(segment: Transcript) -> Failure | None:
    """Why a segment cannot be annotated at all; None if it can."""
    segment_id = segment.header.result_id
    if not segment.is_final or segment.header.phase not in (PHASE_UNSPECIFIED, PHASE_FINAL):
        message = f"segment {segment_id!r} is not final"
        return Failure(reason=reasons.INTERIM_SEGMENT, message=message, metadata={"segment_id": segment_id})
    if not segment_id:
        return Failure(reason=reasons.SEGMENT_WITHOUT_ID, message="the segment has no header.result_id")
    if not 0 <= nanoseconds(segment.start_offset) <= nanoseconds(segment.end_offset):
        message = f"segment {segment_id!r} ends before it starts, or starts before 0"
        return Failure(reason=reasons.SEGMENT_TIMES, message=message, metadata={"segment_id": segment_id})
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


def add_meaning(
    annotation: SemanticAnnotation,
    meaning: Meaning,
    disabled: frozenset[int],
    found: Sequence[Found] | None = None,
) -> None:
    """Fill in what was found, but for the kinds that are not wanted; `found` instead of what the meaning
    has."""
    if Annotation.KIND_INTENT not in disabled:
        intents = [_INTENTS[intent] for intent in meaning.intents]
        annotation.primary_intent = intents[0]
        annotation.intents.extend(intents)
    annotation.annotations.extend(
        _message(each)
        for each in (meaning.found if found is None else found)
        if _KINDS[each.kind] not in disabled
    )
    if meaning.sentiment is not None and Annotation.KIND_SENTIMENT not in disabled:
        sentiment = meaning.sentiment
        annotation.sentiment.CopyFrom(Sentiment(score=sentiment.score, magnitude=sentiment.magnitude))


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
