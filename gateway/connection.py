"""One call of a session's client: one reader, one writer.

The writer follows the journal with a cursor of its own, so there is no queue of events to a client: what it
has not read yet is in the journal once, for everybody. A client that reads too slowly is not sent interims
that later ones have overtaken, and when it lags too far, nothing is read from it until it catches up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import grpc

from gateway.clock import Clock
from gateway.events import ALWAYS_SENT, skipped_field
from gateway.journal import Entry
from gateway.reasons import EVENTS_LOST, PROTOCOL_ORDER
from gateway.session import Session
from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2
from services.runtime.errors import Aborted, ProtocolOrder, RivermouthError, TimedOut
from services.runtime.offsets import duration

# A client that keeps up is sent every interim; one further behind than this gets only the latest of each.
_COALESCE_LAG = 64
_BATCH = 64
_FIRST_ONLY = frozenset({"streaming_config", "resume"})
# EOF may be a half-close or the first sign of a lost connection; by then the second has shown itself.
_EOF_WAIT = 0.1

Context = grpc.aio.ServicerContext[Any, Any]


class Connection:
    """Attached to its session while `run` runs."""

    def __init__(
        self, context: Context, requests: AsyncIterator[Any], session: Session, lag: int, heartbeat: float
    ) -> None:
        self._context = context
        self._requests = requests
        self._session = session
        self._lag = lag
        self._heartbeat = heartbeat
        self._sent = 0
        self._skipped = 0
        self._unjournaled: deque[bytes] = deque(maxlen=16)  # overflow: the oldest is forgotten
        self._idle: asyncio.Future[None] | None = None
        self._caught_up = asyncio.Event()
        self._beat: asyncio.TimerHandle | None = None
        self._filter: config_pb2.EventFilter | None = None
        self._include: frozenset[str] = frozenset()
        self._exclude: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Returns after the summary was sent.

        Raises:
            RivermouthError: what ended the session early, after everything was sent.
        """
        session = self._session
        session.signal = self._signal
        unwatch = session.journal.watch(self._committed)
        self._schedule_heartbeat()
        try:
            async with asyncio.TaskGroup() as group:
                reader = group.create_task(self._read())
                # In a task of its own: this one lies below all that stands around a call, and each write
                # would have to climb up through it.
                await group.create_task(self._write())
                reader.cancel()
        finally:
            unwatch()
            session.precedence.settle()
            if self._beat is not None:
                self._beat.cancel()
        if session.error is not None:
            raise session.error

    # Reading.

    async def _read(self) -> None:
        try:
            await self._read_input()
            while not self._session.input.ended:
                # EOF without finish: a half-close, if the call is still alive after a while.
                await asyncio.sleep(_EOF_WAIT)
                self._signal("heartbeat", heartbeat(self._session.clock))
                while self._unjournaled and not self._context.done():
                    await self._sent_all()
                if not self._context.done() and not self._context.cancelled():
                    await self._session.input.finish()
        except RivermouthError as error:
            late = isinstance(error, TimedOut)
            if late and self._session.input.ended:
                return  # the client has said all, and listens
            self._session.fail(error, "LIMIT" if late else "ERROR")

    async def _read_input(self) -> None:
        session = self._session
        numbered = session.input.client_sequence
        async for message in self._requests:
            kind = message.WhichOneof("request")
            if kind in _FIRST_ONLY:
                raise ProtocolOrder(PROTOCOL_ORDER, f"{kind} came again; it is the first message, and only")
            if number := message.client_sequence:
                if number != numbered + 1:
                    raise ProtocolOrder(
                        PROTOCOL_ORDER, f"client_sequence {number} does not follow {numbered}"
                    )
                numbered = number
            if session.journal.tail - self._sent > self._lag:
                await self._hold_back()
            await session.input.accept(kind, message)

    async def _hold_back(self) -> None:
        """Wait until the client has read most of what it was sent."""
        state = events_pb2.FlowControl
        self._signal("flow_control", state(state=state.STATE_STARTED, cause="client"))
        while self._session.journal.tail - self._sent > self._lag // 2:
            await self._sent_all()
        self._signal("flow_control", state(state=state.STATE_ENDED, cause="client"))

    async def _sent_all(self) -> None:
        self._caught_up.clear()
        await self._caught_up.wait()

    # Writing.

    async def _write(self) -> None:
        journal = self._session.journal
        while True:
            while self._unjournaled:
                await self._context.write(self._unjournaled[0])
                self._unjournaled.popleft()
            for entry in journal.read(self._sent, _BATCH):
                await self._write_entry(entry)
            self._caught_up.set()
            if self._unjournaled or journal.tail > self._sent:
                continue
            if journal.closed:
                return
            self._session.precedence.settle()
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle

    async def _write_entry(self, entry: Entry) -> None:
        if entry.sequence != self._sent + 1:
            raise Aborted(
                EVENTS_LOST,
                f"the oldest event kept is {entry.sequence}, the connection had got {self._sent}",
                metadata={"oldest": str(entry.sequence)},
            )
        self._sent = entry.sequence
        if self._left_out(entry):
            self._skipped += 1
            return
        event = entry.event
        if self._skipped:
            event += skipped_field(self._skipped)
            self._skipped = 0
        await self._context.write(event)

    def _left_out(self, entry: Entry) -> bool:
        wanted = self._session.input.event_filter
        if wanted is not self._filter:
            self._filter = wanted
            self._include, self._exclude = frozenset(wanted.include), frozenset(wanted.exclude)
        if entry.kind in ALWAYS_SENT:
            return False
        if entry.kind in self._exclude or (self._include and entry.kind not in self._include):
            return True
        if not entry.final and wanted.only_final:
            return True
        return (
            not entry.final
            and entry.overtaken
            and self._session.journal.tail - entry.sequence > _COALESCE_LAG
        )

    # What has no sequence.

    def _signal(self, kind: str, body: Any) -> None:
        session = self._session
        event = session.envelope.seal(kind, body, client_sequence=session.input.client_sequence)
        if len(self._unjournaled) == self._unjournaled.maxlen:
            self._unjournaled.pop()
        self._unjournaled.append(event)
        self._wake()

    def _committed(self) -> None:
        session = self._session
        session.precedence.owe(session.journal.tail - self._sent)
        self._wake()

    def _wake(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    def _schedule_heartbeat(self) -> None:
        def beat() -> None:
            if not self._unjournaled:
                self._signal("heartbeat", heartbeat(self._session.clock))
            self._schedule_heartbeat()

        self._beat = asyncio.get_running_loop().call_later(self._heartbeat, beat)


def heartbeat(clock: Clock) -> events_pb2.Heartbeat:
    """A sign of life."""
    return events_pb2.Heartbeat(recognition_lag=duration(clock.lag) if clock.lag else None)


def first_config(message: service_pb2.StreamingAnalyzeRequest) -> config_pb2.StreamingConfig:
    """The configuration that a first message carries.

    Raises:
        ProtocolOrder: it carries something else.
    """
    if not message.HasField("streaming_config"):
        found = message.WhichOneof("request") or "nothing"
        raise ProtocolOrder(PROTOCOL_ORDER, f"the first message carries {found}; it must be streaming_config")
    if message.client_sequence not in (0, 1):
        raise ProtocolOrder(
            PROTOCOL_ORDER, f"client_sequence {message.client_sequence} of the first message is not 1"
        )
    return message.streaming_config
