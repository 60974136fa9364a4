"""OpenAI, and what speaks its chat completions: streamed, with a JSON schema as response format."""

from __future__ import annotations

import base64
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
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

_ADDRESS = "https://api.openai.com/v1"
_COMPLETE = ("stop", "tool_calls")


class OpenAIProvider(SdkProvider["AsyncOpenAI"]):
    """See Provider. Its audio models hear WAV and MP3."""

    name = "openai"

    def __init__(self, settings: LlmSettings) -> None:
        super().__init__(settings, settings.openai, "openai")

    async def _stream(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        client = await self._client.get()
        reader = _Reader()
        async with (
            await client.chat.completions.create(
                **_arguments(request, model), stream=True, stream_options={"include_usage": True}
            ) as answer,
            closing_iterator(answer) as chunks,
        ):
            async for chunk in chunks:
                for event in reader.read(chunk):
                    yield event
        for event in reader.finish():
            yield event

    async def _whole(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        client = await self._client.get()
        answer: ChatCompletion = await client.chat.completions.create(**_arguments(request, model))
        choice = answer.choices[0]
        yield Answering(answer.model)
        if choice.message.refusal:
            raise _refused(choice.message.refusal)
        if choice.message.content:
            yield TextDelta(choice.message.content)
        for call in choice.message.tool_calls or ():
            if call.type == "function":
                yield ToolCall(call.id, call.function.name, json.loads(call.function.arguments or "{}"))
        if answer.usage is not None:
            yield Usage(answer.usage.prompt_tokens, answer.usage.completion_tokens)
        yield _end(choice.finish_reason)

    def _explain(self, error: Exception) -> ModelFailure:
        import openai

        if isinstance(error, openai.APIError) and not isinstance(error, openai.APIConnectionError):
            # In the middle of a stream; those who speak like OpenAI put the status there.
            status = int(error.code) if error.code and error.code.isdigit() else 0
            return explain_status(status, error.body, word=error.type or error.code or "")
        return explain_transport(error)

    def _build(self) -> AsyncOpenAI:
        import httpx2
        import openai

        settings = self._settings.openai
        return openai.AsyncOpenAI(
            api_key=self._key,
            base_url=settings.base_url or _ADDRESS,
            max_retries=0,
            timeout=None,
            http_client=httpx2.AsyncClient(**client_options(httpx2, settings, self._settings)),
        )


def _arguments(request: Request, model: str) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": prompt.user(request)}]
    if request.audio is not None:
        data = base64.b64encode(request.audio.data).decode()
        kind = "mp3" if request.audio.mime_type in ("audio/mpeg", "audio/mp3") else "wav"
        content.append({"type": "input_audio", "input_audio": {"data": data, "format": kind}})
    arguments: dict[str, Any] = {
        "model": model,
        "max_completion_tokens": request.max_output_tokens,
        "messages": [
            {"role": "system", "content": prompt.system(request)},
            {"role": "user", "content": content},
        ],
    }
    if request.schema is not None:
        named = {"name": "answer", "schema": strict(request.schema), "strict": True}
        arguments["response_format"] = {"type": "json_schema", "json_schema": named}
    if request.tools:
        arguments["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                },
            }
            for tool in request.tools
        ]
    return arguments


class _Reader:
    """Chunks to events."""

    def __init__(self) -> None:
        self._is_answering = False
        self._usage: Usage | None = None
        self._finish: str | None = None
        self._refusal = ""
        self._calls: dict[int, list[str]] = {}  # id, name and arguments, each growing

    def read(self, chunk: ChatCompletionChunk) -> Iterator[ProviderEvent]:
        if not self._is_answering:
            self._is_answering = True
            yield Answering(chunk.model)
        if chunk.usage is not None:
            self._usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
        for choice in chunk.choices[:1]:
            delta = choice.delta
            self._refusal += delta.refusal or ""
            if delta.content:
                yield TextDelta(delta.content)
            for call in delta.tool_calls or ():
                known = self._calls.setdefault(call.index, ["", "", ""])
                known[0] += call.id or ""
                if call.function is not None:
                    known[1] += call.function.name or ""
                    known[2] += call.function.arguments or ""
                yield Thinking()
            self._finish = choice.finish_reason or self._finish

    def finish(self) -> Iterator[ProviderEvent]:
        if self._refusal:
            raise _refused(self._refusal)
        if self._finish in _COMPLETE:  # else the last one's arguments may be cut
            for id_, name, arguments in self._calls.values():
                yield ToolCall(id_, name, json.loads(arguments or "{}"))
        if self._usage is not None:
            yield self._usage
        yield _end(self._finish)


def _end(finish: str | None) -> End:
    if finish == "content_filter":
        raise _refused(finish)
    return End(finish in _COMPLETE, finish or "")


def _refused(why: str) -> ModelFailure:
    return ModelFailure(reasons.LLM_REFUSED, f"the model does not answer: {why}", retryable=False)
