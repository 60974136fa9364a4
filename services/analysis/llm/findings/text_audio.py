"""text_audio_features: how it sounded, as far as text shows that, or as it was heard."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import Lines, MaybeSentence, Sentence, Share, instruction
from services.analysis.llm.llm_task import LlmTask


class Aspect(StrEnum):
    """What of speech."""

    CLARITY = "clarity"
    RATE = "rate"
    INTONATION = "intonation"


class Rate(StrEnum):
    """How fast somebody speaks."""

    SLOW = "slow"
    MODERATE = "moderate"
    FAST = "fast"
    UNEVEN = "uneven"


class Intonation(StrEnum):
    """How the voice moves."""

    FLAT = "flat"
    CALM = "calm"
    LIVELY = "lively"
    EMPHATIC = "emphatic"
    QUESTIONING = "questioning"


@dataclass(frozen=True)
class SpeechSign:
    """A place that shows how it sounded."""

    aspect: Aspect
    description: Annotated[Sentence, Field(description="What it shows, in one sentence.")]
    lines: Lines


@dataclass(frozen=True)
class TextAudioFindings:
    """How it sounded."""

    signs: Annotated[tuple[SpeechSign, ...], Field(max_length=12, description="In order of time.")]
    clarity_reason: Annotated[MaybeSentence, Field(description="Why the clarity is so, in one sentence.")]
    clarity: Annotated[
        Share | None,
        Field(description="How clear it is: 0 garbled, 0.5 with repairs and gaps, 1 clear throughout."),
    ]
    rate: Annotated[Rate | None, Field(description="How fast, by what was measured and by the wording.")]
    intonation: Annotated[Intonation | None, Field(description="What prevails, by punctuation and wording.")]


TASK = LlmTask(
    instruction=instruction(
        "Find how it sounded: how clear, how fast, with what intonation. If there is sound, go by it; if "
        "the context tells what was heard in it, go by that. Without either, read it from the text: signs "
        "are broken-off words and repairs, hesitations and fillers, exclamation and question marks, "
        "emphasis by wording, long or clipped sentences, and the rates and pauses that were measured, in "
        "the context. A transcript hides much: give a value only where there are signs of it."
    ),
    findings=TextAudioFindings,
    reads_measures=True,
    hears=True,
)
