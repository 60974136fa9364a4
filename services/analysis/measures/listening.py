"""Talking and listening: how the time of speech, silence apart, is divided for each speaker.

    listen time            time in which others spoke and this speaker did not
    talk-to-listen ratio   talk time / listen time; what call analytics writes as 43:57 is 43 / 57

While both speak at once, a speaker talks. So talk time + listen time = time in which anybody spoke, for each
of them, and the ratio is r = s / (1 - s) of the share s of the time of speech in which the speaker talks.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.analysis.measures.conversation import Flow
from services.analysis.measures.coverage import share
from services.text.context import UNKNOWN


@dataclass(frozen=True, slots=True)
class SpeakerTalk:
    """As SpeakerTalk in the contract; times in nanoseconds."""

    speaker: str
    channel_tag: int
    talk_time: int
    listen_time: int
    turns: int
    mean_turn: int
    interruptions: int
    talk_to_listen_ratio: float | None = None


def talk_of(flow: Flow) -> tuple[SpeakerTalk, ...]:
    """Of each who spoke for some time, those who spoke first come first."""
    return tuple(
        SpeakerTalk(
            speaker=who.name or UNKNOWN,
            channel_tag=who.channel,
            talk_time=part.talk,
            listen_time=flow.speech - part.talk,
            turns=part.turns,
            mean_turn=part.turn_time // part.turns,
            interruptions=part.interruptions,
            talk_to_listen_ratio=share(part.talk, flow.speech - part.talk),
        )
        for who, part in flow.speakers.items()
        if part.talk
    )
