"""What the vendors' protocols have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.llm.emulator.http import HttpRequest


class Unfit(ValueError):
    """The vendor would refuse the request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    Attributes:
        model: by the name in the request.
        streams: whether a stream is asked for.
        message: the user's text.
        system: the instruction.
        key: that came with it; empty: none.
        schema: that the answer has to fit; None: text.
        audio_bytes: of audio in the message.
        tools: JSON schemas of arguments, by name.
    """

    model: str
    streams: bool
    message: str
    system: str
    key: str = field(default="", repr=False)
    schema: Mapping[str, Any] | None = None
    audio_bytes: int = 0
    tools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def answering_model(self) -> str:
        """The name under which the emulator answers: nobody shall take it for the vendor's."""
        return f"emulator-{self.model.removeprefix('models/')}"


@dataclass(frozen=True, slots=True)
class Counted:
    """Tokens."""

    read: int
    made: int


class Wire(Protocol):
    """One vendor's server. What is sent is bytes of a body."""

    name: str
    kind: str
    """Content type of a stream."""
    needs_key: bool

    def takes(self, request: HttpRequest) -> bool:
        """Whether the request is for this vendor."""

    def read(self, request: HttpRequest, body: dict[str, Any]) -> Asked:
        """What it asks for. Raises Unfit, KeyError, TypeError."""

    def begin(self, asked: Asked, counted: Counted) -> bytes:
        """Before the first piece."""

    def text(self, asked: Asked, piece: str) -> bytes:
        """A piece of text."""

    def call(self, asked: Asked, name: str, arguments: Mapping[str, Any]) -> bytes:
        """A call of a tool."""

    def end(self, asked: Asked, finish: str, counted: Counted) -> bytes:
        """The terminal marker; `finish` as in Answering, or "tool"."""

    def garbage(self) -> bytes:
        """What cannot be read where an event is expected."""

    def failed(self, message: str) -> bytes:
        """An error in the middle of a stream."""

    def whole(self, asked: Asked, text: str, finish: str, counted: Counted) -> bytes:
        """An answer that was not to be streamed."""

    def refusal(self, status: int, message: str, retry_after: float | None) -> bytes:
        """The body that comes with a status."""


def dumped(value: Any) -> bytes:
    """JSON, as vendors send it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def event(value: Any, name: str = "") -> bytes:
    """A server-sent event."""
    named = f"event: {name}\n".encode() if name else b""
    return named + b"data: " + dumped(value) + b"\n\n"


USUAL_WORDS: Mapping[int, str] = {
    400: "The request is not valid.",
    401: "The key is not valid.",
    403: "The key has no access to this.",
    404: "The model is not found.",
    429: "Too many requests.",
    500: "Something went wrong here.",
    502: "The gateway got no answer.",
    503: "The model is overloaded.",
    529: "Overloaded",
}
"""With a status, where nothing else is to be said."""


def check_strict(schema: Any, unsupported: tuple[str, ...] = ()) -> None:
    """Raise Unfit where a schema is not as strict structured output wants it."""
    if isinstance(schema, list):
        for each in schema:
            check_strict(each, unsupported)
    elif isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            if schema.get("additionalProperties") is not False:
                raise Unfit("'additionalProperties' is required to be supplied and to be false")
            if set(schema.get("required", ())) != set(schema["properties"]):
                raise Unfit("'required' is required to be an array including every key in properties")
        for key, value in schema.items():
            if key in unsupported and not isinstance(value, dict):
                raise Unfit(f"For this type, property '{key}' is not supported")
            if key in ("properties", "$defs") and isinstance(value, dict):
                for each in value.values():
                    check_strict(each, unsupported)
            elif key in ("items", "anyOf", "allOf"):
                check_strict(value, unsupported)
