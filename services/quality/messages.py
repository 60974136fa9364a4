"""From the contract to the pure rooms: the configuration, and what is wrong with audio."""

from dataclasses import dataclass

from rivermouth.audio.v1 import audio_pb2
from rivermouth.quality.v1.quality_pb2 import StreamingAssessConfig
from rivermouth.result.v1.result_pb2 import Failure, StreamIdentity
from services.audio.errors import AudioError
from services.audio.format import AudioFormat, Encoding, find_violations
from services.quality.reasons import CONFIG_INVALID
from services.runtime.errors import FieldViolation, InvalidConfig
from services.runtime.offsets import MILLISECOND, SECOND, nanoseconds

MIN_REFINE_INTERVAL = 250 * MILLISECOND
MAX_REFINE_INTERVAL = 60 * SECOND
DEFAULT_REFINE_INTERVAL = SECOND
MAX_START_OFFSET = 10 * 365 * 86_400 * SECOND

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


@dataclass(frozen=True, slots=True)
class AssessConfig:
    """A valid configuration; times in nanoseconds."""

    identity: StreamIdentity
    audio_format: AudioFormat
    start_offset: int
    refine_interval: int


def read_config(config: StreamingAssessConfig) -> AssessConfig:
    """Validate a configuration. Raises InvalidConfig with every bad field."""
    declared = config.audio_format
    encoding = _ENCODINGS.get(declared.encoding)
    violations = [
        (f"audio_format.{bad.field}", bad.description)
        for bad in find_violations(encoding, declared.sample_rate_hertz, declared.channel_count)
    ]
    start_offset = nanoseconds(config.start_offset)
    if not 0 <= start_offset <= MAX_START_OFFSET:
        violations.append(("start_offset", "must be 0 s to 10 years"))
    refine_interval = DEFAULT_REFINE_INTERVAL
    if config.HasField("refine_interval"):
        refine_interval = nanoseconds(config.refine_interval)
        if not MIN_REFINE_INTERVAL <= refine_interval <= MAX_REFINE_INTERVAL:
            violations.append(("refine_interval", "must be 0.25 to 60 s"))
    if violations or encoding is None:
        raise InvalidConfig(
            CONFIG_INVALID,
            "the configuration cannot be used",
            violations=[FieldViolation(f"streaming_config.{field}", what) for field, what in violations],
        )
    audio_format = AudioFormat(encoding, declared.sample_rate_hertz, declared.channel_count)
    return AssessConfig(config.identity, audio_format, start_offset, refine_interval)


def audio_failure(error: AudioError) -> Failure:
    """What is wrong with the audio, as the stream tells it."""
    failure = Failure(reason=error.reason, message=error.message)
    if error.position is not None:
        failure.metadata["position"] = str(error.position)
    if error.field is not None:
        failure.metadata["field"] = error.field
    return failure
