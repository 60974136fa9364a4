"""From the contract into the pure rooms: the configuration, segments, turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from rivermouth.analysis.v1.analysis_pb2 import (
    TRIGGER_SEGMENT,
    TRIGGER_SESSION,
    TRIGGER_TURN,
    TRIGGER_UNSPECIFIED,
    AnalysisRequest,
    AnnotatedSegment,
    StreamingAnalysisConfig,
)
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    PHASE_FINAL,
    PHASE_UNSPECIFIED,
    Failure,
    StreamIdentity,
)
from rivermouth.semantics.v1.semantics_pb2 import Annotation, SemanticAnnotation, Turn
from rivermouth.semantics.v1.semantics_pb2 import Intent as IntentMessage
from rivermouth.transcript.v1.transcript_pb2 import SpeakerRevision, SpeakerSpan, Transcript
from services.analysis import reasons
from services.analysis.analysis import Analysis, Trigger
from services.analysis.llm import redaction
from services.analysis.llm.background import background_of
from services.analysis.measures.words import Sentences
from services.analysis.registry import ANALYSES, DEFAULTS
from services.analysis.segment import ENGLISH, Intent, Keyword, Meaning, Segment
from services.analysis.stream_audio import read_format
from services.audio.format import AudioFormat
from services.llm.settings import PROVIDERS
from services.runtime.errors import FieldViolation, InvalidConfig
from services.runtime.offsets import nanoseconds

_TRIGGERS = {
    TRIGGER_SEGMENT: Trigger.SEGMENT,
    TRIGGER_TURN: Trigger.TURN,
    TRIGGER_SESSION: Trigger.SESSION,
}
_INTENTS = {IntentMessage.Value(f"INTENT_{intent.name}"): intent for intent in Intent}


@dataclass(frozen=True, slots=True)
class Asked:
    """One analysis that is asked for, with every option set."""

    analysis: Analysis
    trigger: Trigger
    options: dict[str, int]


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """A valid configuration."""

    identity: StreamIdentity
    analyses: tuple[Asked, ...]
    language: str = ENGLISH
    spans: tuple[SpeakerSpan, ...] = ()
    baseline: Mapping[str, float] = field(default_factory=dict)
    """The speaker's usual values, by name of the measure."""
    background: str = field(default="", repr=False)
    """What the caller knew before, for models."""
    providers: tuple[str, ...] = ()
    """Of language models, in order; none: as the settings say."""
    caches_answers: bool = False
    """Whether a model's answer may be kept, and given again."""
    audio_format: AudioFormat | None = None
    """Of the audio that follows, where any does."""
    allows_audio_egress: bool = False
    """Whether audio may go to a model's vendor."""


@dataclass(frozen=True, slots=True)
class TurnRef:
    """A turn that ended: its id, its channel, and its segments in order."""

    turn_id: str
    channel: int
    segment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renaming:
    """Segments that were given before, at least one, and have this speaker now."""

    segment_ids: frozenset[str]
    speaker: str


def read_config(config: StreamingAnalysisConfig) -> AnalysisConfig:
    """Validate a configuration. Raises InvalidConfig with every bad field."""
    wanted: list[Asked] = []
    violations: list[FieldViolation] = []
    for index, request in enumerate(config.analyses or [AnalysisRequest(name=name) for name in DEFAULTS]):
        path = f"streaming_config.analyses[{index}]"
        asked = _read_request(request, path, violations)
        if asked is None:
            continue
        if any((each.analysis, each.trigger) == (asked.analysis, asked.trigger) for each in wanted):
            what = f"{asked.analysis.name} by {asked.trigger} is asked for already"
            violations.append(FieldViolation(path, what))
        wanted.append(asked)
    violations += _provider_violations(config.llm_providers)
    violations += redaction.find_violations(config)
    audio_format, bad_format = read_format(config)
    violations += bad_format
    if violations:
        raise InvalidConfig(reasons.CONFIG_INVALID, "the configuration cannot be used", violations=violations)
    language = _language(config.language_code) or ENGLISH
    context = config.context
    return AnalysisConfig(
        identity=config.identity,
        analyses=tuple(wanted),
        language=language,
        spans=tuple(context.speaker_spans),
        baseline=dict(context.baseline_profile),
        background=background_of(context),
        providers=tuple(config.llm_providers),
        caches_answers=config.cache_answers,
        audio_format=audio_format,
        allows_audio_egress=config.allow_audio_egress,
    )


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


