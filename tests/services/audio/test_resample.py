import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.audio.resample import ResampleStream


def resample(
    frames: NDArray[np.int16], input_hertz: int, output_hertz: int, cuts: list[int]
) -> NDArray[np.int16]:
    """`frames` through one stream, cut into pieces of the sizes `cuts`, in a cycle."""
    stream = ResampleStream(input_hertz, output_hertz, frames.shape[1])
    pieces, start, turn = [], 0, 0
    while start < len(frames):
        size = cuts[turn % len(cuts)]
        pieces.append(stream.accept(frames[start : start + size]))
        start, turn = start + size, turn + 1
    pieces.append(stream.finish())
    assert stream.lag_seconds <= 1 / output_hertz
    return np.concatenate(pieces)


def noise(frames: int, channels: int) -> NDArray[np.int16]:
    return (np.random.default_rng(frames).standard_normal((frames, channels)) * 6000).astype(np.int16)


@settings(deadline=None)
@given(
    rates=st.sampled_from(
        [(48000, 16000), (44100, 16000), (22050, 16000), (11025, 16000), (8000, 16000), (47999, 16000)]
    ),
    channels=st.sampled_from([1, 2, 8]),
    frames=st.integers(0, 12_000),
    cuts=st.lists(st.integers(1, 3000), min_size=1, max_size=5),
)
def test_any_cut_gives_the_same_samples_and_the_same_duration(
    rates: tuple[int, int], channels: int, frames: int, cuts: list[int]
) -> None:
    whole = noise(frames, channels)
    expected = resample(whole, *rates, [max(frames, 1)])
    assert np.array_equal(resample(whole, *rates, cuts), expected)
    assert expected.shape[1] == channels
    assert abs(len(expected) - frames * rates[1] / rates[0]) <= 1


@given(st.integers(0, 500), st.integers(1, 8))
def test_equal_rates_pass_through(frames: int, channels: int) -> None:
    stream = ResampleStream(16000, 16000, channels)
    whole = noise(frames, channels)
    assert stream.accept(whole) is whole
    assert stream.finish().shape == (0, channels)


@pytest.mark.parametrize("input_hertz", [8000, 44100, 48000])
def test_a_tone_keeps_its_time_level_and_channel(input_hertz: int) -> None:
    def tone(rate: int) -> NDArray[np.float64]:
        return 10_000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)

    frames = np.stack([tone(input_hertz), np.zeros(input_hertz)], axis=1).round().astype(np.int16)
    result = resample(frames, input_hertz, 16000, [input_hertz // 50])
    inside = slice(1000, 15000)
    assert np.abs(result[inside, 0] - tone(16000)[inside]).max() <= 3
    assert not result[:, 1].any()


@pytest.mark.parametrize("input_hertz", [8000, 48000])
def test_digital_silence_stays_silent(input_hertz: int) -> None:
    assert not resample(np.zeros((input_hertz, 1), np.int16), input_hertz, 16000, [960]).any()


def test_what_the_filter_overshoots_is_clipped() -> None:
    square = np.where(np.arange(24000) // 40 % 2, 32767, -32768).astype(np.int16)
    result = resample(square.reshape(-1, 1), 48000, 16000, [960])[:, 0]
    expected_sign = np.where(np.arange(8000) * 3 // 40 % 2, 1, -1)
    middle = (np.arange(8000) * 3 % 40 > 8) & (np.arange(8000) * 3 % 40 < 32)
    assert np.all(result[middle] * expected_sign[middle] > 25_000)
    assert (result.max(), result.min()) == (32767, -32768)


@pytest.mark.parametrize(("input_hertz", "most"), [(8000, 0.125), (44100, 0.05), (48000, 0.05)])
def test_lag_is_bounded(input_hertz: int, most: float) -> None:
    stream = ResampleStream(input_hertz, 16000, 1)
    piece = np.zeros((input_hertz // 50, 1), np.int16)
    lags = []
    for _ in range(200):
        stream.accept(piece)
        lags.append(stream.lag_seconds)
    assert 0 < max(lags) <= most
