"""What listens to sound in a process: the client of Gemini Live, made when it is needed, and its bounds."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from services.llm import reasons
from services.llm.backoff import Backoff
from services.llm.breaker import Breaker
from services.llm.budget import Budget, Charge
from services.llm.failure import ModelFailure
from services.llm.live.config import Endpoint, LiveLimits
from services.llm.request import Request
from services.llm.settings import LlmSettings

if TYPE_CHECKING:
    from services.llm.live.client import LiveClient

LONGEST_SECONDS = 65.0
"""Of sound in one turn."""


class LiveEars:
    """What the streams of a process share: the SDK's client, a breaker, the budgets."""

    def __init__(self, settings: LlmSettings, budget: Budget) -> None:
        """The settings name a Live model."""
        gemini = settings.gemini
        self.model = gemini.live_model
        self.timeout = gemini.live_timeout
        self.breaker = Breaker(settings.breaker_failures, settings.breaker_pause)
        self._budget = budget
        self._key = gemini.api_key.get_secret_value().strip()
        self._endpoint = Endpoint(self._key, gemini.live_base_url or gemini.base_url, gemini.ca_file)
        self._limits = LiveLimits(
            connect_timeout=settings.connect_timeout,
            answer_timeout=settings.idle_timeout,
            attempts=settings.attempts,
            max_turn=LONGEST_SECONDS,
            backoff=Backoff(settings.backoff_initial, settings.backoff_maximum),
        )
        self._client: LiveClient | None = None
        self._opening = asyncio.Lock()
        self._resources = AsyncExitStack()

    async def open(self) -> LiveClient:
        """Load the SDK, once; no connection is made. Raises ModelFailure."""
        async with self._opening:
            if self._client is None:
                try:
                    client = await asyncio.to_thread(_load_client, self._endpoint, self._limits)
                except ImportError as error:
                    advice = f"google-genai is needed: pip install 'rivermouth[llm]' ({error})"
                    raise ModelFailure(reasons.LLM_SETTINGS_INVALID, advice, retryable=False) from None
                self._client = await self._resources.enter_async_context(client)
            return self._client

    async def close(self) -> None:
        """After all describers."""
        await self._resources.aclose()

    def charge(self, request: Request, session: str, tenant: str) -> Charge:
        """A call is about to be made. Raises ModelFailure if it is one too many."""
        return self._budget.open(request, session, tenant)

    def named(self, failure: ModelFailure) -> ModelFailure:
        """The failure, with the model that it is of, and without the key."""
        message = f"{self.model} did not describe the sound: {failure.message}"
        return ModelFailure(
            failure.reason,
            message.replace(self._key, "…") if self._key else message,
            retryable=failure.retryable,
            retry_after=failure.retry_after,
            provider="gemini",
        )


def _load_client(endpoint: Endpoint, limits: LiveLimits) -> LiveClient:
    """Loading the SDK takes a second."""
    from services.llm.live.client import LiveClient

    return LiveClient(endpoint, limits)
