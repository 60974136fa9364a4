"""The configuration of one stream: from the contract's message to what the rooms use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rivermouth.asr.v1.asr_pb2 import Endpointing as EndpointingMessage
from rivermouth.asr.v1.asr_pb2 import RecognitionConfig, StreamingRecognitionConfig
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1.result_pb2 import StreamIdentity
from services.asr.engine import NANOSECONDS_PER_SAMPLE
from services.asr.reasons import CONFIG_INVALID
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
_FIXED = ("language_code", "engine", "channels", "speech_contexts", "profanity_filter")

Violation = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StreamConfig:
    """A valid configuration.

    Attributes:
        start_offset: nanoseconds on the caller's clock of the first sample.
        speakers: names by channel tag.
        unsupported: options that were asked for and that the engine does not know.
    """

    identity: StreamIdentity
    audio_format: AudioFormat
    start_offset: int
    endpointing: Endpointing
    interim_results: bool
    speakers: dict[int, str]
    unsupported: tuple[str, ...]


def read_config(config: StreamingRecognitionConfig, engine: str, language: str) -> StreamConfig:
    """Validate a configuration for an engine and its language. Raises InvalidConfig with every bad field."""
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
        (f"recognition.{field}", what) for field, what in _recognition(recognition, highest, engine, language)
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
        unsupported=_unsupported(recognition),
    )


def read_update(update: RecognitionConfig) -> list[Violation]:
    """What is wrong with an update: bad values, and fields that cannot be changed in a running stream."""
    fixed = [name for name in _FIXED if getattr(update, name)]
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
    recognition: RecognitionConfig, channel_count: int, engine: str, language: str
) -> Iterator[Violation]:
    yield from _endpointing(recognition.endpointing)
    if recognition.engine not in ("", engine):
        yield "engine", f"must be {engine}, the engine of this server, or empty"
    wanted = recognition.language_code
    if wanted and wanted.lower().split("-")[0] != language.lower().split("-")[0]:
        yield "language_code", f"must be {language} or empty: the engine {engine} knows no other language"
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


def _unsupported(recognition: RecognitionConfig) -> tuple[str, ...]:
    names: Sequence[str] = ("speech_contexts", "profanity_filter")
    return tuple(name for name in names if getattr(recognition, name))
