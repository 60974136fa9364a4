"""Pitch by autocorrelation: Boersma, Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound, Proceedings of the Institute of Phonetic Sciences 17 (1993).

Floor and ceiling are the speaker's own, from a first pass over all that voices reach: 0.75 of the first
quartile, 1.5 of the third (De Looze & Hirst, Detecting changes in key and range, Speech Prosody 2008), which
leaves no room for errors of an octave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import parselmouth
from numpy.typing import NDArray

STEP = 0.01
"""Seconds between frames."""
_LOWEST, _HIGHEST = 60.0, 600.0
_SHORTEST_RUN = 3
_LEAST_VOICED = 10
_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class PitchTrack:
    """A pitch for each frame.

    Attributes:
        praat: as Praat has it.
        times: of frames, seconds.
        hertz: pitch, 0 where a frame has none.
        floor, ceiling: Hz.
    """

    praat: parselmouth.Pitch
    times: NDArray[np.float64]
    hertz: NDArray[np.float64]
    floor: float
    ceiling: float

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Whether a frame has a pitch."""
        return self.hertz > 0


def track(sound: parselmouth.Sound) -> PitchTrack | None:
    """The pitch of a sound; None where next to nothing is voiced: under 0.1 s, or 5 %, in runs of 30 ms."""
    wide = _track(sound, _LOWEST, _HIGHEST)
    if wide is None:
        return None
    low, high = np.percentile(wide.hertz[wide.voiced], [25, 75])
    return _track(sound, max(_LOWEST, 0.75 * low), min(_HIGHEST, 1.5 * high))


def _track(sound: parselmouth.Sound, floor: float, ceiling: float) -> PitchTrack | None:
    pitch = sound.to_pitch_ac(time_step=STEP, pitch_floor=floor, pitch_ceiling=ceiling)
    hertz = np.array(pitch.selected_array["frequency"], dtype=np.float64)
    hertz[hertz > 0] = np.clip(hertz[hertz > 0], floor, ceiling)  # interpolated, it may be a hair outside
    for begin, end in runs(hertz > 0):
        if end - begin < _SHORTEST_RUN:
            hertz[begin:end] = 0.0
    voiced = int(np.count_nonzero(hertz))
    if voiced < max(_LEAST_VOICED, _LEAST_SHARE * len(hertz)):
        return None
    return PitchTrack(pitch, np.asarray(pitch.xs()), hertz, floor, ceiling)


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and end of each run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
