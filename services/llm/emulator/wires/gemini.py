"""Gemini's API for developers: server-sent events; no terminal event, but a finishReason in the last."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from services.llm.emulator.http import HttpRequest
from services.llm.emulator.wires.wire import Asked, Counted, Unfit, dumped, event

_PATH = re.compile(r"/v1(?:beta|alpha)?/models/([^/:?]+):(streamGenerateContent|generateContent)(\?.*)?")
_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "refusal": "SAFETY", "tool": "STOP"}
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_USUAL = str.maketrans("-_", "+/")


class GeminiWire:
    """See Wire."""

    name = "gemini"
    kind = "text/event-stream"
    needs_key = True

    def takes(self, request: HttpRequest) -> bool:
        return _PATH.fullmatch(request.path) is not None

    def read(self, request: HttpRequest, body: dict[str, Any]) -> Asked:
        path = _PATH.fullmatch(request.path)
        assert path is not None
        if path[2] == "streamGenerateContent" and "alt=sse" not in (path[3] or ""):
            raise Unfit("this emulator streams events only: alt=sse")
        parts = [part for content in body["contents"] for part in content["parts"]]
        config = _field(body, "generationConfig", {})
        schema = _field(config, "responseJsonSchema", _field(config, "responseSchema"))
        if schema is not None and _field(config, "responseMimeType") != "application/json":
            raise Unfit("responseSchema is only supported with responseMimeType application/json")
        instruction = _field(body, "systemInstruction", {}).get("parts", ())
        recordings = [_field(part, "inlineData") for part in parts]
        tools = [each for tool in body.get("tools", ()) for each in _field(tool, "functionDeclarations", ())]
        return Asked(
            model=path[1],
            streams=path[2] == "streamGenerateContent",
            message="".join(part.get("text", "") for part in parts),
            system="".join(part["text"] for part in instruction),
            key=request.headers.get("x-goog-api-key", ""),
            schema=schema,
            audio_bytes=sum(_audio_bytes(each) for each in recordings if each is not None),
            tools={each["name"]: _field(each, "parametersJsonSchema", {}) for each in tools},
        )

    def begin(self, asked: Asked, counted: Counted) -> bytes:
        return b""

    def text(self, asked: Asked, piece: str) -> bytes:
        return event(_chunk(asked, [{"text": piece}]))

    def call(self, asked: Asked, name: str, arguments: Mapping[str, Any]) -> bytes:
        return event(_chunk(asked, [{"functionCall": {"id": "call-1", "name": name, "args": arguments}}]))

    def end(self, asked: Asked, finish: str, counted: Counted) -> bytes:
        return event(_chunk(asked, [{"text": ""}], finish, counted))

    def garbage(self) -> bytes:
        return b'data: {"candidates": [{"content": \n\n'

    def failed(self, message: str) -> bytes:
        return event({"error": {"code": 503, "message": message, "status": "UNAVAILABLE"}})

    def whole(self, asked: Asked, text: str, finish: str, counted: Counted) -> bytes:
        return dumped(_chunk(asked, [{"text": text}], finish, counted))

    def refusal(self, status: int, message: str, retry_after: float | None) -> bytes:
        info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{retry_after or 0:g}s"}
        error = {"code": status, "message": message, "status": _STATUSES.get(status, "UNKNOWN")}
        return dumped({"error": {**error, "details": [info]} if retry_after is not None else error})


def _chunk(
    asked: Asked, parts: list[dict[str, Any]], finish: str = "", counted: Counted | None = None
) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    chunk: dict[str, Any] = {"candidates": [candidate], "modelVersion": asked.answering_model}
    if finish:
        candidate["finishReason"] = _FINISH[finish]
    if counted is not None:
        chunk["usageMetadata"] = {
            "promptTokenCount": counted.read,
            "candidatesTokenCount": counted.made,
            "totalTokenCount": counted.read + counted.made,
        }
    return chunk


def _field(message: Mapping[str, Any], name: str, default: Any = None) -> Any:
    """The vendor takes names in either notation, and its SDK mixes them."""
    snake = re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name)
    return message.get(name, message.get(snake, default))


def _audio_bytes(data: dict[str, str]) -> int:
    kind = _field(data, "mimeType", "")
    if not kind.startswith("audio/"):
        raise Unfit(f"Unsupported MIME type: {kind}")
    return len(base64.b64decode(data["data"].translate(_USUAL), validate=True))
