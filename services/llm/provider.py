"""A model vendor, as the rest of the house sees it: one verb."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, Generic, Protocol, TypeVar

from services.llm.events import Answering, ProviderEvent
from services.llm.failure import ModelFailure
from services.llm.lazy import Lazy
from services.llm.request import Request
from services.llm.settings import LlmSettings, ProviderSettings

_Item = TypeVar("_Item")
_Client = TypeVar("_Client")
_TELLING = 4
"""Characters of a key that tell something of it."""


class Provider(Protocol):
    """One vendor and its connections, for any number of requests at once."""

    @property
    def name(self) -> str:
        """As in the settings."""

    @property
    def model(self) -> str:
        """That is asked where the request names none."""

    @property
    def hears(self) -> bool:
        """Whether it takes audio."""

    async def open(self) -> None:
        """Load what it needs, once; no connection is made. Raises ModelFailure."""

    def stream(self, request: Request) -> AsyncGenerator[ProviderEvent]:
        """The answer: Answering, pieces of it, Usage, End. Raises ModelFailure and nothing else.

        It makes one attempt, and sets no limit of time but to connect. Closing it closes the connection's
        stream at once.
        """

    async def close(self) -> None:
        """Close all connections."""


class StreamingRefused(ModelFailure):
    """The vendor gives this model's answers only whole."""


class SdkProvider(ABC, Generic[_Client]):
    """What the vendors with an SDK share: its client, made when it is needed; whole answers where streams are
    refused; one kind of failure.
    """

    name: str

    def __init__(self, settings: LlmSettings, own: ProviderSettings, package: str) -> None:
        """`own`: of this vendor. `package`: its SDK's."""
        self.model = own.model
        self.hears = own.hears
        self._settings = settings
        self._client = Lazy(self._build, package)
        self._streams = own.streams
        self._key = own.api_key.get_secret_value().strip()
        self._whole_only: set[str] = set()  # models whose answers come only whole, as their vendor said

    async def stream(self, request: Request) -> AsyncGenerator[ProviderEvent]:
        """See Provider."""
        model = request.model or self.model
        if self._streams and model not in self._whole_only:
            try:
                async with aclosing(self._guarded(self._stream(request, model))) as events:
                    async for event in events:
                        yield event
                return
            except StreamingRefused:
                self._whole_only.add(model)
        async with aclosing(self._guarded(self._whole(request, model))) as events:
            async for event in events:
                yield Answering(event.model, is_streamed=False) if isinstance(event, Answering) else event

    async def open(self) -> None:
        """See Provider."""
        await self._client.get()

    async def close(self) -> None:
        """See Provider."""
        client = await self._client.take()
        if client is not None:
            await self._close(client)

    @abstractmethod
    def _build(self) -> _Client:
        """The SDK's client; it is made in a thread."""

    async def _close(self, client: _Client) -> None:
        closing: Any = client
        await closing.close()

    @abstractmethod
    def _stream(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        """The answer as it is made; raises what the SDK raises."""

    @abstractmethod
    def _whole(self, request: Request, model: str) -> AsyncGenerator[ProviderEvent]:
        """The answer in one piece; raises what the SDK raises."""

    @abstractmethod
    def _explain(self, error: Exception) -> ModelFailure:
        """The failure that an exception of the SDK, or of what lies below it, stands for."""

    async def _guarded(self, events: AsyncGenerator[ProviderEvent]) -> AsyncGenerator[ProviderEvent]:
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
            return
        except Exception as error:
            failure = self._named(error if isinstance(error, ModelFailure) else self._explain(error))
        # Not within the handler: as its context the failure would keep what the SDK raised, and by its
        # traceback the request with its headers, and generators that close the connection when they go.
        raise failure

    def _named(self, failure: ModelFailure) -> ModelFailure:
        """The failure with this provider's name, and without its key: some vendors quote what they refuse."""
        return type(failure)(
            failure.reason,
            without_key(failure.message, self._key),
            retryable=failure.retryable,
            retry_after=failure.retry_after,
            provider=self.name,
        )


def without_key(message: str, key: str) -> str:
    """A message without the key, and without the begin of one where a failure's message was cut."""
    if not key:
        return message
    message = message.replace(key, "…")
    told = message.removesuffix("…")
    if told != message:
        for length in range(len(key) - 1, _TELLING - 1, -1):
            if told.endswith(key[:length]):
                return f"{told[:-length]}…"
    return message


@asynccontextmanager
async def closing_iterator(stream: AsyncIterable[_Item]) -> AsyncIterator[AsyncIterator[_Item]]:
    """Close what iterates over an SDK's stream, too: a suspended generator would be left to the collector."""
    iterator = aiter(stream)
    try:
        yield iterator
    finally:
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()
