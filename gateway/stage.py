"""One stage of one session: its inbox, its stream, and what happens when the stream is lost.

A lost stage is connected again, with backoff, for as long as the session has use for it, and is given again
what it had not answered. Where that cannot work, it is given up.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from opentelemetry import trace

from gateway.contracts import Asr, Output, StageContract
from gateway.failure import Failure
from gateway.inbox import AudioInbox, HeardInbox, Inbox, WorkInbox
from gateway.intake import Piece
from gateway.ledger import Result
from gateway.plan import Input
from gateway.precedence import Precedence
from gateway.speech_window import SpeechWindow
from gateway.told import told_by
from gateway.transport import StageFailure, Transport
from services.runtime.offsets import from_seconds
from services.runtime.settings import Settings
from services.runtime.telemetry import ids, tracer


class StageLimits(Settings):
    """What a stage may take, in seconds and counts."""

    reconnect_initial: float = 0.1
    reconnect_max: float = 2.0
    give_up_after: float = 5.0
    """How long a lost stage is tried again once the input has ended."""
    no_progress: float = 30.0
    """How long a stage may say nothing once its input has ended."""
    speech_kept: float = 60.0
    """Audio kept for a recogniser that is away or stalled."""
    audio_pieces: int = 50
    """Pieces of audio (100 ms each) that wait for a stage which may lose some."""
    work_items: int = 256
    """Segments that wait for a stage; past them, a segment is skipped. As many are kept for one that is
    started anew, where its results are about the whole session."""


_REFUSED_WITHIN = 0.25
"""Seconds. A stage that was reached may still refuse the stream: it runs once it has said something, or has
not refused for so long."""


class Listener(Protocol):
    """The session, as a stage sees it."""

    precedence: Precedence

    def stage_output(self, stage: Stage, output: Output) -> None: ...
    def stage_running(self, stage: Stage) -> None: ...
    def stage_lost(self, stage: Stage, failure: Failure) -> None: ...
    def stage_ended(self, stage: Stage) -> None: ...
    def stage_given_up(self, stage: Stage, failure: Failure) -> None: ...


@dataclass(slots=True)
class _Backoff:
    """Exponential with full jitter on the upper half, as in "Exponential Backoff And Jitter" (AWS, 2015)."""

    initial: float
    most: float
    tries: int = 0

    def next(self) -> float:
        delay = min(self.most, self.initial * 2.0**self.tries)
        self.tries += 1
        return delay * random.uniform(0.5, 1.0)


class Stage:
    """Runs in the session's task group; everything else about it happens on the session's own turn."""

    def __init__(
        self, contract: StageContract, transport: Transport, limits: StageLimits, listener: Listener
    ) -> None:
        self.contract = contract
        self.name = contract.stage.name
        self.incarnation = 0
        self.up = False
        """Whether a stream is open."""
        self.finished = False
        """Whether it has answered everything or was given up."""
        self.span_id = ""
        self._transport = transport
        self._limits = limits
        self._listener = listener
        self._position = 0
        self._spoken: dict[int, int] = {}
        self._heard = 0.0
        self._hurry = asyncio.Event()
        self._told = told_by(contract)
        spec = contract.stage.spec
        self.speech: SpeechWindow | None = None
        if isinstance(contract, Asr):
            self.speech = SpeechWindow(from_seconds(limits.speech_kept), contract.silence)
        self.audio: AudioInbox | None = None
        if spec.takes_audio and not self.speech:
            self.audio = AudioInbox(
                limits.audio_pieces, contract.audio_period, contract.audio, contract.audio_early
            )
        self.work: WorkInbox | None = None
        if spec.takes_segments:
            self.work = WorkInbox(limits.work_items, spec.takes_history, self._told)
        self._takes_speech = Input.SPEECH in spec.inputs
        self._frames = 0
        inbox: Inbox | None = self.speech or self.audio or self.work
        if self.audio is not None and self.work is not None:
            inbox = HeardInbox(self.audio, self.work)
        assert inbox is not None
        if self.speech is None and transport.shares_loop:
            inbox.precedence = listener.precedence
        self.inbox = inbox

    # What the session gives it.

    def put_audio(self, piece: Piece) -> None:
        """A piece of audio, of the kind that the stage takes."""
        if self.finished:
            return
        if self.speech is not None:
            self.speech.put(piece.start, piece.end, self.contract.audio(piece.speech))
        elif self.audio is not None and self._takes_speech:
            self._put_speech(piece, self.audio)
        elif self.audio is not None and piece.native:
            self.audio.put(piece.start, piece.end, piece.native, piece.offset)
        self._position = piece.end

    def _put_speech(self, piece: Piece, audio: AudioInbox) -> None:
        """Its place is counted in frames at 16 kHz: a resampler lags, and pieces may be lost."""
        speech_format = self.contract.setup.speech_format
        assert speech_format is not None, "audio came before its format"
        if piece.speech:
            audio.put(piece.start, piece.end, piece.speech, self._frames)
            self._frames += len(piece.speech) // (2 * speech_format.channel_count)

    def put_segment(self, transcript: Result, annotation: Result | None) -> bool:
        """A final segment; False where there is no room for it."""
        assert self.work is not None
        return self.work.put(transcript.segment_id, self.contract.segment(transcript, annotation))

    def put_turn(self, turn: Any) -> None:
        """A turn that has ended."""
        assert self.work is not None
        self.work.put_passing(self.contract.turn(turn))

    def put_watermark(self, position: int) -> None:
        """The point that all channels have passed."""
        assert self.work is not None
        self.work.put_latest(self.contract.watermark(position))

    def put_speaker_revision(self, revision: Any) -> bool:
        """Segments given before have another speaker; False where there is no room to say so."""
        assert self.work is not None
        return self.work.put_lasting(self.contract.speaker_revision(revision), revision.segment_ids)

    def put_failure(self, failure: Failure) -> None:
        """There will be no more segments."""
        assert self.work is not None
        self.work.put_always(self.contract.upstream_failure(failure))

    def end_input(self) -> None:
        """Nothing follows."""
        self.inbox.close()
        self._heard = asyncio.get_running_loop().time()
        self._hurry.set()

    # Its life.

    async def run(self) -> None:
        """Returns once the stage has answered everything, or is given up."""
        backoff = _Backoff(self._limits.reconnect_initial, self._limits.reconnect_max)
        while True:
            failure = await self._stream(backoff)
            self.up = False
            if failure is None:
                return self._listener.stage_ended(self)
            self._take_back()
            if not failure.retryable or self._late():
                return self._listener.stage_given_up(self, failure)
            self._listener.stage_lost(self, failure)
            await self._pause(backoff.next())
            if self._late():
                return self._listener.stage_given_up(self, failure)
            self.incarnation += 1

    async def _stream(self, backoff: _Backoff) -> Failure | None:
        """One stream from its configuration to its end; returns why it failed, or None."""

        loop = asyncio.get_running_loop()
        since = math.inf

        def connected() -> None:
            nonlocal since
            since = loop.time()
            self.up = True
            self._running = loop.call_later(_REFUSED_WITHIN, self._runs)

        with tracer().start_as_current_span(
            f"stage {self.name}",
            attributes={"rivermouth.stage": self.name, "rivermouth.incarnation": self.incarnation},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            self.span_id = ids(span)[1]
            try:
                async with asyncio.timeout(None) as limit:
                    watch = loop.call_later(self._limits.no_progress, self._watch, limit)
                    try:
                        await self._transport.exchange(_Requests(self), self._receive, connected)
                    finally:
                        self._cancel_watch(watch)
                        self._cancel_running()
            except StageFailure as raised:
                failure = raised.failure
            except TimeoutError:
                seconds = self._limits.no_progress
                failure = Failure("STAGE_TIMEOUT", f"stage {self.name} said nothing for {seconds:g} s", False)
            except asyncio.CancelledError:
                span.set_attribute("rivermouth.ending", "cancelled")
                raise
            else:
                if self.inbox.closed and self.inbox.idle():
                    self._listener.stage_running(self)  # it may have had nothing to say
                    return None
                # The service says no more, though there is more to answer.
                message = f"stage {self.name} ended its stream before its input ended"
                failure = Failure("STAGE_CLOSED_EARLY", message, True)
            finally:
                if loop.time() - since > self._limits.reconnect_max:
                    backoff.tries = 0  # one that dies at once each time is tried less and less often
            span.set_attribute("error.type", failure.reason)
            span.set_status(trace.StatusCode.ERROR, f"{failure.reason}: {failure.message}")
            return failure

    async def _receive(self, response: Any) -> None:
        self._heard = asyncio.get_running_loop().time()
        if self._running is not None:
            self._runs()
        output = self.contract.read(response)
        if self.speech is not None and output.result is not None and output.result.is_text:
            self._spoken[output.result.channel] = output.result.end or 0
        if self.work is not None:
            if not self._told.is_news(output):
                return
            if output.result is not None:
                output.result = self._told.as_far_as_known(output.result)
        self._listener.stage_output(self, output)

    def _take_back(self) -> None:
        """What was not answered is to be said again; not the audio of a channel whose text is final."""
        self.inbox.rewind()
        if self.speech is not None and isinstance(self.contract, Asr):
            self.speech.rewrite(partial(self.contract.muted, dict(self._spoken)))

    def _watch(self, limit: asyncio.Timeout) -> None:
        """End the stream where its input has ended and it has said nothing for too long; else look again."""
        loop = asyncio.get_running_loop()
        due = (self._heard if self.inbox.closed else loop.time()) + self._limits.no_progress
        if due <= loop.time():
            limit.reschedule(loop.time())
        else:
            self._timer = loop.call_at(due, self._watch, limit)

    _timer: asyncio.TimerHandle | None = None

    def _cancel_watch(self, first: asyncio.TimerHandle) -> None:
        first.cancel()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    _running: asyncio.TimerHandle | None = None

    def _runs(self) -> None:
        """It has taken the stream, as far as can be known."""
        self._cancel_running()
        self._listener.stage_running(self)

    def _cancel_running(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def _late(self) -> bool:
        loop = asyncio.get_running_loop()
        return self.inbox.closed and loop.time() - self._heard >= self._limits.give_up_after

    async def _pause(self, seconds: float) -> None:
        """Wait before the next try; shorter once, when the input ends meanwhile."""
        if self.inbox.closed:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            pass

    @property
    def dropped(self) -> int:
        """Pieces of audio that were forgotten before the stage took them."""
        if self.speech is not None:
            return self.speech.lost_pieces
        return self.audio.dropped if self.audio is not None else 0

    def begin(self) -> int:
        """It is started now: where its input begins on the session's clock."""
        start = self.speech.begin() if self.speech is not None else None
        return self._position if start is None else start


class _Requests(AsyncIterator[Any]):
    """The requests of one stream: the configuration, then the inbox."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._configured = False

    def __anext__(self) -> Coroutine[Any, Any, Any]:
        if self._configured:
            return self._stage.inbox.get()
        self._configured = True
        return self._configure()

    async def _configure(self) -> Any:
        return self._stage.contract.configure(self._stage.incarnation, self._stage.begin())
