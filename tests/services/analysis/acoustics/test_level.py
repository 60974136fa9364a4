"""Levels, by hand and beside the reference for loudness."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from services.analysis.acoustics.level import loudness, mean_power, signal_to_noise, slope
from tests.services.analysis.acoustics.sounds import RATE, Wave, harmonics, noise, silence, tone


@pytest.mark.parametrize(
    "wave",
    [
        tone(1000.0, 3.0),
        harmonics(120.0, 3.0),
        noise(3.0),
        np.concatenate([harmonics(200.0, 2.0), silence(2.0), 0.05 * harmonics(200.0, 2.0)]),
    ],
    ids=["tone", "voice", "noise", "gated"],
)
def test_loudness_is_that_of_the_reference(wave: Wave) -> None:
    whole, _ = loudness(wave)
    assert whole == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(wave), abs=0.15)


def test_silence_and_short_sound_have_no_loudness() -> None:
    assert loudness(silence(2.0)) == (None, None)
    assert loudness(tone(200.0, 0.3)) == (None, None)


@pytest.mark.parametrize(
    ("times", "values", "expected"),
    [
        ([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], 2.0),
        ([0.0, 1.0, 2.0], [0.0, 1.0, -1.0], -0.5),
        ([4.0, 4.0], [1.0, 2.0], None),
        ([], [], None),
    ],
)
def test_the_slope_by_hand(times, values, expected) -> None:
    assert slope(np.array(times), np.array(values)) == expected


@pytest.mark.parametrize(
    ("decibels", "expected"), [([0.0, 0.0], 0.0), ([10.0, 0.0], 7.4036), ([-20.0, -np.inf], -23.0103)]
)
def test_powers_are_added_not_decibels(decibels, expected) -> None:
    assert mean_power(np.array(decibels)) == pytest.approx(expected, abs=1e-4)


def test_digital_silence_is_no_noise() -> None:
    assert signal_to_noise(np.concatenate([tone(200.0), silence(1.0)])) is None
