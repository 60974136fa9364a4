"""Conversation statistics, from the times of turns and nothing else. Times are nanoseconds.

talk time     time in which the speaker spoke; what overlaps itself counts once
share         talk time over the talk time of all speakers
turn          see turns.py; its length is from its begin to its end, pauses included
interruption  a turn that begins while another speaker is speaking: after that speech began and before it ends
overlap       time in which more than one spoke; of a speaker: in which another spoke as well
silence       time in which nobody spoke, from 0 on
latency       from the end of the last speech to the begin of a turn, where that speech was of another speaker
and
              nobody else is speaking; a turn that interrupts has none
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.semantics.timeline import Timeline
from services.semantics.turns import Speaker, Turn


@dataclass(frozen=True, slots=True)
class SpeakerStats:
    """One speaker's part; means are rounded down, None where there is nothing to take the mean of."""

    speaker: Speaker
    talk_time: int
    share: float
    turns: int
    mean_turn: int
    interruptions: int
    overlap: int
    latency: int | None


@dataclass(frozen=True, slots=True)
class Stats:
    """The conversation up to `until`: speakers by name and channel, time of overlap, time of silence."""

    speakers: Sequence[SpeakerStats]
    overlap: int
    silence: int
    until: int


@dataclass(slots=True)
class _Count:
    turns: int = 0
    length: int = 0
    interruptions: int = 0
    latency: int = 0
    answers: int = 0


class Conversation:
    """Adds up turns, in order of their begin."""

    def __init__(self) -> None:
        self._timeline = Timeline()
        self._counts: dict[Speaker, _Count] = {}

    @property
    def has_turns(self) -> bool:
        """Whether anything was said."""
        return bool(self._counts)

    def add(self, turn: Turn) -> None:
        """Count a turn that has ended."""
        count = self._counts.setdefault(turn.speaker, _Count())
        count.turns += 1
        count.length += turn.end - turn.start
        if self._timeline.others_at(turn.start, turn.speaker):
            count.interruptions += 1
        else:
            ended, speakers = self._timeline.last_before(turn.start)
            if speakers - {turn.speaker}:
                count.latency += turn.start - ended
                count.answers += 1
        for speech in turn.segments:
            self._timeline.add(turn.speaker, speech.start, speech.end)

    def stats(self, until: int = 0) -> Stats:
        """The statistics so far, up to a time or the end of the last speech, whichever is later."""
        timeline = self._timeline
        until = max(until, timeline.end)
        total = sum(timeline.talk.values())
        speakers = [
            SpeakerStats(
                speaker,
                timeline.talk[speaker],
                timeline.talk[speaker] / total if total else 0.0,
                count.turns,
                count.length // count.turns,
                count.interruptions,
                timeline.overlapped[speaker],
                count.latency // count.answers if count.answers else None,
            )
            for speaker, count in sorted(
                self._counts.items(), key=lambda each: (each[0].name, each[0].channel)
            )
        ]
        return Stats(speakers, timeline.overlap, until - timeline.spoken, until)
