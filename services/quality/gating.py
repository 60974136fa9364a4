"""The two gates of BS.1770-4 and EBU Tech 3342 over the blocks of a stream, of bounded size.

Up to 10 minutes all blocks are held, and the result is exact. Longer streams are held as a histogram with
0.01 LU bins, each with the sum of the powers that fell into it, so that means are exact still; only blocks
within 0.01 LU of the relative gate may fall on its wrong side. They are 10 LU below the mean, so a share s of
all blocks there changes the result by less than 4.4 s LU.
"""

from __future__ import annotations

import math

import numpy as np

from services.quality.slices import Float64Array

ABSOLUTE_GATE, RELATIVE_GATE, RANGE_GATE = -70.0, -10.0, -20.0
"""LUFS; LU below the mean of what passes the absolute gate, for loudness and for its range."""
EXACT_BLOCKS = 6_000
OFFSET = -0.691
_HIGHEST = 15.0
"""Eight channels of full-scale square waves, all weighted, stay below it."""
_BIN_LU = 0.01
_BINS = round((_HIGHEST - ABSOLUTE_GATE) / _BIN_LU)


def lufs(power: float) -> float | None:
    """Loudness of a weighted mean square; None for silence."""
    return OFFSET + 10 * math.log10(power) if power > 0 else None


def power_of(loudness: float) -> float:
    """The weighted mean square of a loudness in LUFS."""
    return float(10 ** ((loudness - OFFSET) / 10))


_ABSOLUTE_POWER = power_of(ABSOLUTE_GATE)


class GatedBlocks:
    """Weighted mean squares of blocks that pass the absolute gate."""

    def __init__(self) -> None:
        self._count = 0
        self._pieces: list[Float64Array] = []
        self._histogram: Float64Array | None = None
        """(2, bins): numbers of blocks and sums of their powers, of all that is no longer in the pieces."""

    def put(self, powers: Float64Array) -> None:
        """Take blocks, (blocks,)."""
        loud = powers[powers >= _ABSOLUTE_POWER]
        if loud.size:
            self._pieces.append(loud)
            self._count += loud.size
            self._bound()

    def add(self, other: GatedBlocks) -> None:
        """Take all blocks of another one."""
        if other._histogram is not None:
            own = self._histogram
            self._histogram = other._histogram + (0 if own is None else own)
        self._pieces += other._pieces
        self._count += other._count
        self._bound()

    def integrated(self) -> float | None:
        """Loudness of what passes both gates, LUFS; None where nothing does."""
        counts, powers = self._passing(RELATIVE_GATE)
        return lufs(float(powers.sum() / counts.sum())) if counts.size else None

    def range(self) -> float | None:
        """Distance from the 10th to the 95th percentile of what passes both gates, LU; None as above."""
        counts, powers = self._passing(RANGE_GATE)
        if not counts.size:
            return None
        cumulated = np.cumsum(counts)
        low, high = np.searchsorted(cumulated, np.array([0.10, 0.95]) * cumulated[-1])
        return float(10 * np.log10((powers[high] / counts[high]) / (powers[low] / counts[low])))

    def _passing(self, relative: float) -> tuple[Float64Array, Float64Array]:
        """Numbers and powers of the blocks above the relative gate, (groups,), from quiet to loud."""
        if self._histogram is None:
            powers = np.sort(np.concatenate(self._pieces)) if self._pieces else np.zeros(0)
            counts = np.ones_like(powers)
        else:
            counts, powers = self._as_histogram()
            counts, powers = counts[counts > 0], powers[counts > 0]
        if not counts.size:
            return counts, powers
        gate = powers.sum() / counts.sum() * 10 ** (relative / 10)
        passing = powers / counts > gate
        return counts[passing], powers[passing]

    def _bound(self) -> None:
        if self._count > EXACT_BLOCKS:
            self._histogram = self._as_histogram()
            self._pieces, self._count = [], 0

    def _as_histogram(self) -> Float64Array:
        result = np.zeros((2, _BINS)) if self._histogram is None else self._histogram.copy()
        if self._pieces:
            powers = np.concatenate(self._pieces)
            bins = ((OFFSET - ABSOLUTE_GATE + 10 * np.log10(powers)) / _BIN_LU).astype(np.int64)
            bins = np.clip(bins, 0, _BINS - 1)
            result[0] += np.bincount(bins, minlength=_BINS)
            result[1] += np.bincount(bins, powers, _BINS)
        return result
