"""Where somebody speaks, pauses and has a syllable: de Jong & Wempe, Praat script to detect syllable nuclei
and measure speech rate automatically, Behavior Research Methods 41(2) (2009).

silence    under 25 dB below the 99th percentile of the intensity, from 0.25 s on, the limit of
           Goldman-Eisler, Psycholinguistics (1968); sounds shorter than 0.1 s belong to the silence around
           them. Where noise fills the pauses, that is where the quietest tenth is level within 3 dB and 12 dB
           under the rest, all up to 6 dB over it is silence
pause      silence between the first sound and the last
syllable   a peak of the intensity in what sounds, voiced, with a dip of 2 dB before the next; of two peaks
           without one the louder counts

The nuclei are found in sound alone: about one in ten syllables of fluent speech has none of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.analysis.acoustics.pitch import runs

_SILENCE = 25.0
_LEAST_PAUSE, _LEAST_SOUND = 0.25, 0.1
_LEVEL, _CONTRAST, _OVER_NOISE = 3.0, 12.0, 6.0
_DIP = 2.0


@dataclass(frozen=True, slots=True)
class Speech:
    """Stretches of sound and the pauses between.

    Attributes:
        flags: whether a frame of the contour sounds.
        sounding: seconds, without pauses.
        pauses: how many.
        pause_time: seconds.
    """

    flags: NDArray[np.bool_]
    sounding: float
    pauses: int
    pause_time: float


def find_speech(intensity: NDArray[np.float64], step: float) -> Speech:
    """What sounds in a contour in dB, of at least one frame, `step` seconds a frame."""
    flags = intensity >= _threshold(intensity)
    for begin, end in runs(~flags):
        is_between = begin > 0 and end < len(flags)
        if is_between and (end - begin) * step < _LEAST_PAUSE:
            flags[begin:end] = True
    for begin, end in runs(flags):
        if (end - begin) * step < _LEAST_SOUND:
            flags[begin:end] = False
    sounds = runs(flags)
    gaps = [after[0] - before[1] for before, after in pairwise(sounds)]
    return Speech(flags, float(flags.sum()) * step, len(gaps), sum(gaps) * step)


def _threshold(intensity: NDArray[np.float64]) -> float:
    lowest, low, high = np.percentile(intensity, [1, 10, 99])
    is_noise = low - lowest < _LEVEL and high - low > _CONTRAST
    return float(max(high - _SILENCE, low + _OVER_NOISE if is_noise else -np.inf))


def count_syllables(
    intensity: NDArray[np.float64], flags: NDArray[np.bool_], is_voiced: NDArray[np.bool_]
) -> int:
    """Nuclei in a contour in dB; `is_voiced` tells of each of its frames whether it has a pitch."""
    return sum(
        bool(is_voiced[peak]) for begin, end in runs(flags) for peak in _peaks(intensity[begin:end], begin)
    )


def _peaks(contour: NDArray[np.float64], offset: int) -> list[int]:
    """Peaks that a dip parts, as places from `offset`."""
    padded = np.concatenate(([-np.inf], contour, [-np.inf]))
    tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]))
    kept: list[int] = []
    for top in tops:
        if kept:
            dip = float(contour[kept[-1] : top].min())
            if min(contour[kept[-1]], contour[top]) - dip < _DIP:
                if contour[top] > contour[kept[-1]]:
                    kept[-1] = int(top)
                continue
        kept.append(int(top))
    return [offset + top for top in kept]
