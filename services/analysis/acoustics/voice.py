"""What one stretch of speech sounds like, as numbers. What cannot be told is None, never a guess."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_RATE_HERTZ = 16_000
"""Of all sound that is measured: one channel, 16-bit."""
LEAST_SECONDS = 0.5
"""Shorter sound is not measured."""


@dataclass(frozen=True, slots=True)
class VoiceMeasures:
    """One stretch of sound of one speaker. Each measure is defined in the file that computes it.

    Attributes:
        duration: seconds of sound.
        sounding: seconds of it from its first sound to its last, without the pauses between; syllables.py.
        voiced: seconds with a pitch; pitch.py.
        pitch_mean, pitch_deviation: Hz, over the voiced frames.
        pitch_low, pitch_high: Hz, the 5th and the 95th percentile of them.
        jitter, shimmer: mean difference of consecutive periods, and of their amplitudes, as a share of the
            mean; perturbation.py.
        pitch_tremor_hertz, intensity_tremor_hertz: how often pitch and intensity swing; tremor.py.
        pitch_tremor, intensity_tremor: how far, as a share of their mean.
        first_formant, second_formant, third_formant: Hz, medians over voiced frames; spectrum.py.
        intensity, intensity_deviation: dB of full scale, over what sounds; level.py.
        intensity_slope: dB a second over the stretch.
        loudness, loudness_slope: LUFS, and LU a second; level.py.
        pauses, pause_time: silences from 0.25 s within the speech, and seconds of them; syllables.py.
        syllables: nuclei; None where nothing is voiced.
        harmonics_to_noise: dB; spectrum.py.
        signal_to_noise: dB; level.py.
        cepstral_peak: dB; spectrum.py.
    """

    duration: float
    sounding: float = 0.0
    voiced: float = 0.0
    pitch_mean: float | None = None
    pitch_deviation: float | None = None
    pitch_low: float | None = None
    pitch_high: float | None = None
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
    pauses: int = 0
    pause_time: float = 0.0
    syllables: int | None = None
    harmonics_to_noise: float | None = None
    signal_to_noise: float | None = None
    cepstral_peak: float | None = None
