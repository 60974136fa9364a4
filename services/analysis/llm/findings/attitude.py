"""speaker_attitude: how each speaker treats the others, with reasons."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import Lines, MaybeSentence, Name, Share, Speaker, instruction
from services.analysis.llm.llm_task import LlmTask

Reason = Annotated[MaybeSentence, Field(description="Why, in one sentence; empty if there is no score.")]


@dataclass(frozen=True)
class AttitudeScore:
    """How much of an attitude a speaker shows."""

    attitude: Annotated[
        Name,
        Field(
            description="One word, such as friendly, cooperative, neutral, sceptical, "
            "impatient, dismissive, hostile, "
            "defensive, submissive, enthusiastic."
        ),
    ]
    score: Annotated[Share, Field(description="0 no trace of it, 1 throughout.")]


@dataclass(frozen=True)
class AttitudeOfSpeaker:
    """How one speaker treats the others."""

    speaker: Speaker
    scores: Annotated[tuple[AttitudeScore, ...], Field(max_length=6, description="The strongest first.")]
    respect_reason: Reason
    respect: Annotated[Share | None, Field(description="0 contemptuous, 0.5 neither, 1 very respectful.")]
    formality_reason: Reason
    formality: Annotated[Share | None, Field(description="0 slang, 0.5 everyday talk, 1 ceremonious.")]
    politeness_reason: Reason
    politeness: Annotated[Share | None, Field(description="0 rude, 0.5 neutral, 1 very polite.")]
    dominant_attitude: Annotated[Name, Field(description="The attitude that prevails, one word.")]
    lines: Lines


@dataclass(frozen=True)
class AttitudeFindings:
    """How the speakers treat each other."""

    speakers: Annotated[
        tuple[AttitudeOfSpeaker, ...],
        Field(max_length=12, description="Each once, those who speak most first."),
    ]
    dominant_attitude: Annotated[
        str,
        Field(
            max_length=200,
            description="The attitude that prevails in all of it, one word; empty if none does.",
        ),
    ]


TASK = LlmTask(
    instruction=instruction(
        "Describe the attitude of each speaker towards the others and what they say. Give the reason of "
        "a score before the score. Respect is how the other person is treated, politeness how things are "
        "worded, formality the register; they differ: one can be polite without respect, and informal "
        "with it. Where somebody only speaks of things and to nobody, respect is null."
    ),
    findings=AttitudeFindings,
    max_output_tokens=8_192,
)
