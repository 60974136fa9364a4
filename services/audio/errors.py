"""What can be wrong with audio, as one small tree of errors.

AudioError                 a ValueError: the sender's fault but for the last, never worth a plain retry
├── AudioFormatError       the declared format is invalid; names every bad field
├── AudioContentError      the bytes are not what was declared; the decoder takes no more audio
├── AudioFrameError        bytes do not make whole frames; the stream goes on without them
└── AudioDecoderError      the decoder failed or none was free: ours; the same audio may be sent again
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Stable names of the errors, fit for the `reason` of an error event or of `ErrorInfo`."""

    FORMAT_INVALID = "AUDIO_FORMAT_INVALID"  # encoding, rate or channel count is out of range
    FORMAT_MISMATCH = "AUDIO_FORMAT_MISMATCH"  # audio, but of another format than was declared
    NOT_AUDIO = "AUDIO_NOT_AUDIO"  # raw audio was declared, text came
    NOT_WAV = "AUDIO_NOT_WAV"  # WAV was declared, and there is no RIFF/WAVE structure
    WAV_UNSUPPORTED = "AUDIO_WAV_UNSUPPORTED"  # a WAV file whose kind of samples is not read here
    ODD_BYTES = "AUDIO_ODD_BYTES"  # the bytes do not make whole frames
    CONTAINER_UNKNOWN = "AUDIO_CONTAINER_UNKNOWN"  # a container was declared, and no known one came
    CONTAINER_UNSUPPORTED = "AUDIO_CONTAINER_UNSUPPORTED"  # a known one, whose content is not decoded here
    TRACK_MISSING = "AUDIO_TRACK_MISSING"  # a container without a track of audio
    CORRUPT = "AUDIO_CORRUPT"  # the container or its codec is broken at a place
    TRUNCATED = "AUDIO_TRUNCATED"  # the stream ended inside a header or a frame, or sooner than it said
    DECODER_LIMIT = "AUDIO_DECODER_LIMIT"  # decoding it takes more time, memory or output than audio may
    DECODER_DIED = "AUDIO_DECODER_DIED"  # the process that decoded it ended or stood still
    DECODERS_BUSY = "AUDIO_DECODERS_BUSY"  # as many streams are decoded as this server takes


class AudioError(ValueError):
    """Base of the tree.

    Attributes:
        reason: the stable name of the error.
        message: one sentence for a person, without a final stop.
        position: offset in bytes from the start of the stream where the trouble begins, or None.
        field: the field of the declared format that the bytes contradict, or None.
        fatal: whether the decoder that raised it refuses all further audio with the same error.
    """

    fatal = True

    def __init__(
        self, reason: Reason, message: str, position: int | None = None, field: str | None = None
    ) -> None:
        super().__init__(reason, message, position, field)  # as args, so that it can be pickled
        self.reason = reason
        self.message = message
        self.position = position
        self.field = field

    def __str__(self) -> str:
        where = "" if self.position is None else f" (byte {self.position})"
        return f"{self.message}{where}"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One bad field: its name in `AudioFormat`, and what is allowed and what was given."""

    field: str
    description: str


class AudioFormatError(AudioError):
    """The declared format cannot be used. Nothing was decoded; correct every field listed.

    Attributes:
        violations: every bad field, at least one.
    """

    def __init__(self, violations: tuple[FieldViolation, ...]) -> None:
        message = "; ".join(f"{violation.field} {violation.description}" for violation in violations)
        super().__init__(Reason.FORMAT_INVALID, message, field=violations[0].field)
        self.args = (violations,)
        self.violations = violations


class AudioContentError(AudioError):
    """The bytes are not what was declared: declare what the message names, or send other bytes."""


class AudioFrameError(AudioError):
    """Some bytes do not make whole frames. Every whole frame before `position` has been returned."""

    fatal = False


class AudioDecoderError(AudioError):
    """The decoder process failed, or none was free: not the sender's fault. It takes no more audio.

    A new stream of the same audio may fare better, at once or when others have ended.
    """
