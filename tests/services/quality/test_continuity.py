import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.quality.measures import InterruptionKind
from services.quality.meter import Meter
from tests.services.quality.sounds import figures, pcm, phrase, sine, speech, white

RATE = 16_000
LOUD_S = (1.08, 1.42, 1.72, 3.35, 4.03, 4.80)
"""Seconds into the phrase at which its voice is loud."""


def cut(samples: np.ndarray, start: float, length: float, rate: int = RATE) -> np.ndarray:
    result = samples.copy()
    result[round(start * rate) : round((start + length) * rate)] = 0
    return result


@pytest.mark.parametrize("length", [0.010, 0.020, 0.033, 0.060])
@pytest.mark.parametrize("start", LOUD_S)
def test_a_dropout_in_speech(start: float, length: float) -> None:
    found = figures(cut(phrase(), start, length), RATE)
    assert found.dropouts == 1
    (dropout,) = found.interruptions
    assert (dropout.kind, dropout.channel) == (InterruptionKind.DROPOUT, 1)
    assert dropout.position / RATE == pytest.approx(start, abs=0.005)
    assert dropout.frames / RATE == pytest.approx(length, abs=0.005)
    assert found.lost_ratio == pytest.approx(length / len(phrase()) * RATE, abs=0.002)


@settings(deadline=None, max_examples=50)
# In noise the edge of a part that is cut in two is as uncertain as its power: of those shorter than this, one
# in hundreds is taken for less than the shortest.
@given(st.floats(0.1, 0.8), st.floats(0.0125, 0.1), st.sampled_from([8_000, 11_025, 16_000, 44_100]))
def test_a_dropout_anywhere_in_running_sound(start: float, length: float, rate: int) -> None:
    found = figures(cut(0.1 * white(rate), start, length, rate), rate)
    (dropout,) = found.interruptions
    assert dropout.position / rate == pytest.approx(start, abs=0.005)
    assert dropout.frames / rate == pytest.approx(length, abs=0.005)


def test_all_are_counted_and_the_first_hundred_listed() -> None:
    samples = sine(300, 30, RATE)
    for number in range(140):
        samples = cut(samples, 0.2 * number + 0.1, 0.02)
    found = figures(samples, RATE)
    assert (found.dropouts, len(found.interruptions)) == (140, 100)
    assert found.lost_ratio == pytest.approx(140 * 0.02 / 30, rel=0.1)


def test_more_of_them_are_more_loss() -> None:
    losses = []
    samples = phrase()
    for start in LOUD_S:
        losses.append(figures(samples, RATE).lost_ratio)
        samples = cut(samples, start, 0.03)
    assert losses[0] == 0
    assert losses == sorted(set(losses))


def test_speech_pauses_fades_and_mutes_are_none() -> None:
    muted = cut(speech(), 4.05, 1.5)
    gated = phrase() * np.convolve(np.abs(phrase()) > 0.01, np.ones(800), "same").clip(0, 1)
    clicks = np.zeros(RATE)
    clicks[[3000, 9000]] = 0.5
    for samples in (speech(), phrase(), muted, gated, clicks, np.zeros(RATE), 0.1 * white(RATE)):
        assert figures(samples, RATE).dropouts == 0


def test_channels_have_their_own() -> None:
    samples = np.stack([phrase(), cut(phrase(), 1.42, 0.04)], axis=1)
    found = figures(samples, RATE)
    (dropout,) = found.interruptions
    assert dropout.channel == 2
    assert found.lost_ratio == pytest.approx(0.02 / len(phrase()) * RATE, rel=0.2)


def test_gaps_have_their_places() -> None:
    meter = Meter(RATE, 1)
    meter.accept(pcm(phrase()[:RATE]))
    meter.skip(500)
    meter.accept(pcm(phrase()[RATE + 500 : 2 * RATE]))
    meter.finish()
    found = meter.measure().figures
    assert (found.gaps, found.dropouts) == (1, 0)
    (gap,) = found.interruptions
    assert (gap.kind, gap.channel, gap.position, gap.frames) == (InterruptionKind.GAP, 0, RATE, 500)
    assert found.lost_ratio == pytest.approx(500 / (2 * RATE))
