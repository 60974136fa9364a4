"""Limits of time and size on one attempt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from services.llm import reasons
from services.llm.events import AnswerEvent, End, ProviderEvent, TextDelta, Thinking, ToolCall
from services.llm.explain import too_large
from services.llm.failure import ModelFailure
from services.llm.settings import LlmSettings


async def watched(
    events: AsyncGenerator[ProviderEvent], settings: LlmSettings
) -> AsyncGenerator[AnswerEvent]:
    """A provider's events within the limits; the last is an End that is complete.

    Only waiting for the vendor takes time; what the consumer does in between does not count.
    Raises ModelFailure where a limit is passed, or the answer breaks off. Closing it, also by cancelling who
    iterates, closes the provider's stream.
    """
    loop = asyncio.get_running_loop()
    waited, has_begun, size = 0.0, False, 0
    async with aclosing(events):
        while True:
            patience = settings.idle_timeout if has_begun else settings.first_token_timeout - waited
            left = settings.call_timeout - waited
            begin = loop.time()
            event: ProviderEvent | None = None
            try:
                async with asyncio.timeout(min(patience, left)):
                    event = await anext(events, End(False, ""))
            except TimeoutError:
                pass  # its traceback is not to be kept
            if event is None:
                raise _late(settings, has_begun, left <= patience)
            waited += loop.time() - begin
            match event:
                case Thinking():
                    has_begun = True
                    continue
                case ToolCall():
                    has_begun = True
                case TextDelta(text):
                    has_begun = True
                    size += len(text.encode(errors="replace"))
                    if size > settings.max_answer_bytes:
                        raise too_large(settings.max_answer_bytes)
                case End(complete, finish) if not complete:
                    raise _truncated(finish)
            yield event
            if isinstance(event, End):
                return


def _late(settings: LlmSettings, has_begun: bool, is_over: bool) -> ModelFailure:
    if is_over:
        message = f"the answer is not whole after {settings.call_timeout:g} s"
        return ModelFailure(reasons.LLM_TIMEOUT, message, retryable=True)
    if has_begun:
        message = f"nothing came for {settings.idle_timeout:g} s in the middle of the answer"
        return ModelFailure(reasons.LLM_IDLE, message, retryable=True)
    message = f"nothing came within {settings.first_token_timeout:g} s"
    return ModelFailure(reasons.LLM_TIMEOUT, message, retryable=True)


def _truncated(finish: str) -> ModelFailure:
    if not finish:
        return ModelFailure(reasons.LLM_TRUNCATED, "the answer ended without its end", retryable=True)
    # The same request would be cut at the same place.
    return ModelFailure(reasons.LLM_TRUNCATED, f"the vendor ended it with {finish!r}", retryable=False)
