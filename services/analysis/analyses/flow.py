"""conversation_flow: who spoke how long, in turn or over one another; see conversation.py for each
measure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Trigger
from services.analysis.llm.findings.flow import TASK
from services.analysis.measures.conversation import Conversation, Flow
from services.analysis.segment import Segment
from services.text.context import UNKNOWN

NAME = "conversation_flow"
_MINUTE = 60_000_000_000


@dataclass(frozen=True, slots=True)
class SpeakerFlow:
    """As SpeakerFlow in the contract; means are rounded down to nanoseconds."""

    speaker: str
    channel_tag: int
    talk_time: int
    share: float
    turns: int
    mean_turn: int
    interruptions: int
    overlap: int
    response_latency: int | None


@dataclass(frozen=True, slots=True)
class FlowMeasures:
    """As ConversationFlow in the contract; durations in nanoseconds."""

    speakers: tuple[SpeakerFlow, ...] = ()
    duration: int | None = None
    speech: int | None = None
    overlap: int | None = None
    silence: int | None = None
    turns: int = 0
    interruptions: int = 0
    turns_per_minute: float | None = None


class FlowAccumulator(Accumulator):
    """Grows with the number of segments, by their times. Only segments with a length are speech."""

    def __init__(self) -> None:
        self._conversation = Conversation()
        self._words = 0

    @property
    def amount(self) -> int:
        return self._words

    def accept(self, segment: Segment) -> None:
        if segment.length > 0:
            self._words += len(segment.words)
            self._conversation.add(
                segment.start, segment.end, segment.channel, segment.speaker, segment.segment_id
            )

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        self._conversation.rename(segment_ids, speaker)
        return True

    def coarse(self) -> FlowMeasures:
        """Who spoke how long."""
        whole = _measures(self._conversation.measure())
        return FlowMeasures(whole.speakers, whole.duration, whole.speech, turns=whole.turns)

    def measure(self) -> FlowMeasures:
        return _measures(self._conversation.measure())


def _measures(flow: Flow) -> FlowMeasures:
    speakers = [
        SpeakerFlow(
            speaker=who.name or UNKNOWN,
            channel_tag=who.channel,
            talk_time=part.talk,
            share=part.talk / flow.talk if flow.talk else 0.0,
            turns=part.turns,
            mean_turn=part.turn_time // part.turns,
            interruptions=part.interruptions,
            overlap=part.overlap,
            response_latency=part.latency // part.responses if part.responses else None,
        )
        for who, part in flow.speakers.items()
    ]
    return FlowMeasures(
        speakers=tuple(speakers),
        duration=flow.end,
        speech=flow.speech,
        overlap=flow.overlap,
        silence=flow.silence,
        turns=flow.turns,
        interruptions=flow.interruptions,
        turns_per_minute=flow.turns * _MINUTE / flow.end if flow.end else None,
    )


def _script(segments: int) -> FlowMeasures:
    """One turn of a second for each segment."""
    time = segments * 1_000_000_000
    return FlowMeasures(duration=time, speech=time, overlap=0, silence=0, turns=segments)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=FlowAccumulator,
    needs=10,
    unit="words with times",
    default=Trigger.SESSION,
    triggers=frozenset({Trigger.SESSION}),
    llm=TASK,
    script=_script,
)
