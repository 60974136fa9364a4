"""Who spoke when, measured from the times of segments and nothing else; whole nanoseconds, so nothing is
rounded.

    talk time      time in which a speaker spoke; what overlaps itself counts once
    overlap        time in which more than one spoke; of a speaker: in which another spoke as well
    silence        time in which nobody spoke, from 0 to the end of the last segment
    turn           segments of one speaker in order of begin, each less than TURN_GAP after the end of the
                   turn so far; its length goes from its begin to its end
    interruption   a turn that begins while another is speaking, who began before and ends after
    response       a turn that begins when all are silent and another was the last to speak; its latency is
                   the time since the end of that speech

Segments come as they become final, which over several channels is not the order in which they were said. What
began a minute before the newest is added up for good; where one comes later still, or is said to be somebody
else's, all from there on is added up anew.
"""

from __future__ import annotations

import math
from bisect import bisect, bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

SECOND = 1_000_000_000
TURN_GAP = 2 * SECOND
_SETTLED_AFTER = 60 * SECOND
_STRIDE = 500
"""Segments between two states that are kept, to add up anew from: about 2 ms of work."""


class Speaker(NamedTuple):
    """Who speaks: a name may be missing, or be the same on two channels."""

    channel: int
    name: str


class Latency(NamedTuple):
    """Mean and standard deviation of the latencies of responses, nanoseconds, and how many there were."""

    mean: int
    deviation: float
    responses: int


class _Speech(NamedTuple):
    start: int
    end: int
    speaker: Speaker


@dataclass(slots=True)
class SpeakerPart:
    """One speaker's part, in nanoseconds, their squares, and counts. The last two are the speech that ends
    last; -1 for none."""

    talk: int = 0
    overlap: int = 0
    turns: int = 0
    turn_time: int = 0
    interruptions: int = 0
    latency: int = 0
    responses: int = 0
    latency_squares: int = 0
    since: int = -1
    until: int = -1


