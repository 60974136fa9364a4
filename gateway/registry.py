"""The sessions of this process. It owns them: a session runs in its task group, not in a call's."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from opentelemetry import trace

from gateway.journal import MemoryJournal
from gateway.reasons import SESSION_NOT_FOUND
from gateway.recognition import Recognition
from gateway.session import Session
from gateway.settings import GatewaySettings
from gateway.transport import Transport
from gateway.validation import check_config
from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2
from services.audio.decoder_pool import DecoderPool
from services.runtime.admission import Admission
from services.runtime.calls import DRAINING
from services.runtime.errors import NotFound, Unavailable
from services.runtime.offsets import SECOND, duration, from_seconds
from services.runtime.telemetry import ids, tracer

# Seconds of the drain that are kept for the ends of sessions to reach their clients.
_LAST_WORDS = 1.0


class Registry:
    """Use as `async with`: leaving it ends every session."""

    def __init__(
        self,
        settings: GatewaySettings,
        transports: Mapping[str, Transport],
        decoders: DecoderPool,
        recognition: Recognition,
    ) -> None:
        self.settings = settings
        self.recognition = recognition
        self.plan = settings.plan()
        self._transports = transports
        self._decoders = decoders
        self._admission = Admission(settings.server.max_sessions)
        self._running: dict[str, Session] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ended: OrderedDict[str, service_pb2.Session] = OrderedDict()
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._tasks.values():
            task.cancel()
        # Not told of `raised`, which it would put into a group: it is on its way out by itself.
        await self._group.__aexit__(None, None, None)

    def create(self, config: config_pb2.StreamingConfig) -> Session:
        """Check the configuration and start a session; its span is a child of the current one.

        Raises:
            InvalidConfig: with every field that is wrong.
            AtCapacity: as many sessions run as this server takes.
        """
        check_config(config, self.plan, self.settings.session, self.settings.server.idle_timeout)
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._admission.admit())
            session_id = uuid.uuid4().hex
            span = tracer().start_span("session", attributes={"rivermouth.session_id": session_id})
            stack.callback(span.end)
            journal = MemoryJournal(self.settings.session.journal_events)
            session = Session(
                session_id,
                config,
                self.plan,
                self._transports,
                journal,
                self.settings,
                self._decoders,
                ids(span),
                self.recognition,
            )
            self._running[session_id] = session
            task = self._group.create_task(self._run(session, span), name=f"session {session_id}")
            self._tasks[session_id] = task
            held = stack.pop_all()
            task.add_done_callback(lambda _: held.close())
        return session

    async def release(self, session: Session) -> None:
        """The connection is gone. A session that has not ended is abandoned, its stages gone on return."""
        task = self._tasks.get(session.session_id)
        if task is not None:
            if not session.ended:
                task.cancel()
            await asyncio.wait([task])

    def get(self, session_id: str) -> service_pb2.Session:
        """A session as it is now, running or ended not long ago.

        Raises:
            NotFound: there is none.
        """
        if (session := self._running.get(session_id)) is not None:
            return session.describe()
        if (ended := self._ended.get(session_id)) is not None:
            return ended
        raise NotFound(SESSION_NOT_FOUND, f"there is no session {session_id[:64]!r} here")

    def session_ids(self) -> list[str]:
        """The ids of all sessions that are known, the oldest first."""
        started = {session_id: each.start_time for session_id, each in self._running.items()}
        started |= {
            session_id: each.start_time.ToNanoseconds() / SECOND for session_id, each in self._ended.items()
        }
        return sorted(started, key=started.__getitem__)

    async def drain(self, seconds: float) -> None:
        """Tell every client that this server is about to close."""
        body = events_pb2.GoAway(time_left=duration(from_seconds(seconds)), reason="the server is draining")
        for session in self._running.values():
            session.signal("go_away", body)
        left = max(seconds - _LAST_WORDS, seconds / 2)
        asyncio.get_running_loop().call_later(left, self._close_remaining)

    def _close_remaining(self) -> None:
        """The time to drain is nearly over: end what still runs, each with its summary."""
        for session in list(self._running.values()):
            session.fail(Unavailable(DRAINING, "the server stopped before the session ended"), "DRAINED")

    async def _run(self, session: Session, span: trace.Span) -> None:
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            try:
                await session.run()
            except asyncio.CancelledError:
                span.set_attribute("rivermouth.ending", "abandoned")
            finally:
                del self._running[session.session_id], self._tasks[session.session_id]
                self._ended[session.session_id] = session.describe()
                while len(self._ended) > self.settings.session.ended_kept:
                    self._ended.popitem(last=False)
