import numpy as np
import pytest

from tests.services.quality.sounds import figures, phrase, pink, sine, speech, white

RATE = 16_000


def hum(hertz: float, seconds: float, rate: int, dbfs: float, harmonics=(1, 2, 3)) -> np.ndarray:
    """Each line at that level."""
    amplitude = np.sqrt(2) * 10 ** (dbfs / 20)
    return sum(sine(hertz * number, seconds, rate, amplitude, number) for number in harmonics)


@pytest.mark.parametrize("hertz", [49.8, 50.0, 50.2, 59.7, 60.0, 60.3])
@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_frequency_and_level(hertz: float, rate: int) -> None:
    samples = hum(hertz, 6, rate, -40) + 10 ** (-70 / 20) * white(6 * rate)
    found = figures(samples, rate).hum
    assert found.mains_hertz == round(hertz, -1)
    assert found.hertz == pytest.approx(hertz, abs=0.1)
    assert found.dbfs == pytest.approx(-40 + 10 * np.log10(3), abs=0.5)
    assert {1, 2, 3} <= set(found.harmonics)


@pytest.mark.parametrize(("dbfs", "snr"), [(-30, 28), (-45, 35), (-60, 40)])
def test_under_speech(dbfs: float, snr: float) -> None:
    samples = speech() + hum(50, len(speech()) / RATE, RATE, dbfs)
    found = figures(samples, RATE)
    assert found.hum.mains_hertz == 50
    # The voice may cover single lines, but not the first.
    assert dbfs - 1.5 < found.hum.dbfs < dbfs + 6
    # Hum has a part of the score of its own, and is hardly counted as noise again.
    assert found.speech.snr_db > snr


def test_a_rectifier_leaves_out_the_odd_lines() -> None:
    found = figures(hum(60, 6, RATE, -40, (2, 4, 6)) + 1e-4 * white(6 * RATE), RATE).hum
    assert (found.mains_hertz, set(found.harmonics)) == (60, {2, 4, 6})


def test_speech_noise_tones_and_little_audio_have_none() -> None:
    for samples in (speech(), phrase(), 0.1 * pink(8 * RATE), 0.1 * white(8 * RATE), np.zeros(4 * RATE)):
        assert figures(samples, RATE).hum is None
    assert figures(sine(440, 5, RATE), RATE).hum is None
    assert figures(sine(100, 5, RATE), RATE).hum is None
    assert figures(hum(50, 2.5, RATE, -30), RATE).hum is None


def test_is_found_on_the_channel_that_has_it() -> None:
    samples = np.stack([phrase(), phrase() + hum(50, len(phrase()) / RATE, RATE, -35)], axis=1)
    found = figures(samples, RATE)
    assert found.hum.mains_hertz == 50
    assert [channel.speech.snr_db > 40 for channel in found.channels] == [True, True]
