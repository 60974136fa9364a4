"""The two ways to reach a stage, over gRPC and inside this process: one method, and the same failures.

`exchange` has the shape of a service's own core: it takes an iterator of requests and a function for results.
A message that is handed over is never changed afterwards, by either side.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from gateway.failure import Failure
from services.runtime.errors import RivermouthError, as_error, from_rpc_error

Send = Callable[[Any], Awaitable[None]]


class StageFailure(Exception):
    """A stage's stream ended otherwise than by answering everything."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason, failure.message)
        self.failure = failure


class Core(Protocol):
    """A service inside this process."""

    async def run(self, requests: AsyncIterator[Any], send: Send) -> None: ...


class Transport(Protocol):
    """One stage, reachable."""

    shares_loop: bool
    """Whether the stage's work is done on our event loop."""

    async def exchange(
        self,
        requests: AsyncIterator[Any],
        receive: Send,
        connected: Callable[[], None],
    ) -> None:
        """Run one stream: returns once the stage has ended it well, be it before the requests ended.

        `connected` is called once the stage has taken the stream.

        Raises:
            StageFailure: the stream ended otherwise.
        """


class InProcess:
    """A stage in this process: its core reads the inbox itself, so the inbox is the only queue between."""

    shares_loop = True

    def __init__(self, core: Core) -> None:
        self._core = core

    async def exchange(
        self,
        requests: AsyncIterator[Any],
        receive: Send,
        connected: Callable[[], None],
    ) -> None:
        connected()
        try:
            await self._core.run(requests, receive)
        except Exception as raised:
            raise StageFailure(_failure(as_error(raised))) from raised


class OverGrpc:
    """A stage on the other end of a channel."""

    shares_loop = False

    def __init__(
        self, channel: grpc.aio.Channel, method: str, request: type[Any], response: type[Any]
    ) -> None:
        # Bytes both ways: what cannot be parsed, grpc.aio would hand out as None.
        self._call: grpc.aio.StreamStreamMultiCallable[bytes, bytes] = channel.stream_stream(method)
        self._serialize = request.SerializeToString
        self._parse = response.FromString

    async def exchange(
        self,
        requests: AsyncIterator[Any],
        receive: Send,
        connected: Callable[[], None],
    ) -> None:
        call = self._call()
        error: grpc.aio.AioRpcError | None = None
        malformed: DecodeError | None = None
        try:
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self._write(call, requests, connected))
                try:
                    while (response := await call.read()) is not grpc.aio.EOF:
                        await receive(self._parse(response))
                except grpc.aio.AioRpcError as raised:
                    error = raised
                except DecodeError as raised:
                    malformed = raised
                writer.cancel()
        finally:
            # An abandoned call is never cancelled by the collector; a cancelled one must be awaited.
            if not call.done():
                call.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await call.code()
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # While a call is set up, our cancellation goes to a task of grpc.aio's own; if the call fails at
            # the same time, it is lost there, and `read` raises that failure instead.
            raise asyncio.CancelledError
        if malformed is not None:
            message = f"the stage does not speak the contract: {malformed}"
            raise StageFailure(Failure("STAGE_MALFORMED", message)) from malformed
        if error is not None:
            raise StageFailure(_failure(from_rpc_error(error))) from error

    async def _write(self, call: Any, requests: AsyncIterator[Any], connected: Callable[[], None]) -> None:
        try:
            await call.wait_for_connection()
            connected()
            async for request in requests:
                await _send(call, self._serialize(request))
            await call.done_writing()
        except (asyncio.InvalidStateError, grpc.aio.AioRpcError, grpc.aio.InternalError):
            # The call is over; its reader knows how it ended.
            return


async def _send(call: Any, message: bytes) -> None:
    """Write to a call, and leave its status alone: `call.write` of grpc.aio does not.

    If the peer ends the call meanwhile, `write` sets the status to INTERNAL, "Internal error from Core",
    before that of the peer is read: 299 of 300 refusals were lost so to a busy writer (grpcio 1.85).
    """
    if call.done():
        raise asyncio.InvalidStateError("the call is over")
    await call._cython_call.send_serialized_message(message)


# What a peer says of our own way of calling it: the same again would fail again.
_FINAL = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.OUT_OF_RANGE,
    }
)


def _failure(error: RivermouthError) -> Failure:
    violations = "; ".join(f"{each.field}: {each.description}" for each in error.violations)
    message = f"{error.message} ({violations})" if violations else error.message
    retryable = error.code not in _FINAL and error.metadata.get("grpc_code") != "UNIMPLEMENTED"
    return Failure(error.reason, message, retryable, tuple(sorted(error.metadata.items())))
