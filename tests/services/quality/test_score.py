"""The order of scores: of what is clean, of what is noise, and over ladders of degradations."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from services.quality.measures import Rating
from services.quality.score import FAIR, GOOD
from tests.services.quality.sounds import figures, pink, sine, speech, white, with_noise

soxr = pytest.importorskip("soxr")
RATE = 16_000


def points(samples: np.ndarray, rate: int = RATE) -> float:
    score = figures(samples, rate).score
    assert score is not None
    return score.points


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([8_000, 16_000, 48_000]),
    st.floats(100, 3_900),
    st.floats(-45, -3),
    st.floats(-45, -12),
    st.floats(1.2, 4),
    st.integers(0, 1000),
)
def test_a_clean_tone_never_scores_below_white_noise(
    rate: int, hertz: float, tone_dbfs: float, noise_dbfs: float, seconds: float, seed: int
) -> None:
    tone = sine(hertz, seconds, rate, 10 ** (tone_dbfs / 20))
    noise = white(round(seconds * rate), seed) * 10 ** (noise_dbfs / 20)
    assert points(tone, rate) > points(noise, rate)


@settings(deadline=None, max_examples=30)
@given(st.floats(-40, 0), st.floats(-45, -12), st.floats(0, 3), st.integers(0, 1000))
def test_clean_speech_never_scores_below_white_noise(
    gain_db: float, noise_dbfs: float, start: float, seed: int
) -> None:
    clean = 2 * speech()[round(start * RATE) : round((start + 4) * RATE)] * 10 ** (gain_db / 20)
    assert points(clean) > points(white(len(clean), seed) * 10 ** (noise_dbfs / 20))


@pytest.mark.parametrize("colour", [white, pink])
@pytest.mark.parametrize("dbfs", [-12, -30, -50])
def test_noise_is_poor(colour, dbfs: float) -> None:
    assert figures(colour(5 * RATE) * 10 ** (dbfs / 20), RATE).score.rating is Rating.POOR


@pytest.mark.parametrize("seconds", [0.02, 0.5, 3, 20])
@pytest.mark.parametrize("channels", [1, 2])
def test_silence_is_poor(seconds: float, channels: int) -> None:
    silence = np.zeros((round(seconds * RATE), channels))
    for samples in (silence, silence + 1e-4 * white(silence.size).reshape(silence.shape)):
        score = figures(samples, RATE).score
        assert (score.points, score.rating) == (0.0, Rating.POOR)


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([white, pink]), st.integers(0, 1000), st.floats(-10, 36), st.floats(2, 10), st.booleans()
)
def test_more_noise_is_a_lower_score(colour, seed: int, snr: float, step: float, tone: bool) -> None:
    clean = sine(1000, 6, RATE, 0.05) if tone else 0.4 * speech()[: 6 * RATE]
    noise = colour(len(clean), seed)
    assert points(with_noise(clean, RATE, snr, noise)) < points(with_noise(clean, RATE, snr + step, noise))


def test_the_scale_is_in_three_parts() -> None:
    clean = figures(speech(), RATE).score
    assert (clean.rating, clean.points > 90) == (Rating.GOOD, True)
    for snr, rating in ((30, Rating.GOOD), (17, Rating.FAIR), (3, Rating.POOR)):
        found = figures(with_noise(0.4 * speech(), RATE, snr, white(len(speech()))), RATE).score
        assert found.rating is rating
        assert {Rating.GOOD: found.points >= GOOD, Rating.POOR: found.points < FAIR}.get(rating, True)


def test_the_parts_make_the_score() -> None:
    bad = np.clip(with_noise(speech(), RATE, 25, white(len(speech()))), -0.2, 0.2) + 0.05
    score = figures(bad, RATE).score
    assert score.points == pytest.approx(100 - sum(part.lost for part in score.parts))
    lost = {part.name for part in score.parts if part.lost > 0.5}
    assert {"noise", "clipping", "dc"} <= lost
    assert all(0 <= part.lost <= part.most for part in score.parts)


def test_the_first_second_has_no_score_but_for_silence() -> None:
    assert figures(speech()[8000:16_000], RATE).score is None


def clip(samples: np.ndarray, over_db: float) -> np.ndarray:
    limit = np.abs(samples).max() * 10 ** (-over_db / 20)
    return np.clip(samples, -limit, limit)


def cut(samples: np.ndarray, count: int, length: float = 0.03) -> np.ndarray:
    """Cuts that many pieces out of the loudest frames."""
    loud = np.argsort(-np.square(samples[: len(samples) // 8000 * 8000]).reshape(-1, 8000).max(axis=1))
    result = samples.copy()
    for second in loud[:count]:
        at = 8000 * int(second) + int(np.abs(samples[8000 * second : 8000 * (second + 1)]).argmax())
        result[at : at + round(length * RATE)] = 0
    return result


def narrow(samples: np.ndarray, edge: float) -> np.ndarray:
    spectrum = np.fft.rfft(samples)
    spectrum[np.arange(len(spectrum)) * RATE / len(samples) > edge] = 0
    return np.fft.irfft(spectrum, len(samples))


def hum(samples: np.ndarray, dbfs: float) -> np.ndarray:
    amplitude = math.sqrt(2) * 10 ** (dbfs / 20)
    seconds = len(samples) / RATE
    return samples + sum(sine(50 * number, seconds, RATE, amplitude / number) for number in (1, 2, 3))


VOICE = 0.5 * speech()
LADDERS = {
    "white noise": [with_noise(VOICE, RATE, snr, white(len(VOICE))) for snr in range(40, -11, -5)],
    "pink noise": [with_noise(VOICE, RATE, snr, pink(len(VOICE))) for snr in range(40, -11, -5)],
    "clipping": [clip(VOICE, over) for over in (0, 3, 6, 9, 12, 15, 20)],
    "clipping, made quieter": [0.5 * clip(VOICE, over) for over in (0, 3, 6, 9, 12, 15, 20)],
    "dropouts": [cut(VOICE, count) for count in (0, 1, 2, 4, 8, 16, 24)],
    "longer dropouts": [cut(VOICE, 8, length) for length in (0.012, 0.03, 0.06, 0.12, 0.2)],
    "bandwidth": [narrow(VOICE, edge) for edge in (7000, 5500, 4500, 3400, 2500, 1800, 1200)],
    "hum": [hum(VOICE, dbfs) for dbfs in (-80, -55, -48, -40, -34, -28, -22)],
    "level": [VOICE * 10 ** (-gain / 20) for gain in (0, 14, 18, 22, 26, 30)],
    "dc": [0.5 * VOICE + offset for offset in (0, 0.02, 0.04, 0.06, 0.08, 0.1)],
    "all together": [
        clip(
            with_noise(
                cut(narrow(VOICE, 7500 - 700 * step), 2 * step), RATE, 38 - 5 * step, white(len(VOICE))
            ),
            2 * step,
        )
        for step in range(8)
    ],
}


@pytest.mark.parametrize("ladder", LADDERS)
def test_the_score_keeps_the_order_of_a_ladder(ladder: str) -> None:
    steps = LADDERS[ladder]
    found = [points(samples) for samples in steps]
    assert stats.spearmanr(found, range(len(steps), 0, -1)).statistic >= 0.95, found
    assert found[0] - found[-1] > 5
