"""One call of a session: one writer, one reader, bounded queues between them and the program."""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from google.protobuf.message import Message
from grpc import aio

from rivermouth.client.ending import Ending
from rivermouth.client.errors import (
    ProtocolViolation,
    RequestError,
    RivermouthError,
    SessionEnded,
    error_from_failure,
    error_from_rejection,
)
from rivermouth.client.events import Event
from rivermouth.client.pipe import Closed, Pipe
from rivermouth.client.requests import Numbering
from rivermouth.session.v1.events_pb2 import (
    ConfigRejected,
    ConfigUpdated,
    Error,
    FinalizeAck,
    SessionStarted,
    SessionSummary,
)
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeRequest, StreamingAnalyzeResponse

Call: TypeAlias = aio.StreamStreamCall[StreamingAnalyzeRequest, StreamingAnalyzeResponse]

OUTBOX = 16  # messages: 1.6 s of audio at 100 ms; more would only hide that the server does not keep up
INBOX = 256  # events
_PATIENCE = 1.0  # seconds


@dataclass(slots=True)
class _Outgoing:
    request: StreamingAnalyzeRequest
    answer: asyncio.Future[Message] | None = None


class Connection:
    """Runs a call until it ends or is closed."""

    def __init__(self, call: Call, numbering: Numbering, address: str) -> None:
        self._call = call
        self._numbering = numbering
        self._address = address
        self._ending = Ending(call, address)
        self._outbox: Pipe[_Outgoing] = Pipe(OUTBOX)  # overflow: the sender waits
        self._inbox: Pipe[Event] = Pipe(INBOX)  # overflow: the call is not read, so the server waits
        self._asked: dict[int, asyncio.Future[Message]] = {}
        self._answers: set[asyncio.Future[Message]] = set()
        self._error: Exception | None = None
        self.session_id = ""
        self.started: SessionStarted | None = None
        self.summary: SessionSummary | None = None
        self.told = False
        """Whether the error that ended the call has been raised to the reader."""
        self._reader = asyncio.create_task(self._read(), name="rivermouth session reader")
        writer = asyncio.create_task(self._write(), name="rivermouth session writer")
        self._tasks = [self._reader, writer]

    async def send(
        self, request: StreamingAnalyzeRequest, answer: asyncio.Future[Message] | None = None
    ) -> None:
        """Hands a message to the writer, waiting for room. Raises the error that ended the call."""
        try:
            await self._outbox.put(_Outgoing(request, answer))
        except Closed:
            raise self._reason() from None

    async def ask(self, request: StreamingAnalyzeRequest) -> Message:
        """Sends a message and waits for the event that answers it."""
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        await self.send(request, answer)
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)
        return await answer

    async def receive(self) -> Event | None:
        """The next event; None after the last. Raises the error that ended the call."""
        try:
            return await self._inbox.get()
        except Closed:
            if self._error is None:
                return None
            self.told = True
            raise self._error from None

    def feed(self, sending: Coroutine[Any, Any, None]) -> None:
        """Runs a coroutine that sends, for as long as the call runs."""
        self._tasks.append(asyncio.create_task(self._feed(sending), name="rivermouth session sender"))

    async def close(self) -> None:
        """Ends everything. A call that is only left would run on: it is cancelled, then awaited."""
        self._call.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._call.code()

    async def _feed(self, sending: Coroutine[Any, Any, None]) -> None:
        try:
            await sending
        except RivermouthError:
            pass  # the call ended: the reader learns of it by itself, with all events before it
        except Exception as error:
            self._end(error)
            self._call.cancel()

    async def _write(self) -> None:
        """The one writer. Numbers are given here, so what is sent is dense whatever was cancelled before."""
        try:
            while True:
                outgoing = await self._outbox.get()
                number = self._numbering.stamp(outgoing.request)
                if outgoing.answer is not None:
                    self._asked[number] = outgoing.answer
                await self._call.write(outgoing.request)
                if outgoing.request.HasField("finish"):
                    await self._call.done_writing()
        except Closed:
            return
        except (aio.AioRpcError, asyncio.InvalidStateError):
            # The call is over, and the reader will learn how, mostly at once. Senders must not wait for it
            # for ever: it may be standing before a full inbox.
            await asyncio.wait({self._reader}, timeout=_PATIENCE)
            self._outbox.close()

    async def _read(self) -> None:
        """The one reader."""
        error: Exception | None = None
        try:
            # Not call.read(): that reads no further once a write has failed, and what came before is lost.
            with contextlib.suppress(aio.AioRpcError):
                async for response in self._call:
                    event = Event.of(response)
                    self._note(event)
                    await self._inbox.put(event)
            error = await self._ending.error()
            if error is None and self.summary is None:
                error = ProtocolViolation(
                    f"{self._address} ended the call without session_summary; results may be missing",
                    reason="SUMMARY_MISSING",
                )
        except Closed:
            pass  # ended from this side
        finally:
            self._end(error)

    def _note(self, event: Event) -> None:
        self.session_id = self.session_id or event.envelope.session_id
        match event.body:
            case SessionStarted() as started:
                self.started = started
            case SessionSummary() as summary:
                self.summary = summary
            case FinalizeAck() | ConfigUpdated() as answer:
                if asked := self._take(answer.request_sequence):
                    asked.set_result(answer)
            case ConfigRejected() as rejected:
                if asked := self._take(rejected.request_sequence):
                    asked.set_exception(error_from_rejection(rejected))
            case Error() as error if error.client_sequence:
                if asked := self._take(error.client_sequence):
                    asked.set_exception(error_from_failure(error.failure, RequestError))

    def _take(self, number: int) -> asyncio.Future[Message] | None:
        asked = self._asked.pop(number, None)
        return asked if asked is not None and not asked.done() else None

    def _end(self, error: Exception | None) -> None:
        """Ends both directions; the first reason given is the one that counts."""
        if self._error is None:
            self._error = error
        self._inbox.close()
        self._outbox.close()
        for answer in list(self._answers):
            if not answer.done():
                answer.set_exception(self._reason())

    def _reason(self) -> Exception:
        if isinstance(self._error, RivermouthError):
            return self._error
        return SessionEnded("the session has ended; its last events say how", reason="SESSION_ENDED")
