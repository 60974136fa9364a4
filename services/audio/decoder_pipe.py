"""What a decoder process and its owner say to each other, over the process's standard input and output.

    owner to process:   ORDER; then the bytes of the stream as they are, and their end
    process to owner:   READY, then FORMAT, PCM …, HUNGRY …, and END or ERROR

A frame is one byte of kind, four of length (little-endian), and the payload.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Self

from services.audio.errors import AudioContentError, AudioError, AudioFrameError, Reason

HEADER = struct.Struct("<BI")
CONSUMED = struct.Struct("<Q")
FORMAT = struct.Struct("<II")
MAX_PCM_BYTES = 1 << 16


class Kind(IntEnum):
    """Kinds of frames."""

    ORDER = 0  # what to decode, and within which limits; JSON
    READY = 1  # has loaded; no payload
    FORMAT = 2  # sample rate in Hz and channel count, once, before the first PCM
    PCM = 3  # whole frames, at most about MAX_PCM_BYTES
    HUNGRY = 4  # has worked off so many bytes of the stream and waits for more
    END = 5  # all of the stream is decoded; no payload
    ERROR = 6  # decoding has ended; JSON


@dataclass(frozen=True, slots=True)
class Order:
    """What to decode, and within which limits; see `DecoderLimits`."""

    encoding: str
    container: str
    sample_rate_hertz: int
    channel_count: int
    max_seconds: float
    free_seconds: float
    least_bytes_per_second: float
    memory_bytes: int
    cpu_seconds: float
    cpu_seconds_per_byte: float

    def pack(self) -> bytes:
        """As a frame."""
        return pack(Kind.ORDER, json.dumps(asdict(self)).encode())

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """From the payload of a frame."""
        return cls(**json.loads(payload))


def pack(kind: Kind, payload: bytes = b"") -> bytes:
    """One frame."""
    return HEADER.pack(kind, len(payload)) + payload


def pack_error(error: AudioError) -> bytes:
    """One frame with an AudioContentError or an AudioFrameError."""
    value = {
        "fatal": error.fatal,
        "reason": error.reason,
        "message": error.message,
        "position": error.position,
        "field": error.field,
    }
    return pack(Kind.ERROR, json.dumps(value).encode())


def unpack_error(payload: bytes) -> AudioError:
    """The inverse of `pack_error`."""
    value = json.loads(payload)
    kind = AudioContentError if value["fatal"] else AudioFrameError
    return kind(Reason(value["reason"]), value["message"], value["position"], value["field"])
