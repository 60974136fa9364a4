"""The format of audio as a caller declares it, validated."""

from dataclasses import dataclass
from enum import StrEnum

from services.audio.errors import AudioFormatError, FieldViolation

MIN_SAMPLE_RATE_HERTZ = 8_000
MAX_SAMPLE_RATE_HERTZ = 48_000
MIN_CHANNEL_COUNT = 1
MAX_CHANNEL_COUNT = 8


class Encoding(StrEnum):
    """How the bytes of a stream hold samples. A container describes itself in its header."""

    LINEAR16 = "LINEAR16"  # signed 16-bit little-endian
    FLOAT32 = "FLOAT32"  # IEEE 754 single, little-endian, full scale is 1.0
    MULAW = "MULAW"  # ITU-T G.711 mu-law, 8 bits a sample
    ALAW = "ALAW"  # ITU-T G.711 A-law, 8 bits a sample
    WAV = "WAV"  # RIFF/WAVE, RF64 or BW64 container
    FLAC = "FLAC"  # native FLAC stream, RFC 9639
    OGG_OPUS = "OGG_OPUS"  # Opus in Ogg, RFC 7845
    WEBM_OPUS = "WEBM_OPUS"  # Opus in WebM or Matroska, what browsers record
    MP3 = "MP3"  # MPEG-1, -2 and -2.5 audio, layer III
    CONTAINER = "CONTAINER"  # any container that is decoded here, as its first bytes say

    @property
    def is_container(self) -> bool:
        return self not in _BYTES_PER_SAMPLE


_BYTES_PER_SAMPLE = {Encoding.LINEAR16: 2, Encoding.FLOAT32: 4, Encoding.MULAW: 1, Encoding.ALAW: 1}


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """A declared format.

    Attributes:
        encoding: how bytes hold samples.
        sample_rate_hertz: 8000 to 48000; in a container 0 means: as its header says.
        channel_count: 1 to 8, interleaved; in a container 0 means: as its header says.

    Raises:
        AudioFormatError: with every field that is out of range.
    """

    encoding: Encoding
    sample_rate_hertz: int = 0
    channel_count: int = 0

    def __post_init__(self) -> None:
        violations = find_violations(self.encoding, self.sample_rate_hertz, self.channel_count)
        if violations:
            raise AudioFormatError(violations)

    @property
    def bytes_per_frame(self) -> int:
        """Bytes of one sample of every channel. A container has none before its header is read.

        Raises:
            ValueError: the encoding is a container.
        """
        if self.encoding.is_container:
            raise ValueError(f"{self.encoding} is a container: its frames have no declared size")
        return _BYTES_PER_SAMPLE[self.encoding] * self.channel_count


def find_violations(
    encoding: Encoding | None, sample_rate_hertz: int, channel_count: int
) -> tuple[FieldViolation, ...]:
    """Every bad field of a format, in the order of its fields; empty when it is valid.

    `encoding` is None where the caller named none, or one that is not known here.
    """
    from_header = encoding is not None and encoding.is_container
    violations = []
    if encoding is None:
        violations.append(FieldViolation("encoding", f"must be one of {', '.join(Encoding)}"))
    for field, value, lowest, highest in (
        ("sample_rate_hertz", sample_rate_hertz, MIN_SAMPLE_RATE_HERTZ, MAX_SAMPLE_RATE_HERTZ),
        ("channel_count", channel_count, MIN_CHANNEL_COUNT, MAX_CHANNEL_COUNT),
    ):
        if lowest <= value <= highest or (from_header and value == 0):
            continue
        allowed = f"{lowest} to {highest}" + (", or 0 to take it from the header" if from_header else "")
        violations.append(FieldViolation(field, f"must be {allowed}; it was {value}"))
    return tuple(violations)
