"""Ollama's chat: lines of JSON, the last with done: true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.llm.emulator.http import HttpRequest
from services.llm.emulator.wires.wire import Asked, Counted, dumped

# Ollama knows no refusal: a model that declines says so in its text.
_FINISH = {"stop": "stop", "length": "length", "refusal": "stop", "tool": "stop"}


class OllamaWire:
    """See Wire."""

    name = "ollama"
    kind = "application/x-ndjson"
    needs_key = False

    def takes(self, request: HttpRequest) -> bool:
        return request.path == "/api/chat"

    def read(self, request: HttpRequest, body: dict[str, Any]) -> Asked:
        texts = {"system": "", "user": ""}
        for message in body["messages"]:
            texts[message["role"]] += message["content"]
        format_ = body.get("format")
        return Asked(
            model=body["model"],
            streams=body.get("stream", True),
            message=texts["user"],
            system=texts["system"],
            key=request.headers.get("authorization", "").removeprefix("Bearer "),
            schema=format_ if isinstance(format_, dict) else None,
            tools={
                each["function"]["name"]: each["function"]["parameters"] for each in body.get("tools") or ()
            },
        )

    def begin(self, asked: Asked, counted: Counted) -> bytes:
        return b""

    def text(self, asked: Asked, piece: str) -> bytes:
        return _line(asked, {"content": piece})

    def call(self, asked: Asked, name: str, arguments: Mapping[str, Any]) -> bytes:
        calls = [{"function": {"name": name, "arguments": arguments}}]
        return _line(asked, {"content": "", "tool_calls": calls})

    def end(self, asked: Asked, finish: str, counted: Counted) -> bytes:
        return _line(asked, {"content": ""}, finish, counted)

    def garbage(self) -> bytes:
        return b'{"model": "broken", "message": \n'

    def failed(self, message: str) -> bytes:
        return dumped({"error": message}) + b"\n"

    def whole(self, asked: Asked, text: str, finish: str, counted: Counted) -> bytes:
        return _line(asked, {"content": text}, finish, counted)

    def refusal(self, status: int, message: str, retry_after: float | None) -> bytes:
        return dumped({"error": message})


def _line(asked: Asked, message: dict[str, Any], finish: str = "", counted: Counted | None = None) -> bytes:
    line: dict[str, Any] = {
        "model": asked.answering_model,
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", **message},
        "done": bool(finish),
    }
    if finish:
        line["done_reason"] = _FINISH[finish]
    if counted is not None:
        line |= {"prompt_eval_count": counted.read, "eval_count": counted.made, "total_duration": 1}
    # As Go writes JSON: its clients may take these for ends of lines.
    return dumped(line).replace("\u2028".encode(), b"\\u2028").replace("\u2029".encode(), b"\\u2029") + b"\n"
