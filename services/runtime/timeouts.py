"""Time limits on the messages of a call: gRPC never closes a valid stream that is silent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar, cast

import grpc

from services.runtime.errors import TimedOut, declare

FIRST_MESSAGE_TIMEOUT = declare(
    "FIRST_MESSAGE_TIMEOUT",
    "DEADLINE_EXCEEDED",
    "Send the first message (the configuration) right after the call starts.",
)
IDLE_TIMEOUT = declare(
    "IDLE_TIMEOUT",
    "DEADLINE_EXCEEDED",
    "Send something, a keep_alive if there is no data, or half-close the call.",
)

Request = TypeVar("Request")


def bounded_requests(
    context: grpc.aio.ServicerContext[Request, Any], first: float | None, idle: float
) -> AsyncIterator[Request]:
    """Iterate over the requests of a call; the iterator ends at the bare EOF, which every ending looks like.

    Raises TimedOut, reason FIRST_MESSAGE_TIMEOUT or IDLE_TIMEOUT, when `first` seconds pass until the first
    message or `idle` seconds until a later one. Only time spent waiting for the peer counts, not the time in
    which the reader is busy. One task reads, and it may not be shared with another iterator; but a second
    iterator, with None for `first`, may follow one that has read the first message.
    """
    return _BoundedRequests(context, first, idle)


class _BoundedRequests(AsyncIterator[Request]):
    """One timer a stream, which looks at a time stamp: a time limit per message would cost 30 µs each."""

    __slots__ = ("_context", "_expired", "_idle", "_limit", "_loop", "_since", "_timer", "_waiting")

    def __init__(
        self, context: grpc.aio.ServicerContext[Request, Any], first: float | None, idle: float
    ) -> None:
        self._context = context
        self._limit = idle if first is None else first
        self._idle = None if first is None else idle  # None from the first message on
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Task[Any] | None = None
        self._since = self._loop.time()
        self._expired: TimedOut | None = None
        self._timer = self._loop.call_later(self._limit, self._look)
        context.add_done_callback(cast("Any", self._stop))

    async def __anext__(self) -> Request:
        task = cast("asyncio.Task[Any]", asyncio.current_task(self._loop))
        cancelling = task.cancelling()
        self._waiting = task
        self._since = self._loop.time()
        try:
            message = await self._context.read()
        except asyncio.CancelledError:
            # As asyncio.timeout does: the cancellation is ours only if nobody else cancelled the task too.
            if self._expired is not None and task.uncancel() <= cancelling:
                raise self._expired from None
            raise
        finally:
            self._waiting = None
        if message is grpc.aio.EOF:
            self._stop()
            raise StopAsyncIteration
        if self._idle is not None:
            self._limit, self._idle = self._idle, None
            self._timer.cancel()
            self._timer = self._loop.call_later(self._limit, self._look)
        return message

    def _look(self) -> None:
        """End the wait of the reader if it is over its limit, else look again when it could be."""
        now = self._loop.time()
        due = (now if self._waiting is None else self._since) + self._limit
        if self._waiting is None or now < due:
            self._timer = self._loop.call_at(due, self._look)
            return
        self._expired = self._error()
        self._waiting.cancel()

    def _error(self) -> TimedOut:
        if self._idle is not None:
            return TimedOut(FIRST_MESSAGE_TIMEOUT, f"no first message within {self._limit:g} s")
        return TimedOut(IDLE_TIMEOUT, f"no message for {self._limit:g} s")

    def _stop(self, _context: object = None) -> None:
        self._timer.cancel()