def read_segment(segment: AnnotatedSegment, config: AnalysisConfig) -> Segment:
    """A segment as analyses see it; one that ends before it begins has no length."""
    transcript = segment.transcript
    start = max(0, nanoseconds(transcript.start_offset))
    end = max(start, nanoseconds(transcript.end_offset))
    semantic = segment.semantic
    is_annotated = segment.HasField("semantic") and semantic.header.outcome not in (
        OUTCOME_FAILED,
        OUTCOME_SKIPPED,
    )
    return Segment.of(
        transcript.text,
        start=start,
        end=end,
        speaker=transcript.speaker or _speaker_at(transcript, start, end, config.spans),
        channel=transcript.channel_tag,
        segment_id=transcript.header.result_id,
        revision=transcript.header.revision,
        meaning=_read_meaning(semantic, transcript.text) if is_annotated else None,
        language=_language(transcript.language_code) or config.language,
        is_replay=segment.replayed,
        word_times=_word_times(transcript),
    )


def turn_fault(turn: Turn) -> Failure | None:
    """Why a turn cannot be analysed at all; None if it can."""
    if not turn.header.result_id:
        return Failure(reason=reasons.TURN_WITHOUT_ID, message="the turn has no header.result_id")
    return None


def read_turn(turn: Turn) -> TurnRef | None:
    """A turn that ended; None for one that goes on, and for one that could not be told."""
    has_ended = turn.header.phase in (PHASE_UNSPECIFIED, PHASE_FINAL)
    if not has_ended or turn.header.outcome in (OUTCOME_FAILED, OUTCOME_SKIPPED):
        return None
    return TurnRef(turn.header.result_id, turn.channel_tag, tuple(turn.segment_ids))


def read_revision(revision: SpeakerRevision, given: set[str]) -> Renaming | None:
    """Who said segments that were `given` before; None where none was."""
    known = frozenset(given.intersection(revision.segment_ids))
    return Renaming(known, revision.speaker) if known else None


def transcription_unavailable(upstream: Failure) -> Failure:
    """The failure of every step that works on text, where there is none (any more)."""
    metadata = {"cause": upstream.reason, **upstream.metadata}
    return Failure(
        reason=reasons.TRANSCRIPTION_UNAVAILABLE,
        message=f"there is no transcript to analyse: {upstream.message or upstream.reason}",
        retryable=upstream.retryable,
        metadata=metadata,
    )


def _read_request(request: AnalysisRequest, path: str, violations: list[FieldViolation]) -> Asked | None:
    """What is asked for; None where its name or trigger is unknown. Every fault is added to `violations`."""
    analysis = ANALYSES.get(request.name)
    if analysis is None:
        near = get_close_matches(request.name[:40], ANALYSES)
        known = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(ANALYSES)}"
        violations.append(FieldViolation(f"{path}.name", f"{request.name[:40]!r} is no analysis; {known}"))
        return None
    known_options = analysis.all_options
    options = {name: option.default for name, option in known_options.items()}
    for name, value in sorted(request.options.items()):
        option = known_options.get(name)
        if option is None:
            what = f"{analysis.name} has no such option; it has: {', '.join(known_options) or 'none'}"
            violations.append(FieldViolation(f"{path}.options[{name}]", what))
        elif not value.isdecimal() or not option.least <= int(value[:10]) <= option.most:
            what = f"is {value[:40]!r}; a whole number from {option.least} to {option.most}"
            violations.append(FieldViolation(f"{path}.options[{name}]", what))
        else:
            options[name] = int(value)
    if request.trigger == TRIGGER_UNSPECIFIED:
        return Asked(analysis, analysis.default, options)
    trigger = _TRIGGERS.get(request.trigger)
    if trigger is None or trigger not in analysis.triggers:
        known = f"{analysis.name} is triggered by {', '.join(sorted(analysis.triggers))}"
        violations.append(FieldViolation(f"{path}.trigger", known))
        return None
    return Asked(analysis, trigger, options)


