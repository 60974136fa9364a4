"""Claude by anthropic: streamed messages with a JSON schema as output format."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from typing import TYPE_CHECKING, Any

from services.llm import prompt, reasons
from services.llm.events import Answering, End, ProviderEvent, TextDelta, Thinking, ToolCall, Usage
from services.llm.explain import explain_status, explain_transport
from services.llm.failure import ModelFailure
from services.llm.http import client_options
from services.llm.provider import SdkProvider, closing_iterator
from services.llm.request import Request
from services.llm.schema import strict
from services.llm.settings import LlmSettings

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import Message, RawMessageStreamEvent

_ADDRESS = "https://api.anthropic.com"
_COMPLETE = ("end_turn", "tool_use", "stop_sequence")


class ClaudeProvider(SdkProvider["AsyncAnthropic"]):
    """See Provider. It hears nothing."""

    name = "claude"

    def __init__(self, settings: LlmSettings) -> None:
        super().__init__(settings, settings.claude, "anthropic")

    async def _stream(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        client = await self._client.get()
        reader = _Reader()
        async with (
            await client.messages.create(**_arguments(request, model), stream=True) as answer,
            closing_iterator(answer) as events,
        ):
            async for part in events:
                for event in reader.read(part):
                    yield event
        for event in reader.finish():
            yield event

    async def _whole(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        client = await self._client.get()
        message: Message = await client.messages.create(**_arguments(request, model))
        yield Answering(message.model)
        text = "".join(block.text for block in message.content if block.type == "text")
        if text:
            yield TextDelta(text)
        for block in message.content:
            if block.type == "tool_use":
                yield ToolCall(block.id, block.name, dict(block.input))
        yield Usage(_input(message.usage), message.usage.output_tokens)
        yield _end(message.stop_reason)

    def _explain(self, error: Exception) -> ModelFailure:
        import anthropic

        if isinstance(error, anthropic.APIStatusError):  # in the middle of a stream
            return explain_status(error.status_code, error.body)
        return explain_transport(error)

    def _build(self) -> AsyncAnthropic:
        import anthropic
        import httpx2

        settings = self._settings.claude
        return anthropic.AsyncAnthropic(
            api_key=self._key,
            base_url=settings.base_url or _ADDRESS,
            max_retries=0,
            timeout=None,
            # Traces of a conversation are nothing for a vendor to see.
            open_telemetry={"traces": False, "propagation": False},
            http_client=httpx2.AsyncClient(**client_options(httpx2, settings, self._settings)),
        )


def _arguments(request: Request, model: str) -> dict[str, Any]:
    if request.audio is not None:
        raise ModelFailure(reasons.LLM_REQUEST_REFUSED, "this provider does not hear", retryable=False)
    arguments: dict[str, Any] = {
        "model": model,
        "max_tokens": request.max_output_tokens,
        "system": prompt.system(request),
        "messages": [{"role": "user", "content": prompt.user(request)}],
    }
    if request.schema is not None:
        schema = strict(request.schema, keeps_bounds=False)
        arguments["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    if request.tools:
        arguments["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.parameters)}
            for tool in request.tools
        ]
    return arguments


class _Reader:
    """Events of the wire to ours."""

    def __init__(self) -> None:
        self._input = 0
        self._output: int | None = None
        self._stop: str | None = None
        self._tool: tuple[str, str] | None = None
        self._arguments = ""
        self._calls: list[tuple[str, str, str]] = []

    def read(self, part: RawMessageStreamEvent) -> Iterator[ProviderEvent]:
        match part.type:
            case "message_start":
                self._input = _input(part.message.usage)
                yield Answering(part.message.model)
            case "content_block_start":
                block = part.content_block
                self._tool = (block.id, block.name) if block.type == "tool_use" else None
                self._arguments = ""
            case "content_block_delta":
                delta = part.delta
                if delta.type == "text_delta":
                    yield TextDelta(delta.text)
                elif delta.type == "input_json_delta":
                    self._arguments += delta.partial_json
                    yield Thinking()
                elif delta.type == "thinking_delta":
                    yield Thinking()
            case "content_block_stop":
                if self._tool is not None:
                    self._calls.append((*self._tool, self._arguments))
                    self._tool = None
            case "message_delta":
                self._stop = part.delta.stop_reason
                self._input = _input(part.usage) or self._input
                self._output = part.usage.output_tokens

    def finish(self) -> Iterator[ProviderEvent]:
        if self._stop in _COMPLETE:  # else the last one's arguments may be cut
            for id_, name, arguments in self._calls:
                yield ToolCall(id_, name, json.loads(arguments or "{}"))
        if self._output is not None:
            yield Usage(self._input, self._output)
        yield _end(self._stop)


def _input(usage: Any) -> int:
    """Tokens read, those from and to the vendor's cache included."""
    return (
        (usage.input_tokens or 0)
        + (usage.cache_creation_input_tokens or 0)
        + (usage.cache_read_input_tokens or 0)
    )


def _end(stop: str | None) -> End:
    if stop == "refusal":
        raise ModelFailure(reasons.LLM_REFUSED, "the model does not answer: refusal", retryable=False)
    return End(stop in _COMPLETE, stop or "")
