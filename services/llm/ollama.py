"""Ollama: streamed chat with a JSON schema as format; local, no key."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from typing import TYPE_CHECKING, Any, cast

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
    from collections.abc import AsyncIterator

    from ollama import AsyncClient, ChatResponse

_ADDRESS = "http://127.0.0.1:11434"


class OllamaProvider(SdkProvider["AsyncClient"]):
    """See Provider. It hears nothing."""

    name = "ollama"

    def __init__(self, settings: LlmSettings) -> None:
        super().__init__(settings, settings.ollama, "ollama")

    async def _stream(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        client = await self._client.get()
        reader = _Reader(model)
        answer = await client.chat(**self._arguments(request, model, True))
        # The SDK's types do not see that this is an iterator where it streams.
        async with closing_iterator(cast("AsyncIterator[ChatResponse]", answer)) as chunks:
            async for chunk in chunks:
                for event in reader.read(chunk):
                    yield event
        for event in reader.finish():
            yield event

    async def _whole(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        client = await self._client.get()
        reader = _Reader(model)
        chunk = cast("ChatResponse", await client.chat(**self._arguments(request, model, False)))
        for event in (*reader.read(chunk), *reader.finish()):
            yield event

    def _explain(self, error: Exception) -> ModelFailure:
        import ollama

        if isinstance(error, ollama.ResponseError):  # in the middle of a stream
            return explain_status(error.status_code, error.error)
        if isinstance(error, ConnectionError):  # the SDK's own, without its cause
            return ModelFailure(reasons.LLM_UNREACHABLE, str(error), retryable=True)
        return explain_transport(error)

    def _arguments(self, request: Request, model: str, streams: bool) -> dict[str, Any]:
        if request.audio is not None:
            raise ModelFailure(reasons.LLM_REQUEST_REFUSED, "this provider does not hear", retryable=False)
        options = {"num_predict": request.max_output_tokens}
        if self._settings.ollama.context_tokens:
            options["num_ctx"] = self._settings.ollama.context_tokens
        return {
            "model": model,
            "messages": [
                {"role": "system", "content": prompt.system(request)},
                # The SDK takes this character for the end of a line when the model repeats it.
                {"role": "user", "content": prompt.user(request).replace("\x85", " ")},
            ],
            # It writes a grammar from it, and a limit of n out as n rules, of which there may be too many.
            "format": strict(request.schema, keeps_bounds=False) if request.schema is not None else None,
            "options": options,
            "stream": streams,
            "tools": [
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
            or None,
        }

    def _build(self) -> AsyncClient:
        import httpx
        import ollama

        settings = self._settings.ollama
        options = client_options(httpx, settings, self._settings)
        if self._key:
            options["headers"]["authorization"] = f"Bearer {self._key}"
        return ollama.AsyncClient(host=settings.base_url or _ADDRESS, **options)


class _Reader:
    """Lines to events."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._is_answering = False
        self._last: ChatResponse | None = None

    def read(self, chunk: ChatResponse) -> Iterator[ProviderEvent]:
        if not self._is_answering:
            self._is_answering = True
            yield Answering(chunk.model or self._model)
        if chunk.message.thinking:
            yield Thinking()
        if chunk.message.content:
            yield TextDelta(chunk.message.content)
        for call in chunk.message.tool_calls or ():
            yield ToolCall("", call.function.name, call.function.arguments)
        if chunk.done:
            self._last = chunk

    def finish(self) -> Iterator[ProviderEvent]:
        last = self._last
        if last is None:
            yield End(False, "")
            return
        yield Usage(last.prompt_eval_count or 0, last.eval_count or 0)
        # Older servers give no reason.
        yield End(last.done_reason in ("stop", None), last.done_reason or "done")
