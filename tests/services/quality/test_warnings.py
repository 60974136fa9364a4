import numpy as np
import pytest

from tests.services.quality.sounds import DATA, figures, load, phrase, sine, speech, white, with_noise

RATE = 16_000
SAMPLE = DATA / "degraded_sample"


def warned(samples: np.ndarray, rate: int = RATE) -> str:
    return " ".join(figures(samples, rate).warnings)


def test_good_audio_has_none() -> None:
    assert figures(speech(), RATE).warnings == ()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("noise_05db", "only 5 dB below the speech: move the microphone"),
        ("clipped", "clipped: turn the input gain down before"),
        ("dropouts", "cut out 3 times"),
        ("hum", "mains hum at 50 Hz"),
        ("telephone_48k", "resampled from 8000 Hz"),
        ("inverted", "Channel 2 is channel 1 inverted"),
    ],
)
def test_a_fault_says_what_to_do(file: str, words: str) -> None:
    rate, samples = load(SAMPLE / f"{file}.wav")
    found = figures(samples, rate).warnings
    assert len(found) == 1
    assert words in found[0]


def test_the_others() -> None:
    assert "no sound" in warned(np.zeros(RATE))
    assert "turn the input gain up" in warned(speech() * 0.03)
    assert "very loud" in warned(sine(1000, 2, RATE, 0.9))
    assert "off centre by +5.0%" in warned(phrase() + 0.05)
    assert "louder than the speech" in warned(with_noise(0.3 * speech(), RATE, -10, white(len(speech()))))
    assert "as loud as the speech" in warned(with_noise(0.3 * speech(), RATE, -2, white(len(speech()))))
    stereo = np.stack([phrase(), np.zeros(len(phrase()))], axis=1)
    assert "Channel 2 is silent" in warned(stereo)
    assert "identical" in warned(np.stack([phrase(), phrase()], axis=1))
