"""Pauses and nuclei in contours that are written down, 0.1 s a frame."""

from __future__ import annotations

import numpy as np
import pytest

from services.analysis.acoustics.syllables import count_syllables, find_speech
from services.analysis.acoustics.tremor import tremor

LOUD, QUIET = -20.0, -60.0


def contour(text: str) -> np.ndarray:
    return np.array([LOUD if each == "#" else QUIET for each in text])


@pytest.mark.parametrize(
    ("text", "sounding", "pauses", "pause_time"),
    [
        ("##########", 1.0, 0, 0.0),
        ("..####...####..", 0.8, 1, 0.3),
        ("####..####", 1.0, 0, 0.0),  # 0.2 s are no pause
        ("###....###......###", 0.9, 2, 1.0),
    ],
)
def test_pauses_by_hand(text, sounding, pauses, pause_time) -> None:
    speech = find_speech(contour(text), 0.1)
    assert (speech.pauses, speech.pause_time) == (pauses, pytest.approx(pause_time))
    assert speech.sounding == pytest.approx(sounding)


def test_a_sound_too_short_belongs_to_the_pause() -> None:
    speech = find_speech(contour("######" + "." * 10 + "#" + "." * 10 + "######"), 0.05)
    assert (speech.pauses, speech.pause_time) == (1, pytest.approx(21 * 0.05))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([-30, -20, -30, -20, -30], 2),
        ([-30, -20, -21, -20, -30], 1),  # no dip of 2 dB
        ([-30, -20, -22, -20, -30], 2),
        ([-20, -21, -22], 1),
        ([-30, -22, -21.5, -23.4, -20, -30], 1),  # the louder one counts
    ],
)
def test_nuclei_by_hand(levels, expected) -> None:
    contour = np.array(levels, dtype=float)
    everywhere = np.ones(len(levels), dtype=bool)
    assert count_syllables(contour, everywhere, everywhere) == expected
    assert count_syllables(contour, everywhere, ~everywhere) == 0


@pytest.mark.parametrize(("hertz", "extent"), [(2.0, 0.1), (5.0, 0.02), (12.0, 0.05)])
def test_tremor_of_a_contour_is_found(hertz: float, extent: float) -> None:
    at = np.arange(300) / 100
    found = tremor(100.0 * (1 + extent * np.sin(2 * np.pi * hertz * at) + 0.1 * at), 0.01)
    assert found == (pytest.approx(hertz, rel=0.03), pytest.approx(extent, rel=0.25))


def test_tremor_is_looked_for_at_any_length_without_a_fault() -> None:
    """Of some lengths the window's own autocorrelation is 0 at its end."""
    for length in range(100, 500):
        hertz, _ = tremor(100.0 + np.sin(2 * np.pi * 0.05 * np.arange(length)), 0.01)
        assert hertz is None or hertz == pytest.approx(5.0, rel=0.05)


@pytest.mark.parametrize(
    "contour",
    [np.full(300, 100.0), 100.0 + np.arange(300), np.zeros(300), np.full(50, 1.0)],
    ids=["level", "rising", "nothing", "short"],
)
def test_where_nothing_swings_there_is_no_tremor(contour: np.ndarray) -> None:
    assert tremor(contour, 0.01) == (None, None)
