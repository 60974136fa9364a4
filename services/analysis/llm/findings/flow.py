"""conversation_flow: how well a conversation runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import Lines, MaybeSentence, Sentence, Share, Speaker, instruction
from services.analysis.llm.llm_task import LlmTask


class Phase(StrEnum):
    """Where a conversation is."""

    OPENING = "opening"
    DEVELOPMENT = "development"
    CLOSING = "closing"


@dataclass(frozen=True)
class Disruption:
    """Something that breaks the flow."""

    description: Annotated[
        Sentence,
        Field(
            description="What happens, in one sentence: an interruption, a jump to another "
            "subject, a misunderstanding."
        ),
    ]
    speaker: Speaker
    lines: Lines


@dataclass(frozen=True)
class SpeakerDominance:
    """How much a speaker decides what it goes about."""

    speaker: Speaker
    reason: Annotated[MaybeSentence, Field(description="Why, in one sentence.")]
    dominance: Annotated[
        Share, Field(description="0 only follows, 0.5 as much as the others, 1 decides everything.")
    ]
    lines: Lines


@dataclass(frozen=True)
class FlowFindings:
    """How the conversation runs."""

    disruptions: Annotated[tuple[Disruption, ...], Field(max_length=12, description="In order of time.")]
    dominance: Annotated[
        tuple[SpeakerDominance, ...],
        Field(max_length=12, description="Each speaker once, the most dominant first."),
    ]
    engagement: Annotated[
        Share | None,
        Field(description="How much the speakers go into what others say: 0 not at all, 1 throughout."),
    ]
    topic_coherence: Annotated[
        Share | None,
        Field(
            description="How well it keeps to its subjects: 0 at random, 1 one thing follows from another."
        ),
    ]
    turn_taking_efficiency: Annotated[
        Share | None,
        Field(
            description="How smoothly turns pass: 0 all talk at once or wait for each other, 1 "
            "without friction; "
            "null with one speaker."
        ),
    ]
    phase: Annotated[
        Phase | None,
        Field(
            description="Where it is at the last line: opening (greetings, finding the "
            "subject), development, closing "
            "(summing up, goodbyes)."
        ),
    ]


TASK = LlmTask(
    instruction=instruction(
        "Judge how this conversation runs: what disrupts it, who leads it, how engaged and coherent it "
        "is, how well speakers take turns, and in which phase it is. Who talks how long is measured, in "
        "the context; dominance is more than that: who sets subjects, asks, decides and is followed. A "
        "short answer or a pause is no disruption."
    ),
    findings=FlowFindings,
    reads_measures=True,
    reads_background=True,
)
