"""What the tests of providers share: the vendors' SDKs against the emulator, and a question to ask."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from services.llm.answers import Whole, ask
from services.llm.emulator.answering import WELL, Answering, Behave, always
from services.llm.emulator.server import Emulator
from services.llm.events import Attempt, Event, TextDelta
from services.llm.llm import Llm
from services.llm.request import Request
from services.llm.settings import LlmSettings

KEY = "sk-a-key-that-must-not-be-shown"
VENDORS = ("gemini", "claude", "openai", "ollama")
QUICK: dict[str, Any] = {
    "connect_timeout": 2.0,
    "first_token_timeout": 0.3,
    "idle_timeout": 0.15,
    "call_timeout": 5.0,
    "attempts": 1,
    "backoff_initial": 0.01,
    "backoff_maximum": 0.02,
}
PATIENT: dict[str, Any] = {"first_token_timeout": 10.0, "idle_timeout": 10.0, "call_timeout": 30.0}
"""For answers that do come: a machine that has other work is no fault."""
REQUEST = Request("Which claims are made, and how strong are they?", "We should go. It rains! Perhaps later?")

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Claim:
    """One claim."""

    quote: str
    strength: Annotated[float, Field(ge=0, le=1)]
    is_certain: bool


@dataclass(frozen=True)
class Claims:
    """An answer with a bit of everything."""

    topic: str
    claims: list[Claim]
    level: Annotated[int, Field(ge=1, le=5)]
    summary: str | None = None


def settings(emulator: Emulator, *providers: str, **changes: Any) -> LlmSettings:
    """Quick ones, that lead to the emulator."""
    vendors = {
        name: {"base_url": emulator.base_url(name), "api_key": KEY} | changes.pop(name, {})
        for name in VENDORS
    }
    return LlmSettings.model_validate({"providers": providers or VENDORS, **vendors, **QUICK, **changes})


@asynccontextmanager
async def emulated(
    *providers: str, answer: Answering | Behave = WELL, **changes: Any
) -> AsyncIterator[tuple[Emulator, Llm]]:
    """The vendors' SDKs, warm, and what they speak to; nothing of them stays, no task and no socket."""
    before = asyncio.all_tasks()
    troubles: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
    behave = always(answer) if isinstance(answer, Answering) else answer
    if answer is WELL:
        changes = PATIENT | changes
    async with Emulator(answer=behave, keys={KEY}) as emulator:
        async with Llm(settings(emulator, *providers, **changes)) as llm:
            await llm.warm()
            yield emulator, llm
        async with asyncio.timeout(5):
            await emulator.until_quiet()
    # What an SDK leaves suspended is closed by the loop, in a task, as soon as nothing refers to it.
    ending = asyncio.all_tasks() - before
    if ending:
        _, left = await asyncio.wait(ending, timeout=2)
        assert not left
    assert not troubles


async def collected(events: AsyncGenerator[_Item], most: float = 10.0) -> list[_Item]:
    """All of them; a failure comes out."""
    async with asyncio.timeout(most):
        return [event async for event in events]


async def claims(llm: Llm, request: Request = REQUEST, **who: Any) -> Whole[Claims]:
    """The last thing that is said to a question."""
    events = await collected(ask(llm, request, Claims, **who))
    last = events[-1]
    assert isinstance(last, Whole)
    return last


def text_of(events: Sequence[Event]) -> str:
    """The text of the last attempt."""
    text = ""
    for event in events:
        match event:
            case Attempt():
                text = ""
            case TextDelta(piece):
                text += piece
    return text


def only(kind: type[_Item], events: Sequence[object]) -> list[_Item]:
    """Those of a kind."""
    return [event for event in events if isinstance(event, kind)]
