"""One logical session over any number of connections.

    idle ── a turn begins ──▶ connect ──▶ play turns ── idle_timeout ──▶ idle
                                ▲            │
                                └── backoff ◀┴── closed, goAway, no answer

Connections are made when there is something to say, are kept between turns, and are left between turns when
the vendor says `goAway`, or in the turn if it would outlast the time left. A new one goes on by the vendor's
handle; if that is refused it begins afresh, which costs the model's memory of the turns before, but no audio:
the turn that was not complete is always played again from its beginning, since the vendor never says how much
of the audio it has dealt with.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from services.llm import reasons
from services.llm.failure import ModelFailure
from services.llm.live.client import LiveClient
from services.llm.live.config import SAMPLE_RATE_HERTZ, LiveConfig
from services.llm.live.connection import LiveConnection
from services.llm.live.events import Answered, GoAway, LiveEvent, Resumable, Transcribed, TurnEnded, Usage
from services.llm.live.hearing import Hearing
from services.llm.live.turn import AudioTurn, TurnListener
from services.runtime.crash import log_crash

# Live audio comes in tenths of seconds; what waited, or is sent again, goes in larger messages.
_LARGEST_PIECE = 2 * SAMPLE_RATE_HERTZ // 2
# Share of the time that a goAway leaves which a turn may still use.
_STAY = 0.75
# Transcripts this early in a turn, in bytes of its audio, are late ones of the turn before.
_EARLIEST_TEXT = 2 * SAMPLE_RATE_HERTZ // 4

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class LiveCounters:
    """What a session went through. `resent` is in samples, `usage` as the vendor told it last."""

    connections: int = 0
    resumed: int = 0
    refused_handles: int = 0
    go_aways: int = 0
    failures: int = 0
    resent: int = 0
    unknown_messages: int = 0
    late_pieces: int = 0
    usage: Usage | None = None


class LiveSession:
    """Plays one turn at a time. Its task runs from the beginning until `close`.

    Attributes:
        counters: what happened.
    """

    def __init__(self, client: LiveClient, config: LiveConfig) -> None:
        self.counters = LiveCounters()
        self._client = client
        self._limits = client.limits
        self._config = config
        self._turn: AudioTurn | None = None
        self._handle = ""
        self._leave_at: float | None = None  # on the loop's clock
        self._wanted = asyncio.Event()  # a turn begins, or the connection is to be left
        self._renew = False
        self._hearing: Hearing | None = None
        self._closing = False
        self._task = asyncio.create_task(self._run(), name="live-session")

    @property
    def is_closed(self) -> bool:
        """Whether it takes no turns any more."""
        return self._closing or self._task.done()

    def open_turn(self, listener: TurnListener) -> AudioTurn:
        """Begin a turn; the one before is over."""
        assert self._turn is None or self._turn.is_over, "one turn at a time"
        turn = self._turn = AudioTurn(listener, self._limits.max_turn)
        self._wanted.set()
        return turn

    def close(self) -> asyncio.Task[None]:
        """Drop the turn, close the connection; returns the task that ends when both is done."""
        if not self._closing:
            self._closing = True
            if self._turn is not None:
                self._turn.cancel()
            self._task.cancel()
        return self._task

    async def _run(self) -> None:
        try:
            while True:
                if self._open() is None and not self._renew:
                    self._wanted.clear()
                    await self._wanted.wait()
                else:
                    self._renew = False
                    await self._attempt()
        except asyncio.CancelledError:
            if not self._closing:
                raise
        except Exception as bug:
            log_crash(_log, "a live session", bug)
            if self._turn is not None:
                message = f"the session crashed: {type(bug).__name__}"
                self._turn.fail(ModelFailure(reasons.LLM_PROTOCOL, message, retryable=True))

    def _open(self) -> AudioTurn | None:
        return None if self._turn is None or self._turn.is_over else self._turn

    async def _attempt(self) -> None:
        """Use one connection until it is left or lost."""
        try:
            connection = await self._connect()
        except ModelFailure as failure:
            await self._endure(failure, established=False)
            return
        try:
            await _first_of(self._read(connection), self._write(connection))
            turn = self._open()
            if turn is not None and turn.attempts >= self._limits.attempts:
                message = f"the vendor left it unheard on {turn.attempts} connections"
                turn.fail(ModelFailure(reasons.LLM_CONNECTION_LOST, message, retryable=True))
        except ModelFailure as failure:
            await self._endure(failure, established=True)
        finally:
            self.counters.unknown_messages += connection.unknown
            self._leave_at = self._hearing = None
            await connection.close()

    async def _connect(self) -> LiveConnection:
        """Connect by the handle; where that is refused, afresh."""
        handle, counters = self._handle, self.counters
        try:
            connection = await self._client.connect(self._config, handle)
        except ModelFailure as failure:
            if not handle or failure.retryable:
                raise
            counters.refused_handles += 1
            _log.info("the session cannot be resumed: %s", failure)
            self._handle = handle = ""
            connection = await self._client.connect(self._config)
        counters.connections += 1
        counters.resumed += bool(handle)
        return connection

    async def _endure(self, failure: ModelFailure, *, established: bool) -> None:
        """Wait for the next attempt, or give the turn up.

        A refusal on a connection that had been set up may be the session's fault, not the request's (seen:
        code 1007 for audio that had been accepted for minutes): a session that begins afresh gets one chance.
        """
        self.counters.failures += 1
        _log.info("a live connection failed: %s", failure)
        turn = self._open()
        if turn is None:
            return
        if not established:
            turn.attempts += 1
        may_retry = failure.retryable
        if not may_retry and established and not turn.was_refused:
            turn.was_refused = may_retry = True
            self._handle = ""
        if not may_retry or turn.attempts >= self._limits.attempts:
            turn.fail(failure)
            return
        await asyncio.sleep(self._limits.backoff.delay(turn.attempts))

    async def _read(self, connection: LiveConnection) -> None:
        async for event in connection.events():
            self._take(event)

    def _take(self, event: LiveEvent) -> None:
        match event:
            case Resumable(handle):
                self._handle = handle
            case GoAway(time_left):
                self.counters.go_aways += 1
                self._leave_at = asyncio.get_running_loop().time() + _STAY * time_left
                self._wanted.set()
                if self._turn is not None:
                    self._turn.woken.set()
            case Usage():
                self.counters.usage = event
            case Transcribed() | Answered() | TurnEnded():
                turn, hearing = self._open(), self._hearing
                if turn is None or hearing is None or not hearing.is_due(event, turn.sent >= _EARLIEST_TEXT):
                    self.counters.late_pieces += isinstance(event, Transcribed)
                else:
                    hearing.take(event, turn)

    async def _write(self, connection: LiveConnection) -> None:
        """Play turns; returns when the connection is to be left."""
        unanswered, has_played = 0, False
        while True:
            self._wanted.clear()
            turn = self._open()
            if turn is not None:
                self._hearing = Hearing(self._limits, self._config.answers, unanswered)
                if not await self._play(connection, turn, self._hearing):
                    return
                unanswered, has_played = self._hearing.unanswered, True
            if self._leave_at is not None:
                # The next turn is to find a connection; but a vendor that sends each one away is not asked
                # for another before somebody speaks.
                self._renew = has_played
                return
            if turn is not None:
                continue  # who heard of its end may have begun the next
            try:
                async with asyncio.timeout(self._limits.idle_timeout):
                    await self._wanted.wait()
            except TimeoutError:
                return

    async def _play(self, connection: LiveConnection, turn: AudioTurn, hearing: Hearing) -> bool:
        """Play a turn to its end; False if the connection has to be left before that."""
        self.counters.resent += turn.rewind() // 2
        await connection.begin_turn()
        while not turn.is_over:
            turn.woken.clear()
            piece = turn.unsent(_LARGEST_PIECE)
            if piece:
                await connection.send_audio(piece)
                turn.note_sent(len(piece))
                await asyncio.sleep(0)  # a socket may take a whole minute without ever waiting
            elif turn.is_ended:
                break
            elif not await turn.wait(self._leave_at):
                return False
        if turn.is_over:
            return False  # cancelled: the vendor has half a turn, which only a new connection can forget
        await connection.end_turn()
        if not await hearing.wait(turn, lambda: self._leave_at):
            return False
        turn.complete()
        return True


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run them until one ends; the others are cancelled. Raises what it raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
