"""What is in the sound of the voice: formants, harmonics over noise, the cepstral peak.

formants             Burg's method, four of them up to 4000 Hz, or 4400 for voices from 160 Hz on: those below
                     the fifth of the Praat manual ("Sound: To Formant (burg)"; five up to 5000 or 5500), as
                     telephones end at 4000, and five are then found where there are four; medians over voiced
                     frames
harmonics_to_noise   Boersma (1993), as in pitch.py, with 4.5 periods a window; mean over voiced frames
cepstral_peak        smoothed cepstral peak prominence (CPPS): Hillenbrand & Houde, Acoustic correlates of
                     breathy vocal quality, Journal of Speech and Hearing Research 39 (1996), with the
                     settings of Maryn & Weenink, Objective dysphonia measures in the program Praat, Journal
                     of Voice 29(1) (2015), but for frames every 10 ms, at most 400 of them; over the voiced
                     parts
"""

from __future__ import annotations

import numpy as np
import parselmouth
from parselmouth.praat import call

from services.analysis.acoustics.perturbation import defined
from services.analysis.acoustics.pitch import STEP, PitchTrack, runs
from services.analysis.acoustics.voice import SAMPLE_RATE_HERTZ

_HIGH_VOICE = 160.0
_LEAST_FOR_CEPSTRUM = 0.3
_FORMANT_STEP = 0.02
_MOST_CEPSTRA = 400
_WINDOW = 4.5 / 3.0  # Praat's pitch has three periods a window


def formants(sound: parselmouth.Sound, pitch: PitchTrack) -> list[float | None]:
    """The first three, in Hz."""
    ceiling = 4400.0 if float(np.median(pitch.hertz[pitch.voiced])) >= _HIGH_VOICE else 4000.0
    found = sound.to_formant_burg(time_step=_FORMANT_STEP, max_number_of_formants=4, maximum_formant=ceiling)
    every = round(_FORMANT_STEP / STEP)
    times = pitch.times[pitch.voiced][::every]
    medians: list[float | None] = []
    for number in (1, 2, 3):
        values = np.array([found.get_value_at_time(number, time) for time in times])
        values = values[np.isfinite(values)]
        medians.append(float(np.median(values)) if len(values) else None)
    return medians


def harmonics_to_noise(sound: parselmouth.Sound, pitch: PitchTrack) -> float | None:
    """dB: 10 log r / (1 - r) of the autocorrelation r at one period."""
    # Praat's own "To Harmonicity" weighs candidates up to 8 kHz in every frame, which costs a second for 10 s
    # of telephone speech. A pitch with windows as long, of voices only, has the same r for a twentieth.
    found = sound.to_pitch_ac(
        time_step=STEP, pitch_floor=pitch.floor / _WINDOW, pitch_ceiling=pitch.ceiling, very_accurate=True
    )
    strengths = np.asarray(found.selected_array["strength"], dtype=np.float64)
    is_voiced = np.interp(found.xs(), pitch.times, pitch.voiced.astype(float), 0.0, 0.0) > 0.5
    r = np.clip(strengths[is_voiced & (found.selected_array["frequency"] > 0)], 1e-4, 1.0 - 1e-8)
    return float(np.mean(10.0 * np.log10(r / (1.0 - r)))) if len(r) else None


def cepstral_peak(sound: parselmouth.Sound, pitch: PitchTrack) -> float | None:
    """dB; None where less than 0.3 s are voiced."""
    samples = sound.values[0]
    half = STEP / 2
    pieces = [
        samples[_place(pitch.times[begin] - half) : _place(pitch.times[end - 1] + half)]
        for begin, end in runs(pitch.voiced)
    ]
    voiced = np.concatenate(pieces)
    if len(voiced) < _LEAST_FOR_CEPSTRUM * SAMPLE_RATE_HERTZ:
        return None
    whole = parselmouth.Sound(voiced, SAMPLE_RATE_HERTZ)
    step = max(STEP, whole.duration / _MOST_CEPSTRA)
    cepstra = call(whole, "To PowerCepstrogram", 60.0, step, 5000.0, 50.0)
    # No tilt subtracted before smoothing; averages over 10 ms and 1 ms; peak between 60 and 330 Hz,
    # parabolic; over a line from 1 to 50 ms, fitted robustly.
    prominence = call(
        cepstra, "Get CPPS", False, 0.01, 0.001, 60.0, 330.0, 0.05, "Parabolic", 0.001, 0.05, "Straight",
        "Robust"
    )  # fmt: skip
    return defined(prominence)


def _place(time: float) -> int:
    return max(0, round(time * SAMPLE_RATE_HERTZ))
