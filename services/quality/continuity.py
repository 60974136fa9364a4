"""Dropouts: sound that is cut out of running sound, with hard edges on both sides.

What a mouth does ends more slowly: a formant of 100 Hz bandwidth decays by 27 dB in 10 ms (G. Fant, "Acoustic
theory of speech production", 1960: e^(-pi B t)). So a dropout begins where the level falls by 40 dB or more
from one 5 ms part to the next but one, from -50 dBFS at least; it ends where it rises by 30 dB as fast; and it
lasts 10 ms to 1 s, for longer ones are somebody's mute button. Times are right within 5 ms.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.quality.measures import Interruption, InterruptionKind
from services.quality.slices import PARTS, Float64Array, Slice, part_cuts

FALL_DB, RISE_DB = 40.0, 30.0
LOUD_DBFS = -50.0
SHORTEST_PARTS, LONGEST_PARTS = 2, 200
KEPT = 100
"""Interruptions that a result lists; all are counted."""
_LOWEST_DBFS = -110.0


@dataclass
class ContinuityTally:
    """Interruptions of one stretch of a stream.

    Attributes:
        dropouts, gaps: their number; a dropout counts once for each channel.
        lost: samples in them, a dropout's divided by the number of channels.
        kept: the first of them, in order of their ends.
    """

    dropouts: int = 0
    gaps: int = 0
    lost: float = 0.0
    kept: list[Interruption] = field(default_factory=list)

    def add(self, other: ContinuityTally) -> None:
        self.dropouts += other.dropouts
        self.gaps += other.gaps
        self.lost += other.lost
        self.kept = (self.kept + other.kept)[:KEPT]

    def note(self, found: Interruption, weight: float) -> None:
        """Take one in."""
        if found.kind is InterruptionKind.GAP:
            self.gaps += 1
        else:
            self.dropouts += 1
        self.lost += found.frames * weight
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
        weight = 1 / len(self._channels)
        part = piece.frame / PARTS
        for tag, (channel, levels) in enumerate(zip(self._channels, decibels, strict=True), 1):
            for start, end in channel.take(levels):
                first = piece.position + round(start * part)
                length = round((end - start) * part)
                tally.note(Interruption(InterruptionKind.DROPOUT, tag, first, length), weight)


class _Channel:
    """The newest levels of a channel, and the dropout that is open."""

    def __init__(self) -> None:
        self._line = np.full(3, _LOWEST_DBFS)
        self._start: float | None = None
        """Where the open dropout began, in parts from the next slice's first; so it is negative."""

    def take(self, levels: Float64Array) -> list[tuple[float, float]]:
        """Dropouts that end here, as start and end in parts from the first level."""
        # Level n of this call is line[n + 3]; it is judged when the one after it is known.
        line = np.concatenate((self._line, levels))
        self._line = line[-3:]
        change = line[2:-1] - line[:-3]
        falls = np.flatnonzero((change <= -FALL_DB) & (line[:-3] >= LOUD_DBFS))
        rises = np.flatnonzero(change >= RISE_DB)
        start, found = self._start, list[tuple[float, float]]()
        if start is not None or falls.size:
            for at in sorted([*falls.tolist(), *rises.tolist()]):
                if change[at] < 0:
                    # The part before the one that fell is cut in two: its power says where.
                    begin = at - 2 + _share(line[at + 1], line[at])
                    start = begin if start is None or begin - start > LONGEST_PARTS else start
                elif start is not None:
                    end = at - _share(line[at + 2], line[at + 3])
                    if SHORTEST_PARTS <= end - start <= LONGEST_PARTS:
                        found.append((start, end))
                    start = None
        self._start = None if start is None or len(levels) - start > LONGEST_PARTS else start - len(levels)
        return found


def _share(level: float, whole: float) -> float:
    """How much of a part is sound, 0 to 1, when all of it would have a level of `whole` dBFS."""
    return float(min(1.0, 10 ** ((level - whole) / 10)))
