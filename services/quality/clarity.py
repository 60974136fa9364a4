"""Clarity, 0 to 100: how much of what makes speech intelligible stands above the noise.

It is the Speech Intelligibility Index of ANSI S3.5-1997 by the octave band procedure, without the levels of
hearing and of masking between bands, which need a calibrated ear:

    clarity = 100 sum_i I_i A_i,    A_i = min(1, max(0, (SNR_i + 15 dB) / 30 dB))

I_i is the importance of an octave for average speech. A band that the line does not carry has no speech, so
clarity falls with noise and with narrow bandwidth. Reverberation and distortion do not lower it.
"""

from __future__ import annotations

import numpy as np

from services.quality.noise import EDGES_HERTZ
from services.quality.slices import Float64Array

# ANSI S3.5-1997, Table 3: centre of an octave in Hz and its importance.
IMPORTANCE = {250: 0.0617, 500: 0.1671, 1000: 0.2373, 2000: 0.2648, 4000: 0.2142, 8000: 0.0549}


_LOWER_EDGES = np.array((0.0, *EDGES_HERTZ))
_RATIOS = _LOWER_EDGES / np.array([list(IMPORTANCE)], np.float64).T
_OCTAVES: Float64Array = ((_RATIOS > 0.7) & (_RATIOS < 1.41)).astype(np.float64)
"""(octaves, bands): 1 where a band lies in an octave, which it does by halves."""
_WEIGHTS: Float64Array = np.array(list(IMPORTANCE.values()))


def clarity(speech: Float64Array, noise: Float64Array) -> float:
    """Of powers by the bands of `noise.EDGES_HERTZ`, (bands,); bands above the spectrum may be missing."""
    octaves = _OCTAVES[:, : len(speech)]
    heard = np.maximum(octaves @ speech, 1e-16)
    snr_db = 10 * np.log10(heard / np.maximum(octaves @ noise, 1e-14))
    return float(100 * _WEIGHTS @ np.clip((snr_db + 15) / 30, 0.0, 1.0))
