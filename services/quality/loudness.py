"""Loudness by ITU-R BS.1770-4 and its range by EBU Tech 3342, incremental and of bounded size.

    l = -0.691 + 10 lg sum_c G_c z_c        z_c: mean square of the K-weighted channel

Momentary loudness is l over 400 ms, short-term loudness over 3 s (EBU Tech 3341), both moved on by 20 ms.
Integrated loudness is l over all blocks of 400 ms, every 100 ms, above -70 LUFS and above 10 LU below the
loudness of those. Loudness range is the distance from the 10th to the 95th percentile of short-term
loudness, every 100 ms, above -70 LUFS and above 20 LU below the loudness of those.

Blocks are held as a histogram with 0.01 LU bins (0.1 LU for the range), each with the sum of what fell into
it, so that means are exact: only blocks within 0.01 LU of the relative gate may fall on its wrong side, and
they are 10 LU below the rest. Where a tenth of all blocks lies there, that changes the result by 0.05 LU.
"""

from __future__ import annotations

import math

import numpy as np

from services.quality.kweighting import KWeighting
from services.quality.measures import Loudness
from services.quality.slices import Float64Array, Slice

MOMENTARY_FRAMES, SHORT_TERM_FRAMES, HOP_FRAMES = 20, 150, 5
ABSOLUTE_GATE, RELATIVE_GATE, RANGE_GATE = -70.0, -10.0, -20.0
_OFFSET = -0.691
_HIGHEST = 15.0
"""Eight channels of full-scale square waves, all weighted, stay below it."""

# By BS.1770-4, Table 4, channels at the sides (60 to 120 degrees) count 1.41, the low-frequency channel 0.
# The order of channels is that of WAVE files; 4 are taken as quadraphonic and 7 and 8 as 3/4(.1).
_WEIGHTS: dict[int, tuple[float, ...]] = {
    4: (1, 1, 1.41, 1.41),
    5: (1, 1, 1, 1.41, 1.41),
    6: (1, 1, 1, 0, 1.41, 1.41),
    7: (1, 1, 1, 1, 1, 1.41, 1.41),
    8: (1, 1, 1, 0, 1, 1, 1.41, 1.41),
}


def channel_weights(channel_count: int) -> Float64Array:
    """G of each channel, (channels,)."""
    return np.array(_WEIGHTS.get(channel_count, (1.0,) * channel_count), np.float64)


def lufs(power: float) -> float | None:
    """Loudness of a weighted mean square; None for silence."""
    return _OFFSET + 10 * math.log10(power) if power > 0 else None


def power_of(loudness: float) -> float:
    """The weighted mean square of a loudness in LUFS."""
    return float(10 ** ((loudness - _OFFSET) / 10))


class GatedHistogram:
    """Powers above the absolute gate, by loudness."""

    def __init__(self, bin_lu: float) -> None:
        self._bin = bin_lu
        size = math.ceil((_HIGHEST - ABSOLUTE_GATE) / bin_lu)
        self._counts = np.zeros(size, np.int64)
        self._powers = np.zeros(size)

    def add(self, powers: Float64Array) -> None:
        """Take weighted mean squares, (blocks,); those below the absolute gate fall out."""
        loud = powers[powers >= power_of(ABSOLUTE_GATE)]
        if loud.size:
            bins = ((_OFFSET - ABSOLUTE_GATE + 10 * np.log10(loud)) / self._bin).astype(np.int64)
            bins = np.clip(bins, 0, len(self._counts) - 1)
            np.add.at(self._counts, bins, 1)
            np.add.at(self._powers, bins, loud)

    def integrated(self) -> float | None:
        """Loudness behind both gates, in LUFS; None where nothing passes the absolute one."""
        above = self._gate(RELATIVE_GATE)
        if above is None:
            return None
        return lufs(float(self._powers[above:].sum() / self._counts[above:].sum()))

    def range(self) -> float | None:
        """Loudness range in LU; None where nothing passes the absolute gate."""
        above = self._gate(RANGE_GATE)
        if above is None:
            return None
        cumulated = np.cumsum(self._counts[above:])
        low, high = np.searchsorted(cumulated, np.array([0.10, 0.95]) * cumulated[-1])
        return float(high - low) * self._bin

    def _gate(self, relative: float) -> int | None:
        """The first bin above the relative gate, which stands below the mean of all."""
        count = self._counts.sum()
        if not count:
            return None
        loudness = lufs(float(self._powers.sum() / count))
        assert loudness is not None
        return max(0, math.floor((loudness + relative - ABSOLUTE_GATE) / self._bin))


