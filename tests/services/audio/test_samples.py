"""The G.711 encoders here follow the recommendation's segment search, apart from the tables under test."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audio.samples import SampleCoding, to_linear16

samples16 = st.integers(-32768, 32767)


def encode_mulaw(sample: int) -> int:
    """16-bit sample to the wire: 14 bits, biased by 33, sign and segment and step, inverted."""
    magnitude = min(abs(sample) >> 2, 8158) + 33
    segment = magnitude.bit_length() - 6
    code = (segment << 4) | ((magnitude >> (segment + 1)) & 15)
    return (code | (0x80 if sample < 0 else 0)) ^ 0xFF


def encode_alaw(sample: int) -> int:
    """16-bit sample to the wire: 13 bits, sign and segment and step, even bits inverted."""
    magnitude = (sample if sample >= 0 else -sample - 1) >> 3
    segment = max(magnitude.bit_length() - 5, 0)
    code = (segment << 4) | ((magnitude >> max(segment, 1)) & 15)
    return (code | (0x80 if sample >= 0 else 0)) ^ 0x55


def decode(coding: SampleCoding, *codes: int) -> list[int]:
    return np.frombuffer(to_linear16(coding, bytes(codes)), "<i2").tolist()


@given(samples16)
def test_mulaw_is_within_half_a_step(sample: int) -> None:
    (decoded,) = decode(SampleCoding.MULAW, encode_mulaw(sample))
    clipped = max(-32635, min(32635, sample))
    step = 8 << (((abs(clipped) >> 2) + 33).bit_length() - 6)
    assert abs(decoded - clipped) <= step // 2
    assert decoded == 0 or (decoded < 0) == (sample < 0)


@given(samples16)
def test_alaw_is_within_half_a_step(sample: int) -> None:
    (decoded,) = decode(SampleCoding.ALAW, encode_alaw(sample))
    step = 16 << max((abs(sample) >> 3).bit_length() - 6, 0)
    assert abs(decoded - sample) <= step // 2
    assert (decoded < 0) == (sample < 0)


@pytest.mark.parametrize(
    ("coding", "encode"), [(SampleCoding.MULAW, encode_mulaw), (SampleCoding.ALAW, encode_alaw)]
)
def test_every_code_is_the_code_of_its_own_value(coding: SampleCoding, encode: Callable[[int], int]) -> None:
    values = decode(coding, *range(256))
    codes = [encode(value) for value in values]
    if coding is SampleCoding.MULAW:
        assert codes[0x7F] == 0xFF  # mu-law has a negative zero
        codes[0x7F] = 0x7F
    assert codes == list(range(256))


def test_g711_landmarks() -> None:
    assert decode(SampleCoding.MULAW, 0x00, 0x80, 0xFF, 0x7F, 0xFE) == [-32124, 32124, 0, 0, 8]
    assert decode(SampleCoding.ALAW, 0xAA, 0x2A, 0xD5, 0x55) == [32256, -32256, 8, -8]


def test_linear16_is_not_copied() -> None:
    data = bytes(640)
    assert to_linear16(SampleCoding.SIGNED16, data) is data


@given(st.lists(samples16, max_size=50))
def test_wider_integers_keep_their_high_bits(samples: list[int]) -> None:
    expected = np.array(samples, "<i2").tobytes()
    low = 0x5A
    wide24 = b"".join((sample << 8 | low).to_bytes(3, "little", signed=True) for sample in samples)
    wide32 = b"".join((sample << 16 | low).to_bytes(4, "little", signed=True) for sample in samples)
    assert to_linear16(SampleCoding.SIGNED24, wide24) == expected
    assert to_linear16(SampleCoding.SIGNED32, wide32) == expected
    floats = (np.array(samples, np.float32) / 32768).astype("<f4").tobytes()
    assert to_linear16(SampleCoding.FLOAT32, floats) == expected


def test_8_bit_pcm_is_unsigned() -> None:
    assert decode(SampleCoding.UNSIGNED8, 0, 128, 255) == [-32768, 0, 32512]


@pytest.mark.parametrize("coding", list(SampleCoding))
def test_nothing_becomes_nothing(coding: SampleCoding) -> None:
    assert to_linear16(coding, b"") == b""
