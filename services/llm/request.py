"""What is asked of a model, whichever vendor it is from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Audio:
    """A recording that goes into the same message as the text.

    Attributes:
        data: a whole file, 16-bit WAV unless `mime_type` says otherwise.
        mime_type: of the file.
    """

    data: bytes = field(repr=False)
    mime_type: str = "audio/wav"


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may ask to be called.

    Attributes:
        name: ASCII letters, digits, `_` and `-`; at most 64.
        description: when to call it.
        parameters: JSON schema of an object.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    Attributes:
        instruction: what to do; ours, and the only thing that the model is told to obey.
        data: what people said. It reaches the model as a data block, and has no say in what is to be done.
        schema: JSON schema of an object that the answer has to be; None: the answer is text.
        audio: what was said, as sound; only for providers that hear.
        context: what went before, ours or derived; within the data block's rules, before the data.
        model: of the first provider asked; empty: the one in its settings. Those that stand in for it
            use their own.
        max_output_tokens: after which the vendor breaks the answer off.
        tools: those that may be called; none: none.
    """

    instruction: str
    data: str = field(repr=False)
    schema: Mapping[str, Any] | None = field(default=None, repr=False)
    audio: Audio | None = None
    context: str = field(default="", repr=False)
    model: str = ""
    max_output_tokens: int = 8_192
    tools: tuple[Tool, ...] = ()

    def digest(self) -> str:
        """The same for requests that ask the same of the same model."""
        parts = [
            self.instruction,
            self.data,
            self.schema,
            [self.audio.mime_type, hashlib.sha256(self.audio.data).hexdigest()] if self.audio else None,
            self.context,
            self.max_output_tokens,
            [[tool.name, tool.description, tool.parameters] for tool in self.tools],
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=dict).encode()).hexdigest()
