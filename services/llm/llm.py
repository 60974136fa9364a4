"""Models, whichever vendor they are from: one stream of events, with all that may go wrong behind it."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace
from functools import cache
from types import TracebackType
from typing import Self

from services.llm import reasons
from services.llm.breaker import Breaker
from services.llm.budget import Budget, Spent
from services.llm.cache import AnswerCache
from services.llm.events import AnswerEvent, Answering, Attempt, End, Event, TextDelta, ToolCall, Usage
from services.llm.failure import ModelFailure
from services.llm.live.describe import Describer
from services.llm.live.ears import LiveEars
from services.llm.provider import Provider, SdkProvider
from services.llm.request import Request
from services.llm.retry import RetryPlan
from services.llm.settings import LlmSettings, ProviderName
from services.llm.watch import watched

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Account:
    """Whose call it is."""

    session: str
    tenant: str


@dataclass(slots=True)
class _Taken:
    """What came of an attempt."""

    text: list[str] = field(default_factory=list)
    size: int = 0
    calls: list[ToolCall] = field(default_factory=list)
    model: str = ""
    usage: Usage | None = None

    def take(self, event: AnswerEvent) -> None:
        match event:
            case TextDelta(text):
                self.text.append(text)
                self.size += len(text.encode(errors="replace"))
            case ToolCall():
                self.calls.append(event)
            case Answering(model):
                self.model = model
            case Usage():
                self.usage = event


class Llm:
    """An asynchronous context; leaving it closes all connections. For any number of requests at once."""

    def __init__(self, settings: LlmSettings, providers: Mapping[str, Provider] | None = None) -> None:
        """`providers`: in order, instead of those of the settings."""
        self.settings = settings
        if providers is None:
            providers = {name: make(name, settings) for name in settings.configured}
        self._providers = dict(providers)
        failures, pause = settings.breaker_failures, settings.breaker_pause
        self._breakers = {name: Breaker(failures, pause) for name in self._providers}
        self._retry = RetryPlan(settings)
        self._budget = Budget(settings)
        self._ears = LiveEars(settings, self._budget) if settings.gemini.live_model else None
        self._cache = AnswerCache(settings)
        self._turns = asyncio.Lock()

    @property
    def configured(self) -> tuple[str, ...]:
        """The providers that are asked, in order; none: every request fails with LLM_NOT_CONFIGURED."""
        return tuple(self._providers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with AsyncExitStack() as stack:
            for provider in self._providers.values():
                stack.push_async_callback(provider.close)
            if self._ears is not None:
                stack.push_async_callback(self._ears.close)

    async def warm(self) -> None:
        """Load the SDKs, which takes seconds, before somebody waits for an answer; who does not, need not."""
        for name, provider in self._providers.items():
            try:
                await provider.open()
            except ModelFailure as failure:
                _log.warning("%s: %s", name, failure)
        if self._ears is not None:
            try:
                await self._ears.open()
            except ModelFailure as failure:
                _log.warning("%s: %s", self._ears.model, failure)
        if any(isinstance(provider, SdkProvider) for provider in self._providers.values()):
            _spare_the_collector()

    def hears(self, order: Sequence[str] = ()) -> bool:
        """Whether one of the providers takes audio."""
        return any(
            self._providers[name].hears for name in order or self.configured if name in self._providers
        )

    def describer(
        self, instruction: str, *, session: str = "", tenant: str = "", order: Sequence[str] = ()
    ) -> Describer | None:
        """Who describes the sounds of one stream, by `instruction`, on these budgets, until it is closed.
        None where no Live model is set, or where `order` leaves its vendor out."""
        if self._ears is None or (order and "gemini" not in order):
            return None
        return Describer(self._ears, instruction, session=session, tenant=tenant)

    def spent(self, session: str) -> Spent:
        """What a session spent so far."""
        return self._budget.spent(session)

    def close_session(self, session: str) -> Spent:
        """Forget a session that is over; returns what it spent."""
        return self._budget.close_session(session)

    def discard(self, request: Request, tenant: str = "") -> None:
        """Drop the answers to a request that are kept: they were of no use."""
        for name, provider in self._providers.items():
            for asked in (request, replace(request, model="")):
                model = asked.model or provider.model
                self._cache.drop(AnswerCache.key(tenant, name, model, asked))

    async def stream(
        self,
        request: Request,
        *,
        session: str = "",
        tenant: str = "",
        order: Sequence[str] = (),
        cached: bool = False,
    ) -> AsyncGenerator[Event]:
        """The answer, as events.py says; ends with End(complete=True), else raises ModelFailure.

        Args:
            request: what is asked.
            session, tenant: whose budgets it is charged to; empty: nobody's.
            order: the providers to ask, in this order, instead of the settings'; others are not asked.
            cached: whether an answer that was given before will do, and this one may be kept.
        """
        account = _Account(session, tenant)
        number, before = 1, ""
        failure: ModelFailure | None = None
        for place, name in enumerate(self._able(request, order)):
            asked = request if place == 0 else replace(request, model="")  # no other vendor has that model
            model = asked.model or self._providers[name].model
            key = AnswerCache.key(tenant, name, model, asked) if cached else ""
            known = self._cache.get(key) if cached else None
            if known is not None:
                yield Attempt(name, model, number, before, is_cached=True)
                for event in known:
                    yield event
                return
            tries = 1
            while True:
                attempt = Attempt(name, model, number, before)
                try:
                    async with aclosing(self._attempt(attempt, asked, account, key)) as events:
                        async for each in events:
                            yield each
                    return
                except ModelFailure as failed:
                    if failed.reason == reasons.LLM_BUDGET:
                        raise
                    if failed.reason == reasons.LLM_BREAKER_OPEN:
                        failure = failure or failed  # what went before says more
                        break
                    failure = failed
                _log.info("attempt %d, %s %s: %s", number, name, model, failure)
                number += 1
                delay = self._retry.delay(failure, tries)
                if delay is None:
                    break
                tries += 1
                await asyncio.sleep(delay)
            before = name
        assert failure is not None
        raise failure

    async def _attempt(
        self, attempt: Attempt, request: Request, account: _Account, key: str
    ) -> AsyncGenerator[Event]:
        name, taken, reached = attempt.provider, _Taken(), False
        try:
            with self._breakers[name].enter() as passage:
                charge = self._budget.open(request, account.session, account.tenant)
                try:
                    yield attempt
                    await self._providers[name].open()  # no fault of the vendor's, if it takes long
                    reached = True  # also where nobody waits for what becomes of it
                    provided = self._providers[name].stream(request)
                    async with aclosing(watched(provided, self.settings, self._turns)) as events:
                        async for event in events:
                            taken.take(event)
                            if isinstance(event, End):
                                # Before it is handed on: who has it may not come back.
                                charge.settle(taken.usage, taken.size, reached=True)
                                passage.succeed()
                                if key:
                                    self._keep(key, taken, event)
                            yield event
                except ModelFailure as failure:
                    reached = bool(taken.model) or failure.reason in _UNDERWAY
                    raise
                finally:
                    charge.settle(taken.usage, taken.size, reached=reached)
        except ModelFailure as failure:
            failure.provider = name
            raise

    def _keep(self, key: str, taken: _Taken, end: End) -> None:
        self._cache.put(key, taken.model, "".join(taken.text), tuple(taken.calls), end)

    def _able(self, request: Request, order: Sequence[str]) -> list[str]:
        """The providers that can be asked for this. Raises ModelFailure if there are none."""
        names = [name for name in dict.fromkeys(order or self.configured) if name in self._providers]
        if not names:
            asked = f"none of {', '.join(order)} is" if order else "no provider is"
            raise ModelFailure(reasons.LLM_NOT_CONFIGURED, f"{asked} configured", retryable=False)
        if request.audio is not None:
            names = [name for name in names if self._providers[name].hears]
            if not names:
                message = "no provider that hears is configured"
                raise ModelFailure(reasons.LLM_NOT_CONFIGURED, message, retryable=False)
        return names


# The vendor may have read, and counted, a request that it did not begin to answer.
_UNDERWAY = {reasons.LLM_TIMEOUT, reasons.LLM_CONNECTION_LOST, reasons.LLM_TRUNCATED, reasons.LLM_IDLE}


@cache
def _spare_the_collector() -> None:
    """Once for the process, what is there now is never looked at by the collector again: the SDKs are
    hundreds of thousands of objects that stay, and each full collection would hold the loop up for 0.1 s."""
    gc.freeze()


def make(name: ProviderName, settings: LlmSettings) -> Provider:
    """A provider. Its SDK is loaded with its first request."""
    from services.llm.claude import ClaudeProvider
    from services.llm.gemini import GeminiProvider
    from services.llm.ollama import OllamaProvider
    from services.llm.openai import OpenAIProvider
    from services.llm.scripted import ScriptedProvider

    kinds: dict[ProviderName, Callable[[LlmSettings], Provider]] = {
        "gemini": GeminiProvider,
        "claude": ClaudeProvider,
        "openai": OpenAIProvider,
        "ollama": OllamaProvider,
        "scripted": ScriptedProvider,
    }
    return kinds[name](settings)
