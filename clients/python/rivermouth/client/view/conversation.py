"""What was meant and how a conversation went, in words: annotations, turns, statistics, measures, routes."""

from collections.abc import Iterable, Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from rivermouth.analysis.v1.acoustic_pb2 import SpeakerVoice, VoiceMetrics
from rivermouth.analysis.v1.analysis_pb2 import (
    AskedQuestion,
    BaselineComparison,
    CredibilityFactor,
    CredibilityScore,
    CredibilitySource,
    CueHit,
    IntentCount,
    LabelCount,
    LocalPart,
    SegmentEmotion,
    SpeakerCredibility,
    SpeakerFlow,
    SpeakerIntents,
    SpeakerManner,
    SpeakerTalk,
    Trend,
    WorkflowResult,
    WorkflowRouted,
)
from rivermouth.analysis.v1.redaction_pb2 import Redaction
from rivermouth.client.offsets import seconds
from rivermouth.semantics.v1.semantics_pb2 import (
    Annotation,
    ConversationStats,
    Intent,
    SemanticAnnotation,
    SpeakerStats,
    Turn,
)
from rivermouth.transcript.v1.transcript_pb2 import SpeakerRevision

INDENT = " " * 10
"""Lines that belong to the transcript above them begin below its text."""
_LABELLED = (Annotation.KIND_TOPIC, Annotation.KIND_RISK)
_VOICE = (
    ("pitch_mean", "pitch {:.0f} Hz"),
    ("jitter", "jitter {:.1%}"),
    ("shimmer", "shimmer {:.1%}"),
    ("harmonics_to_noise", "HNR {:.0f} dB"),
    ("articulation_rate", "{:.1f} syllables a second"),
    ("voice_quality", "voice quality {:.0f}"),
)
"""What a person knows by name, of all that the contract has."""
_MOST_LISTED = 5
_MOST_TEXT = 60


def annotation_words(annotation: SemanticAnnotation) -> list[str]:
    """The intents, topics, risks and entities of a segment, each once; empty for one that is only general."""
    words = [_intent(each) for each in annotation.intents or [annotation.primary_intent]]
    words = [word for word in words if word not in ("general", "unspecified")]
    for found in annotation.annotations:
        if found.kind in _LABELLED:
            words.append(found.label)
        elif found.kind == Annotation.KIND_ENTITY:
            words.append(f'{found.label} "{found.text}"')
    return list(dict.fromkeys(words))


def turn_words(turn: Turn) -> str:
    """ "turn of agent: 12.3 s, 2 segments"."""
    length = seconds(turn.end_offset) - seconds(turn.start_offset)
    return f"turn of {_named(turn)}: {length:.1f} s, {_count(len(turn.segment_ids), 'segment')}"


def stats_words(stats: ConversationStats) -> str:
    """Speaker by speaker, then overlap and silence."""
    speakers = [
        _speaker(each, each.HasField("response_latency"), seconds(each.response_latency))
        for each in stats.speakers
    ]
    rest = f"overlap {seconds(stats.overlap):.1f} s, silence {seconds(stats.silence):.1f} s"
    return "; ".join([*speakers, rest])


def shares_words(stats: ConversationStats) -> str:
    """Only the shares of talk time, for a line that is rewritten."""
    return ", ".join(f"{_named(each)} {each.share:.0%}" for each in stats.speakers)


def routed_words(routed: WorkflowRouted) -> str:
    """ "to ACTION_ITEM: agent: I will send it", the text cut to a length that fits a line."""
    text = routed.text if len(routed.text) <= _MOST_TEXT else f"{routed.text[: _MOST_TEXT - 1]}…"
    return f"to {routed.queue}: {routed.speaker or 'Unknown'}: {text}"


def work_words(result: WorkflowResult) -> str:
    """What a result of work is about: "question", or "action_item (3 items)"."""
    name = result.queue.lower() or "workflow"
    return f"{name} ({len(result.work_ids)} items)" if len(result.work_ids) > 1 else name


def redaction_words(redaction: Redaction) -> str:
    """ "models are told [EMAIL_1], [PHONE_1] instead", each once."""
    told = dict.fromkeys(each.replacement for each in redaction.replacements)
    return f"models are told {', '.join(told)} instead"


def revision_words(revision: SpeakerRevision) -> str:
    """ "one is anna in 3 segments"."""
    before = revision.previous_speaker or "a speaker"
    return f"{before} is {revision.speaker} in {_count(len(revision.segment_ids), 'segment')}"


def measures_words(local: LocalPart) -> list[str]:
    """The measures of an analysis, each in a few words."""
    measures = local.WhichOneof("measures")
    if measures is None:
        return []
    fields = getattr(local, measures).ListFields()
    return [words for descriptor, value in fields if (words := _field(descriptor, value))]


