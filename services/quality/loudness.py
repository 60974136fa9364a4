"""Loudness by ITU-R BS.1770-4 and its range by EBU Tech 3342, incremental and of bounded size.

    l = -0.691 + 10 lg sum_c G_c z_c        z_c: mean square of the K-weighted channel

Momentary loudness is l over 400 ms, short-term loudness over 3 s (EBU Tech 3341), both moved on by 20 ms.
Integrated loudness is l over all blocks of 400 ms, every 100 ms, above -70 LUFS and above 10 LU below the
loudness of those. Loudness range is the distance from the 10th to the 95th percentile of short-term
loudness, every 100 ms, above -70 LUFS and above 20 LU below the loudness of those.
"""

from __future__ import annotations

import numpy as np

from services.quality.gating import GatedBlocks, lufs
from services.quality.kweighting import KWeighting
from services.quality.measures import Loudness
from services.quality.slices import Float64Array, Slice

MOMENTARY_FRAMES, SHORT_TERM_FRAMES, HOP_FRAMES = 20, 150, 5

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


class LoudnessTally:
    """Blocks of one stretch of a stream, and the largest of the windows, as powers."""

    def __init__(self) -> None:
        self.momentary = GatedBlocks()
        self.short_term = GatedBlocks()
        self.max_momentary = 0.0
        self.max_short_term = 0.0

    def add(self, other: LoudnessTally) -> None:
        self.momentary.add(other.momentary)
        self.short_term.add(other.short_term)
        self.max_momentary = max(self.max_momentary, other.max_momentary)
        self.max_short_term = max(self.max_short_term, other.max_short_term)


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
                blocks.put(means[(whole + first) % HOP_FRAMES == 0])
        self._powers = powers[-SHORT_TERM_FRAMES:]

    def measure(self, tally: LoudnessTally) -> Loudness:
        """Figures of a tally; the momentary and the short-term loudness are those of now."""
        return Loudness(
            momentary_lufs=self._now(MOMENTARY_FRAMES),
            short_term_lufs=self._now(SHORT_TERM_FRAMES),
            integrated_lufs=tally.momentary.integrated(),
            range_lu=tally.short_term.range(),
            max_momentary_lufs=lufs(tally.max_momentary),
            max_short_term_lufs=lufs(tally.max_short_term),
        )

    def _now(self, frames: int) -> float | None:
        recent = self._powers[-frames:]
        return lufs(float(recent.mean())) if len(recent) == frames else None
