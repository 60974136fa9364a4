"""Between the contract and the pure rooms: configuration in, measurements out."""

from dataclasses import dataclass

from rivermouth.audio.v1 import audio_pb2
from rivermouth.quality.v1.quality_pb2 import AudioQuality, ChannelQuality, StreamingAssessConfig
from rivermouth.result.v1.result_pb2 import Failure, ResultHeader, StreamIdentity
from services.audio.errors import AudioError
from services.audio.format import AudioFormat, Encoding, find_violations
from services.quality.measures import Measurement
from services.quality.reasons import CONFIG_INVALID
from services.runtime.errors import FieldViolation, InvalidConfig
from services.runtime.offsets import MILLISECOND, SECOND, duration, from_frames, nanoseconds

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


def audio_quality(
    header: ResultHeader, measurement: Measurement | None, sample_rate_hertz: int, channel_count: int
) -> AudioQuality:
    """One result; without a measurement only its head and what is known of the format, 0 for unknown."""
    quality = AudioQuality(header=header, sample_rate_hertz=sample_rate_hertz, channel_count=channel_count)
    if measurement is None:
        return quality
    quality.duration.CopyFrom(duration(from_frames(measurement.position, sample_rate_hertz)))
    quality.measured_share = measurement.measured_share
    if measurement.silence_ratio is not None:
        quality.silence_ratio = measurement.silence_ratio
    if measurement.overall is not None:
        quality.rms_dbfs = measurement.overall.rms_dbfs
        quality.peak_dbfs = measurement.overall.peak_dbfs
        quality.clipping_ratio = measurement.overall.clipping_ratio
        quality.dc_offset = measurement.overall.dc_offset
    quality.channels.extend(
        ChannelQuality(
            channel_tag=tag,
            rms_dbfs=levels.rms_dbfs,
            peak_dbfs=levels.peak_dbfs,
            clipping_ratio=levels.clipping_ratio,
            dc_offset=levels.dc_offset,
        )
        for tag, levels in enumerate(measurement.channels, start=1)
    )
    return quality


def audio_failure(error: AudioError) -> Failure:
    """What is wrong with the audio, as the stream tells it."""
    failure = Failure(reason=error.reason, message=error.message)
    if error.position is not None:
        failure.metadata["position"] = str(error.position)
    if error.field is not None:
        failure.metadata["field"] = error.field
    return failure
