"""The vendors' SDKs used bare, as one would without this suite: one question, pieces of text back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

from deploy.local.benches.emulator import KEY
from services.llm import prompt
from services.llm.request import Request
from services.llm.schema import strict

MODEL = "bench-1"

Bare = Callable[[Request], AsyncGenerator[str]]
"""Asks, and yields the pieces of the answer that have text."""


async def open_bare(vendor: str, url: str, stack: AsyncExitStack) -> Bare:
    """A client of the vendor's SDK that leads there; the stack closes it. Raises ImportError."""
    opened = _CLIENTS[vendor](url)
    bare, close = opened
    stack.push_async_callback(close)
    return bare


Opened = tuple[Bare, Callable[[], Awaitable[Any]]]


def _gemini(url: str) -> Opened:
    from google import genai
    from google.genai import types

    client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=url)).aio

    async def ask(request: Request) -> AsyncGenerator[str]:
        config = types.GenerateContentConfig(
            system_instruction=prompt.system(request),
            max_output_tokens=request.max_output_tokens,
            response_mime_type="application/json",
            response_json_schema=request.schema,
        )
        answer = await client.models.generate_content_stream(
            model=MODEL, contents=prompt.user(request), config=config
        )
        async for chunk in answer:
            if chunk.text:
                yield chunk.text

    return ask, client.aclose


def _claude(url: str) -> Opened:
    import anthropic

    client = anthropic.AsyncAnthropic(api_key=KEY, base_url=url, max_retries=0)

    async def ask(request: Request) -> AsyncGenerator[str]:
        assert request.schema is not None
        schema = strict(request.schema, keeps_bounds=False)
        answer = await client.messages.create(
            model=MODEL,
            max_tokens=request.max_output_tokens,
            system=prompt.system(request),
            messages=[{"role": "user", "content": prompt.user(request)}],
            output_config={"format": {"type": "json_schema", "schema": schema}},
            stream=True,
        )
        async for part in answer:
            if part.type == "content_block_delta" and part.delta.type == "text_delta":
                yield part.delta.text

    return ask, client.close


def _openai(url: str) -> Opened:
    import openai

    client = openai.AsyncOpenAI(api_key=KEY, base_url=url, max_retries=0)

    async def ask(request: Request) -> AsyncGenerator[str]:
        assert request.schema is not None
        answer = await client.chat.completions.create(
            model=MODEL,
            max_completion_tokens=request.max_output_tokens,
            messages=[
                {"role": "system", "content": prompt.system(request)},
                {"role": "user", "content": prompt.user(request)},
            ],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": strict(request.schema), "strict": True},
            },
            stream=True,
            stream_options={"include_usage": True},
        )
        async for chunk in answer:
            for choice in chunk.choices:
                if choice.delta.content:
                    yield choice.delta.content

    return ask, client.close


def _ollama(url: str) -> Opened:
    import ollama

    client = ollama.AsyncClient(host=url)

    async def ask(request: Request) -> AsyncGenerator[str]:
        assert request.schema is not None
        answer = await client.chat(
            model=MODEL,
            messages=[
                {"role": "system", "content": prompt.system(request)},
                {"role": "user", "content": prompt.user(request)},
            ],
            format=dict(request.schema),
            options={"num_predict": request.max_output_tokens},
            stream=True,
        )
        async for chunk in answer:
            if chunk.message.content:
                yield chunk.message.content

    return ask, client.close


_CLIENTS: dict[str, Callable[[str], Opened]] = {
    "gemini": _gemini,
    "claude": _claude,
    "openai": _openai,
    "ollama": _ollama,
}
