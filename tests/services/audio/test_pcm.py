import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audio.pcm import (
    as_float32,
    deinterleave,
    frames_from_bytes,
    from_float32,
    peak_dbfs,
    rms_dbfs,
    to_float32,
)

EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)


def test_float32_holds_every_int16_exactly() -> None:
    as_float = to_float32(EVERY_SAMPLE)
    assert as_float.dtype == np.float32
    assert as_float.min() == -1.0
    assert as_float.max() < 1.0
    assert np.array_equal(from_float32(as_float), EVERY_SAMPLE)


def test_float32_is_clipped_and_rounded() -> None:
    values = np.array([1.0, 7.0, np.inf, -7.0, -np.inf, np.nan, 0.4 / 32768, 0.6 / 32768], np.float32)
    before = values.copy()
    assert from_float32(values).tolist() == [32767, 32767, 32767, -32768, -32768, 0, 0, 1]
    assert np.array_equal(values, before, equal_nan=True)


@given(st.binary(max_size=400))
def test_any_float_bits_become_samples_without_a_warning(data: bytes) -> None:
    values = np.frombuffer(data[: len(data) // 4 * 4], "<f4")
    samples = from_float32(values)
    assert samples.dtype == np.int16
    assert samples.shape == values.shape
    ordinary = np.abs(values) < 0.99
    assert np.all(np.abs(samples[ordinary] - values[ordinary] * np.float32(32768)) <= 0.5)


def test_as_float32_takes_either() -> None:
    assert np.array_equal(as_float32(EVERY_SAMPLE), to_float32(EVERY_SAMPLE))
    values = np.zeros(3, np.float32)
    assert as_float32(values) is values


def test_frames_are_a_view_of_interleaved_bytes() -> None:
    data = np.arange(12, dtype="<i2").tobytes()
    frames = frames_from_bytes(data, 3)
    assert frames.shape == (4, 3)
    assert frames[1].tolist() == [3, 4, 5]
    assert not frames.flags.writeable
    channels = deinterleave(frames)
    assert channels.flags.c_contiguous
    assert channels[2].tolist() == [2, 5, 8, 11]


def test_frames_must_be_whole() -> None:
    with pytest.raises(ValueError, match="reshape"):
        frames_from_bytes(bytes(6), 2)


def test_levels() -> None:
    time = np.arange(48_000) / 48_000
    sine = np.round(32767 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16)
    square = np.where(sine < 0, -32768, 32767).astype(np.int16)
    assert rms_dbfs(sine) == pytest.approx(-3.01, abs=0.01)
    assert peak_dbfs(sine) == pytest.approx(0.0, abs=0.001)
    assert rms_dbfs(square) == pytest.approx(0.0, abs=0.001)
    assert peak_dbfs(np.array([-32768], np.int16)) == 0.0
    assert peak_dbfs(np.array([[1], [-1]], np.int16)) == pytest.approx(-90.31, abs=0.01)


@pytest.mark.parametrize("size", [0, 100])
def test_silence_has_no_level(size: int) -> None:
    silence = np.zeros(size, np.int16)
    assert rms_dbfs(silence) == -math.inf
    assert peak_dbfs(silence) == -math.inf
