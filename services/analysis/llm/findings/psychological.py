"""psychological: state of mind as it shows in words; no diagnosis."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.analysis.llm.findings.parts import (
    Lines,
    Name,
    Prose,
    Quote,
    Sentence,
    Share,
    Speaker,
    instruction,
)
from services.analysis.llm.llm_task import LlmTask


@dataclass(frozen=True)
class PossibleBias:
    """A way of thinking that may lead astray."""

    bias: Annotated[
        Name,
        Field(
            description="Its usual name, such as confirmation bias, sunk cost, anchoring, "
            "availability, hindsight, "
            "overconfidence, black-and-white thinking, catastrophising."
        ),
    ]
    description: Annotated[Sentence, Field(description="What makes it possible here, in one sentence.")]
    quote: Quote
    speaker: Speaker
    lines: Lines


@dataclass(frozen=True)
class StateOfSpeaker:
    """The state of mind that one speaker's words show."""

    speaker: Speaker
    emotional_state: Annotated[
        Name, Field(description="In one to three words, such as calm, worried, relieved.")
    ]
    cognitive_load: Annotated[
        Share | None,
        Field(description="How hard it is for them to think and word it: 0 not at all, 1 extremely."),
    ]
    stress: Annotated[Share | None, Field(description="0 at ease, 1 under extreme stress.")]
    confidence: Annotated[
        Share | None, Field(description="How sure of themselves they sound: 0 not at all, 1 fully.")
    ]
    lines: Lines


@dataclass(frozen=True)
class PsychologicalFindings:
    """States of mind, as words show them."""

    speakers: Annotated[
        tuple[StateOfSpeaker, ...], Field(max_length=12, description="Each once, those who speak most first.")
    ]
    possible_biases: Annotated[tuple[PossibleBias, ...], Field(max_length=8, description="In order of time.")]
    summary: Annotated[Prose, Field(description="Two to four sentences, without any diagnosis.")]


TASK = LlmTask(
    instruction=instruction(
        "Describe the state of mind that the words of each speaker show at the moment: emotional state, "
        "cognitive load, stress, confidence, and ways of thinking that may be biased. Signs of load are "
        "broken-off sentences, repetitions and corrections; of stress, urgency, worry and absolute "
        "words. Make no diagnosis: name no disorder, trait of character or intelligence, and advise no "
        "treatment. A few lines show little of a person; where they show nothing of a matter, its score "
        "is null."
    ),
    findings=PsychologicalFindings,
)
