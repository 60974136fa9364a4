"""Clipping: samples at full scale, and the flat tops that it leaves where the audio was made quieter since.

A clipped wave is cut off: it runs into a level, stays exactly there and leaves it steeply. So a flat top is a
run of 3 to 2000 equal samples, and 3 samples before and after it the wave is nearer to zero by 24 steps of
16 bit and by 1/128 of the level. The rounded top of a smooth wave is no such run: A cos(w t) stays within one
step for three samples only where w sqrt(A) < 1.5, and is then, 3 samples on, at most 16 steps away. (Compare
the detection by runs of equal samples in Laguna and Lerch, "An efficient algorithm for clipping detection and
declipping audio", AES 141, 2016.)

Clipping is at the largest level there is, so only flat tops within 1 dB of the peak count. Levels are
compared where the samples were not resampled since: quality is measured on native audio.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.audio.pcm import FULL_SCALE, Int16Array
from services.quality.slices import Float64Array, Slice

_SMALLEST = 328
"""-40 dBFS: below it runs of equal samples are the steps of 16 bit."""
_STEPS, _SHARE, _REACH = 24, 1 / 128, 3
_SHORTEST, _LONGEST = 3, 2000
_NEAR_DB = 1.0
_BIN_DB = 0.25
_BINS = 161


class ClippingTally:
    """Samples in flat tops by level, (channels, bins) of 0.25 dB; without those at full scale."""

    def __init__(self, channel_count: int) -> None:
        self.flat = np.zeros((channel_count, _BINS))

    def add(self, other: ClippingTally) -> None:
        self.flat += other.flat

    def near(self, channel: int, peak: float) -> float:
        """Samples in flat tops within 1 dB of a peak, which is a share of full scale."""
        if peak <= 0:
            return 0.0
        first = int(_bin(np.array([peak]))[0])
        return float(self.flat[channel, first : first + round(_NEAR_DB / _BIN_DB)].sum())


class ClippingGauge:
    """Takes slices into a tally; a flat top that is open at a slice's end is seen whole in the next."""

    def __init__(self, channel_count: int, full_scale: int) -> None:
        self._full_scale = full_scale
        self._held: list[Int16Array] = [np.zeros(0, np.int16)] * channel_count

    def restart(self) -> None:
        """The stretch ends: a run at its end is no flat top."""
        self._held = [np.zeros(0, np.int16)] * len(self._held)

    def take(self, piece: Slice, tally: ClippingTally) -> None:
        for channel, fresh in enumerate(piece.samples):
            held = self._held[channel]
            samples = np.concatenate((held, fresh)) if held.size else fresh
            self._held[channel] = _unjudged(samples)
            equal = samples[1:] == samples[:-1]
            middles = np.flatnonzero(equal[1:] & equal[:-1])
            middles = middles[np.abs(samples[middles + 1].astype(np.int32)) >= _SMALLEST]
            if middles.size:
                self._count(samples, middles, tally.flat[channel])

    def _count(self, samples: Int16Array, middles: NDArray[np.intp], flat: Float64Array) -> None:
        """`middles` are the first samples of all threes of equal samples; successive ones make a run."""
        breaks = np.flatnonzero(np.diff(middles) > 1)
        starts = middles[np.concatenate(([0], breaks + 1))]
        ends = middles[np.concatenate((breaks, [len(middles) - 1]))] + _SHORTEST  # after the run
        # Only runs with what is needed on both sides; the others come again, or lie at an end.
        inside = (starts >= _REACH) & (ends + _REACH <= len(samples)) & (ends - starts <= _LONGEST)
        starts, ends = starts[inside], ends[inside]
        values = samples[starts].astype(np.int32)
        levels = np.abs(values)
        before = samples[starts - _REACH] * np.sign(values)
        after = samples[ends + _REACH - 1] * np.sign(values)
        drop = np.maximum(_STEPS, levels * _SHARE)
        tops = (levels - before >= drop) & (levels - after >= drop) & (levels < self._full_scale)
        np.add.at(flat, _bin(levels[tops] / FULL_SCALE), (ends - starts)[tops])


def _bin(levels: Float64Array) -> NDArray[np.intp]:
    below = -20 * np.log10(levels)
    return np.minimum(below / _BIN_DB, _BINS - 1).astype(np.intp)


def _unjudged(samples: Int16Array) -> Int16Array:
    """From 3 samples before the first run that ends too late to see what is 3 samples after it."""
    recent = samples[-_LONGEST - 3 * _REACH :]
    changes = np.flatnonzero(recent[1 : max(1, len(recent) - _REACH + 1)] != recent[:-_REACH])
    return recent[max(0, int(changes[-1]) + 1 - _REACH) :] if changes.size else recent
