"""OpenAI's chat completions: server-sent events, a finish_reason, a chunk with usage, then [DONE]."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from services.llm.emulator.http import HttpRequest
from services.llm.emulator.wires.wire import Asked, Counted, Unfit, check_strict, dumped, event

_FINISH = {"stop": "stop", "length": "length", "refusal": "content_filter", "tool": "tool_calls"}
_KINDS = {429: "rate_limit_exceeded", 401: "invalid_request_error", 404: "invalid_request_error"}
_CODES = {429: "rate_limit_exceeded", 401: "invalid_api_key", 404: "model_not_found"}


class OpenAIWire:
    """See Wire."""

    name = "openai"
    kind = "text/event-stream; charset=utf-8"
    needs_key = True

    def takes(self, request: HttpRequest) -> bool:
        return request.path.partition("?")[0] == "/v1/chat/completions"

    def read(self, request: HttpRequest, body: dict[str, Any]) -> Asked:
        format_: dict[str, Any] = body.get("response_format", {}).get("json_schema", {})
        if format_.get("strict"):
            check_strict(format_["schema"], ("default",))
        texts = {"system": "", "user": ""}
        audio = 0
        for message in body["messages"]:
            content = message["content"]
            parts: list[Any] = [{"type": "text", "text": content}] if isinstance(content, str) else content
            texts[message["role"]] += "".join(part["text"] for part in parts if part["type"] == "text")
            for part in parts:
                if part["type"] == "input_audio":
                    audio += len(base64.b64decode(part["input_audio"]["data"], validate=True))
        if "max_tokens" in body:
            raise Unfit("Unsupported parameter: 'max_tokens' is not supported with this model.")
        return Asked(
            model=body["model"],
            streams=bool(body.get("stream")),
            message=texts["user"],
            system=texts["system"],
            key=request.headers.get("authorization", "").removeprefix("Bearer "),
            schema=format_.get("schema"),
            audio_bytes=audio,
            tools={
                each["function"]["name"]: each["function"]["parameters"] for each in body.get("tools", ())
            },
        )

    def begin(self, asked: Asked, counted: Counted) -> bytes:
        return event(_chunk(asked, {"role": "assistant", "content": "", "refusal": None}))

    def text(self, asked: Asked, piece: str) -> bytes:
        return event(_chunk(asked, {"content": piece}))

    def call(self, asked: Asked, name: str, arguments: Mapping[str, Any]) -> bytes:
        text = dumped(arguments).decode()
        function = {"name": name, "arguments": text[:5]}
        first = {"index": 0, "id": "call_1", "type": "function", "function": function}
        rest = {"index": 0, "function": {"arguments": text[5:]}}
        return event(_chunk(asked, {"tool_calls": [first]})) + event(_chunk(asked, {"tool_calls": [rest]}))

    def end(self, asked: Asked, finish: str, counted: Counted) -> bytes:
        last = {**_chunk(asked, {}), "choices": [], "usage": _usage(counted)}
        return event(_chunk(asked, {}, _FINISH[finish])) + event(last) + b"data: [DONE]\n\n"

    def garbage(self) -> bytes:
        return b'data: {"choices": [{"delta": \n\n'

    def failed(self, message: str) -> bytes:
        error = {"message": message, "type": "server_error", "param": None, "code": None}
        return event({"error": error})

    def whole(self, asked: Asked, text: str, finish: str, counted: Counted) -> bytes:
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": _FINISH[finish], "logprobs": None}
        answer = {**_chunk(asked, {}), "object": "chat.completion", "choices": [choice]}
        return dumped({**answer, "usage": _usage(counted)})

    def refusal(self, status: int, message: str, retry_after: float | None) -> bytes:
        kind = _KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
        return dumped(
            {"error": {"message": message, "type": kind, "param": None, "code": _CODES.get(status)}}
        )


def _chunk(asked: Asked, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return {
        "id": "chatcmpl-emulated",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": asked.answering_model,
        "choices": [choice],
    }


def _usage(counted: Counted) -> dict[str, int]:
    return {
        "prompt_tokens": counted.read,
        "completion_tokens": counted.made,
        "total_tokens": counted.read + counted.made,
    }
