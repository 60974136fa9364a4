"""Loudness against pyloudnorm, and against the cases of EBU Tech 3341 that can be generated."""

import numpy as np
import pyloudnorm
import pytest

from services.quality.loudness import channel_weights
from tests.services.quality.sounds import figures, pcm

RATE = 48_000


def tone(dbfs: float, seconds: float, hertz: float = 1000, rate: int = RATE) -> np.ndarray:
    """A sine by the level of its peak, as the cases are written."""
    return 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def stereo(*parts: tuple[float, float]) -> np.ndarray:
    signal = np.concatenate(
        [tone(dbfs, seconds) if dbfs > -200 else np.zeros(round(seconds * RATE)) for dbfs, seconds in parts]
    )
    return np.stack([signal, signal], axis=1)


@pytest.mark.parametrize("channels", [1, 2, 5])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_agrees_with_pyloudnorm(rate: int, channels: int) -> None:
    rng = np.random.default_rng(rate + channels)
    steps = 10 ** (rng.uniform(-35, 0, 16) / 20)
    noise = rng.standard_normal((8 * rate, channels)) * 10 ** (rng.uniform(-6, 6, channels) / 20)
    samples = np.clip(0.1 * noise * np.repeat(steps, rate // 2)[:, None], -0.99, 0.99)
    as_measured = np.frombuffer(pcm(samples), "<i2").reshape(-1, channels) / 32768
    wanted = pyloudnorm.Meter(rate).integrated_loudness(as_measured)
    assert figures(samples, rate).loudness.integrated_lufs == pytest.approx(wanted, abs=0.001)


@pytest.mark.parametrize(
    ("parts", "integrated"),
    [
        ([(-23, 20)], -23),
        ([(-33, 20)], -33),
        ([(-36, 10), (-23, 60), (-36, 10)], -23),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
    ],
    ids=["1", "2", "3", "4", "5"],
)
def test_ebu_3341_integrated(parts, integrated: float) -> None:
    found = figures(stereo(*parts), RATE).loudness
    assert found.integrated_lufs == pytest.approx(integrated, abs=0.1)
    if len(parts) == 1:
        assert found.momentary_lufs == pytest.approx(integrated, abs=0.1)
        assert found.short_term_lufs == pytest.approx(integrated, abs=0.1)


def test_ebu_3341_case_6_weighs_the_surround_channels() -> None:
    signal = np.stack([tone(dbfs, 20) for dbfs in (-28, -28, -24, -30, -30)], axis=1)
    assert figures(signal, RATE).loudness.integrated_lufs == pytest.approx(-23, abs=0.1)


def test_ebu_3341_cases_9_and_12_are_steady() -> None:
    short_term = figures(stereo(*[(-20, 1.34), (-30, 1.66)] * 5), RATE).loudness
    assert short_term.short_term_lufs == pytest.approx(-23, abs=0.1)
    assert short_term.max_short_term_lufs == pytest.approx(-23, abs=0.1)
    momentary = figures(stereo(*[(-20, 0.18), (-30, 0.22)] * 25), RATE).loudness
    assert momentary.momentary_lufs == pytest.approx(-23, abs=0.1)
    assert momentary.max_momentary_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("step", [0, 3, 7, 13, 19])
def test_ebu_3341_cases_10_and_13_find_the_maximum_wherever_it_lies(step: int) -> None:
    short_term = figures(stereo((-999, 0.15 * step), (-23, 3), (-999, 1)), RATE).loudness
    assert short_term.max_short_term_lufs == pytest.approx(-23, abs=0.1)
    momentary = figures(stereo((-999, 0.02 * step), (-23, 0.4), (-999, 1)), RATE).loudness
    assert momentary.max_momentary_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    ("parts", "spread"),
    [
        ([(-20, 20), (-30, 20)], 10),
        ([(-20, 20), (-15, 20)], 5),
        ([(-40, 20), (-20, 20)], 20),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
    ],
)
def test_ebu_3342_range(parts, spread: float) -> None:
    assert figures(stereo(*parts), RATE).loudness.range_lu == pytest.approx(spread, abs=1)


def test_too_short_or_too_quiet_has_no_loudness() -> None:
    short = figures(tone(-20, 0.39), RATE).loudness
    assert (short.momentary_lufs, short.integrated_lufs, short.range_lu) == (None, None, None)
    assert figures(tone(-80, 5), RATE).loudness.integrated_lufs is None
    assert figures(tone(-20, 0.41), RATE).loudness.integrated_lufs is not None


def test_the_low_frequency_channel_does_not_count() -> None:
    assert channel_weights(6).tolist() == [1, 1, 1, 0, 1.41, 1.41]
    assert [len(channel_weights(count)) for count in range(1, 9)] == list(range(1, 9))
