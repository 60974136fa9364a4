"""How steady voices are: the acoustic source of credibility, parts from 0 to 1.

    pitch     of the mean pitch of segments
    voice     of their jitter
    pausing   of the share of pauses in their speech and pauses

each 1 / (1 + deviation / mean) over the segments of a speaker, from two of them; where the baseline profile
has a usual value, 1 / (1 + |mean - usual| / usual) instead. Of several speakers it is the mean over their
segments.

A voice that changes is no sign of a lie: in DePaulo et al., Cues to deception, Psychological Bulletin 129
(2003), pitch and tension are higher in lies by a fifth and a quarter of a deviation, pauses not at all,
which is far less than moods, rooms and telephones do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from services.analysis.acoustics.pooled import PooledVoice
from services.analysis.acoustics.voice import VoiceMeasures
from services.analysis.measures.conversation import SECOND, Speaker
from services.analysis.measures.coverage import share
from services.analysis.measures.trend import Series

_LEAST_SEGMENTS = 2
_PROFILE = {"pitch": "pitch_mean_hertz", "voice": "jitter", "pausing": "pause_share"}


class VoiceSteadiness:
    """Grows with the number of speakers."""

    def __init__(self, baseline: Mapping[str, float]) -> None:
        """`baseline`: the profile, see outliers.py."""
        self._baseline = baseline
        self._pooled = PooledVoice()
        self._speakers: dict[Speaker, dict[str, Series]] = {}

    def add(self, who: Speaker, voice: VoiceMeasures) -> None:
        """One more segment."""
        self._pooled.add(voice)
        series = self._speakers.setdefault(who, {name: Series() for name in _PROFILE})
        values = {
            "pitch": voice.pitch_mean,
            "voice": voice.jitter,
            "pausing": share(voice.pause_time, voice.sounding + voice.pause_time),
        }
        for name, value in values.items():
            if value is not None:
                series[name].add(0, value)

    def parts(self) -> dict[str, float | None]:
        """By name; None where nothing can be said."""
        return {name: self._part(name) for name in _PROFILE}

    def values(self) -> dict[str, float | None]:
        """What a baseline profile may name; see the contract."""
        voice = self._pooled.measure()
        speech, pauses = voice.speech / SECOND, (voice.pause_time or 0) / SECOND
        return {
            "pitch_mean_hertz": voice.pitch_mean,
            "pitch_deviation_hertz": voice.pitch_deviation,
            "jitter": voice.jitter,
            "shimmer": voice.shimmer,
            "harmonics_to_noise_decibels": voice.harmonics_to_noise,
            "syllables_per_second": voice.speech_rate,
            "pause_share": share(pauses, speech + pauses),
        }

    def _part(self, name: str) -> float | None:
        usual = self._baseline.get(_PROFILE[name])
        weighted = count = 0.0
        for each in self._speakers.values():
            series = each[name]
            if usual is not None and 0 < usual < math.inf and series.count:
                value = 1.0 / (1.0 + abs(series.mean - usual) / usual)
            elif series.count >= _LEAST_SEGMENTS and series.mean > 0:
                value = 1.0 / (1.0 + series.deviation / series.mean)
            else:
                continue
            weighted += series.count * value
            count += series.count
        return share(weighted, count)
