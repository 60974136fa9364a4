"""argument: claims with what speaks for and against them, fallacies, and how good the argument is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import (
    Lines,
    Name,
    Percent,
    Quote,
    Quotes,
    Sentence,
    Share,
    Speaker,
    instruction,
)
from services.analysis.llm.llm_task import LlmTask


@dataclass(frozen=True)
class Claim:
    """Something that a speaker holds to be true, or to be right."""

    claim: Annotated[Sentence, Field(description="The claim, in one sentence.")]
    speaker: Speaker
    supporting_statements: Annotated[Quotes, Field(description="What was said for it; quotes.")]
    contradicting_statements: Annotated[
        Quotes, Field(description="What was said against it, by anybody; quotes.")
    ]
    confidence: Annotated[
        Share,
        Field(
            description="How certain you are that the speaker makes this claim: 0 a guess, 1 beyond doubt."
        ),
    ]
    lines: Lines


@dataclass(frozen=True)
class Fallacy:
    """A step in an argument that does not hold."""

    type: Annotated[
        Name,
        Field(
            description="Its usual name, such as straw man, ad hominem, false dilemma, slippery slope, hasty "
            "generalisation, circular reasoning, appeal to authority, appeal to emotion, false cause."
        ),
    ]
    description: Annotated[Sentence, Field(description="Why it does not hold, in one sentence.")]
    quote: Quote
    speaker: Speaker
    lines: Lines


@dataclass(frozen=True)
class ArgumentFindings:
    """What is argued, and how well."""

    claims: Annotated[
        tuple[Claim, ...], Field(max_length=15, description="The main claims, in order of time.")
    ]
    fallacies: Annotated[tuple[Fallacy, ...], Field(max_length=10, description="In order of time.")]
    coherence: Annotated[
        Percent | None, Field(description="How well the parts hang together: 0 not at all, 100 throughout.")
    ]
    evidence_strength: Annotated[
        Percent | None,
        Field(description="How well the claims are backed: 0 bare assertions, 100 checkable facts."),
    ]
    logical_consistency: Annotated[
        Percent | None,
        Field(description="How free of contradictions: 0 it refutes itself, 100 free of them."),
    ]


TASK = LlmTask(
    instruction=instruction(
        "Take this apart as an argument. Find the claims: statements that somebody could dispute, not "
        "greetings, questions or orders. For each, quote what was said for it and what was said against "
        "it. Name a fallacy only where the reasoning itself fails; an opinion, a joke or a claim without "
        "support is none. Then judge the argument as a whole, by how it is made and not by whether you "
        "agree. Where nothing is claimed, there is nothing to judge."
    ),
    findings=ArgumentFindings,
    max_output_tokens=8_192,
)
