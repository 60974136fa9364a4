"""quantitative_metrics: what cannot be counted of an interaction."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import (
    EmotionKind,
    Lines,
    Polarity,
    Sentence,
    Share,
    instruction,
)
from services.analysis.llm.llm_task import LlmTask


class SentimentTrend(StrEnum):
    """Where sentiment goes."""

    STEADY = "steady"
    RISING = "rising"
    FALLING = "falling"
    MIXED = "mixed"


@dataclass(frozen=True)
class NotableEvent:
    """A moment that changes the conversation."""

    description: Annotated[Sentence, Field(description="What happens, in one sentence.")]
    lines: Lines


@dataclass(frozen=True)
class SentimentStage:
    """A stretch of the conversation with one sentiment."""

    sentiment: Annotated[Polarity, Field(description="-1 very bad, 0 neutral, 1 very good.")]
    description: Annotated[Sentence, Field(description="What makes it so, in one sentence.")]
    lines: Lines


@dataclass(frozen=True)
class EmotionShare:
    """How much of the conversation shows an emotion."""

    emotion: EmotionKind
    share: Annotated[Share, Field(description="0 none of it, 1 all of it. All shares add up to 1.")]


@dataclass(frozen=True)
class QuantitativeFindings:
    """How the interaction went."""

    events: Annotated[
        tuple[NotableEvent, ...],
        Field(max_length=12, description="The most notable events, in order of time."),
    ]
    sentiment_course: Annotated[
        tuple[SentimentStage, ...],
        Field(max_length=8, description="The course of sentiment, in order of time."),
    ]
    emotions: Annotated[
        tuple[EmotionShare, ...],
        Field(max_length=12, description="The emotions that are there, each once, the most frequent first."),
    ]
    sentiment_trend: Annotated[
        SentimentTrend | None, Field(description="Where sentiment goes; null if one stage is all there is.")
    ]
    sentiment: Annotated[
        Polarity | None, Field(description="Sentiment of the whole: -1 very bad, 0 neutral, 1 very good.")
    ]
    engagement: Annotated[
        Share | None,
        Field(
            description="How much the speakers take part: 0 not at all, 0.5 as most people do, "
            "1 with all they have."
        ),
    ]
    energy: Annotated[
        Share | None,
        Field(description="How lively it is: 0 listless, 0.5 like an ordinary talk, 1 very lively."),
    ]


TASK = LlmTask(
    instruction=instruction(
        "Describe how this interaction goes: the events that change it, how sentiment develops from "
        "stage to stage, which emotions the words show and how much of it they take, and how engaged and "
        "energetic the speakers are. Go by what is said and by what was measured; a polite formula is no "
        "joy, and a problem that is reported calmly is no anger. Counts and times are measured already: "
        "do not repeat them."
    ),
    findings=QuantitativeFindings,
    reads_measures=True,
    reads_background=True,
)
