"""One number for how clear a voice is, from the cepstral peak.

    voice_quality = 50 * cepstral_peak / 9.33 dB, kept within 0 to 100

50 is where Murton, Hillman & Mehta, Cepstral peak prominence values for clinical voice evaluation, American
Journal of Speech-Language Pathology 29(3) (2020), put the line between voices with and without a disorder, in
connected speech measured with Praat. Breath, roughness and noise of the room lower it alike, and so do
codecs: it tells how clearly the voice comes through. It is neither the acoustic voice quality index (AVQI),
which needs a vowel that is held as well, nor a diagnosis.
"""

from __future__ import annotations

_CUTOFF = 9.33


def voice_quality(cepstral_peak: float) -> float:
    """0 (nothing of it) to 100, of a peak in dB."""
    return max(0.0, min(100.0, 50.0 * cepstral_peak / _CUTOFF))
