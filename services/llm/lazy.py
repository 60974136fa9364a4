"""An SDK's client, made when it is first needed: to import an SDK takes a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from services.llm import reasons
from services.llm.failure import ModelFailure

_Client = TypeVar("_Client")


class Lazy(Generic[_Client]):
    """Makes one client, off the event loop, however many ask for it at once."""

    def __init__(self, build: Callable[[], _Client], package: str) -> None:
        """`package`: that has to be installed for `build`."""
        self._build = build
        self._package = package
        self._lock = asyncio.Lock()
        self._client: _Client | None = None
        self._is_closed = False

    async def get(self) -> _Client:
        """The client. Raises ModelFailure where it cannot be made, or has been taken."""
        if self._client is not None:
            return self._client
        async with self._lock:
            if self._is_closed:
                raise ModelFailure(reasons.LLM_SETTINGS_INVALID, "the provider is closed", retryable=False)
            if self._client is None:
                try:
                    self._client = await asyncio.to_thread(self._build)
                except ImportError as error:
                    advice = f"{self._package} is needed: pip install 'rivermouth[llm]' ({error})"
                    raise ModelFailure(reasons.LLM_SETTINGS_INVALID, advice, retryable=False) from None
                except ModelFailure:
                    raise
                except Exception as error:
                    # Of the environment's proxies, an address or a key, by whichever library reads it.
                    message = f"{self._package} cannot be set up: {type(error).__name__}: {error}"
                    raise ModelFailure(reasons.LLM_SETTINGS_INVALID, message, retryable=False) from None
            return self._client

    async def take(self) -> _Client | None:
        """The client, to be closed; None if it was never made. There will be no other."""
        async with self._lock:
            self._is_closed = True
            client, self._client = self._client, None
            return client
