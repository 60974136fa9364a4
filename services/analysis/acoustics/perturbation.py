"""Jitter and shimmer, from the instants at which the glottis closes, as Praat finds them.

jitter    mean absolute difference of consecutive periods / mean period
shimmer   mean absolute difference of the amplitudes of consecutive periods / mean amplitude

Both "local", with Praat's limits: periods of 0.1 to 20 ms, at most 1.3 times as long and 1.6 times as strong
as the one before. A perfect tone has neither. In connected speech both are larger than in a held vowel, for
which the limits in the literature hold.
"""

from __future__ import annotations

import math

import numpy as np
import parselmouth
from numpy.typing import NDArray
from parselmouth.praat import call

from services.analysis.acoustics.pitch import PitchTrack

_PERIODS = (0.0001, 0.02, 1.3)


class Pulses:
    """The glottal pulses of a sound."""

    def __init__(self, sound: parselmouth.Sound, pitch: PitchTrack) -> None:
        self._sound = sound
        self._points = call([sound, pitch.praat], "To PointProcess (cc)")

    @property
    def jitter(self) -> float | None:
        """From 0."""
        return defined(call(self._points, "Get jitter (local)", 0.0, 0.0, *_PERIODS))

    @property
    def shimmer(self) -> float | None:
        """From 0."""
        value = call([self._sound, self._points], "Get shimmer (local)", 0.0, 0.0, *_PERIODS, 1.6)
        return defined(value)

    def amplitudes(self, begin: float, end: float, step: float) -> NDArray[np.float64]:
        """Root mean square of the periods between two times in seconds, every `step` seconds; none where
        there are fewer than three pulses."""
        count = int(call(self._points, "Get number of points"))
        times = np.array([call(self._points, "Get time from index", index + 1) for index in range(count)])
        times = times[(times >= begin) & (times <= end)]
        if len(times) < 3:
            return np.zeros(0)
        samples = self._sound.values[0]
        energy = np.concatenate(([0.0], np.cumsum(samples**2)))
        # Between samples: to round a period of 100 by one would swing by as much as tremor does.
        places = np.clip(times * self._sound.sampling_frequency, 0.0, len(samples))
        powers = np.diff(np.interp(places, np.arange(len(energy)), energy)) / np.diff(places)
        periods = np.sqrt(np.maximum(0.0, powers))
        middles = (times[1:] + times[:-1]) / 2
        evenly: NDArray[np.float64] = np.interp(np.arange(middles[0], middles[-1], step), middles, periods)
        return evenly


def defined(value: float) -> float | None:
    """What Praat calls undefined is absent."""
    return value if math.isfinite(value) else None
