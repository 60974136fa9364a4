"""One question, one object: parts as they come, the whole when it is valid, mended once if it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from services.llm.events import Answering, Attempt, TextDelta, Usage
from services.llm.llm import Llm
from services.llm.request import Request
from services.llm.typed import Completed, InvalidAnswer, ObjectReader, repaired, schema_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Grown:
    """Parts became complete.

    Attributes:
        completed: those that did, in order.
        partial: all parts of this attempt so far, by field.
    """

    completed: tuple[Completed, ...]
    partial: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Whole(Generic[T]):
    """The answer; nothing follows.

    Attributes:
        value: valid.
        was_repaired: whether it is the second answer, after one that was not valid.
    """

    value: T
    was_repaired: bool


async def ask(
    llm: Llm,
    request: Request,
    kind: type[T],
    *,
    session: str = "",
    tenant: str = "",
    order: Sequence[str] = (),
    cached: bool = False,
    clean: Callable[[str], str] | None = None,
) -> AsyncGenerator[Attempt | Answering | Usage | Grown | Whole[T]]:
    """Ask for an object; the request's schema is the type's. The last thing it yields is a Whole.

    `clean`: what the model said goes through it, in a thread, before the model is told it again.

    An Attempt voids what came before it, also where an answer that was not valid is mended. Raises
    ModelFailure: InvalidAnswer where the second answer is not valid either, else what `Llm.stream` raises.
    """
    request = replace(request, schema=schema_of(kind))
    repairs = False
    while True:
        reader = ObjectReader(kind)
        events = llm.stream(request, session=session, tenant=tenant, order=order, cached=cached)
        last = ""
        async with aclosing(events):
            async for event in events:
                match event:
                    case Attempt(provider):
                        last = provider
                        reader = ObjectReader(kind)
                        yield event
                    case TextDelta(text):
                        completed = reader.feed(text)
                        if completed:
                            yield Grown(completed, reader.partial)
                    case Answering() | Usage():
                        yield event
        try:
            whole = reader.finish()
        except InvalidAnswer as invalid:
            invalid.provider = last
            llm.discard(request, tenant)
            if repairs:
                raise
            if clean is not None:
                invalid = await asyncio.to_thread(_cleaned, invalid, clean)
            request, repairs = repaired(request, invalid), True
            continue
        yield Whole(whole, repairs)
        return


def _cleaned(invalid: InvalidAnswer, clean: Callable[[str], str]) -> InvalidAnswer:
    """The same, cleaned: what is wrong with an answer may name fields that the model made up."""
    return InvalidAnswer(clean(invalid.problems), clean(invalid.answer))
