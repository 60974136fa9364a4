"""Dropouts: sound that is cut out of running sound, with hard edges on both sides.

What a mouth does ends more slowly: a formant of 100 Hz bandwidth decays by 27 dB in 10 ms (G. Fant, "Acoustic
theory of speech production", 1960: e^(-pi B t)). So a dropout begins where the level falls by 40 dB or more
from one 5 ms part to the next but one, after 15 ms of at least -50 dBFS; it ends where the level rises by
30 dB as fast; and it lasts 10 ms to 1 s, for longer ones are somebody's mute button. Times are right within
5 ms.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.quality.measures import Interruption, InterruptionKind
from services.quality.slices import PARTS, Float64Array, Slice, part_cuts

FALL_DB, RISE_DB = 40.0, 30.0
LOUD_DBFS = -50.0
SHORTEST_PARTS, LONGEST_PARTS = 1.5, 200
"""One part and a half: 10 ms always hold a whole one, and their ends are found within half of one."""
KEPT = 100
"""Interruptions that a result lists; all are counted."""
_LOWEST_DBFS = -110.0
_PAST = 5


@dataclass
class ContinuityTally:
    """Interruptions of one stretch of a stream.

    Attributes:
        dropouts, gaps: their number; a dropout counts once for each channel.
        lost: frames in dropouts, each divided by the number of channels.
        missing: frames in gaps.
        kept: the first of them, in order of their ends.
    """

    dropouts: int = 0
    gaps: int = 0
    lost: float = 0.0
    missing: int = 0
    kept: list[Interruption] = field(default_factory=list)

    def add(self, other: ContinuityTally) -> None:
        self.dropouts += other.dropouts
        self.gaps += other.gaps
        self.lost += other.lost
        self.missing += other.missing
        self.kept = (self.kept + other.kept)[:KEPT]

    def note(self, found: Interruption, channel_count: int = 1) -> None:
        """Take one in."""
        if found.kind is InterruptionKind.GAP:
            self.gaps += 1
            self.missing += found.frames
        else:
            self.dropouts += 1
            self.lost += found.frames / channel_count
        if len(self.kept) < KEPT:
            self.kept.append(found)


class ContinuityGauge:
    """Takes slices into a tally, one part behind them, for an edge is placed by the level after it."""

    def __init__(self, channel_count: int, frame: int) -> None:
        self._lengths = np.diff(part_cuts(frame))
        self._channels = [_Channel() for _ in range(channel_count)]

    def restart(self) -> None:
        """The next slice comes after a gap."""
        self._channels = [_Channel() for _ in self._channels]

    def take(self, piece: Slice, tally: ContinuityTally) -> None:
        powers = piece.parts / np.tile(self._lengths, piece.frames)
        decibels = np.maximum(10 * np.log10(np.maximum(powers, 1e-12)), _LOWEST_DBFS)
        part = piece.frame / PARTS
        found = [
            (seen, tag, start, end)
            for tag, (channel, levels) in enumerate(zip(self._channels, decibels, strict=True), 1)
            for seen, start, end in channel.take(levels)
        ]
        for _, tag, start, end in sorted(found):  # as they came, however the audio was cut
            first = piece.position + round(start * part)
            length = round((end - start) * part)
            tally.note(Interruption(InterruptionKind.DROPOUT, tag, first, length), len(self._channels))


class _Channel:
    """The newest levels of a channel, and the dropout that is open."""

    def __init__(self) -> None:
        self._line = np.full(_PAST, _LOWEST_DBFS)
        self._start: float | None = None
        """Where the open dropout began, in parts from the next slice's first; so it is negative."""

    def take(self, levels: Float64Array) -> list[tuple[int, float, float]]:
        """Dropouts that end here: the level that showed it, start and end, in parts from the first level."""
        past = np.concatenate((self._line, levels))
        self._line = past[-_PAST:]
        loud = past >= LOUD_DBFS
        # Level n of this call is line[n + 3]; it is judged when the one after it is known.
        line = past[2:]
        change = line[2:-1] - line[:-3]
        falls = np.flatnonzero((change <= -FALL_DB) & loud[:-5] & loud[1:-4] & loud[2:-3])
        rises = np.flatnonzero(line[2:-1] - np.minimum(line[1:-2], line[:-3]) >= RISE_DB)
        start, found = self._start, list[tuple[int, float, float]]()
        if start is not None or falls.size:
            for at, falling in sorted([(at, True) for at in falls] + [(at, False) for at in rises]):
                if falling:
                    # The part before the one that fell is cut in two: its power says where.
                    begin = at - 2 + _share(line[at + 1], line[at])
                    start = begin if start is None or begin - start > LONGEST_PARTS else start
                elif start is not None:
                    end = at - _share(line[at + 2], line[at + 3])
                    if SHORTEST_PARTS <= end - start <= LONGEST_PARTS:
                        found.append((int(at), start, end))
                    start = None
        self._start = None if start is None or len(levels) - start > LONGEST_PARTS else start - len(levels)
        return found


def _share(level: float, whole: float) -> float:
    """How much of a part is sound, 0 to 1, when all of it would have a level of `whole` dBFS."""
    return float(min(1.0, 10 ** ((level - whole) / 10)))
