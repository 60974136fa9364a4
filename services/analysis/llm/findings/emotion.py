"""emotion: which emotions show, how strongly, and when."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import EmotionKind, Lines, Sentence, Share, Speaker, instruction
from services.analysis.llm.llm_task import LlmTask


@dataclass(frozen=True)
class EmotionSpan:
    """An emotion of one speaker, while it lasts. Its times are those of its lines."""

    emotion: EmotionKind
    description: Annotated[Sentence, Field(description="What shows it, in one sentence.")]
    score: Annotated[Share, Field(description="How strong it is: 0 barely there, 1 overwhelming.")]
    speaker: Speaker
    lines: Lines


@dataclass(frozen=True)
class EmotionFindings:
    """The emotions of the speakers."""

    emotions: Annotated[tuple[EmotionSpan, ...], Field(max_length=30, description="In order of time.")]


TASK = LlmTask(
    instruction=instruction(
        "Find the emotions that the speakers show, each with how strong it is and with all lines of the "
        "stretch in which it lasts; begin a new one where it changes. If there is sound, or "
        "the context tells what was heard in it, go by the voice as well as by the words, and by the "
        "voice where they differ. Without either, go by the words: "
        "what is told calmly of something sad is not yet sadness. A stretch without emotion is neutral."
    ),
    findings=EmotionFindings,
    hears=True,
)
