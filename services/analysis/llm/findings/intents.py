"""speaker_intent: what each speaker is up to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import Lines, Name, Quotes, Share, Speaker, instruction
from services.analysis.llm.llm_task import LlmTask


@dataclass(frozen=True)
class InferredIntent:
    """What one speaker wants to bring about."""

    speaker: Speaker
    intent: Annotated[Name, Field(description="In two to eight words, such as wants to cancel the contract.")]
    supporting_phrases: Annotated[Quotes, Field(description="What shows it; quotes.")]
    secondary_intents: Annotated[
        tuple[Name, ...], Field(max_length=5, description="What else they want, the most important first.")
    ]
    confidence: Annotated[
        Share, Field(description="How certain you are of the intent: 0 a guess, 1 they say so.")
    ]
    lines: Lines


@dataclass(frozen=True)
class IntentFindings:
    """What the speakers are up to."""

    speakers: Annotated[
        tuple[InferredIntent, ...], Field(max_length=12, description="Each once, those who speak most first.")
    ]


TASK = LlmTask(
    instruction=instruction(
        "Infer what each speaker wants to bring about by what they say: the one intent behind most of "
        "it, and others beside it. Quote the phrases that show it. An intent that is said outright is "
        "certain; one that is only suggested is not. Do not suppose hidden motives that no phrase shows; "
        "leave out speakers whose words show no intent."
    ),
    findings=IntentFindings,
)
