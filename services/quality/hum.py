"""Mains hum: steady lines at 50 or 60 Hz and its multiples.

Spectra of 1 s (1 Hz apart, Hann window) are averaged in dB, so that speech, which comes and goes, weighs
little against what stays. A multiple of the mains frequency, within 1 % of it, is a line of hum where it
stands 12 dB above the median of its surroundings; hum is there with the line of the mains itself, or with
those at two and four times of it (a full-wave rectifier leaves out the odd ones).
"""

from __future__ import annotations

import numpy as np

from services.quality.levels import power_dbfs
from services.quality.measures import Hum
from services.quality.slices import Float64Array, Slice
from services.quality.spectrum import BIN_HERTZ

MAINS_HERTZ = (50, 60)
_LOWEST_RATE = 1200
_HARMONICS = 8
_TOP_HERTZ = 520
_TOLERANCE = 0.01
_PROMINENCE_DB = 12.0
_SEGMENTS = 3
_FAINTEST_DBFS = -85.0


class HumTally:
    """Sum in dB of the power spectra of each channel, (channels, Hz), and their number."""

    def __init__(self, channel_count: int) -> None:
        self.decibels = np.zeros((channel_count, _TOP_HERTZ + 20))
        self.count = 0

    def add(self, other: HumTally) -> None:
        self.decibels += other.decibels
        self.count += other.count

    def measure(self, channel: int) -> Hum | None:
        """The stronger of the two hums; None where there is none, or fewer than 3 s were heard."""
        if self.count < _SEGMENTS:
            return None
        mean = self.decibels[channel] / self.count
        found = [hum for family in _FAMILIES if (hum := family.find(mean)) is not None]
        return max(found, key=lambda hum: hum.dbfs, default=None)


class HumGauge:
    """Takes slices into a tally, by seconds, at a low rate: the means of a few samples each."""

    def __init__(self, sample_rate_hertz: int, channel_count: int, frame: int) -> None:
        steps = [step for step in range(1, frame + 1) if frame % step == 0]
        self._step = max(step for step in steps if step == 1 or sample_rate_hertz / step >= _LOWEST_RATE)
        self._rate = sample_rate_hertz / self._step
        self._size = round(self._rate)
        self._window = np.hanning(self._size + 1)[:-1]
        self._held = np.zeros((channel_count, 0))
        # A mean of samples damps what it passes; the line's own level is wanted.
        hertz = np.arange(_TOP_HERTZ + 20)
        damping = np.sinc(hertz * self._step / sample_rate_hertz) ** 2
        self._scale = 2 / np.square(self._window.sum()) / damping

    def restart(self) -> None:
        """The next slice comes after a gap."""
        self._held = self._held[:, :0]

    def take(self, piece: Slice, tally: HumTally) -> None:
        values = piece.values
        means = values.reshape(len(values), -1, self._step).mean(axis=2)
        held = np.concatenate((self._held, means), axis=1)
        while held.shape[1] >= self._size:
            second, held = held[:, : self._size], held[:, self._size :]
            second = second - second.mean(axis=1, keepdims=True)
            spectrum = np.fft.rfft(second * self._window, axis=1)[:, : _TOP_HERTZ + 20]
            power = (np.square(spectrum.real) + np.square(spectrum.imag)) * self._scale
            tally.decibels += 10 * np.log10(np.maximum(power, 1e-14))
            tally.count += 1
        self._held = held


def hum_spectrum(hum: Hum, bins: int) -> Float64Array:
    """What hum adds to the power spectra of 40 ms frames under a Hann window, (bins,)."""
    powers = np.zeros(bins)
    for harmonic, level in hum.harmonics.items():
        away = np.arange(bins) - harmonic * hum.hertz / BIN_HERTZ
        # The transform of a Hann window, sinc(x) / (1 - x^2); where x is 1 both are 0 and it is 1/2.
        shape = np.where(np.abs(np.abs(away) - 1) < 1e-6, 0.5, np.sinc(away) / (1 - away**2 + 1e-12))
        powers += 10 ** (level / 10) * np.square(shape) / 1.5
    return powers


class _Family:
    """Where the lines of one mains frequency may stand, and what is around them, as indices in Hz."""

    def __init__(self, mains: int) -> None:
        self.mains = mains
        self.hertz = mains * np.arange(1, min(_HARMONICS, int(_TOP_HERTZ / mains / (1 + _TOLERANCE))) + 1)
        self.reach = np.maximum(1, np.round(self.hertz * _TOLERANCE).astype(int))
        beside = np.concatenate((np.arange(-20, -6), np.arange(7, 20)))
        self.around = self.hertz[:, None] + beside

    def find(self, decibels: Float64Array) -> Hum | None:
        """The hum in a mean spectrum in dB."""
        around = decibels[self.around]
        middle = around.shape[1] // 2
        medians = np.partition(around, middle, axis=1)[:, middle]
        lines: dict[int, tuple[float, float]] = {}
        places = zip(self.hertz, self.reach, medians, strict=True)
        for harmonic, (hertz, reach, around) in enumerate(places, 1):
            near = decibels[hertz - reach : hertz + reach + 1]
            peak = int(hertz - reach + near.argmax())
            level = decibels[peak]
            if level - around >= _PROMINENCE_DB and level >= max(decibels[peak - 1], decibels[peak + 1]):
                lines[harmonic] = _line(decibels, peak)
        if not (1 in lines or {2, 4} <= set(lines)):
            return None
        level_dbfs = power_dbfs(sum(power for _, power in lines.values()))
        if level_dbfs < _FAINTEST_DBFS:
            return None
        strongest = max(lines, key=lambda harmonic: lines[harmonic][1])
        levels = {harmonic: power_dbfs(line[1]) for harmonic, line in lines.items()}
        return Hum(self.mains, lines[strongest][0] / strongest, level_dbfs, levels)


def _line(decibels: Float64Array, at: int) -> tuple[float, float]:
    """Frequency in Hz and power of a line, by a parabola through its three highest bins in dB.

    For a Hann window the parabola misses the frequency by at most 0.02 of a bin.
    """
    left, top, right = decibels[at - 1 : at + 2]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return float(at + shift), float(10 ** ((top - 0.25 * (left - right) * shift) / 10))


_FAMILIES = tuple(_Family(mains) for mains in MAINS_HERTZ)
