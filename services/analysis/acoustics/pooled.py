"""The voice of many stretches, from the measures of each.

Means are weighted by what a measure rests on: seconds with a pitch for what the voice has, seconds that
sound for levels. Powers are added, not decibels. Deviations are those of all frames together (pooled within
and between). Slopes are of stretches, not of the session.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from services.analysis.acoustics.quality import voice_quality
from services.analysis.acoustics.voice import VoiceMeasures

_SECOND = 1_000_000_000
_MEANS = (
    "jitter", "shimmer", "pitch_tremor_hertz", "pitch_tremor", "intensity_tremor_hertz", "intensity_tremor",
    "first_formant", "second_formant", "third_formant", "harmonics_to_noise", "cepstral_peak",
)  # fmt: skip
_SLOPES = ("intensity_slope", "loudness_slope", "signal_to_noise")


@dataclass(frozen=True, slots=True)
class VoiceMetrics:
    """As VoiceMetrics in the contract; times in nanoseconds."""

    measured: int
    speech: int
    voiced: int
    pitch_mean: float | None = None
    pitch_deviation: float | None = None
    pitch_low: float | None = None
    pitch_high: float | None = None
    pitch_range: float | None = None
    jitter: float | None = None
    shimmer: float | None = None
    pitch_tremor_hertz: float | None = None
    pitch_tremor: float | None = None
    intensity_tremor_hertz: float | None = None
    intensity_tremor: float | None = None
    first_formant: float | None = None
    second_formant: float | None = None
    third_formant: float | None = None
    intensity: float | None = None
    intensity_deviation: float | None = None
    intensity_slope: float | None = None
    loudness: float | None = None
    loudness_slope: float | None = None
    pauses: int | None = None
    pause_time: int | None = None
    mean_pause: int | None = None
    pauses_per_minute: float | None = None
    syllables: int | None = None
    speech_rate: float | None = None
    articulation_rate: float | None = None
    harmonics_to_noise: float | None = None
    signal_to_noise: float | None = None
    cepstral_peak: float | None = None
    voice_quality: float | None = None


@dataclass(slots=True)
class _Mean:
    weight: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: float, weight: float, deviation: float = 0.0) -> None:
        self.weight += weight
        self.total += weight * value
        self.squares += weight * (value * value + deviation * deviation)

    @property
    def mean(self) -> float | None:
        return self.total / self.weight if self.weight else None

    @property
    def deviation(self) -> float | None:
        mean = self.mean
        return None if mean is None else math.sqrt(max(0.0, self.squares / self.weight - mean * mean))


class PooledVoice:
    """Gathers stretches of one speaker, or of all; grows not at all."""

    def __init__(self) -> None:
        self.stretches = 0
        self._duration = self._speech = self._voiced = self._pause_time = 0.0
        self._spoken = self._sounding = 0.0
        self._pauses = self._syllables = 0
        self._low, self._high = math.inf, 0.0
        self._pitch, self._intensity = _Mean(), _Mean()
        self._powers = {"intensity": _Mean(), "loudness": _Mean()}
        self._means = {name: _Mean() for name in (*_MEANS, *_SLOPES)}

    def add(self, voice: VoiceMeasures) -> None:
        """One more stretch."""
        self.stretches += 1
        self._duration += voice.duration
        self._speech += voice.sounding
        self._voiced += voice.voiced
        self._pauses += voice.pauses
        self._pause_time += voice.pause_time
        if voice.syllables is not None:
            self._syllables += voice.syllables
            self._sounding += voice.sounding
            self._spoken += voice.sounding + voice.pause_time
        if voice.pitch_mean is not None:
            self._pitch.add(voice.pitch_mean, voice.voiced, voice.pitch_deviation or 0.0)
            self._low = min(self._low, voice.pitch_low or voice.pitch_mean)
            self._high = max(self._high, voice.pitch_high or voice.pitch_mean)
        if voice.intensity is not None:
            self._intensity.add(voice.intensity, voice.sounding, voice.intensity_deviation or 0.0)
        for name, powers in self._powers.items():
            if (level := getattr(voice, name)) is not None:
                powers.add(10.0 ** (level / 10.0), voice.sounding)
        for names, weight in ((_MEANS, voice.voiced), (_SLOPES, voice.sounding)):
            for name in names:
                if (value := getattr(voice, name)) is not None:
                    self._means[name].add(value, weight)

    def measure(self) -> VoiceMetrics:
        """All measures so far."""
        pitched = self._pitch.mean is not None
        has_pauses = self._speech > 0
        peak = self._means["cepstral_peak"].mean
        return VoiceMetrics(
            measured=_nanoseconds(self._duration),
            speech=_nanoseconds(self._speech),
            voiced=_nanoseconds(self._voiced),
            pitch_mean=self._pitch.mean,
            pitch_deviation=self._pitch.deviation,
            pitch_low=self._low if pitched else None,
            pitch_high=self._high if pitched else None,
            pitch_range=12.0 * math.log2(self._high / self._low) if pitched else None,
            intensity_deviation=self._intensity.deviation,
            pauses=self._pauses if has_pauses else None,
            pause_time=_nanoseconds(self._pause_time) if has_pauses else None,
            mean_pause=_nanoseconds(self._pause_time / self._pauses) if self._pauses else None,
            pauses_per_minute=60.0 * self._pauses / (self._speech + self._pause_time) if has_pauses else None,
            syllables=self._syllables if self._sounding else None,
            speech_rate=self._syllables / self._spoken if self._spoken else None,
            articulation_rate=self._syllables / self._sounding if self._sounding else None,
            voice_quality=None if peak is None else voice_quality(peak),
            **{name: _decibels(powers.mean) for name, powers in self._powers.items()},
            **{name: each.mean for name, each in self._means.items()},
        )


def _decibels(power: float | None) -> float | None:
    return None if power is None else 10.0 * math.log10(power)


def _nanoseconds(seconds: float) -> int:
    return round(seconds * _SECOND)
