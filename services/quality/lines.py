"""Lines in a spectrum: tones that stay, as against noise and speech."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from services.quality.slices import Float64Array

_PROMINENCE = 10.0
"""A line is 10 dB above the median of its neighbourhood. 200 ms of noise spread by 1 dB, noise has none."""
_NEIGHBOURHOOD = 12
_WIDTH = 3
"""Bins on each side that a line fills under a Hann window, whose main lobe is 4 bins wide."""


def line_powers(floor: Float64Array) -> Float64Array:
    """Of a floor, (bins,): the part of each bin that belongs to a line, (bins,)."""
    # Noise that falls by 3 dB an octave, as most does, is level then; else its low end would look like lines.
    tilt = np.arange(1, len(floor) + 1)
    level = floor * tilt
    windows = sliding_window_view(level, 2 * _NEIGHBOURHOOD + 1)
    middle = np.partition(windows, _NEIGHBOURHOOD, axis=1)[:, _NEIGHBOURHOOD]
    around = np.pad(middle, _NEIGHBOURHOOD, mode="edge")
    peaks = level > _PROMINENCE * around
    if not peaks.any():
        return np.zeros_like(floor)
    wide = np.convolve(peaks, np.ones(2 * _WIDTH + 1), "same") > 0
    return np.where(wide, np.maximum(floor - around / tilt, 0.0), 0.0)


def shares(lines: Float64Array, floor: Float64Array, starts: NDArray[np.int64]) -> Float64Array:
    """Share of lines in each band that begins at `starts`, 0 to 1, (bands,)."""
    total = np.add.reduceat(floor, starts)
    return np.asarray(np.add.reduceat(lines, starts) / np.maximum(total, 1e-30))
