import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.quality.measures import FLOOR_DBFS
from services.quality.meter import Meter

RATE = 8_000
FRAME = 160  # 20 ms


def pcm(samples: np.ndarray) -> bytes:
    return samples.astype("<i2").tobytes()


def sine(seconds: float, amplitude: float, rate: int = RATE) -> np.ndarray:
    return np.round(amplitude * 32767 * np.sin(2 * np.pi * 1000 * np.arange(round(seconds * rate)) / rate))


def measured(*pieces: bytes, channels: int = 1, rate: int = RATE):
    meter = Meter(rate, channels)
    for piece in pieces:
        meter.accept(piece)
    return meter.measure()


def test_full_scale_square_wave_is_0_dbfs_and_all_clipped() -> None:
    found = measured(pcm(np.tile([-32768, -32768, 32767, 32767], 400)))
    assert found.overall.rms_dbfs == pytest.approx(0.0, abs=1e-3)
    assert found.overall.peak_dbfs == 0.0
    assert found.overall.clipping_ratio == 1.0
    assert found.silence_ratio == 0.0


@pytest.mark.parametrize("amplitude", [1.0, 0.5, 0.1, 0.01])
def test_sine_is_3_db_below_its_peak(amplitude: float) -> None:
    found = measured(pcm(sine(1.0, amplitude))).overall
    assert found.peak_dbfs == pytest.approx(20 * math.log10(amplitude), abs=0.02)
    assert found.rms_dbfs == pytest.approx(20 * math.log10(amplitude) - 3.0103, abs=0.02)
    assert found.dc_offset == pytest.approx(0.0, abs=1e-4)


def test_digital_silence_stands_at_the_floor() -> None:
    found = measured(bytes(2 * RATE))
    assert (found.overall.rms_dbfs, found.overall.peak_dbfs) == (FLOOR_DBFS, FLOOR_DBFS)
    assert found.silence_ratio == 1.0
    assert found.measured_share == 1.0


def test_nothing_measured_has_no_figures() -> None:
    found = Meter(RATE, 2).measure()
    assert (found.overall, found.silence_ratio, found.channels, found.measured_share) == (None, None, (), 0.0)


def test_dc_offset_is_that_of_the_worst_channel() -> None:
    stereo = np.column_stack([np.full(RATE, 3277), np.full(RATE, -8192)])
    found = measured(pcm(stereo), channels=2)
    assert [round(each.dc_offset, 3) for each in found.channels] == [0.1, -0.25]
    assert found.overall.dc_offset == -0.25


def test_channels_are_told_apart() -> None:
    stereo = np.column_stack([sine(1.0, 1.0), np.zeros(RATE)])
    found = measured(pcm(stereo), channels=2)
    left, right = found.channels
    assert left.peak_dbfs == pytest.approx(0.0, abs=0.01)
    assert right.peak_dbfs == FLOOR_DBFS
    assert found.overall.rms_dbfs == pytest.approx(left.rms_dbfs - 3.0103, abs=1e-3)
    assert found.overall.clipping_ratio == pytest.approx(left.clipping_ratio / 2)


@pytest.mark.parametrize(("level", "silent"), [(-60.5, 1.0), (-59.5, 0.0)])
def test_silence_begins_below_minus_60_dbfs(level: float, silent: float) -> None:
    square = np.tile([1, -1], RATE // 2) * 32768 * 10 ** (level / 20)
    assert measured(pcm(np.round(square))).silence_ratio == silent


def test_silence_ratio_counts_20_ms_frames() -> None:
    loud, quiet = pcm(sine(0.020, 0.5)), bytes(2 * FRAME)
    assert measured(loud, quiet, quiet, quiet).silence_ratio == 0.75
    assert measured(quiet[:-2]).silence_ratio is None  # not one whole frame


def test_clipping_level_of_mu_law_is_its_largest_code() -> None:
    samples = pcm(np.array([32124, -32124, 0, 0]))
    assert measured(samples).overall.clipping_ratio == 0.0
    mu_law = Meter(RATE, 1, clipping_level=32124)
    mu_law.accept(samples)
    assert mu_law.measure().overall.clipping_ratio == 0.5


def test_gaps_lower_the_measured_share_and_cut_no_frame_of_silence_in_two() -> None:
    meter = Meter(RATE, 1)
    meter.accept(bytes(2 * (FRAME + FRAME // 2)))
    meter.skip(3 * FRAME)
    meter.accept(bytes(2 * (FRAME + FRAME // 2)))
    found = meter.measure()
    assert (found.position, found.measured) == (6 * FRAME, 3 * FRAME)
    assert found.measured_share == 0.5
    assert found.silence_ratio == 1.0
    loud = Meter(RATE, 1)
    loud.accept(pcm(sine(0.010, 0.5)))
    loud.skip(1)
    loud.accept(bytes(2 * FRAME))
    assert loud.measure().silence_ratio == 1.0


@st.composite
def cut_audio(draw: st.DrawFn) -> tuple[int, bytes, list[bytes]]:
    """Channels, audio, and the same audio cut anywhere between frames."""
    channels = draw(st.integers(1, 3))
    frames = draw(st.integers(1, 1000))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    scale = draw(st.sampled_from([1, 30, 40, 3000, 32767]))
    samples = rng.integers(-scale - 1, scale + 1, (frames, channels))
    samples[rng.random(frames) < 0.3] = 0
    whole = pcm(samples)
    cuts = sorted(draw(st.lists(st.integers(0, frames), max_size=8)))
    edges = [0, *cuts, frames]
    size = 2 * channels
    return channels, whole, [whole[a * size : b * size] for a, b in pairwise(edges)]


@given(cut_audio())
def test_a_stream_measures_what_the_whole_does(case: tuple[int, bytes, list[bytes]]) -> None:
    channels, whole, pieces = case
    assert measured(*pieces, channels=channels) == measured(whole, channels=channels)


@given(cut_audio())
def test_the_figures_are_those_of_their_definitions(case: tuple[int, bytes, list[bytes]]) -> None:
    channels, whole, pieces = case
    found = measured(*pieces, channels=channels)
    samples = np.frombuffer(whole, "<i2").reshape(-1, channels).astype(float) / 32768
    rms = np.sqrt(np.mean(samples**2))
    if rms:
        assert found.overall.rms_dbfs == pytest.approx(max(-120, 20 * math.log10(rms)))
    assert [each.dc_offset for each in found.channels] == pytest.approx(samples.mean(axis=0).tolist())
    assert found.overall.clipping_ratio == pytest.approx(np.mean(np.abs(samples) >= 32767 / 32768))
    frames = len(samples) // FRAME
    energy = samples[: frames * FRAME].reshape(frames, FRAME * channels)
    silent = np.sqrt(np.mean(energy**2, axis=1)) < 1e-3 if frames else np.array([])
    assert found.silence_ratio == (pytest.approx(silent.mean()) if frames else None)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 500)), max_size=8))
def test_silence_that_was_not_sent_counts_like_zeros(pieces: list[tuple[bool, int]]) -> None:
    told, sent = Meter(RATE, 1), Meter(RATE, 1)
    for is_silence, frames in pieces:
        samples = bytes(2 * frames) if is_silence else pcm(sine(frames / RATE, 0.3))
        sent.accept(samples)
        if is_silence:
            told.silence(frames)
        else:
            told.accept(samples)
    assert told.measure() == sent.measure()
