"""How a sample is coded in bytes, and each coding's way to signed 16-bit linear PCM."""

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from services.audio.pcm import from_float32

_COMPANDED_CODES = np.arange(256, dtype=np.int32)


class SampleCoding(Enum):
    """A coding of one sample; the value is for messages. All are little-endian."""

    UNSIGNED8 = "8-bit unsigned PCM"
    SIGNED16 = "16-bit PCM"
    SIGNED24 = "24-bit PCM"
    SIGNED32 = "32-bit PCM"
    FLOAT32 = "32-bit float"
    MULAW = "mu-law"
    ALAW = "A-law"

    @property
    def bytes_per_sample(self) -> int:
        return _BYTES_PER_SAMPLE[self]


_BYTES_PER_SAMPLE = {
    SampleCoding.UNSIGNED8: 1,
    SampleCoding.SIGNED16: 2,
    SampleCoding.SIGNED24: 3,
    SampleCoding.SIGNED32: 4,
    SampleCoding.FLOAT32: 4,
    SampleCoding.MULAW: 1,
    SampleCoding.ALAW: 1,
}


def _mulaw_table() -> NDArray[np.int16]:
    """ITU-T G.711 table 2a/2b: 14-bit decoder outputs, left-justified in 16 bits (times 4).

    The wire carries the inverted bits of sign, segment (3 bits) and step (4 bits); magnitude is
    ((2 * step + 33) << segment) - 33. Full scale is 32124.
    """
    code = ~_COMPANDED_CODES & 0xFF
    segment, step = (code >> 4) & 7, code & 15
    magnitude = (((2 * step + 33) << segment) - 33) * 4
    return np.where(code & 0x80, -magnitude, magnitude).astype("<i2")


def _alaw_table() -> NDArray[np.int16]:
    """ITU-T G.711 table 1a/1b: 13-bit decoder outputs, left-justified in 16 bits (times 8).

    Even bits are inverted on the wire (exclusive or with 0x55), and a set sign bit is positive. In
    half-steps of the 13-bit scale the magnitude is 2 * step + 1 in segment 0, and
    (2 * step + 33) << (segment - 1) above. Full scale is 32256.
    """
    code = _COMPANDED_CODES ^ 0x55
    segment, step = (code >> 4) & 7, code & 15
    magnitude = np.where(segment == 0, 2 * step + 1, (2 * step + 33) << np.maximum(segment - 1, 0)) * 8
    return np.where(code & 0x80, magnitude, -magnitude).astype("<i2")


_MULAW = _mulaw_table()
_ALAW = _alaw_table()


def to_linear16(coding: SampleCoding, data: bytes) -> bytes:
    """Samples in `coding` as signed 16-bit little-endian, in the same order.

    `data` holds whole samples. 16-bit samples come back as the very object, uncopied. 24 and 32 bits
    lose their low bits without dither; float is rounded and clipped, and a NaN becomes 0.
    """
    match coding:
        case SampleCoding.SIGNED16:
            return data
        case SampleCoding.UNSIGNED8:
            offset_binary = np.frombuffer(data, np.uint8).astype("<i2")
            return ((offset_binary - 128) << 8).tobytes()
        case SampleCoding.SIGNED24:
            return np.frombuffer(data, np.uint8).reshape(-1, 3)[:, 1:].tobytes()
        case SampleCoding.SIGNED32:
            return np.frombuffer(data, "<i2")[1::2].tobytes()
        case SampleCoding.FLOAT32:
            return from_float32(np.frombuffer(data, "<f4")).tobytes()
        case SampleCoding.MULAW:
            return _MULAW.take(np.frombuffer(data, np.uint8)).tobytes()
        case SampleCoding.ALAW:
            return _ALAW.take(np.frombuffer(data, np.uint8)).tobytes()
