"""manipulation: patterns of pressure with their evidence, and a risk that rests on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import (
    Lines,
    Name,
    Percent,
    Prose,
    Quotes,
    Sentence,
    Share,
    Speaker,
    instruction,
)
from services.analysis.llm.llm_task import LlmTask


class Severity(StrEnum):
    """How grave something is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class ManipulationPattern:
    """A way of pressing somebody."""

    pattern: Annotated[
        Name,
        Field(
            description="Such as urgency, guilt, flattery, gaslighting, false dilemma, "
            "authority, threat, social "
            "proof, reciprocity, minimising, blame shifting, isolation."
        ),
    ]
    severity: Annotated[
        Severity, Field(description="low: usual persuasion; medium: pressure; high: coercion.")
    ]
    evidence: Annotated[Quotes, Field(description="Where it shows; quotes.")]
    speaker: Speaker
    lines: Lines


@dataclass(frozen=True)
class Tactic:
    """What several patterns together amount to."""

    tactic: Annotated[Name, Field(description="In a few words, such as wearing down a refusal.")]
    description: Annotated[Sentence, Field(description="How it works here, in one sentence.")]
    speaker: Speaker
    lines: Lines


@dataclass(frozen=True)
class ManipulationFindings:
    """Signs of manipulation, and what they come to."""

    patterns: Annotated[
        tuple[ManipulationPattern, ...], Field(max_length=12, description="The gravest first.")
    ]
    tactics: Annotated[tuple[Tactic, ...], Field(max_length=6, description="The most important first.")]
    rationale: Annotated[
        Prose,
        Field(description="Two to four sentences: what the score rests on, and what speaks against it."),
    ]
    risk_score: Annotated[
        Percent | None,
        Field(description="Risk that somebody is manipulated: 0 none, 50 clear pressure, 100 coercion."),
    ]
    confidence: Annotated[
        Share | None, Field(description="How certain you are of the score: 0 a guess, 1 beyond doubt.")
    ]


TASK = LlmTask(
    instruction=instruction(
        "Look for manipulation: ways of getting somebody to do or believe something that work past their "
        "judgement. Give each pattern with quotes that show it; without a quote it is none. Open "
        "persuasion with reasons, a real deadline, praise that is meant, or firmness are none. Judge "
        "what is said and not what somebody may intend. In most conversations there is nothing: then "
        "lists are empty and the score is near 0."
    ),
    findings=ManipulationFindings,
)
