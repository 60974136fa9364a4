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

_LONGEST_TURN = 0.0002
"""Seconds."""
_OTHERS = 3
"""Rounds of the loop that are left to everybody else after each turn."""


async def watched(
    events: AsyncGenerator[ProviderEvent], settings: LlmSettings, turns: asyncio.Lock
) -> AsyncGenerator[AnswerEvent]:
    """A provider's events within the limits; the last is an End that is complete.

    `turns`: shared by all that are iterated at once. An answer that is all here already would keep the loop
    from everybody else; so it is read in turns, and those of several answers one after the other.

    Only waiting for the vendor takes time; what the consumer does in between does not count.
    Raises ModelFailure where a limit is passed, or the answer breaks off. Closing it, also by cancelling who
    iterates, closes the provider's stream.
    """
    loop = asyncio.get_running_loop()
    waited, has_begun, size = 0.0, False, 0
    last_turn = loop.time()
    half = ""
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
            now = loop.time()
            waited += now - begin
            if now - last_turn > _LONGEST_TURN:
                async with turns:
                    for _ in range(_OTHERS):
                        await asyncio.sleep(0)
                last_turn = loop.time()
            match event:
                case Thinking():
                    has_begun = True
                    continue
                case ToolCall():
                    has_begun = True
                case TextDelta(text):
                    has_begun = True
                    text, half = whole_characters(half + text)
                    event = TextDelta(text)
                    size += len(text.encode())
                    if size > settings.max_answer_bytes:
                        raise too_large(settings.max_answer_bytes)
                case End(complete, finish) if not complete:
                    raise _truncated(finish)
            yield event
            if isinstance(event, End):
                return


def whole_characters(text: str) -> tuple[str, str]:
    """A text without halves of characters, and a half at its end, which the next piece may make whole.

    Some vendors count in UTF-16 and cut between the two surrogates of an emoji. A half that stays alone can
    be written nowhere, and becomes a replacement character.
    """
    half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
    text = text.removesuffix(half)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text, half


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
