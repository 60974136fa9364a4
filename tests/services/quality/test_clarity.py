import numpy as np
import pytest

from services.quality.clarity import IMPORTANCE, clarity
from tests.services.quality.sounds import figures, phrase, sine, white, with_noise

RATE = 16_000
BANDS = 16


def test_importance_is_a_whole() -> None:
    assert sum(IMPORTANCE.values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("snr", "points"), [(-20, 0), (-15, 0), (0, 50), (7.5, 75), (15, 100), (40, 100)])
def test_even_noise_counts_by_the_index(snr: float, points: float) -> None:
    speech = np.full(BANDS, 10 ** (snr / 10))
    assert clarity(speech, np.ones(BANDS)) == pytest.approx(points, abs=0.1)


@pytest.mark.parametrize(
    ("band", "octave"), [(3, 250), (4, 250), (5, 500), (9, 2000), (12, 4000), (13, 8000)]
)
def test_a_band_counts_by_its_octave(band: int, octave: int) -> None:
    speech = np.zeros(BANDS)
    speech[band] = 1.0
    assert clarity(speech, np.full(BANDS, 1e-6)) == pytest.approx(100 * IMPORTANCE[octave])


def test_falls_with_noise() -> None:
    points = [
        figures(0.4 * with_noise(phrase(), RATE, snr, white(len(phrase()))), RATE).speech.clarity
        for snr in (40, 20, 10, 0, -10)
    ]
    assert points == sorted(points, reverse=True)
    assert points[0] > 95
    assert points[-1] < 15


def test_falls_with_bandwidth() -> None:
    spectrum = np.fft.rfft(phrase())
    hertz = np.arange(len(spectrum)) * RATE / len(phrase())
    floor = 1e-4 * white(len(phrase()))
    points = [
        figures(np.fft.irfft(np.where(hertz < edge, spectrum, 0), len(phrase())) + floor, RATE).speech.clarity
        for edge in (8000, 3400, 1500, 600)
    ]
    assert points == sorted(points, reverse=True)
    assert points[0] - points[-1] > 40


def test_a_tone_has_none() -> None:
    assert figures(sine(1000, 4, RATE), RATE).speech.clarity is None
