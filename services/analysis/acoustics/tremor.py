"""Tremor: how often, and how far, pitch or intensity swings while one sound is held.

Brückl, Vocal tremor measurement based on autocorrelation of contours, Interspeech 2012: the contour, as its
relative distance from its mean, without its straight line, is periodic with the frequency at which its
autocorrelation is highest, from 1.5 to 15 Hz, if that is at least 0.15; its extent is the mean height of its
swings. Autocorrelation by Boersma (1993, equation 9): divided by that of the window.

It is defined for a vowel that is held. Of connected speech only voiced stretches of a second or more are
looked
at, and there intonation swings too: compare it with the same speaker's, and see no illness in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_SECONDS = 1.0
_LOWEST, _HIGHEST = 1.5, 15.0
_LEAST_PERIODS = 3.0
_LEAST_STRENGTH = 0.15
_LEAST_EXTENT = 0.01
_OCTAVE_COST = 0.01


def tremor(contour: NDArray[np.float64], step: float) -> tuple[float | None, float | None]:
    """Frequency in Hz and extent as a share of the mean, of a positive contour, `step` seconds a value.

    None where it is shorter than `LEAST_SECONDS`, or does not swing by a hundredth.
    """
    length = len(contour)
    if length * step < LEAST_SECONDS or contour.mean() <= 0:
        return None, None
    times = np.arange(length, dtype=np.float64)
    relative = contour / contour.mean() - 1.0
    relative = relative - np.polyval(np.polyfit(times, relative, 1), times)
    lag = _period(relative, step)
    if lag is None:
        return None, None
    size = max(2, round(lag))
    swings = [relative[begin : begin + size] for begin in range(0, length - size + 1, size)]
    extent = float(np.mean([(each.max() - each.min()) / 2 for each in swings]))
    return (1.0 / (lag * step), extent) if extent >= _LEAST_EXTENT else (None, None)


def _period(values: NDArray[np.float64], step: float) -> float | None:
    """The lag, in values, at which they repeat best."""
    length = len(values)
    window = np.hanning(length)
    lowest = max(_LOWEST, _LEAST_PERIODS / (length * step))
    first, last = max(1, round(1.0 / (_HIGHEST * step))), round(1.0 / (lowest * step))
    # No further than is looked at: at its far end a window has nothing to divide by.
    own = _autocorrelation(values * window)[: last + 2] / _autocorrelation(window)[: last + 2]
    inner = own[first - 1 : last + 2]
    tops = np.flatnonzero((inner[1:-1] > inner[:-2]) & (inner[1:-1] >= inner[2:])) + first
    if not len(tops):
        return None
    # Between the values, as Boersma's equations 17 and 18.
    before, at, after = own[tops - 1], own[tops], own[tops + 1]
    lags = tops + 0.5 * (before - after) / (before - 2 * at + after)
    strengths = at + (before - after) ** 2 / (8 * (2 * at - before - after))
    # Each multiple of a period is one too: his cost of an octave, equation 26, prefers the shortest.
    best = int(np.argmax(strengths - _OCTAVE_COST * np.log2(lags)))
    return float(lags[best]) if strengths[best] >= _LEAST_STRENGTH else None


def _autocorrelation(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 at lag 0, where there is anything."""
    length = len(values)
    power = np.abs(np.fft.rfft(values, 2 * length)) ** 2
    raw = np.fft.irfft(power)[:length]
    whole: NDArray[np.float64] = raw / raw[0] if raw[0] > 0 else raw
    return whole
