import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.quality.measures import FLOOR_DBFS
from tests.services.quality.sounds import figures, sine

RATE = 8_000
FRAME = 160  # 20 ms


def test_full_scale_square_wave_is_0_dbfs_and_all_clipped() -> None:
    found = figures(np.tile([-1, -1, 1.0, 1.0], 400), RATE)
    assert found.overall.rms_dbfs == pytest.approx(0.0, abs=1e-3)
    assert found.overall.peak_dbfs == 0.0
    assert found.overall.clipping_ratio == 1.0
    assert found.silence_ratio == 0.0


@pytest.mark.parametrize("amplitude", [1.0, 0.5, 0.1, 0.01])
def test_sine_is_3_db_below_its_peak(amplitude: float) -> None:
    found = figures(sine(1000, 1.0, RATE, amplitude), RATE).overall
    assert found.peak_dbfs == pytest.approx(20 * math.log10(amplitude), abs=0.02)
    assert found.rms_dbfs == pytest.approx(20 * math.log10(amplitude) - 3.0103, abs=0.02)
    assert found.dc_offset == pytest.approx(0.0, abs=1e-4)


def test_digital_silence_stands_at_the_floor() -> None:
    found = figures(np.zeros(RATE), RATE)
    levels = found.overall
    assert (levels.rms_dbfs, levels.peak_dbfs, levels.true_peak_dbtp) == (FLOOR_DBFS,) * 3
    assert found.silence_ratio == 1.0


def test_dc_offset_is_that_of_the_worst_channel() -> None:
    found = figures(np.column_stack([np.full(RATE, 0.1), np.full(RATE, -0.25)]), RATE)
    assert [round(each.levels.dc_offset, 3) for each in found.channels] == [0.1, -0.25]
    assert found.overall.dc_offset == -0.25


def test_channels_are_told_apart() -> None:
    found = figures(np.column_stack([sine(1000, 1.0, RATE, 1.0), np.zeros(RATE)]), RATE)
    left, right = (channel.levels for channel in found.channels)
    assert left.peak_dbfs == pytest.approx(0.0, abs=0.01)
    assert right.peak_dbfs == FLOOR_DBFS
    assert found.overall.rms_dbfs == pytest.approx(left.rms_dbfs - 3.0103, abs=1e-3)
    assert found.overall.clipping_ratio == pytest.approx(left.clipping_ratio / 2)


@pytest.mark.parametrize(("level", "silent"), [(-60.5, 1.0), (-59.5, 0.0)])
def test_silence_begins_below_minus_60_dbfs(level: float, silent: float) -> None:
    square = np.tile([1, -1], RATE // 2) * 10 ** (level / 20)
    assert figures(square, RATE).silence_ratio == silent


def test_silence_ratio_counts_20_ms_frames() -> None:
    loud, quiet = sine(1000, 0.020, RATE, 0.5), np.zeros(FRAME)
    assert figures(np.concatenate([loud, quiet, quiet, quiet]), RATE).silence_ratio == 0.75
    assert figures(quiet[:-1], RATE).silence_ratio is None  # not one whole frame


def test_clipping_level_of_mu_law_is_its_largest_code() -> None:
    samples = np.array([32124, -32124, 0, 0]) / 32768
    assert figures(samples, RATE).overall.clipping_ratio == 0.0
    assert figures(samples, RATE, clipping_level=32124).overall.clipping_ratio == 0.5


@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 1000), st.sampled_from([1, 30, 3000, 32767]))
def test_the_figures_are_those_of_their_definitions(
    seed: int, channels: int, frames: int, scale: int
) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.integers(-scale - 1, scale + 1, (frames, channels)) / 32768
    samples[rng.random(frames) < 0.3] = 0
    found = figures(samples, RATE)
    rms = np.sqrt(np.mean(samples**2))
    if rms:
        assert found.overall.rms_dbfs == pytest.approx(max(-120, 20 * math.log10(rms)))
    offsets = [each.levels.dc_offset for each in found.channels]
    assert offsets == pytest.approx(samples.mean(axis=0).tolist())
    whole = len(samples) // FRAME
    energy = samples[: whole * FRAME].reshape(whole, FRAME * channels)
    silent = np.sqrt(np.mean(energy**2, axis=1)) < 1e-3 if whole else np.array([])
    assert found.silence_ratio == (pytest.approx(silent.mean()) if whole else None)
