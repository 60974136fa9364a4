"""enhanced_understanding: what it is about, what is open, and what does not fit together."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import (
    ActionItem,
    Lines,
    MaybeSentence,
    Name,
    Prose,
    Quote,
    Sentence,
    Speaker,
    Statement,
    instruction,
)
from services.analysis.llm.llm_task import LlmTask


@dataclass(frozen=True)
class KeyTopic:
    """Something that the conversation is about."""

    topic: Annotated[Name, Field(description="In one to four words.")]
    description: Annotated[Sentence, Field(description="What was said about it, in one sentence.")]
    lines: Lines


@dataclass(frozen=True)
class Inconsistency:
    """Two statements that cannot both be true."""

    description: Annotated[Sentence, Field(description="Why they do not fit together, in one sentence.")]
    first_quote: Quote
    second_quote: Quote
    lines: Lines


@dataclass(frozen=True)
class EvasiveArea:
    """A matter that a speaker was asked about and did not answer."""

    topic: Annotated[Name, Field(description="The matter, in a few words.")]
    description: Annotated[
        Sentence, Field(description="What was asked and what came instead, in one sentence.")
    ]
    speaker: Speaker
    lines: Lines


@dataclass(frozen=True)
class FollowUpQuestion:
    """A question worth asking next."""

    question: Annotated[Sentence, Field(description="The question, as one would ask it.")]
    reason: Annotated[MaybeSentence, Field(description="What the answer would settle, in one sentence.")]
    lines: Lines


@dataclass(frozen=True)
class UnderstandingFindings:
    """What was said, and what was left open."""

    key_topics: Annotated[tuple[KeyTopic, ...], Field(max_length=10, description="The most important first.")]
    action_items: Annotated[tuple[ActionItem, ...], Field(max_length=20, description="In order of time.")]
    unresolved_questions: Annotated[
        tuple[Statement, ...],
        Field(max_length=20, description="Questions without an answer, in order of time."),
    ]
    inconsistencies: Annotated[
        tuple[Inconsistency, ...], Field(max_length=10, description="The gravest first.")
    ]
    evasive_areas: Annotated[tuple[EvasiveArea, ...], Field(max_length=10, description="In order of time.")]
    unverified_claims: Annotated[
        tuple[Statement, ...],
        Field(max_length=15, description="Statements of fact that matter and that nothing here backs."),
    ]
    follow_up_questions: Annotated[
        tuple[FollowUpQuestion, ...], Field(max_length=8, description="The most useful first.")
    ]
    summary: Annotated[Prose, Field(description="Three to five sentences.")]


TASK = LlmTask(
    instruction=instruction(
        "Work out what was said here and what was left open. Key topics are what most of it is about. An "
        "action item is something that somebody is to do. A question is unresolved if nobody answered it "
        "later. An inconsistency needs two quotes that exclude each other; a correction that the speaker "
        "makes is none. Somebody is evasive only where they were asked and answered something else; not "
        "knowing is not evading. Unverified claims are facts that others would want to check. Follow-up "
        "questions ask for what is missing."
    ),
    findings=UnderstandingFindings,
    max_output_tokens=8_192,
)
