"""The configuration of one stream: from the contract's message to what the rooms use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rivermouth.asr.v1.asr_pb2 import Endpointing as EndpointingMessage
from rivermouth.asr.v1.asr_pb2 import RecognitionConfig, StreamingRecognitionConfig
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1.result_pb2 import StreamIdentity
from services.asr.engine import NANOSECONDS_PER_SAMPLE, Options, Phrase
from services.asr.language import AUTO, is_known, language_violation
from services.asr.reasons import CONFIG_INVALID
from services.asr.recogniser import Recogniser
from services.asr.utterance import Endpointing
from services.audio.format import MAX_CHANNEL_COUNT, AudioFormat, Encoding, find_violations
from services.runtime.errors import FieldViolation, InvalidConfig
from services.runtime.offsets import SECOND, from_seconds, nanoseconds

MAX_START_OFFSET = 10 * 365 * 86_400 * SECOND
_MAX_PHRASES = 500
_MAX_PHRASE = 100
_MAX_BOOST = 20.0
_ENCODINGS = {
    audio_pb2.AUDIO_ENCODING_LINEAR16: Encoding.LINEAR16,
    audio_pb2.AUDIO_ENCODING_FLOAT32: Encoding.FLOAT32,
    audio_pb2.AUDIO_ENCODING_MULAW: Encoding.MULAW,
    audio_pb2.AUDIO_ENCODING_ALAW: Encoding.ALAW,
    audio_pb2.AUDIO_ENCODING_WAV: Encoding.WAV,
    audio_pb2.AUDIO_ENCODING_FLAC: Encoding.FLAC,
    audio_pb2.AUDIO_ENCODING_OGG_OPUS: Encoding.OGG_OPUS,
    audio_pb2.AUDIO_ENCODING_WEBM_OPUS: Encoding.WEBM_OPUS,
    audio_pb2.AUDIO_ENCODING_MP3: Encoding.MP3,
    audio_pb2.AUDIO_ENCODING_CONTAINER: Encoding.CONTAINER,
}
# Field of Endpointing, least and most seconds, as the contract says.
_LENGTHS = (
    ("end_silence", 0.1, 5.0),
    ("min_speech", 0.0, 1.0),
    ("pre_roll", 0.0, 1.0),
    ("max_utterance", 2.0, 60.0),
)
_CHANGEABLE = ("endpointing", "interim_results")
_SPEECH_CONTEXTS = "speech_contexts"
_EGRESS = "allow_audio_egress"

Violation = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StreamConfig:
    """A valid configuration.

    Attributes:
        start_offset: nanoseconds on the caller's clock of the first sample.
        speakers: names by channel tag.
        options: what is asked of the engine.
        language: BCP-47 tag of the language to be recognised; empty while it has to be found out.
        profanity_filter: whether profane words are masked.
        unsupported: options that were asked for and that the engine does not know.
    """

    identity: StreamIdentity
    audio_format: AudioFormat
    start_offset: int
    endpointing: Endpointing
    interim_results: bool
    speakers: dict[int, str]
    options: Options
    language: str
    profanity_filter: bool
    unsupported: tuple[str, ...]


def read_config(config: StreamingRecognitionConfig, recogniser: Recogniser) -> StreamConfig:
    """Validate a configuration for a recogniser. Raises InvalidConfig with every bad field."""
    declared, recognition = config.audio_format, config.recognition
    encoding = _ENCODINGS.get(declared.encoding)
    violations: list[Violation] = [
        (f"audio_format.{bad.field}", bad.description)
        for bad in find_violations(encoding, declared.sample_rate_hertz, declared.channel_count)
    ]
    start_offset = nanoseconds(config.start_offset)
    if not 0 <= start_offset <= MAX_START_OFFSET:
        violations.append(("start_offset", "must be 0 s to 10 years"))
    highest = declared.channel_count
    if not 1 <= highest <= MAX_CHANNEL_COUNT:
        highest = MAX_CHANNEL_COUNT
    violations += [
        (f"recognition.{field}", what) for field, what in _recognition(recognition, highest, recogniser)
    ]
    if violations or encoding is None:
        raise InvalidConfig(
            CONFIG_INVALID,
            "the configuration cannot be used",
            violations=[FieldViolation(f"streaming_config.{field}", what) for field, what in violations],
        )
    return StreamConfig(
        identity=config.identity,
        audio_format=AudioFormat(encoding, declared.sample_rate_hertz, declared.channel_count),
        start_offset=start_offset,
        endpointing=merge_endpointing(Endpointing(), recognition.endpointing),
        interim_results=not recognition.HasField("interim_results") or recognition.interim_results,
        speakers={channel.channel_tag: channel.speaker for channel in recognition.channels},
        options=Options(
            language=recognition.language_code,
            lock_language=not recognition.HasField("lock_language") or recognition.lock_language,
            phrases=_phrases(recognition),
        ),
        language=_language(recognition.language_code, recogniser),
        profanity_filter=recognition.profanity_filter,
        unsupported=_unsupported(recognition, recogniser),
    )


def read_update(update: RecognitionConfig) -> list[Violation]:
    """What is wrong with an update: bad values, and fields that cannot be changed in a running stream."""
    fixed = [field.name for field, _ in update.ListFields() if field.name not in _CHANGEABLE]
    violations: list[Violation] = [(name, "cannot be changed while the stream runs") for name in fixed]
    return violations + list(_endpointing(update.endpointing))


def merge_endpointing(base: Endpointing, message: EndpointingMessage) -> Endpointing:
    """`base` with what the message sets; the message is valid."""
    lengths = {
        name: nanoseconds(getattr(message, name)) // NANOSECONDS_PER_SAMPLE
        for name, _, _ in _LENGTHS
        if message.HasField(name)
    }
    merged = replace(base, **lengths)
    return replace(merged, threshold=message.threshold) if message.HasField("threshold") else merged


def _recognition(
    recognition: RecognitionConfig, channel_count: int, recogniser: Recogniser
) -> Iterator[Violation]:
    yield from _endpointing(recognition.endpointing)
    if _EGRESS in recogniser.options and not recognition.allow_audio_egress:
        yield _EGRESS, f"must be true: the engine {recogniser.name} sends the audio to a vendor"
    if recognition.engine not in ("", recogniser.name):
        yield "engine", f"must be {recogniser.name}, the engine of this server, or empty"
    if not is_known(recognition.language_code, recogniser.languages):
        yield "language_code", language_violation(recogniser.name, recogniser.model, recogniser.languages)
    tags = [channel.channel_tag for channel in recognition.channels]
    for index, tag in enumerate(tags):
        field = f"channels[{index}].channel_tag"
        if not 1 <= tag <= channel_count:
            yield field, f"must be 1 to {channel_count}; it was {tag}"
        elif tag in tags[:index]:
            yield field, f"channel {tag} is named twice"
    phrases = 0
    for index, context in enumerate(recognition.speech_contexts):
        phrases += len(context.phrases)
        if any(len(phrase) > _MAX_PHRASE for phrase in context.phrases):
            yield f"speech_contexts[{index}].phrases", f"must have at most {_MAX_PHRASE} characters each"
        if not 0 <= context.boost <= _MAX_BOOST:
            yield f"speech_contexts[{index}].boost", f"must be 0 to {_MAX_BOOST:g}"
    if phrases > _MAX_PHRASES:
        yield "speech_contexts", f"must hold at most {_MAX_PHRASES} phrases"


def _endpointing(message: EndpointingMessage) -> Iterator[Violation]:
    for name, least, most in _LENGTHS:
        if message.HasField(name):
            value = nanoseconds(getattr(message, name))
            if not from_seconds(least) <= value <= from_seconds(most):
                yield f"endpointing.{name}", f"must be {least:g} to {most:g} s; it was {value / SECOND:g} s"
    if message.HasField("threshold") and not 0 < message.threshold < 1:
        yield "endpointing.threshold", f"must be above 0 and below 1; it was {message.threshold:g}"


def _language(tag: str, recogniser: Recogniser) -> str:
    if tag == AUTO:
        return recogniser.language if len(recogniser.languages) == 1 else ""
    return tag or recogniser.language


def _phrases(recognition: RecognitionConfig) -> tuple[Phrase, ...]:
    """All phrases, each once, those with the most boost first."""
    boosts: dict[str, float] = {}
    for context in recognition.speech_contexts:
        for phrase in context.phrases:
            text = " ".join(phrase.split())
            if text:
                boosts[text] = max(context.boost, boosts.get(text, 0.0))
    by_boost = sorted(boosts.items(), key=lambda each: -each[1])
    return tuple(Phrase(text, boost) for text, boost in by_boost)


def _unsupported(recognition: RecognitionConfig, recogniser: Recogniser) -> tuple[str, ...]:
    asked = _SPEECH_CONTEXTS if recognition.speech_contexts else ""
    return (asked,) if asked and asked not in recogniser.options else ()
