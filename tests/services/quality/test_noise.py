"""SNR and noise level against known mixtures; the SNR is that of speech while it lasts (ITU-T P.56)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from services.quality.gamma import noise_shape
from tests.services.quality.sounds import figures, phrase, pink, sine, speech, white, with_noise

RATE = 16_000
COLOURS = {"white": white, "pink": pink}
LADDER = [-5, 0, 5, 10, 15, 20, 25, 30, 35, 40]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("pause", [0.0, 2.0])
def test_snr_of_speech_in_noise(colour: str, pause: float) -> None:
    parts = [np.concatenate([part, np.zeros(round(pause * RATE))]) for part in np.array_split(speech(), 4)]
    clean = 0.4 * np.concatenate(parts)
    noise = COLOURS[colour](len(clean))
    found = [figures(with_noise(clean, RATE, snr, noise), RATE).speech.snr_db for snr in LADDER]
    errors = np.abs(np.array(found) - LADDER)
    assert errors.mean() < 1.0
    assert errors.max() < 2.0
    assert found == sorted(found)


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(sorted(COLOURS)), st.integers(0, 1000), st.floats(-10, 37), st.floats(0.2, 1.0))
def test_more_noise_is_less_snr(colour: str, seed: int, snr: float, gain: float) -> None:
    noise = COLOURS[colour](len(phrase()), seed)
    better, worse = (
        figures(0.4 * gain * with_noise(phrase(), RATE, level, noise), RATE).speech.snr_db
        for level in (snr + 3, snr)
    )
    assert better > worse


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
def test_snr_at_other_rates(rate: int) -> None:
    soxr = pytest.importorskip("soxr")
    clean = 0.4 * soxr.resample(phrase(), RATE, rate)
    found = [figures(with_noise(clean, rate, snr, white(len(clean))), rate).speech.snr_db for snr in (5, 20)]
    assert found == pytest.approx([5, 20], abs=1.5)


@pytest.mark.parametrize("dbfs", [-20, -40, -60, -75])
@pytest.mark.parametrize("colour", COLOURS)
def test_noise_level(dbfs: float, colour: str) -> None:
    noise = COLOURS[colour](7 * RATE) * 10 ** (dbfs / 20)
    assert figures(noise, RATE).speech.noise_dbfs == pytest.approx(dbfs, abs=0.7)
    at = RATE // 2
    noise[at : at + len(phrase())] += phrase()
    assert figures(noise, RATE).speech.noise_dbfs == pytest.approx(dbfs, abs=1.5)


def test_noise_alone_has_no_speech_over_it_and_silence_neither() -> None:
    assert figures(0.1 * white(5 * RATE), RATE).speech.snr_db < -10
    assert figures(np.zeros(5 * RATE), RATE).speech is None
    assert figures(0.1 * white(RATE // 2), RATE).speech is None


@pytest.mark.parametrize("snr", [0, 10, 20, 30])
@pytest.mark.parametrize("hertz", [200, 1000, 3000])
def test_a_tone_is_a_signal(hertz: float, snr: float) -> None:
    tone = sine(hertz, 6, RATE)
    noise = white(len(tone)) * math.sqrt(0.005 / 10 ** (snr / 10))
    assert figures(tone + noise, RATE).speech.snr_db == pytest.approx(snr, abs=1.5)


def test_a_dc_offset_is_no_noise() -> None:
    plain, shifted = (figures(phrase() + offset, RATE) for offset in (0.0, 0.2))
    assert shifted.speech.noise_dbfs == pytest.approx(plain.speech.noise_dbfs, abs=3)
    assert shifted.overall.dc_offset == pytest.approx(0.2, abs=0.002)


def test_a_channel_that_only_listens_counts_little() -> None:
    noise = 10 ** (-55 / 20) * white(len(phrase()))
    call = np.stack([phrase(), noise], axis=1)
    found = figures(call, RATE)
    assert found.speech.snr_db == pytest.approx(35, abs=2)
    assert [channel.speech.snr_db > 30 for channel in found.channels] == [True, False]


@pytest.mark.parametrize("bins", [1, 2, 3, 6, 12, 60])
def test_shape_of_noise_is_a_gamma_distribution(bins: int) -> None:
    shape = noise_shape(bins)
    exact = stats.gamma(1 / shape.deviation**2, scale=shape.deviation**2)
    # Wilson and Hilferty's normal is a little off in the low tail of few degrees of freedom.
    assert exact.cdf(shape.low) == pytest.approx(0.15, abs=0.015)
    assert exact.cdf(shape.cut) == pytest.approx(0.80, abs=0.005)
    below = exact.expect(lambda x: x, ub=shape.cut) / exact.cdf(shape.cut)
    assert shape.mean_below == pytest.approx(below, rel=0.015)


@pytest.mark.parametrize("bins", [3, 12])
def test_power_of_windowed_noise_has_that_spread(bins: int) -> None:
    frames = white(4000 * 640).reshape(4000, 640) * np.hanning(641)[:-1]
    powers = (np.abs(np.fft.rfft(frames, axis=1)[:, 50 : 50 + bins]) ** 2).sum(axis=1)
    assert powers.std() / powers.mean() == pytest.approx(noise_shape(bins).deviation, rel=0.05)
