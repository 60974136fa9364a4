"""True peak by ITU-R BS.1770-4, Annex 2: the largest sample of the signal at four times its rate.

The interpolator is the standard's: a 48-tap FIR in four phases. It is run only where it can matter: an
interpolated sample is at most the largest sample under the filter times the phase's sum of magnitudes, so
stretches that this keeps below the peak so far are passed over, without a difference to the result.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from services.quality.slices import Float64Array, Slice

# BS.1770-4, Annex 2, Table of filter coefficients; phases 2 and 3 are phases 1 and 0 backwards.
_PHASE_0 = (
    0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
    0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500,
)  # fmt: skip
_PHASE_1 = (
    -0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
    0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375,
)  # fmt: skip
PHASES: Float64Array = np.array([_PHASE_0, _PHASE_1, _PHASE_1[::-1], _PHASE_0[::-1]])
TAPS = PHASES.shape[1]
_GAIN = float(np.abs(PHASES).sum(axis=1).max())
_STRETCH = 64
"""Samples that are looked at, or passed over, together."""


class TruePeakGauge:
    """Takes slices, and what a stretch leaves in the filter; tallies are peaks of channels, (channels,)."""

    def __init__(self, channel_count: int) -> None:
        self._channel_count = channel_count
        self._tail = np.zeros((channel_count, TAPS - 1))

    def restart(self, tally: Float64Array) -> None:
        """The stretch ends: silence follows."""
        self._accept(np.zeros((self._channel_count, TAPS - 1)), tally)
        self._tail = np.zeros((self._channel_count, TAPS - 1))

    def take(self, piece: Slice, tally: Float64Array) -> None:
        self._accept(piece.values, tally)

    def _accept(self, values: Float64Array, tally: Float64Array) -> None:
        values = np.concatenate((self._tail, values), axis=1)
        for channel, samples in enumerate(values):
            tally[channel] = max(tally[channel], _peak(samples, float(tally[channel])))
        self._tail = values[:, 1 - TAPS :]


def _peak(samples: Float64Array, known: float) -> float:
    """The largest interpolated magnitude where the filter lies on `samples` wholly, if above `known`."""
    starts = np.arange(0, len(samples) - TAPS + 1, _STRETCH)
    magnitudes = np.abs(samples)
    peaks = np.maximum.reduceat(magnitudes, starts)
    # What belongs to a stretch reaches into the next one.
    peaks[:-1] = np.maximum(peaks[:-1], peaks[1:])
    known = max(known, float(peaks.max()))
    reaching = starts[peaks * _GAIN > known]
    if not reaching.size:
        return known
    windows = sliding_window_view(samples, TAPS)
    chosen = (reaching[:, None] + np.arange(_STRETCH)).ravel()
    interpolated = windows[chosen[chosen < len(windows)]] @ PHASES.T
    return max(known, float(np.abs(interpolated).max()))
