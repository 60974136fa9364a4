"""Gemini by google-genai: `generate_content_stream` with a response schema, audio in the same message."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from services.llm import prompt, reasons
from services.llm.events import Answering, End, ProviderEvent, TextDelta, Thinking, ToolCall, Usage
from services.llm.explain import explain_status, explain_transport
from services.llm.failure import ModelFailure
from services.llm.http import client_options, noting
from services.llm.provider import SdkProvider, closing_iterator
from services.llm.request import Request
from services.llm.schema import strict
from services.llm.settings import LlmSettings

if TYPE_CHECKING:
    from google.genai import types
    from google.genai.client import AsyncClient

_REFUSALS = {
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "ESCALATION",
    "MODEL_ARMOR", "PUP_LIMITED_DISABLED",
}  # fmt: skip


class GeminiProvider(SdkProvider["tuple[AsyncClient, Any]"]):
    """See Provider."""

    name = "gemini"

    def __init__(self, settings: LlmSettings) -> None:
        super().__init__(settings, settings.gemini, "google-genai")

    async def _stream(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        client, _ = await self._client.get()
        answer = await client.models.generate_content_stream(
            model=model, contents=_contents(request), config=_config(request)
        )
        reader = _Reader(model)
        async with AsyncExitStack() as stack:
            chunks = await stack.enter_async_context(closing_iterator(answer))
            with noting() as responses:
                chunk = await anext(chunks, None)
            for response in responses:
                # The SDK's generators close it when they are collected; that is not at once.
                stack.push_async_callback(response.aclose)
            while chunk is not None:
                for event in reader.read(chunk):
                    yield event
                chunk = await anext(chunks, None)
        for event in reader.finish():
            yield event

    async def _whole(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        client, _ = await self._client.get()
        reader = _Reader(model)
        chunk = await client.models.generate_content(
            model=model, contents=_contents(request), config=_config(request)
        )
        for event in (*reader.read(chunk), *reader.finish()):
            yield event

    def _explain(self, error: Exception) -> ModelFailure:
        from google.genai import errors

        if isinstance(error, errors.APIError):  # in the middle of a stream
            return explain_status(error.code or 0, error.details)
        return explain_transport(error)

    async def _close(self, client: tuple[AsyncClient, Any]) -> None:
        sdk, http = client
        await sdk.aclose()
        await http.aclose()

    def _build(self) -> tuple[AsyncClient, Any]:
        import httpx2
        from google import genai
        from google.genai import types

        settings = self._settings.gemini
        # With a client of ours the SDK leaves aiohttp alone, where it has retries that nothing turns off.
        http = httpx2.AsyncClient(**client_options(httpx2, settings, self._settings))
        client = genai.Client(
            api_key=self._key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=settings.base_url or None,
                httpx_async_client=http,
                retry_options=types.HttpRetryOptions(attempts=1),
            ),
        )
        return client.aio, http


def _contents(request: Request) -> Any:
    from google.genai import types

    parts = [types.Part.from_text(text=prompt.user(request))]
    if request.audio is not None:
        parts.append(types.Part.from_bytes(data=request.audio.data, mime_type=request.audio.mime_type))
    return types.Content(role="user", parts=parts)


def _config(request: Request) -> types.GenerateContentConfig:
    from google.genai import types

    tools = [
        types.FunctionDeclaration(
            name=tool.name, description=tool.description, parameters_json_schema=dict(tool.parameters)
        )
        for tool in request.tools
    ]
    return types.GenerateContentConfig(
        system_instruction=prompt.system(request),
        max_output_tokens=request.max_output_tokens,
        tools=[types.Tool(function_declarations=tools)] if tools else None,
        # Both would ask again behind our back.
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        automatic_continuation=False,
        response_mime_type="application/json" if request.schema is not None else None,
        # Limits of lists make it refuse schemas as too large, long before it says where too large begins.
        response_json_schema=(
            strict(request.schema, keeps_bounds=False) if request.schema is not None else None
        ),
    )


class _Reader:
    """Chunks to events."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._is_answering = False
        self._usage: types.GenerateContentResponseUsageMetadata | None = None
        self._finish = ""

    def read(self, chunk: types.GenerateContentResponse) -> Iterator[ProviderEvent]:
        if not self._is_answering:
            self._is_answering = True
            yield Answering(chunk.model_version or self._model)
        self._usage = chunk.usage_metadata or self._usage  # each the sum so far
        feedback = chunk.prompt_feedback
        if feedback is not None and feedback.block_reason is not None:
            raise _refused(feedback.block_reason.value)
        for candidate in (chunk.candidates or ())[:1]:
            parts = (candidate.content.parts if candidate.content else None) or ()
            for part in parts:
                if part.thought:
                    yield Thinking()
                elif part.text:
                    yield TextDelta(part.text)
                elif part.function_call is not None:
                    call = part.function_call
                    yield ToolCall(call.id or "", call.name or "", call.args or {})
            if candidate.finish_reason is not None:
                self._finish = candidate.finish_reason.value

    def finish(self) -> Iterator[ProviderEvent]:
        if self._finish in _REFUSALS:
            raise _refused(self._finish)
        if self._usage is not None:
            made = (self._usage.candidates_token_count or 0) + (self._usage.thoughts_token_count or 0)
            yield Usage(self._usage.prompt_token_count or 0, made)
        yield End(self._finish == "STOP", self._finish)


def _refused(why: str) -> ModelFailure:
    return ModelFailure(reasons.LLM_REFUSED, f"the model does not answer: {why}", retryable=False)