def _field(descriptor: FieldDescriptor, value: Any) -> str:
    name = descriptor.name.replace("_", " ")
    match value:
        case float():
            return f"{name} {value:.4g}"
        case bool() | int() | str():
            return f"{name} {_enumerator(descriptor, value)}"
        case Duration():
            return f"{name} {seconds(value):.1f} s"
        case Trend():
            return f"{name} {Trend.Direction.Name(value.direction).removeprefix('DIRECTION_').lower()}"
        case CredibilityScore():
            return f"{name} {_credibility(value)}"
        case VoiceMetrics():
            return f"{name}: {_voice(value)}"
        case Message():
            inner = [words for field, part in value.ListFields() if (words := _field(field, part))]
            return f"{name}: {', '.join(inner)}" if inner else ""
    listed = [words for words in map(_part, value) if words]
    return f"{name}: {_some(listed)}" if listed else ""


def _part(part: Any) -> str:
    match part:
        case SpeakerFlow():
            return _speaker(part, part.HasField("response_latency"), seconds(part.response_latency))
        case LabelCount():
            return f"{part.label} {part.count}"
        case IntentCount():
            return f"{_intent(part.intent)} {part.primary}" if part.primary else ""
        case SpeakerIntents():
            return f"{part.speaker} mostly {_intent(part.dominant)}"
        case AskedQuestion():
            return f'{part.speaker}: "{part.text}"'
        case CueHit():
            return f'{part.kind} "{part.phrase}" by {part.speaker}'
        case SpeakerManner():
            return _manner(part)
        case CredibilityFactor():
            return f"{_source(part.source)} {part.name} {part.contribution:+.2f}"
        case SpeakerCredibility():
            return f"{_named(part)} {_credibility(part.credibility)}"
        case BaselineComparison():
            unusual = ", unusual" if part.is_outlier else ""
            return f"{part.measure} {part.value:.4g} (usual {part.usual:.4g}{unusual})"
        case SpeakerTalk():
            return _talk(part)
        case SpeakerVoice():
            return f"{_named(part)} {_voice(part.voice)}"
        case SegmentEmotion():  # for machines: one for each segment
            return ""
    return str(part)


def _speaker(part: SpeakerFlow | SpeakerStats, answers: bool, latency: float) -> str:
    words = [f"{_named(part)} {part.share:.0%} in {_count(part.turns, 'turn')}"]
    if part.interruptions:
        words.append(_count(part.interruptions, "interruption"))
    if answers:
        words.append(f"answers after {latency:.1f} s")
    return ", ".join(words)


def _talk(part: SpeakerTalk) -> str:
    words = f"{_named(part)} {_count(part.turns, 'turn')}"
    if part.HasField("talk_to_listen_ratio"):
        words += f", talks {part.talk_to_listen_ratio:.2g} times as long as listening"
    return words


def _voice(voice: VoiceMetrics) -> str:
    said = [form.format(getattr(voice, name)) for name, form in _VOICE if voice.HasField(name)]
    return ", ".join(said) or "nothing measured"


def _credibility(score: CredibilityScore) -> str:
    level = CredibilityScore.Level.Name(score.level).removeprefix("LEVEL_").lower()
    missing = ", ".join(_source(each) for each in score.missing)
    words = f"{score.score:.2f} ({score.lower:.2f} to {score.upper:.2f}), {level}"
    return f"{words} without {missing}" if missing else words


def _manner(part: SpeakerManner) -> str:
    words = [f"politeness {part.politeness:.2f}"] if part.HasField("politeness") else []
    if part.HasField("formality"):
        words.append(f"formality {part.formality:.0f}")
    return f"{part.speaker} {', '.join(words) or _count(part.words, 'word')}"


def _source(number: int) -> str:
    known = number in CredibilitySource.values()
    name = CredibilitySource.Name(number) if known else "CREDIBILITY_SOURCE_UNSPECIFIED"
    return name.removeprefix("CREDIBILITY_SOURCE_").lower()


def _named(part: Turn | SpeakerFlow | SpeakerStats | SpeakerCredibility | SpeakerTalk | SpeakerVoice) -> str:
    """The speaker's name, or the channel where nobody named it."""
    return part.speaker or (f"channel {part.channel_tag}" if part.channel_tag else "Unknown")


def _some(words: Sequence[str]) -> str:
    left_out = len(words) - _MOST_LISTED
    shown: Iterable[str] = words[:_MOST_LISTED]
    return "; ".join([*shown, f"{left_out} more"] if left_out > 0 else shown)


def _intent(number: int) -> str:
    known = number in Intent.values()
    return Intent.Name(number).removeprefix("INTENT_").lower() if known else "unspecified"


def _enumerator(descriptor: FieldDescriptor, value: Any) -> str:
    enum = descriptor.enum_type
    if enum is None or value not in enum.values_by_number:
        return str(value)
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    name: str = enum.values_by_number[value].name
    return name.removeprefix(prefix).lower()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
