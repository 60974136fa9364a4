import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from services.quality.kweighting import KWeighting, high_pass, high_shelf

RATES = [8_000, 11_025, 16_000, 44_100, 48_000]


def reference(samples: np.ndarray, rate: int) -> np.ndarray:
    return signal.lfilter(*high_pass(rate), signal.lfilter(*high_shelf(rate), samples))


@pytest.mark.parametrize("rate", RATES)
def test_is_the_filter_sample_by_sample(rate: int) -> None:
    samples = np.random.default_rng(1).standard_normal((2, 2 * rate))
    assert KWeighting(rate, 2).filter(samples) == pytest.approx(reference(samples, rate), abs=1e-9)


@given(st.sampled_from(RATES), st.lists(st.integers(0, 500), max_size=12))
def test_goes_on_where_it_was_cut(rate: int, lengths: list[int]) -> None:
    samples = np.random.default_rng(2).standard_normal((1, sum(lengths)))
    weighting, at, pieces = KWeighting(rate, 1), 0, [np.zeros((1, 0))]
    for length in lengths:
        pieces.append(weighting.filter(samples[:, at : at + length]))
        at += length
    assert np.concatenate(pieces, axis=1) == pytest.approx(reference(samples, rate), abs=1e-9)


def test_restart_forgets() -> None:
    weighting = KWeighting(16_000, 1)
    samples = np.random.default_rng(3).standard_normal((1, 1000))
    first = weighting.filter(samples)
    weighting.restart()
    assert weighting.filter(samples) == pytest.approx(first, abs=0)


@pytest.mark.parametrize("rate", RATES)
def test_response_is_that_of_the_standard(rate: int) -> None:
    """BS.1770-4, Annex 1, tables 1 and 2: the coefficients at 48 kHz; within the 0.1 dB of EBU Tech 3341."""
    hertz = np.array([60.0, 100.0, 500.0, 997.0, 2000.0, 3000.0])
    shelf = (
        [1.53512485958697, -2.69169618940638, 1.19839281085285],
        [1, -1.69065929318241, 0.73248077421585],
    )
    rumble = ([1.0, -2.0, 1.0], [1, -1.99004745483398, 0.99007225036621])
    wanted = sum(20 * np.log10(np.abs(signal.freqz(*each, hertz, fs=48_000)[1])) for each in (shelf, rumble))
    stages = (high_shelf(rate), high_pass(rate))
    found = sum(20 * np.log10(np.abs(signal.freqz(*each, hertz, fs=rate)[1])) for each in stages)
    # Towards half the sample rate the bilinear transform bends the shelf.
    kept = hertz < rate / 12
    assert found[kept] == pytest.approx(wanted[kept], abs=0.1)
