"""Noise and speech: what is there all the time, and what comes and goes, band by band.

Noise is the low mode of the distribution of power in half-octave bands over time, as in Hirsch and Ehrlicher,
"Noise estimation techniques for robust speech recognition" (ICASSP 1995): speech is sparse, so each band is
often free of it, also while somebody speaks. The mean of the low mode comes from the mean of all frames below
its 0.80 quantile, divided by what that is for a gamma distribution of mean 1 (see `gamma`), repeated until it
stands still; so the estimate has no bias for stationary noise, whatever the share of speech.

Below 62.5 Hz, where voices have nothing of their own but an offset that comes and goes with them, noise is
what is there in the quietest tenth of all frames, less the square of their mean.

What stays but is a tone is no noise: the share of lines in the floor of each band is taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from services.quality.gamma import noise_shape
from services.quality.slices import Float64Array
from services.quality.spectrum import BIN_HERTZ, SOUNDING_POWER, Spectra

EDGES_HERTZ = (62.5, 125, 177, 250, 354, 500, 707, 1000, 1414, 2000, 2828, 4000, 5657, 8000, 11314, 16000)
"""Of the bands: the first lies below 62.5 Hz, where no speech is; the last ends with the spectrum."""
HELD_FRAMES = 10
"""200 ms: so long after it a frame of speech counts as speech (the hangover of ITU-T P.56)."""
_LOWEST_DB, _BIN_DB, _LEVELS = -130.0, 0.5, 270
_CENTRES: Float64Array = 10 ** ((_LOWEST_DB + _BIN_DB * (np.arange(_LEVELS) + 0.5)) / 10)
_ITERATIONS = 16
_NOISE_REACHES = 4.0
_MARGIN_DB = 15.9
_FEWEST_FRAMES = 50


@dataclass(frozen=True, slots=True)
class NoiseShapes:
    """NoiseShape of each band, (bands,) each."""

    deviation: Float64Array
    low: Float64Array
    cut: Float64Array
    mean_below: Float64Array

    @classmethod
    def of(cls, widths: Sequence[int]) -> NoiseShapes:
        """Of bands with so many bins."""
        shapes = [noise_shape(width) for width in widths]
        return cls(*(np.array([getattr(shape, name) for shape in shapes]) for name in cls.__slots__))


class NoiseTally:
    """Distributions over the frames that sound, of one stretch.

    Attributes:
        counts: (channels, bands, levels), frames by power in bins of 0.5 dB from -130 dBFS.
        energies: (channels, bands), sums of power.
        held_counts, held_energies: (channels, levels), frames and their power in all bands but the lowest,
            by the largest power of the last 200 ms.
        quiet: (3, channels, levels), frames, their power in the lowest band and the sum of their means, by
            their power in the others.
    """

    def __init__(self, channel_count: int, bands: int) -> None:
        self.counts = np.zeros((channel_count, bands, _LEVELS), np.int32)
        self.energies = np.zeros((channel_count, bands))
        self.held_counts = np.zeros((channel_count, _LEVELS), np.int64)
        self.held_energies = np.zeros((channel_count, _LEVELS))
        self.quiet = np.zeros((3, channel_count, _LEVELS))

    def add(self, other: NoiseTally) -> None:
        self.counts += other.counts
        self.energies += other.energies
        self.held_counts += other.held_counts
        self.held_energies += other.held_energies
        self.quiet += other.quiet

    @property
    def frames(self) -> NDArray[np.int64]:
        """Frames that sounded, (channels,)."""
        return np.asarray(self.held_counts.sum(axis=1))


class NoiseGauge:
    """Takes spectra into a tally."""

    def __init__(self, channel_count: int, bins: int) -> None:
        starts = [round(edge / BIN_HERTZ + 0.499) for edge in EDGES_HERTZ]
        self.starts = np.array([0, *(start for start in starts if start < bins)])
        self.bands = len(self.starts)
        self.shapes = NoiseShapes.of(np.diff([*self.starts, bins]).tolist())
        self._channel_count = channel_count
        self.restart()

    def restart(self) -> None:
        """The next spectra come after a gap."""
        self._before = np.zeros((self._channel_count, HELD_FRAMES - 1))

    def take(self, spectra: Spectra, tally: NoiseTally) -> None:
        if not spectra.powers.shape[1]:
            return
        powers = np.add.reduceat(spectra.powers, self.starts, axis=2).astype(np.float64)
        voice = powers[:, :, 1:].sum(axis=2)
        line = np.concatenate((self._before, voice), axis=1)
        held = sliding_window_view(line, HELD_FRAMES, axis=1).max(axis=2)
        self._before = line[:, 1 - HELD_FRAMES :]
        levels, held_levels, voice_levels = _level(powers), _level(held), _level(voice)
        levels += np.arange(self.bands) * _LEVELS
        sounds = powers.sum(axis=2) >= SOUNDING_POWER
        for channel, kept in enumerate(sounds):
            if kept.any():
                counts = np.bincount(levels[channel, kept].ravel(), minlength=self.bands * _LEVELS)
                tally.counts[channel] += counts.reshape(self.bands, _LEVELS).astype(np.int32)
                tally.energies[channel] += powers[channel, kept].sum(axis=0)
                places, weights = held_levels[channel, kept], voice[channel, kept]
                tally.held_counts[channel] += np.bincount(places, minlength=_LEVELS)
                tally.held_energies[channel] += np.bincount(places, weights, _LEVELS)
                places = voice_levels[channel, kept]
                tally.quiet[0, channel] += np.bincount(places, minlength=_LEVELS)
                tally.quiet[1, channel] += np.bincount(places, powers[channel, kept, 0], _LEVELS)
                tally.quiet[2, channel] += np.bincount(places, spectra.means[channel, kept], _LEVELS)


def _level(powers: Float64Array) -> NDArray[np.intp]:
    decibels = 10 * np.log10(np.maximum(powers, 1e-14))
    return np.clip((decibels - _LOWEST_DB) / _BIN_DB, 0, _LEVELS - 1).astype(np.intp)


@dataclass(frozen=True, slots=True)
class BandPowers:
    """Mean powers of one channel or the sum of several, (bands,) unless said otherwise.

    Attributes:
        noise: what is there all the time and is no tone.
        tones: what is there all the time and is one.
        moving: what comes and goes, averaged over all frames that sound.
        signal: power of the frames of speech, or of a tone, without the noise; a number.
    """

    noise: Float64Array
    tones: Float64Array
    moving: Float64Array
    signal: float

    def speech(self) -> Float64Array:
        """Power of speech in the frames of speech: the part of the signal that comes and goes."""
        whole = float(self.moving.sum() + self.tones.sum())
        return np.asarray(self.moving * (self.signal / whole if whole > 0 else 0.0))


def band_powers(
    tally: NoiseTally,
    channel: int,
    shapes: NoiseShapes,
    tonal_shares: Float64Array,
    hum: Float64Array,
) -> BandPowers | None:
    """What a channel's distributions say; None where fewer than 1 s sounded.

    `hum` (bands,) is the power of mains hum, which is neither noise nor signal, and `tonal_shares` (bands,)
    the share of other tones in what is there all the time.
    """
    frames = int(tally.frames[channel])
    if frames < _FEWEST_FRAMES:
        return None
    mean = tally.energies[channel] / frames
    stationary = np.minimum(_low_modes(tally.counts[channel], shapes), mean)
    stationary[0] = mean[0] = _quiet_power(tally.quiet[:, channel])
    moving = mean - stationary
    hum = np.minimum(hum, stationary)
    tones = (stationary - hum) * tonal_shares
    tones[0] = 0.0
    noise = stationary - hum - tones
    spread = shapes.deviation * noise
    floor = float(noise[1:].sum() + hum[1:].sum())
    active = _active_power(tally, channel, floor, float(np.sqrt(np.square(spread[1:]).sum())))
    return BandPowers(noise, tones, moving, max(0.0, active - floor))


def _quiet_power(quiet: Float64Array) -> float:
    """Power below 62.5 Hz, without the DC offset, of the quietest tenth of the frames; of (3, levels)."""
    frames, energies, means = np.cumsum(quiet, axis=1)
    last = int(np.searchsorted(frames, 0.1 * frames[-1]))
    return max(0.0, float(energies[last] / frames[last] - (means[last] / frames[last]) ** 2))


def _low_modes(counts: NDArray[np.int32], shapes: NoiseShapes) -> Float64Array:
    """Mean of the noise of each band, (bands,), from its distribution, (bands, levels)."""
    below = np.zeros((2, len(counts), _LEVELS + 1))
    """Frames and their power below each level."""
    np.cumsum(counts, axis=1, out=below[0, :, 1:])
    np.cumsum(counts * _CENTRES, axis=1, out=below[1, :, 1:])
    bands = np.arange(len(counts))
    total = below[0, :, -1]
    enough = np.maximum(3, 0.02 * total)
    first = (below[0, :, 1:] < 0.15 * total[:, None]).sum(axis=1)
    means: Float64Array = _CENTRES[first] / shapes.low
    for _ in range(_ITERATIONS):
        place = np.clip((10 * np.log10(means * shapes.cut) - _LOWEST_DB) / _BIN_DB, 0, _LEVELS - 1e-9)
        whole = place.astype(np.intp)
        low, high = below[:, bands, whole], below[:, bands, whole + 1]
        frames, energy = low + (high - low) * (place - whole)
        found = energy / np.maximum(frames, 1e-9) / shapes.mean_below
        found = np.where(frames >= enough, found, means)
        still = bool(np.all(np.abs(found - means) <= 1e-3 * means))
        means = found
        if still:
            break
    return means


def _active_power(tally: NoiseTally, channel: int, floor: float, deviation: float) -> float:
    """Mean power of the frames with sound above the floor, 0 where there are none.

    They are those whose held power is above what noise alone reaches, and at most 15.9 dB below the mean
    of them all, the margin of ITU-T P.56.
    """
    counts = np.cumsum(tally.held_counts[channel][::-1])[::-1]
    energies = np.cumsum(tally.held_energies[channel][::-1])[::-1]
    threshold = max(floor + _NOISE_REACHES * deviation, 1e-13)
    excess = max(float(energies[0] - floor * counts[0]), 0.0)
    inside = excess / np.maximum(counts, 1) <= _CENTRES * 10 ** (_MARGIN_DB / 10)
    chosen = np.flatnonzero((threshold <= _CENTRES) & inside & (counts > 0))
    return float(energies[chosen[0]] / counts[chosen[0]]) if chosen.size else 0.0
