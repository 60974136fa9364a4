"""What a model's answer consists of, whichever vendor it is from.

    Attempt  Answering  (TextDelta | ToolCall)*  Usage?  End        all went well at once
    Attempt  Answering  TextDelta*  Attempt  Answering  …           another attempt: forget what came before

A stream of `Llm` begins with an Attempt, and ends with an End or with a ModelFailure. What a provider yields
has no Attempt in it, and may have Thinking, which `Llm` keeps to itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Attempt:
    """A provider is asked. What came of the attempt before it, if anything, is void.

    Attributes:
        provider, model: that is asked, by the settings' names.
        number: of this attempt, from 1 over all providers.
        fallback_from: the provider that this one stands in for; empty for the first.
        is_cached: the answer was given before, to the same request; nothing is asked.
    """

    provider: str
    model: str
    number: int
    fallback_from: str = ""
    is_cached: bool = False


@dataclass(frozen=True, slots=True)
class Answering:
    """The vendor has taken the request.

    Attributes:
        model: that answers, by the vendor's own name, which may be more exact than what was asked for.
        is_streamed: whether the answer comes as it is made; else it comes in one TextDelta, when it is whole.
    """

    model: str
    is_streamed: bool = True


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The answer goes on; pieces are cut anywhere."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a function to be called.

    Attributes:
        id: by which the vendor knows the call; empty where it has none.
        name: of the tool.
        arguments: an object; not validated.
    """

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Thinking:
    """The model is alive, and does not answer yet."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that the vendor counted for the whole attempt; output includes what the model thought."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class End:
    """The answer is over.

    Attributes:
        complete: whether the vendor said that it is whole; from `Llm` always true.
        finish: the vendor's word for how it ended; empty: there was none, the stream just stopped.
    """

    complete: bool
    finish: str


AnswerEvent = Answering | TextDelta | ToolCall | Usage | End
"""What an answer consists of."""

Event = Attempt | AnswerEvent
"""What `Llm.stream` yields."""

ProviderEvent = AnswerEvent | Thinking
"""What a provider yields: first Answering, last End."""
