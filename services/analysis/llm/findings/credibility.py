"""credibility: an explanation of how sure the speech sounds; it is no lie detector."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import Lines, Prose, Sentence, Speaker, instruction
from services.analysis.llm.llm_task import LlmTask


class Effect(StrEnum):
    """How something makes the speech sound."""

    SURER = "surer"
    LESS_SURE = "less_sure"


@dataclass(frozen=True)
class CredibilityObservation:
    """Something that makes the speech sound surer, or less sure."""

    description: Annotated[Sentence, Field(description="What it is, in one sentence.")]
    effect: Effect
    speaker: Speaker
    lines: Lines


@dataclass(frozen=True)
class CredibilityFindings:
    """Why the speech sounds as sure as it does."""

    observations: Annotated[
        tuple[CredibilityObservation, ...], Field(max_length=10, description="The most telling first.")
    ]
    explanation: Annotated[
        Prose,
        Field(description="Three to five sentences: what the measured score rests on, and what limits it."),
    ]


TASK = LlmTask(
    instruction=instruction(
        "Explain how sure, fluent and steady this speech sounds: hedged or definite wording, hesitations "
        "and repetitions, precise or vague details, statements that stay the same or change. The context "
        "has a score that was measured, with its interval; explain what in the lines fits it, and say "
        "how little it rests on if the interval is wide. This explains how the speech sounds, and never "
        "whether it is true: do not say or hint that somebody lies, deceives, hides something or is "
        "honest. Honest people may be halting and unsure, others smooth; a dialect, a second language or "
        "nerves are no sign of anything else."
    ),
    findings=CredibilityFindings,
    reads_measures=True,
)
