"""Mains hum: steady lines at 50 or 60 Hz and its multiples.

Spectra of 1 s (1 Hz apart, Hann window) are averaged in dB, so that speech, which comes and goes, weighs
little against what stays. A multiple of the mains frequency, within 1 % of it, is a line of hum where it
stands 12 dB above the median of its surroundings; hum is there with the line of the mains itself, or with
those at two and four times of it (a full-wave rectifier leaves out the odd ones).
"""

from __future__ import annotations

import numpy as np

from services.quality.measures import Hum
from services.quality.levels import power_dbfs
from services.quality.slices import Float64Array, Slice

MAINS_HERTZ = (50, 60)
_LOWEST_RATE = 1200
_HARMONICS = 8
_TOP_HERTZ = 520
_TOLERANCE = 0.01
_PROMINENCE_DB = 12.0
_SEGMENTS = 3
_FAINTEST_DBFS = -85.0


class HumTally:
    """Sum in dB of the power spectra of all channels together, 1 Hz apart, and their number."""

    def __init__(self) -> None:
        self.decibels = np.zeros(_TOP_HERTZ + 20)
        self.count = 0

    def add(self, other: HumTally) -> None:
        self.decibels += other.decibels
        self.count += other.count

    def measure(self) -> Hum | None:
        """The stronger of the two hums; None where there is none, or fewer than 3 s were heard."""
        if self.count < _SEGMENTS:
            return None
        mean = self.decibels / self.count
        found = [hum for mains in MAINS_HERTZ if (hum := _hum(mean, mains)) is not None]
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
            power = (np.square(spectrum.real) + np.square(spectrum.imag)).sum(axis=0) * self._scale
            tally.decibels += 10 * np.log10(np.maximum(power, 1e-14))
            tally.count += 1
        self._held = held


def _hum(decibels: Float64Array, mains: int) -> Hum | None:
    lines: dict[int, tuple[float, float]] = {}
    for harmonic in range(1, _HARMONICS + 1):
        hertz = mains * harmonic
        if hertz * (1 + _TOLERANCE) > _TOP_HERTZ:
            break
        reach = max(1, round(hertz * _TOLERANCE))
        peak = hertz - reach + int(np.argmax(decibels[hertz - reach : hertz + reach + 1]))
        around = np.concatenate((decibels[hertz - 20 : hertz - 6], decibels[hertz + 7 : hertz + 20]))
        if decibels[peak] - np.median(around) >= _PROMINENCE_DB and _is_peak(decibels, peak):
            lines[harmonic] = _line(decibels, peak)
    if not lines or not (1 in lines or {2, 4} <= set(lines)):
        return None
    power = sum(power for _, power in lines.values())
    if power_dbfs(power) < _FAINTEST_DBFS:
        return None
    strongest = max(lines, key=lambda harmonic: lines[harmonic][1])
    return Hum(mains, lines[strongest][0] / strongest, power_dbfs(power), tuple(sorted(lines)))


def _is_peak(decibels: Float64Array, at: int) -> bool:
    return bool(decibels[at] >= decibels[at - 1] and decibels[at] >= decibels[at + 1])


def _line(decibels: Float64Array, at: int) -> tuple[float, float]:
    """Frequency in Hz and power of a line, by a parabola through its three highest bins in dB.

    For a Hann window the parabola misses the frequency by at most 0.02 of a bin.
    """
    left, top, right = decibels[at - 1 : at + 2]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return at + shift, float(10 ** ((top - 0.25 * (left - right) * shift) / 10))
