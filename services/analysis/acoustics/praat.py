"""All measures of one stretch of speech. Praat holds the interpreter for as long as it computes (up to 0.1 s
at a time for 10 s of sound), so that this runs in processes of their own: see ears.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import parselmouth
from numpy.typing import NDArray

from services.analysis.acoustics import level, spectrum, syllables
from services.analysis.acoustics.perturbation import Pulses
from services.analysis.acoustics.pitch import STEP, PitchTrack, runs, track
from services.analysis.acoustics.tremor import LEAST_SECONDS as LEAST_FOR_TREMOR
from services.analysis.acoustics.tremor import tremor
from services.analysis.acoustics.voice import LEAST_SECONDS, SAMPLE_RATE_HERTZ, VoiceMeasures

_INTENSITY_FLOOR = 50.0
"""Hz: the contour is smoothed over 6.4 periods of it, as de Jong & Wempe do."""
_FULL_SCALE = 93.9794
"""dB between full scale and Praat's reference of 20 µPa, which takes samples for pascals."""
_SILENCE = -70.0
"""dB of full scale: where nothing is louder, nothing is measured."""


def measure(samples: NDArray[np.int16]) -> VoiceMeasures | None:
    """Measure 16 kHz mono samples of one speaker; None for less than half a second of them."""
    duration = len(samples) / SAMPLE_RATE_HERTZ
    if duration < LEAST_SECONDS:
        return None
    values = samples.astype(np.float64) / 32768.0
    values -= values.mean()
    sound = parselmouth.Sound(values, SAMPLE_RATE_HERTZ)
    contour = sound.to_intensity(minimum_pitch=_INTENSITY_FLOOR, time_step=STEP)
    times, decibels = np.asarray(contour.xs()), contour.values[0] - _FULL_SCALE
    if decibels.max() < _SILENCE:
        return VoiceMeasures(duration)
    speech = syllables.find_speech(decibels, STEP)
    if not speech.sounding:  # a click
        return VoiceMeasures(duration)
    # What sounds in the first frame sounds from the begin on: the contour starts half a window later.
    ends = (float(times[0]) - STEP / 2) * (int(speech.flags[0]) + int(speech.flags[-1]))
    heard = decibels[speech.flags]
    loudness, loudness_slope = level.loudness(values)
    found = VoiceMeasures(
        duration=duration,
        sounding=min(speech.sounding + ends, duration - speech.pause_time),
        intensity=level.mean_power(heard),
        intensity_deviation=float(heard.std()),
        intensity_slope=level.slope(times[speech.flags], heard),
        loudness=loudness,
        loudness_slope=loudness_slope,
        pauses=speech.pauses,
        pause_time=speech.pause_time,
        signal_to_noise=level.signal_to_noise(values),
    )
    pitch = track(sound)
    if pitch is None:
        return found
    is_voiced = np.interp(times, pitch.times, pitch.voiced.astype(float), 0.0, 0.0) > 0.5
    nuclei = syllables.count_syllables(decibels, speech.flags, is_voiced)
    return replace(found, syllables=nuclei, **_voice(sound, pitch))


def _voice(sound: parselmouth.Sound, pitch: PitchTrack) -> dict[str, Any]:
    hertz = pitch.hertz[pitch.voiced]
    low, high = np.percentile(hertz, [5, 95])
    first, second, third = spectrum.formants(sound, pitch)
    pulses = Pulses(sound, pitch)
    return {
        "voiced": min(len(hertz) * STEP, sound.duration),  # the outermost frames reach over its ends
        "pitch_mean": float(hertz.mean()),
        "pitch_deviation": float(hertz.std()),
        "pitch_low": float(low),
        "pitch_high": float(high),
        "jitter": pulses.jitter,
        "shimmer": pulses.shimmer,
        "first_formant": first,
        "second_formant": second,
        "third_formant": third,
        "harmonics_to_noise": spectrum.harmonics_to_noise(sound, pitch),
        "cepstral_peak": spectrum.cepstral_peak(sound, pitch),
        **_tremors(pulses, pitch),
    }


def _tremors(pulses: Pulses, pitch: PitchTrack) -> dict[str, float | None]:
    """Of the longest stretch that is voiced without a break."""
    begin, end = max(runs(pitch.voiced), key=lambda run: run[1] - run[0])
    if (end - begin) * STEP < LEAST_FOR_TREMOR:
        return {}
    pitch_hertz, pitch_extent = tremor(pitch.hertz[begin:end], STEP)
    amplitudes = pulses.amplitudes(pitch.times[begin], pitch.times[end - 1], STEP)
    hertz, extent = tremor(amplitudes, STEP)
    return {
        "pitch_tremor_hertz": pitch_hertz,
        "pitch_tremor": pitch_extent,
        "intensity_tremor_hertz": hertz,
        "intensity_tremor": extent,
    }
