import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.quality.meter import Meter
from tests.services.quality.sounds import figures, pcm, phrase, sine, white


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("over_db", [1, 3, 6, 12])
@pytest.mark.parametrize("gain", [1.0, 0.3, 0.1])
def test_a_clipped_sine_is_measured_also_where_it_was_made_quieter(
    rate: int, over_db: float, gain: float
) -> None:
    wave = sine(100.0, 2, rate, 10 ** (over_db / 20), 0.3)
    truth = float(np.mean(np.abs(wave) >= 1))
    found = figures(np.clip(wave, -1, 1) * gain, rate).overall.clipping_ratio
    assert found == pytest.approx(truth, abs=0.015)


@pytest.mark.parametrize("hertz", [20, 50, 120, 997, 3500])
@pytest.mark.parametrize("amplitude", [0.99, 0.1, 0.02])
def test_a_sine_has_no_flat_tops(hertz: float, amplitude: float) -> None:
    assert figures(sine(hertz, 2, 48_000, amplitude), 48_000).overall.clipping_ratio == 0.0


def test_neither_speech_nor_noise_nor_silence_is_clipped() -> None:
    for samples in (phrase(), 0.1 * white(32_000), np.zeros(16_000), np.full(16_000, 0.4)):
        assert figures(samples, 16_000).overall.clipping_ratio < 1e-4


def test_grows_with_the_gain_and_is_kept_by_a_lower_level_afterwards() -> None:
    speech = phrase() / np.abs(phrase()).max()
    ratios = [
        figures(0.5 * np.clip(speech * 10 ** (gain / 20), -1, 1), 16_000).overall.clipping_ratio
        for gain in (0, 3, 6, 12, 18)
    ]
    assert ratios == sorted(ratios)
    assert ratios[0] == pytest.approx(0, abs=1e-5)
    assert ratios[1] > 0.002
    assert ratios[-1] > 0.25


def test_resampling_hides_it() -> None:
    """Why quality is measured on native audio."""
    soxr = pytest.importorskip("soxr")
    clipped = np.clip(sine(440, 2, 48_000, 1.5), -1, 1) * 0.6
    native = figures(clipped, 48_000).overall.clipping_ratio
    resampled = figures(soxr.resample(clipped, 48_000, 16_000), 16_000).overall.clipping_ratio
    assert native > 0.4
    assert resampled < native / 10


@given(st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_flat_tops_are_seen_over_cuts(lengths: list[int]) -> None:
    wave = np.clip(sine(90, 0.5, 8_000, 1.7), -1, 1) * 0.4
    whole, pieces = Meter(8_000, 1), Meter(8_000, 1)
    data, at = pcm(wave), 0
    whole.accept(data)
    whole.process()
    for length in [*lengths, len(data)]:
        pieces.accept(data[2 * at : 2 * (at + length)])
        pieces.process()
        at += length
    assert pieces.measure().figures.overall == whole.measure().figures.overall