def _provider_violations(names: Sequence[str]) -> Iterator[FieldViolation]:
    known: Sequence[str] = PROVIDERS
    for index, name in enumerate(names):
        path = f"streaming_config.llm_providers[{index}]"
        if name not in known:
            yield FieldViolation(path, f"{name[:40]!r} is no provider; known: {', '.join(known)}")
        elif name in names[:index]:
            yield FieldViolation(path, f"{name!r} is named twice")


def _read_meaning(semantic: SemanticAnnotation, text: str) -> Meaning:
    sentences = Sentences(text)
    found: dict[int, list[Annotation]] = {}
    for annotation in semantic.annotations:
        found.setdefault(annotation.kind, []).append(annotation)

    def labels(kind: Annotation.Kind) -> tuple[str, ...]:
        return tuple(each.label for each in found.get(kind, ()) if each.label)

    def said(kind: Annotation.Kind) -> tuple[str, ...]:
        places = (sentences.at(each.span.start_char) for each in found.get(kind, ()))
        return tuple(dict.fromkeys(places))

    known = [_INTENTS[each] for each in semantic.intents if each in _INTENTS]
    primary = _INTENTS.get(semantic.primary_intent, known[0] if known else Intent.GENERAL)
    has_sentiment = semantic.HasField("sentiment")
    return Meaning(
        intents=tuple(dict.fromkeys([primary, *known])),
        keywords=tuple(
            Keyword(each.label, _count(each)) for each in found.get(Annotation.KIND_KEYWORD, ()) if each.label
        ),
        topics=labels(Annotation.KIND_TOPIC),
        risks=labels(Annotation.KIND_RISK),
        questions=said(Annotation.KIND_QUESTION),
        action_items=said(Annotation.KIND_ACTION_ITEM),
        commitments=said(Annotation.KIND_COMMITMENT),
        decisions=said(Annotation.KIND_DECISION),
        sentiment=max(-1.0, min(1.0, semantic.sentiment.score)) if has_sentiment else None,
        magnitude=max(0.0, semantic.sentiment.magnitude) if has_sentiment else 0.0,
    )


def _count(keyword: Annotation) -> int:
    count = keyword.attributes.get("count", "")
    return max(1, int(count[:9])) if count.isdecimal() else 1


def _word_times(transcript: Transcript) -> tuple[tuple[int, int], ...]:
    """Begin and end of each word; none at all where one ends before it begins, or begins before the last."""
    times = tuple((nanoseconds(word.start_offset), nanoseconds(word.end_offset)) for word in transcript.words)
    begins = [begin for begin, _ in times]
    is_sound = begins == sorted(begins) and all(0 <= begin <= end for begin, end in times)
    return times if is_sound and any(end for _, end in times) else ()


def _language(code: str) -> str:
    return code.partition("-")[0].lower()


def _speaker_at(transcript: Transcript, start: int, end: int, spans: Iterable[SpeakerSpan]) -> str:
    """The speaker whose spans of this channel cover most of a time; empty where none does."""
    covered: dict[str, int] = {}
    for span in spans:
        if span.channel_tag in (0, transcript.channel_tag):
            common = min(end, nanoseconds(span.end_offset)) - max(start, nanoseconds(span.start_offset))
            if common > 0:
                covered[span.speaker] = covered.get(span.speaker, 0) + common
    return max(covered, key=covered.__getitem__, default="")
