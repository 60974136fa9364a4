"""session_insights: the story of a session."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import Lines, Prose, Sentence, instruction
from services.analysis.llm.llm_task import LlmTask


@dataclass(frozen=True)
class TurningPoint:
    """A moment after which the session goes differently."""

    description: Annotated[Sentence, Field(description="What changes, in one sentence.")]
    lines: Lines


@dataclass(frozen=True)
class InsightFindings:
    """How the session developed."""

    turning_points: Annotated[tuple[TurningPoint, ...], Field(max_length=8, description="In order of time.")]
    narrative: Annotated[
        Prose, Field(description="Four to eight sentences: how it began, how it developed, where it ended.")
    ]


TASK = LlmTask(
    instruction=instruction(
        "Tell how this session developed: where it began, what changed and why, how steady the speakers "
        "were, where hesitation and risk grew or faded, and where it ended. The context says what was "
        "measured over the session; weave it in where the lines explain it, and do not list it. Tell "
        "what happened, without advice."
    ),
    findings=InsightFindings,
    reads_measures=True,
    reads_background=True,
)
