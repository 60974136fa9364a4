import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from services.quality.slices import Slice
from services.quality.true_peak import PHASES, TAPS, TruePeakGauge
from tests.services.quality.sounds import figures

RATE = 48_000


def faded(samples: np.ndarray) -> np.ndarray:
    at = np.arange(len(samples))
    return samples * np.minimum(1, np.minimum(at, at[::-1]) / 1000)


@pytest.mark.parametrize(
    ("divisor", "phase", "amplitude", "dbtp"),
    [(4, 0, 0.5, -6), (4, 45, 0.5, -6), (6, 60, 0.5, -6), (8, 67.5, 0.5, -6), (4, 45, 1.41, 3)],
    ids=["15", "16", "17", "18", "19"],
)
def test_ebu_3341_sines(divisor: int, phase: float, amplitude: float, dbtp: float) -> None:
    samples = amplitude * np.sin(2 * np.pi * np.arange(RATE) / divisor + math.radians(phase))
    found = figures(faded(samples), RATE).overall
    assert found.true_peak_dbtp == pytest.approx(dbtp, abs=0.2)
    assert found.peak_dbfs <= found.true_peak_dbtp + 1e-9


@pytest.mark.parametrize("offset", [0, 1, 2, 3], ids=["20", "21", "22", "23"])
def test_ebu_3341_a_peak_between_samples(offset: int) -> None:
    """A burst whose peak is 1 at four times the rate, taken down from each of the four samples."""
    at = np.arange(-96_000, 96_000)
    burst = np.where(np.abs(at) < 2000, np.cos(np.pi * at / 4000) ** 2, 0) * np.cos(2 * np.pi * at / 16)
    found = figures(burst[offset::4] * 32767 / 32768, RATE).overall
    assert found.true_peak_dbtp == pytest.approx(0, abs=0.2)
    assert (found.peak_dbfs < -0.5) == (offset > 0)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 1500), st.lists(st.integers(0, 1500), max_size=4))
def test_passing_over_changes_nothing(seed: int, frames: int, cuts: list[int]) -> None:
    rng = np.random.default_rng(seed)
    samples = (rng.standard_normal(frames) * 3000 * 10 ** rng.uniform(-2, 1, frames)).clip(-32768, 32767)
    samples = samples.astype(np.int16)[None]
    gauge, tally = TruePeakGauge(1), np.zeros(1)
    edges = sorted({0, frames, *(cut for cut in cuts if cut < frames)})
    for first, last in pairwise(edges):
        gauge.take(Slice(first, samples[:, first:last], 160), tally)
    gauge.restart(tally)
    values = np.pad(samples[0] / 32768, TAPS - 1)
    interpolated = [np.abs(signal.correlate(values, phase, "valid")).max() for phase in PHASES.T]
    assert tally[0] == pytest.approx(max(*interpolated, np.abs(values).max()))


def test_a_peak_at_the_very_end_is_seen() -> None:
    samples = np.zeros(1000)
    samples[-2:] = 0.7
    assert figures(samples, RATE).overall.true_peak_dbtp > figures(samples, RATE).overall.peak_dbfs + 1
