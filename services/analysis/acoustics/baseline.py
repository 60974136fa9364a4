"""How excited a voice is, beside how the same speaker spoke before.

    arousal = mean of Φ(z) of pitch (in semitones) and intensity (in dB)

where z = (x - mean) / deviation over the speaker's segments before this one, and Φ is the normal
distribution: 0.5 is as usual. Pitch and intensity are two of the three features of Bone, Lee & Narayanan,
Robust unsupervised arousal rating, IEEE Transactions on Affective Computing 5(2) (2014), which rates a voice
against its own usual values, without training; the third, the balance of high and low frequencies, is left
out because telephones cut it off. Deviations are taken as at least 1 semitone and 2 dB, so that a steady
speaker is not thought to be beside himself.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from services.analysis.acoustics.voice import VoiceMeasures

LEAST_SEGMENTS = 2
"""Measured segments of a speaker before there is anything usual."""
_LEAST_SEMITONES, _LEAST_DECIBELS = 1.0, 2.0
_NORMAL = NormalDist()


class _Usual:
    """Mean and standard deviation so far: Welford, Technometrics 4 (1962)."""

    def __init__(self, least_deviation: float) -> None:
        self.count = 0
        self._least = least_deviation
        self._mean = 0.0
        self._squares = 0.0

    def rank(self, value: float) -> float:
        """The share of what is usual that is below a value."""
        deviation = max(self._least, math.sqrt(self._squares / self.count))
        return _NORMAL.cdf((value - self._mean) / deviation)

    def add(self, value: float) -> None:
        self.count += 1
        before = value - self._mean
        self._mean += before / self.count
        self._squares += before * (value - self._mean)


class Baseline:
    """One speaker."""

    def __init__(self) -> None:
        self._pitch = _Usual(_LEAST_SEMITONES)
        self._intensity = _Usual(_LEAST_DECIBELS)

    def arousal(self, voice: VoiceMeasures) -> float | None:
        """Of the next segment, which from now on counts as usual; None for the first two, and without a
        voice."""
        if voice.pitch_mean is None or voice.intensity is None:
            return None
        semitones = 12.0 * math.log2(voice.pitch_mean)
        is_known = self._pitch.count >= LEAST_SEGMENTS
        ranks = (self._pitch.rank(semitones), self._intensity.rank(voice.intensity)) if is_known else None
        self._pitch.add(semitones)
        self._intensity.add(voice.intensity)
        return None if ranks is None else sum(ranks) / len(ranks)
