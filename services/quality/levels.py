"""Levels: RMS, peak, DC offset, silence, and what the channels have in common; sums of samples and products.

RMS is in dB relative to full scale, so that a full-scale sine reads -3.01 dBFS; silence is counted in whole
20 ms frames, those whose RMS over all channels is below -60 dBFS. Digital silence stands at -120 dBFS.
"""

from __future__ import annotations

import math

import numpy as np

from services.audio.pcm import FULL_SCALE
from services.quality.measures import FLOOR_DBFS, ChannelProblem, ChannelProblemKind
from services.quality.slices import Slice

SILENCE_DBFS = -60.0
SILENT_CHANNEL_DBFS = -70.0
"""A channel below it is silent, where another holds sound."""
SAME_DB, INVERTED_DB = -40.0, -15.0
"""Two channels are identical, or one is the other inverted, where their difference, or their sum, is that
far below their energy. Two microphones in one room stay above; a stereo image that was inverted does not."""


class LevelTally:
    """Sums of one stretch of a stream."""

    def __init__(self, channel_count: int) -> None:
        self.samples = 0
        self.totals = np.zeros(channel_count)
        self.products = np.zeros((channel_count, channel_count))
        """Sums of products of each pair of channels; the diagonal holds their energies."""
        self.peaks = np.zeros(channel_count)
        self.full_scale = np.zeros(channel_count)
        self.frames = 0
        self.silent = 0

    def add(self, other: LevelTally) -> None:
        self.samples += other.samples
        self.totals += other.totals
        self.products += other.products
        np.maximum(self.peaks, other.peaks, out=self.peaks)
        self.full_scale += other.full_scale
        self.frames += other.frames
        self.silent += other.silent

    def rms_dbfs(self, channel: int | None = None) -> float:
        """Of one channel, or of all together."""
        energies = np.diagonal(self.products)
        energy = energies.mean() if channel is None else energies[channel]
        return dbfs(math.sqrt(float(energy) / self.samples))

    def dc_offset(self, channel: int) -> float:
        """Mean sample, -1 to 1."""
        return float(self.totals[channel]) / self.samples

    @property
    def silence_ratio(self) -> float | None:
        """Share of silent frames, 0 to 1; None before the first whole frame."""
        return self.silent / self.frames if self.frames else None

    def problems(self) -> tuple[ChannelProblem, ...]:
        """Silent channels, and pairs that are identical or inverted. Channels count from 1.

        For energies a and b and the sum of products p of two channels without their DC offsets, the energy
        of the difference is a + b - 2 p and that of the sum a + b + 2 p.
        """
        count = len(self.totals)
        if count == 1 or not self.samples:
            return ()
        levels = [self.rms_dbfs(channel) for channel in range(count)]
        sounding = [channel for channel in range(count) if levels[channel] > SILENT_CHANNEL_DBFS]
        if not sounding:
            return ()
        silent = [channel for channel in range(count) if channel not in sounding]
        found = [ChannelProblem(ChannelProblemKind.SILENT, channel + 1) for channel in silent]
        products = self.products - np.outer(self.totals, self.totals) / self.samples
        for place, first in enumerate(sounding):
            for second in sounding[place + 1 :]:
                energy = float(products[first, first] + products[second, second])
                product = 2 * float(products[first, second])
                if energy - product <= energy * 10 ** (SAME_DB / 10):
                    found.append(ChannelProblem(ChannelProblemKind.IDENTICAL, first + 1, second + 1))
                elif energy + product <= energy * 10 ** (INVERTED_DB / 10):
                    found.append(ChannelProblem(ChannelProblemKind.INVERTED, first + 1, second + 1))
        return tuple(found)


class LevelGauge:
    """Takes slices into a tally; `full_scale` is the magnitude from which on a sample is at full scale."""

    def __init__(self, frame: int, channel_count: int, full_scale: int) -> None:
        self._full_scale = full_scale
        self._threshold = frame * channel_count * 10 ** (SILENCE_DBFS / 10)

    def take(self, piece: Slice, tally: LevelTally) -> None:
        values, samples = piece.values, piece.samples
        low, high = samples.min(axis=1).astype(np.int32), samples.max(axis=1).astype(np.int32)
        peaks = np.maximum(high, -low)
        tally.samples += samples.shape[1]
        tally.totals += values.sum(axis=1)
        tally.products += np.einsum("is,js->ij", values, values)
        np.maximum(tally.peaks, peaks / FULL_SCALE, out=tally.peaks)
        if peaks.max() >= self._full_scale:
            over = (samples >= self._full_scale) | (samples <= -self._full_scale)
            tally.full_scale += np.count_nonzero(over, axis=1)
        if piece.frames:
            tally.frames += piece.frames
            tally.silent += int(np.count_nonzero(piece.energies.sum(axis=0) < self._threshold))


def dbfs(magnitude: float) -> float:
    """Level of a share of full scale: 1.0 is 0 dBFS; at least -120."""
    return max(FLOOR_DBFS, 20.0 * math.log10(magnitude)) if magnitude > 0 else FLOOR_DBFS


def power_dbfs(power: float) -> float:
    """Level of a mean square: 1.0 is 0 dBFS; at least -120."""
    return max(FLOOR_DBFS, 10.0 * math.log10(power)) if power > 0 else FLOOR_DBFS
