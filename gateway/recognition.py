"""What recognises speech in this deployment, as far as this gateway was told: asked for once it is there, and
again whenever somebody wants to know; a stream of recognition tells it too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import grpc

from gateway.contracts import Asr
from rivermouth.asr.v1 import asr_pb2
from services.runtime.errors import Unavailable

Ask = Callable[[], Awaitable[asr_pb2.Recogniser]]
"""Asks the recognition service."""

_ANSWER_TIMEOUT = 1.0  # seconds
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_log = logging.getLogger(__name__)


class Recognition:
    """The recogniser of a deployment; `ask` is None where nobody can be asked."""

    def __init__(self, ask: Ask | None = None) -> None:
        self._ask = ask
        self._known: asr_pb2.Recogniser | None = None

    @property
    def brief(self) -> asr_pb2.Recogniser | None:
        """Engine and model as they were told last; None if they were not yet."""
        known = self._known
        return asr_pb2.Recogniser(engine=known.engine, model=known.model) if known is not None else None

    def note(self, started: asr_pb2.RecognitionStarted) -> None:
        """A stream has begun: this is what recognises now."""
        known = self._known
        if known is None or (known.engine, known.model) != (started.engine, started.model):
            self._known = asr_pb2.Recogniser(engine=started.engine, model=started.model)

    async def now(self) -> asr_pb2.Recogniser | None:
        """What recognises now; None where the service is away, loads its model, or does not say in time."""
        if self._ask is None:
            return self._known
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                self._known = await self._ask()
        except (TimeoutError, Unavailable, grpc.aio.AioRpcError) as error:
            if isinstance(error, grpc.aio.AioRpcError) and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                self._ask = None  # a recogniser of the deployment's own, which tells when a stream begins
                return self._known
            return None
        return self._known

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Meanwhile ask until the service has answered once."""
        task = asyncio.create_task(self._learn(), name="recogniser")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _learn(self) -> None:
        pause = _FIRST_PAUSE
        while self._ask is not None and (known := await self.now()) is None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        if self._ask is not None and known is not None:
            _log.info("recognition by %s, model %s", known.engine, known.model)


def ask_over(channel: grpc.aio.Channel) -> Ask:
    """Asks the service on the other end of a channel."""
    method = channel.unary_unary(
        f"/{Asr.service}/GetCapabilities",
        request_serializer=asr_pb2.GetCapabilitiesRequest.SerializeToString,
        response_deserializer=asr_pb2.GetCapabilitiesResponse.FromString,
    )

    async def ask() -> asr_pb2.Recogniser:
        response = await method(asr_pb2.GetCapabilitiesRequest(), timeout=_ANSWER_TIMEOUT)
        recogniser: asr_pb2.Recogniser = response.recogniser
        return recogniser

    return ask


def ask_core(core: object) -> Ask | None:
    """Asks the service inside this process, if it can be asked."""
    capabilities = getattr(core, "capabilities", None)
    if capabilities is None:
        return None

    async def ask() -> asr_pb2.Recogniser:
        recogniser: asr_pb2.Recogniser = capabilities()
        return recogniser

    return ask
