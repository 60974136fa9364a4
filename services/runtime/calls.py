"""What stands around every call of a server: the interceptors, the error boundary, the calls in flight."""

import asyncio
import inspect
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
from opentelemetry import trace

from services.runtime.errors import Unavailable, abort, as_error, declare, leaves

DRAINING = declare(
    "DRAINING",
    "UNAVAILABLE",
    "The server is about to stop. Go on at another one; a session can be resumed there.",
)

Context = grpc.aio.ServicerContext[Any, Any]
Proceed = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What is known of a call before its handler runs; `method` is "/package.Service/Method"."""

    method: str
    metadata: tuple[tuple[str, str | bytes], ...]
    request_streaming: bool

    @property
    def is_ours(self) -> bool:
        """Whether this is one of our services, not health or reflection."""
        return not self.method.startswith("/grpc.")


class CallInterceptor(grpc.aio.ServerInterceptor):
    """An interceptor that runs once around each call, whatever its arity, and never per message."""

    @abstractmethod
    async def around(self, call: CallInfo, context: Context, proceed: Proceed) -> Any:
        """Run the handler by awaiting `proceed()`, and return what it returns."""

    async def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        """Wrap the handler; None (no such method) stays None, and a blocking handler stays as it is."""
        handler = await continuation(details)
        if handler is None:
            return None
        info = CallInfo(details.method, tuple(details.invocation_metadata or ()), handler.request_streaming)
        return _wrap(handler, partial(self.around, info))


_FACTORIES: dict[tuple[bool, bool], tuple[str, Any]] = {
    (False, False): ("unary_unary", grpc.unary_unary_rpc_method_handler),
    (False, True): ("unary_stream", grpc.unary_stream_rpc_method_handler),
    (True, False): ("stream_unary", grpc.stream_unary_rpc_method_handler),
    (True, True): ("stream_stream", grpc.stream_stream_rpc_method_handler),
}


def _wrap(handler: Any, around: Callable[[Context, Proceed], Awaitable[Any]]) -> Any:
    name, factory = _FACTORIES[handler.request_streaming, handler.response_streaming]
    behaviour = getattr(handler, name)
    if inspect.isasyncgenfunction(behaviour):
        run = partial(_write_all, behaviour)
    elif inspect.iscoroutinefunction(behaviour):
        run = behaviour
    else:
        return handler

    async def wrapped(request: Any, context: Context) -> Any:
        return await around(context, partial(run, request, context))

    return factory(
        wrapped,
        request_deserializer=handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )


async def _write_all(generate: Any, request: Any, context: Context) -> None:
    """Run a handler that is an asynchronous generator, and close it whatever happens."""
    async with aclosing(generate(request, context)) as responses:
        async for response in responses:
            await context.write(response)


class ErrorBoundary(CallInterceptor):
    """Turns what a handler raises into a status with details; of a bug only the correlation id gets out."""

    async def around(self, call: CallInfo, context: Context, proceed: Proceed) -> Any:
        """Let through what grpc itself raised: an abort under way, and writes to a call that is gone."""
        try:
            if call.request_streaming:
                # Else the first write carries it. If that is cancelled, because another task of the handler
                # has failed, the metadata is still on its way when the status is to be sent: the core refuses
                # it for "too many operations", and the caller waits for ever.
                await context.send_initial_metadata(())
            return await proceed()
        except Exception as raised:
            for leaf in leaves(raised):
                if context.done() or _is_of_grpc(leaf):
                    raise leaf from None  # as itself: grpc refuses an AbortError inside a group
            error = as_error(raised)
            span = trace.get_current_span()
            span.set_attribute("error.type", error.reason)
            if error is not raised:
                span.record_exception(raised)
            await abort(context, error)


def _is_of_grpc(raised: BaseException) -> bool:
    return isinstance(raised, grpc.aio.BaseError) and not isinstance(raised, grpc.aio.UsageError)


class CallsInFlight(CallInterceptor):
    """The calls whose handlers run: refuses new ones while draining, and ends the rest when time is up.

    Health and reflection are not counted: a watcher of health must not hold up the drain.
    """

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[Any], str] = {}
        self._cut: set[asyncio.Task[Any]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.draining = False

    @property
    def count(self) -> int:
        """How many calls run. (Not `__len__`: grpc takes an interceptor that is falsy for the last one.)"""
        return len(self._tasks)

    async def around(self, call: CallInfo, context: Context, proceed: Proceed) -> Any:
        """Run the handler on the books; if the drain cuts it, it ends with UNAVAILABLE."""
        task = asyncio.current_task()
        if task is None or not call.is_ours:
            return await proceed()
        if self.draining:
            raise Unavailable(DRAINING, "the server is draining", retry_after=1.0)
        self._tasks[task] = call.method
        self._idle.clear()
        # Off the books when all is over, not at the end of the handler: its status and its span come after.
        task.add_done_callback(self._forget)
        try:
            return await proceed()
        except asyncio.CancelledError:
            if task not in self._cut or context.done():
                raise
            task.uncancel()
            raise Unavailable(DRAINING, "the server stopped before the call ended", retry_after=1.0) from None

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._cut.discard(task)
        del self._tasks[task]
        if not self._tasks:
            self._idle.set()

    async def wait_idle(self, limit: float) -> bool:
        """Wait until no call runs, at most `limit` seconds; return whether that came true."""
        try:
            async with asyncio.timeout(limit):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def cut(self) -> list[str]:
        """Cancel the handlers that still run, and return their methods."""
        for task in self._tasks:
            self._cut.add(task)
            task.cancel("the server stops")
        return sorted(self._tasks.values())