class LoudnessTally:
    """Blocks of one stretch of a stream: as a list, and of the whole stream as histograms."""

    def __init__(self, *, whole: bool = False) -> None:
        self.momentary: list[Float64Array] = []
        self.short_term: list[Float64Array] = []
        self.max_momentary = 0.0
        self.max_short_term = 0.0
        self._histograms = _histograms() if whole else None

    def add(self, other: LoudnessTally) -> None:
        self.max_momentary = max(self.max_momentary, other.max_momentary)
        self.max_short_term = max(self.max_short_term, other.max_short_term)
        if self._histograms is None:
            self.momentary += other.momentary
            self.short_term += other.short_term
        else:
            _fill(self._histograms, other)

    def integrated(self) -> tuple[float | None, float | None]:
        """Integrated loudness in LUFS and loudness range in LU."""
        histograms = self._histograms
        if histograms is None:
            histograms = _histograms()
            _fill(histograms, self)
        return histograms[0].integrated(), histograms[1].range()


class LoudnessGauge:
    """Takes slices into a tally; the windows of 400 ms and 3 s reach back over slices, never over a gap."""

    def __init__(self, sample_rate_hertz: int, channel_count: int, frame: int) -> None:
        self._filter = KWeighting(sample_rate_hertz, channel_count)
        self._weights = channel_weights(channel_count) / frame
        self._frame = frame
        self.restart()

    def restart(self) -> None:
        """The next slice comes after a gap."""
        self._filter.restart()
        self._powers = np.zeros(0)
        self._count = 0

    def take(self, piece: Slice, tally: LoudnessTally) -> None:
        frames = piece.frames
        filtered = self._filter.filter(piece.values).reshape(len(piece.values), frames, self._frame)
        energies = np.einsum("cfs,cfs->cf", filtered, filtered)
        powers = np.concatenate((self._powers, self._weights @ energies))
        sums = np.concatenate(([0.0], np.cumsum(powers)))
        ends = np.arange(len(powers) - frames + 1, len(powers) + 1)
        first = self._count - len(self._powers)
        self._count += frames
        for length, blocks, name in (
            (MOMENTARY_FRAMES, tally.momentary, "max_momentary"),
            (SHORT_TERM_FRAMES, tally.short_term, "max_short_term"),
        ):
            whole = ends[ends >= length]
            if whole.size:
                means = (sums[whole] - sums[whole - length]) / length
                setattr(tally, name, max(getattr(tally, name), float(means.max())))
                blocks.append(means[(whole + first) % HOP_FRAMES == 0])
        self._powers = powers[-SHORT_TERM_FRAMES:]

    def measure(self, tally: LoudnessTally) -> Loudness:
        """Figures of a tally; the momentary and the short-term loudness are those of now."""
        integrated, spread = tally.integrated()
        return Loudness(
            momentary_lufs=self._now(MOMENTARY_FRAMES),
            short_term_lufs=self._now(SHORT_TERM_FRAMES),
            integrated_lufs=integrated,
            range_lu=spread,
            max_momentary_lufs=lufs(tally.max_momentary),
            max_short_term_lufs=lufs(tally.max_short_term),
        )

    def _now(self, frames: int) -> float | None:
        recent = self._powers[-frames:]
        return lufs(float(recent.mean())) if len(recent) == frames else None


def _histograms() -> tuple[GatedHistogram, GatedHistogram]:
    return GatedHistogram(0.01), GatedHistogram(0.1)


def _fill(histograms: tuple[GatedHistogram, GatedHistogram], tally: LoudnessTally) -> None:
    for histogram, blocks in zip(histograms, (tally.momentary, tally.short_term), strict=True):
        if blocks:
            histogram.add(np.concatenate(blocks))