@dataclass(slots=True)
class Flow:
    """The measures of a conversation: speakers in the order in which they first spoke, the rest in
    nanoseconds."""

    speakers: dict[Speaker, SpeakerPart] = field(default_factory=dict)
    speech: int = 0
    overlap: int = 0
    end: int = 0
    turn: tuple[Speaker, int] | None = None
    """The last turn's speaker and end."""

    @property
    def silence(self) -> int:
        """Time in which nobody spoke, from 0 to the end of the last segment."""
        return self.end - self.speech

    @property
    def talk(self) -> int:
        """Talk time of all speakers, added up."""
        return sum(part.talk for part in self.speakers.values())

    @property
    def turns(self) -> int:
        """Turns of all speakers."""
        return sum(part.turns for part in self.speakers.values())

    @property
    def turn_time(self) -> int:
        """Lengths of all turns, added up."""
        return sum(part.turn_time for part in self.speakers.values())

    @property
    def interruptions(self) -> int:
        """Interruptions by all speakers."""
        return sum(part.interruptions for part in self.speakers.values())

    def latency(self, *speakers: Speaker) -> Latency | None:
        """Of the responses by these speakers, by all where none is named; None without responses."""
        parts = [self.speakers[each] for each in speakers or self.speakers if each in self.speakers]
        count = sum(part.responses for part in parts)
        if not count:
            return None
        total, squares = sum(part.latency for part in parts), sum(part.latency_squares for part in parts)
        # In whole numbers up to the root: squares of nanoseconds have more digits than a float.
        return Latency(total // count, math.sqrt((count * squares - total * total) / count**2), count)

    def copy(self) -> Flow:
        """The same, to add to apart."""
        return replace(self, speakers={who: replace(part) for who, part in self.speakers.items()})

    def add(self, start: int, end: int, speaker: Speaker) -> None:
        """The next speech in order of begin.

        Those before it began no later. So from `start` on each of them is spoken without a break up to its
        end, and at any moment as many speak as there are speakers whose speech ends later.
        """
        part = self.speakers.setdefault(speaker, SpeakerPart())
        others = sorted(
            ((each.until, each) for who, each in self.speakers.items() if who != speaker),
            key=lambda each: each[0],
            reverse=True,
        )
        self._take_turn(start, end, speaker, others)
        self.end = max(self.end, end)
        if start == end:
            return
        begin = max(start, part.until)
        if begin < end:
            self._count(begin, end, part, others)
        if start > part.until:
            part.since = start
        part.until = max(part.until, end)

    def _count(self, begin: int, end: int, part: SpeakerPart, others: list[tuple[int, SpeakerPart]]) -> None:
        first = others[0][0] if others else -1
        second = others[1][0] if len(others) > 1 else -1
        part.talk += end - begin
        self.speech += max(0, end - max(begin, first))
        part.overlap += max(0, min(end, first) - begin)
        self.overlap += max(0, min(end, first) - max(begin, second))
        if others:  # the one who speaks longest was alone from where the next one ends; now no longer
            others[0][1].overlap += max(0, min(end, first) - max(begin, second))

    def _take_turn(
        self, start: int, end: int, speaker: Speaker, others: list[tuple[int, SpeakerPart]]
    ) -> None:
        part = self.speakers[speaker]
        if self.turn is not None:
            who, until = self.turn
            if who == speaker and start - until < TURN_GAP:
                part.turn_time += max(0, end - until)
                self.turn = (speaker, max(until, end))
                return
        self.turn = (speaker, end)
        part.turns += 1
        part.turn_time += end - start
        if any(until > start > each.since for until, each in others):
            part.interruptions += 1
        elif others and others[0][0] >= part.until and 0 <= others[0][0] <= start:
            latency = start - others[0][0]
            part.latency += latency
            part.latency_squares += latency * latency
            part.responses += 1


class Conversation:
    """Gathers the speech of a session; some hundred bytes a segment."""

    def __init__(self) -> None:
        self._speeches: list[_Speech] = []
        self._by_segment: dict[str, _Speech] = {}
        self._settled = Flow()
        self._settled_count = 0
        self._kept: list[Flow] = []
        """What was added up for good with each `_STRIDE` more segments."""

    def add(self, start: int, end: int, channel: int = 0, name: str = "", segment_id: str = "") -> None:
        """Somebody spoke, 0 <= start <= end. Only a segment that has an id can be renamed."""
        speech = _Speech(start, end, Speaker(channel, name))
        self._unsettle(speech)
        insort(self._speeches, speech)
        if segment_id:
            self._by_segment[segment_id] = speech

    def rename(self, segment_ids: Iterable[str], name: str) -> None:
        """Segments were said by somebody else, of the same channel."""
        for segment_id in segment_ids:
            before = self._by_segment.get(segment_id)
            if before is None or before.speaker.name == name:
                continue
            after = before._replace(speaker=before.speaker._replace(name=name))
            self._unsettle(min(before, after))
            del self._speeches[bisect_left(self._speeches, before)]
            insort(self._speeches, after)
            self._by_segment[segment_id] = after

    def _unsettle(self, speech: _Speech) -> None:
        """What comes from this speech on is to be added up anew, where it was added up for good."""
        place = bisect_left(self._speeches, speech)
        if place < self._settled_count:
            del self._kept[place // _STRIDE :]
            self._settled = self._kept[-1].copy() if self._kept else Flow()
            self._settled_count = len(self._kept) * _STRIDE

    def measure(self) -> Flow:
        """The measures of all that was added."""
        if self._speeches:
            until = self._speeches[-1].start - _SETTLED_AFTER
            settled = bisect(self._speeches, until, key=lambda speech: speech.start)
            for speech in self._speeches[self._settled_count : settled]:
                self._settled.add(*speech)
                self._settled_count += 1
                if self._settled_count % _STRIDE == 0:
                    self._kept.append(self._settled.copy())
        flow = self._settled.copy()
        for speech in self._speeches[self._settled_count :]:
            flow.add(*speech)
        return flow
