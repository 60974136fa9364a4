"""The header of a WAV file (RIFF or RF64), read only as far as sending needs it."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from rivermouth.audio.v1.audio_pb2 import AudioEncoding

_EXTENSIBLE = 0xFFFE
# (format tag, bits a sample) as in Microsoft's mmreg.h, to the encodings of the contract.
_ENCODINGS = {
    (1, 16): AudioEncoding.AUDIO_ENCODING_LINEAR16,
    (3, 32): AudioEncoding.AUDIO_ENCODING_FLOAT32,
    (6, 8): AudioEncoding.AUDIO_ENCODING_ALAW,
    (7, 8): AudioEncoding.AUDIO_ENCODING_MULAW,
}
_MOST_CHUNKS = 64
_UNKNOWN_SIZE = 0xFFFFFFFF


@dataclass(frozen=True)
class WavHeader:
    """What the header says, as it stands there."""

    encoding: AudioEncoding
    """UNSPECIFIED where the samples are of a kind that the contract has no name for, such as 24 bit."""
    sample_rate_hertz: int
    channel_count: int
    frame_bytes: int
    """Bytes of one sample of every channel."""
    data_offset: int
    """Position of the first sample in the file, in bytes."""
    data_bytes: int | None
    """Length of the samples; None where the header leaves it open, as live recordings do."""


def read_wav_header(file: BinaryIO) -> WavHeader:
    """Reads from the begin of `file` up to its first sample. Raises ValueError where it is no WAV file."""
    riff = file.read(12)
    if len(riff) < 12 or riff[:4] not in (b"RIFF", b"RF64") or riff[8:] != b"WAVE":
        raise ValueError("this is not a WAV file")
    fmt: tuple[int, int, int, int, int] | None = None
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"data":
            if fmt is None:
                raise ValueError("this WAV file has no format chunk before its samples")
            tag, channels, rate, frame, bits = fmt
            return WavHeader(
                encoding=_ENCODINGS.get((tag, bits), AudioEncoding.AUDIO_ENCODING_UNSPECIFIED),
                sample_rate_hertz=rate,
                channel_count=channels,
                frame_bytes=frame,
                data_offset=file.tell(),
                data_bytes=None if size in (0, _UNKNOWN_SIZE) else size,
            )
        if head[:4] == b"fmt ":
            fmt = _format(file.read(size))
            file.seek(size & 1, 1)
        else:
            file.seek(size + (size & 1), 1)  # chunks are padded to even length
    raise ValueError("this WAV file holds no samples")


def _format(chunk: bytes) -> tuple[int, int, int, int, int]:
    if len(chunk) < 16:
        raise ValueError("the format chunk of this WAV file is cut off")
    tag, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        tag = int.from_bytes(chunk[24:26], "little")  # the first two bytes of the sub-format GUID
    if not (channels and rate and frame):
        raise ValueError("the header of this WAV file names no channels, rate or frame size")
    return tag, channels, rate, frame, bits
