"""Anthropic's messages: named server-sent events, from message_start to message_stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.llm.emulator.http import HttpRequest
from services.llm.emulator.wires.wire import Asked, Counted, Unfit, check_strict, dumped, event

_FINISH = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal", "tool": "tool_use"}
_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    503: "overloaded_error",
    529: "overloaded_error",
}
_UNSUPPORTED = ("minimum", "maximum", "minLength", "maxLength", "multipleOf", "maxItems")


class ClaudeWire:
    """See Wire."""

    name = "claude"
    kind = "text/event-stream; charset=utf-8"
    needs_key = True

    def takes(self, request: HttpRequest) -> bool:
        return request.path.partition("?")[0] == "/v1/messages"

    def read(self, request: HttpRequest, body: dict[str, Any]) -> Asked:
        if "anthropic-version" not in request.headers:
            raise Unfit("anthropic-version: header is required")
        if not isinstance(body.get("max_tokens"), int):
            raise Unfit("max_tokens: Field required")
        schema = body.get("output_config", {}).get("format", {}).get("schema")
        check_strict(schema, _UNSUPPORTED)
        contents = [message["content"] for message in body["messages"]]
        return Asked(
            model=body["model"],
            streams=bool(body.get("stream")),
            message="".join(each if isinstance(each, str) else each[0]["text"] for each in contents),
            system=body.get("system", ""),
            # Older SDKs use the one, newer ones the other.
            key=request.headers.get("x-api-key")
            or request.headers.get("authorization", "").removeprefix("Bearer "),
            schema=schema,
            tools={each["name"]: each["input_schema"] for each in body.get("tools", ())},
        )

    def begin(self, asked: Asked, counted: Counted) -> bytes:
        message = {**_message(asked, counted), "content": [], "stop_reason": None, "stop_sequence": None}
        message["usage"] = {"input_tokens": counted.read, "output_tokens": 1}
        return event({"type": "message_start", "message": message}, "message_start") + event(
            {"type": "ping"}, "ping"
        )

    def text(self, asked: Asked, piece: str) -> bytes:
        # Blocks of one piece each: simpler than to know which is the first, and as valid.
        delta = {"type": "text_delta", "text": piece}
        return _block({"type": "text", "text": ""}, delta)

    def call(self, asked: Asked, name: str, arguments: Mapping[str, Any]) -> bytes:
        delta = {"type": "input_json_delta", "partial_json": dumped(arguments).decode()}
        return _block({"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}, delta)

    def end(self, asked: Asked, finish: str, counted: Counted) -> bytes:
        delta = {"stop_reason": _FINISH[finish], "stop_sequence": None}
        usage = {"output_tokens": counted.made}
        return event({"type": "message_delta", "delta": delta, "usage": usage}, "message_delta") + event(
            {"type": "message_stop"}, "message_stop"
        )

    def garbage(self) -> bytes:
        return b'event: content_block_delta\ndata: {"type": "content_block_delta", \n\n'

    def failed(self, message: str) -> bytes:
        return event({"type": "error", "error": {"type": "overloaded_error", "message": message}}, "error")

    def whole(self, asked: Asked, text: str, finish: str, counted: Counted) -> bytes:
        content = [{"type": "text", "text": text}]
        message = {**_message(asked, counted), "content": content, "stop_reason": _FINISH[finish]}
        return dumped({**message, "stop_sequence": None})

    def refusal(self, status: int, message: str, retry_after: float | None) -> bytes:
        error = {"type": _KINDS.get(status, "api_error"), "message": message}
        return dumped({"type": "error", "error": error, "request_id": "req_emulated"})


def _message(asked: Asked, counted: Counted) -> dict[str, Any]:
    return {
        "id": "msg_emulated",
        "type": "message",
        "role": "assistant",
        "model": asked.answering_model,
        "usage": {"input_tokens": counted.read, "output_tokens": counted.made},
    }


def _block(start: dict[str, Any], delta: dict[str, Any]) -> bytes:
    return (
        event({"type": "content_block_start", "index": 0, "content_block": start}, "content_block_start")
        + event({"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta")
        + event({"type": "content_block_stop", "index": 0}, "content_block_stop")
    )
