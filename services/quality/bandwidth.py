"""Bandwidth: the highest frequency with content, and whether it ends as after a change of the sample rate.

The long-term average spectrum (Byrne et al., "An international comparison of long-term average speech
spectra", JASA 96, 1994) has content where it is within 60 dB of its highest level and above -115 dBFS in
25 Hz, where the rounding to 16 bit begins. Speech falls towards high frequencies by some 10 dB an octave; the
low-pass of a resampler or of a telephone line cuts it off within a few hundred Hz. A cut is there where the
spectrum falls by 20 dB within 500 Hz, from content that reaches up to it.

Noise has bandwidth too, so that of the signal is found besides: where content is above the floor that is
there all the time, or is a tone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.quality.measures import Bandwidth
from services.quality.slices import Float64Array
from services.quality.spectrum import BIN_HERTZ

CONTENT_DB = -60.0
LOWEST_DBFS = -115.0
_CUT_DB = 20.0
_LOWEST_CUT_HERTZ = 1_000.0
_SKIRT_DB = -12.0
_OVER_NOISE_DB = 4.0
"""A floor is 1 to 2 dB below the mean of the noise, as the least of ten."""
_FIRST_BIN = 4
"""100 Hz: below it there is hum and rumble."""
_RATES_HERTZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def bandwidth(spectrum: Float64Array, noise: Float64Array | None, sample_rate_hertz: int) -> Bandwidth | None:
    """Of a mean power spectrum, (bins,), of all channels together; None where it has no content.

    `noise` is what is there all the time and is no tone, (bins,), or None where that is not known.
    """
    decibels = 10 * np.log10(np.maximum(spectrum, 1e-16))
    smooth = np.convolve(decibels, np.ones(3) / 3, "same")
    threshold = max(float(smooth[_FIRST_BIN:-1].max()) + CONTENT_DB, LOWEST_DBFS)
    content = smooth >= threshold
    content[:_FIRST_BIN] = content[-1] = False
    above = np.flatnonzero(content)
    if not above.size:
        return None
    top = int(above[-1])
    fills = top >= len(spectrum) - 3
    edge = len(spectrum) - 1 if fills else _edge(decibels, top)
    return Bandwidth(
        hertz=min(edge * BIN_HERTZ, sample_rate_hertz / 2),
        signal_hertz=edge * BIN_HERTZ if noise is None else _signal_top(decibels, noise, content, edge),
        content_rate_hertz=None if fills else _content_rate(smooth, threshold, edge, sample_rate_hertz),
    )


def _signal_top(decibels: Float64Array, noise: Float64Array, content: NDArray[np.bool_], edge: int) -> float:
    """The highest frequency where content, over 225 Hz, is 4 dB above what noise alone would have."""
    over = decibels - 10 * np.log10(np.maximum(noise, 1e-16))
    signal = np.flatnonzero(content & (np.convolve(over, np.ones(9) / 9, "same") >= _OVER_NOISE_DB))
    return min(int(signal[-1]), edge) * BIN_HERTZ if signal.size else 0.0


def _edge(decibels: Float64Array, top: int) -> int:
    """The last bin before a cut: 60 dB below content, what the window leaks beyond it reaches 125 Hz far."""
    if top < 16:
        return top
    inside = _median(decibels[top - 16 : top - 7])
    edge = top
    while top - edge < 7 and decibels[edge] < inside + _SKIRT_DB:
        edge -= 1
    return edge if top - edge < 7 else top


def _content_rate(smooth: Float64Array, threshold: float, top: int, sample_rate_hertz: int) -> int | None:
    """The lowest usual sample rate that holds all content, if content ends in a cut below the stream's."""
    hertz = top * BIN_HERTZ
    before, after = smooth[max(0, top - 16) : max(0, top - 8)], smooth[top + 4 : top + 24]
    if hertz < _LOWEST_CUT_HERTZ or not after.size:
        return None
    rate = next(rate for rate in _RATES_HERTZ if rate / 2 >= 0.98 * hertz)
    filled = float(np.mean(smooth[round(300 / BIN_HERTZ) : top] >= threshold))
    is_cut = _median(before) - _median(after) >= _CUT_DB
    return rate if rate < 0.9 * sample_rate_hertz and filled >= 0.8 and is_cut else None


def _median(values: Float64Array) -> float:
    return float(np.partition(values, values.size // 2)[values.size // 2])
