"""One session: what comes in goes to the merge or the stages, what the merge says is journaled. Wiring only.

A session belongs to the registry, not to a call: it outlives the connection that feeds it for as long as
the registry lets it. All of it runs on one event loop; nothing here waits but `accept`, which is how the
sender is held back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.backpressure import SpeechBackpressure
from gateway.clock import Clock
from gateway.contracts import CONTRACTS, Asr, Output, Setup
from gateway.events import Envelope, Factory
from gateway.intake import AudioIntake, InputRefused, Piece
from gateway.journal import Entry, Journal
from gateway.ledger import Ledger, Result
from gateway.merge import (
    Action,
    AwaitAnnotation,
    Emit,
    Ended,
    EndInput,
    Failure,
    FeedFailure,
    FeedSegment,
    FeedTurn,
    FeedWatermark,
    Merge,
)
from gateway.plan import Input, Plan
from gateway.reasons import SESSION_TOO_LONG
from gateway.settings import GatewaySettings
from gateway.stage import Stage
from gateway.text import TextIntake
from gateway.transport import Transport
from gateway.validation import find_update_violations
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2
from services.audio.decoder_pool import DecoderPool
from services.runtime.errors import RivermouthError, TooLong, as_error
from services.runtime.offsets import SECOND, from_seconds, nanoseconds
from services.runtime.results import VERSION

# How long a sender that is ahead of time waits for a stage that measures, and takes nothing.
_PATIENCE = 0.5
LINEAR16 = audio_pb2.AUDIO_ENCODING_LINEAR16
Signal = Callable[[str, Any], None]
"""Sends a kind and body that are not journaled to whoever is connected."""


class Session:
    """One session, from its configuration to its summary."""

    def __init__(
        self,
        session_id: str,
        config: config_pb2.StreamingConfig,
        plan: Plan,
        transports: Mapping[str, Transport],
        journal: Journal,
        settings: GatewaySettings,
        decoders: DecoderPool,
        trace_ids: tuple[str, str],
    ) -> None:
        self.session_id = session_id
        self.journal = journal
        self.labels = dict(config.labels)
        self.start_time = time.time()
        self._began = time.monotonic()
        self.clock = Clock()
        self.ledger = Ledger()
        self.signal: Signal = _nobody_listens
        self.client_sequence = 0
        self.input_ended = False
        self.error: RivermouthError | None = None
        """What its connection ends with, where it did not end well."""
        self.event_filter = config.event_filter
        self._limits = settings.session
        self._max_duration = (
            nanoseconds(config.limits.max_duration) / SECOND
            if config.limits.HasField("max_duration")
            else settings.session.max_duration
        )
        self._span_id = trace_ids[1]
        self._factory = Factory(session_id, self.clock, time.monotonic())
        self.envelope = Envelope(session_id, 1, self.clock, trace_ids[0])
        self._sequence = 0
        self._summary: events_pb2.SessionSummary | None = None
        has_audio = config.HasField("audio_format")
        self._audio = AudioIntake(config.audio_format, decoders) if has_audio else None
        self._text = TextIntake(session_id, config) if self._audio is None else None
        active = plan.for_session((each.name for each in config.analysers), self._audio is not None)
        self._setup = Setup(session_id, config, None, None)
        self._setup.recognition.CopyFrom(config.recognition)
        self._stages = {
            each.name: Stage(
                CONTRACTS[each.spec.contract](each, self._setup), transports[each.name], settings.stage, self
            )
            for each in active
        }
        self._merge = Merge(active, self._factory, self.ledger)
        self._recogniser = next((each for each in self._stages.values() if each.speech), None)
        self._speech_stages = self._taking(Input.SPEECH)
        self._native_stages = self._taking(Input.AUDIO)
        self._group: asyncio.TaskGroup | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._timers: set[asyncio.TimerHandle] = set()
        self._audio_stages_run = False
        self._over = asyncio.Event()
        self._pressure = SpeechBackpressure(
            self.clock, self._recogniser, settings.session, self._send, self._stage_stalled
        )

    # Its life.

    async def run(self) -> None:
        """Returns after the summary was journaled. Cancelling it ends the session as abandoned."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._apply(self._merge.start(self._started()))
                for stage in self._stages.values():
                    if not stage.contract.stage.spec.takes_audio:
                        self._start(stage)
                if self._audio is None or self._audio.format:
                    self._start_audio_stages()
                self._after(self._max_duration, self._out_of_time)
                await self._over.wait()
                for task in self._tasks:
                    task.cancel()
        except Exception as raised:
            # A bug, which must not reach the sessions beside this one.
            self.fail(as_error(raised))
        finally:
            self.input_ended = True
            self._count_drops()
            gone = Failure("SESSION_ABANDONED", "the client was gone before the session ended", True)
            self._apply(self._merge.stop("ABANDONED", gone))
            self.journal.close()
            for timer in self._timers:
                timer.cancel()
            if self._audio is not None:
                self._audio.close()
            self._pressure.end()

    def fail(self, error: RivermouthError, end: str = "ERROR") -> None:
        """End the session now, with an error event and its summary; its connection ends with the error."""
        if self.ended:
            return
        self.error = error
        self.input_ended = True
        self._pressure.end()
        self._count_drops()
        failure = Failure(error.reason, error.message, error.retryable, tuple(sorted(error.metadata.items())))
        self._apply(self._merge.stop(end, failure))

    @property
    def ended(self) -> bool:
        return self._merge.ended

    def describe(self) -> service_pb2.Session:
        """The session as it is now, with the counts so far."""
        states = service_pb2.Session
        state = states.STATE_DRAINING if self.input_ended else states.STATE_RUNNING
        if self.ended:
            state = states.STATE_ENDED
        self._count_drops()
        summary = self._summary or self._factory.session_summary(self.ledger, "UNSPECIFIED")
        shown = states(session_id=self.session_id, state=state, labels=self.labels, summary=summary)
        shown.start_time.FromNanoseconds(round(self.start_time * SECOND))
        return shown

    def _send(self, kind: str, body: Any) -> None:
        self.signal(kind, body)

    # What the client sends.

    async def accept(self, message: service_pb2.StreamingAnalyzeRequest) -> None:
        """One message after the configuration. Returns when the next may be read: this is the backpressure.

        A bad piece of input becomes an error event; nothing else is lost.
        """
        self.client_sequence = message.client_sequence or self.client_sequence + 1
        which = message.WhichOneof("request")
        try:
            match which:
                case "audio":
                    intake = self._audio_intake("audio")
                    at_once = intake.accept_at_once(message.audio)
                    if at_once is None:
                        await self._take_container(intake, message.audio)
                    else:
                        self._take(at_once)
                    self._factory.chunks += 1
                    if self._pressure.is_due():
                        await self._pressure.hold_back()
                    await self._wait_for_measures()
                case "text_chunk":
                    self._take_text(message)
                case "silence":
                    for pieces in self._audio_intake("silence").silence(
                        nanoseconds(message.silence.duration)
                    ):
                        self._take(pieces)
                        await asyncio.sleep(0)
                        await self._pressure.hold_back()
                case "finalize":
                    self._finalize(message.finalize.channel_tag)
                case "update_config":
                    self._update(message.update_config)
                case "finish":
                    await self.finish()
                case None:
                    raise InputRefused(
                        "MESSAGE_EMPTY",
                        "request",
                        "the message has none of the known requests; is the client newer?",
                    )
        except InputRefused as refused:
            self._refuse(refused)

    async def finish(self) -> None:
        """The input has ended; results are still to come."""
        if self.input_ended:
            return
        self.input_ended = True
        if self._audio is not None:
            try:
                async for pieces in self._audio.check_end():
                    self._take(pieces)
            except InputRefused as refused:
                self._refuse(refused)
            if self.ended:  # in the meantime
                return
            self._take(self._audio.finish())
            self._start_audio_stages()
        if self._text is not None:
            for result in self._text.flush():
                self._follow_text(result)
        self._apply(self._merge.input_ended())

    def _audio_intake(self, field: str) -> AudioIntake:
        if self.input_ended:
            raise InputRefused("INPUT_AFTER_FINISH", field, "input came after finish; it was left out")
        if self._audio is None:
            raise InputRefused(
                "AUDIO_IN_TEXT_SESSION",
                field,
                "the session was configured without audio_format; send text_chunk, or configure audio_format",
            )
        return self._audio

    async def _wait_for_measures(self) -> None:
        """A recording that is sent faster than it was spoken need not lose any of its measures."""
        for stage in self._native_stages:
            if stage.audio is not None and stage.audio.is_full and stage.up:
                elapsed = from_seconds(time.monotonic() - self._began)
                if self.clock.received - elapsed > SECOND:
                    await stage.audio.room(_PATIENCE)

    async def _take_container(self, intake: AudioIntake, chunk: audio_pb2.AudioChunk) -> None:
        """Audio that is decoded elsewhere: a chunk may be minutes of it."""
        async for pieces in intake.accept(chunk):
            if self.input_ended:
                return
            self._take(pieces)
            await self._pressure.hold_back()
            await self._wait_for_measures()

    def _take(self, pieces: Iterable[Piece]) -> None:
        if not self._audio_stages_run and self._audio is not None and self._audio.format:
            self._start_audio_stages()
        now = time.monotonic()
        for piece in pieces:
            self.clock.receive(piece.end, now)
            for stage in self._speech_stages:
                stage.put_audio(piece.start, piece.end, piece.speech)
            for stage in self._native_stages:
                if piece.native.content:
                    stage.put_audio(piece.start, piece.end, piece.native)
        if self._recogniser is not None and self._recogniser.finished:
            self.clock.finish()

    def _take_text(self, message: service_pb2.StreamingAnalyzeRequest) -> None:
        if self.input_ended:
            raise InputRefused("INPUT_AFTER_FINISH", "text_chunk", "input came after finish; it was left out")
        if self._text is None:
            raise InputRefused(
                "TEXT_IN_AUDIO_SESSION",
                "text_chunk",
                "the session was configured with audio_format; send audio, or configure none",
            )
        results = self._text.accept(message.text_chunk)
        self._factory.chunks += 1
        self.clock.receive(self._text.received, time.monotonic())
        for result in results:
            self._follow_text(result)

    def _follow_text(self, result: Result) -> None:
        assert self._text is not None
        end, before = result.end or 0, self.clock.final
        self.clock.advance(end, end, self._text.settled)
        self._apply(self._merge.result(result))
        if self.clock.final > before:
            self._apply(self._merge.settled(self.clock.final))

    def _finalize(self, channel: int) -> None:
        request = self.client_sequence
        self._merge.finalize_requested(request)
        if self._text is not None:
            closed = self._text.flush(channel)
            for result in closed:
                self._follow_text(result)
            self._apply(self._merge.finalized(request, len(closed)))
            return
        assert self._audio is not None
        count = self._audio.format[1] if self._audio.format else 0
        recogniser = self._recogniser
        if self.input_ended or recogniser is None or not 0 <= channel <= count or not count:
            self._apply(self._merge.finalized(request, 0))
            if count and not 0 <= channel <= count:
                raise InputRefused(
                    "FINALIZE_CHANNEL_INVALID", "finalize.channel_tag", f"is {channel}; 0 to {count}"
                )
            return
        self._take(self._audio.flush())
        if recogniser.finished:
            self._apply(self._merge.finalized(request, 0))
        elif recogniser.speech is not None and isinstance(recogniser.contract, Asr):
            control = recogniser.contract.finalize(channel, request)
            recogniser.speech.put_control(self.clock.received, control, request)

    def _update(self, update: config_pb2.UpdateConfig) -> None:
        violations = find_update_violations(update, self.labels)
        if violations:
            body = events_pb2.ConfigRejected(
                request_sequence=self.client_sequence,
                violations=[
                    events_pb2.FieldViolation(field=each.field, description=each.description)
                    for each in violations
                ],
            )
            self._apply(self._merge.note("config_rejected", body))
            return
        fields = []
        if update.HasField("recognition") and self._recogniser and self._recogniser.speech:
            fields += [f"recognition.{field.name}" for field, _ in update.recognition.ListFields()]
            self._setup.recognition.MergeFrom(update.recognition)
            assert isinstance(self._recogniser.contract, Asr)
            request = self._recogniser.contract.update(update.recognition)
            self._recogniser.speech.put_control(self.clock.received, request)
        if update.HasField("event_filter"):
            fields.append("event_filter")
            self.event_filter = update.event_filter
        for key, value in update.labels.items():
            fields.append(f"labels.{key}")
            self.labels[key] = value
        self.labels = {key: value for key, value in self.labels.items() if value}
        body_updated = events_pb2.ConfigUpdated(request_sequence=self.client_sequence, fields=sorted(fields))
        self._apply(self._merge.note("config_updated", body_updated))

    def _refuse(self, refused: InputRefused) -> None:
        failure = Failure(refused.reason, f"{refused.field}: {refused.message}")
        body = self._factory.error(failure, "", self.client_sequence, refused.field, False)
        self._apply(self._merge.note("error", body))

    # What stages say (gateway.stage.Listener).

    def stage_output(self, stage: Stage, output: Output) -> None:
        final = self.clock.final
        if output.cursors is not None:
            before = self.clock.accepted
            self.clock.advance(output.cursors.accepted, output.cursors.interim, output.cursors.final)
            if stage.speech is not None:
                stage.speech.settle(output.cursors.final)
            if self.clock.accepted > before and self._pressure.moved():
                self.stage_running(stage)
        if output.result is not None:
            if stage.work is not None and output.result.final:
                stage.work.answered(output.result.segment_id)
            self._apply(self._merge.result(output.result), stage.span_id)
        elif output.note is not None:
            self._apply(self._merge.note(*output.note), stage.span_id)
        elif output.finalized is not None:
            if stage.speech is not None:
                stage.speech.finalized(output.finalized[0])
            self._apply(self._merge.finalized(*output.finalized))
        elif output.failure is not None:
            self._apply(self._merge.input_refused(stage.name, output.failure), stage.span_id)
        if self.clock.final > final:
            self._apply(self._merge.settled(self.clock.final))

    def stage_running(self, stage: Stage) -> None:
        lost = stage.speech.lost if stage.speech is not None else 0
        self._apply(self._merge.stage_running(stage.name, stage.incarnation, lost))

    def _stage_stalled(self, stage: Stage, failure: Failure) -> None:
        self._apply(self._merge.stage_stalled(stage.name, failure, stage.incarnation))

    def stage_lost(self, stage: Stage, failure: Failure) -> None:
        if stage is self._recogniser:
            self._pressure.release()
        self._apply(self._merge.stage_lost(stage.name, failure, stage.incarnation))

    def stage_ended(self, stage: Stage) -> None:
        self._over_for(stage)
        self._apply(self._merge.stage_ended(stage.name))

    def stage_given_up(self, stage: Stage, failure: Failure) -> None:
        self._over_for(stage)
        self._apply(self._merge.stage_given_up(stage.name, failure, stage.incarnation))

    def _over_for(self, stage: Stage) -> None:
        stage.finished = True
        self._count_drops()
        if stage is self._recogniser:
            self._pressure.release()
            self.clock.finish()

    # What the merge wants done.

    def _apply(self, actions: Iterable[Action], span_id: str = "") -> None:
        for action in actions:
            match action:
                case Emit():
                    self._emit(action, span_id or self._span_id)
                case FeedSegment():
                    self._feed(action)
                case FeedTurn():
                    self._stages[action.stage].put_turn(action.turn)
                case FeedWatermark():
                    self._stages[action.stage].put_watermark(action.position)
                case FeedFailure():
                    self._stages[action.stage].put_failure(action.failure)
                case EndInput():
                    self._stages[action.stage].end_input()
                case AwaitAnnotation():
                    self._after(self._limits.annotation_wait, self._annotation_overdue, action.segment_id)
                case Ended():
                    self._over.set()

    def _emit(self, emit: Emit, span_id: str) -> None:
        self._sequence += 1
        if emit.kind == "session_summary":
            self._summary = emit.body
        event = self.envelope.seal(
            emit.kind,
            emit.body,
            sequence=self._sequence,
            channel=emit.channel,
            client_sequence=self.client_sequence,
            span_id=span_id,
            result=emit.result,
        )
        if emit.result is None:
            self.journal.append(Entry(self._sequence, emit.kind, event))
        else:
            result = emit.result
            self.journal.append(Entry(self._sequence, emit.kind, event, result.result_id, result.final))

    def _feed(self, feed: FeedSegment) -> None:
        stage = self._stages[feed.stage]
        if stage.put_segment(feed.transcript, feed.annotation):
            return
        full = Failure(
            "BACKPRESSURE", f"{stage.name} has too many segments waiting; this one was skipped", True
        )
        for result in self._factory.skipped(stage.contract.stage, full, feed.transcript):
            self._apply(self._merge.result(result))

    def _started(self) -> events_pb2.SessionStarted:
        rate, channels = (self._audio.format or (0, 0)) if self._audio is not None else (0, 0)
        started = events_pb2.SessionStarted(
            sample_rate_hertz=rate, channel_count=channels, server_version=VERSION
        )
        started.start_time.FromNanoseconds(round(self.start_time * SECOND))
        for stage in self._stages.values():
            active = stage.contract.stage
            started.steps.extend(active.steps)
            for name in active.analysers:
                started.analysers.add(
                    name=name,
                    stage=active.name,
                    default_on=name in active.spec.default_on,
                    inputs=sorted(active.spec.inputs),
                )
        return started

    def _start(self, stage: Stage) -> None:
        assert self._group is not None
        self._tasks.append(self._group.create_task(stage.run(), name=f"{self.session_id} {stage.name}"))

    def _start_audio_stages(self) -> None:
        """Once the format is known: for a container, only its header tells."""
        if self._audio_stages_run or self._audio is None or self._merge.ended:
            return
        self._audio_stages_run = True
        rate, channels = self._audio.format or (16_000, 1)
        self._setup.native_format = audio_pb2.AudioFormat(
            encoding=LINEAR16, sample_rate_hertz=rate, channel_count=channels
        )
        self._setup.speech_format = audio_pb2.AudioFormat(
            encoding=LINEAR16, sample_rate_hertz=16_000, channel_count=channels
        )
        for stage in self._stages.values():
            if stage.contract.stage.spec.takes_audio:
                self._start(stage)

    def _taking(self, wanted: Input) -> list[Stage]:
        return [each for each in self._stages.values() if wanted in each.contract.stage.spec.inputs]

    def _count_drops(self) -> None:
        for stage in self._stages.values():
            dropped = stage.dropped
            if dropped:
                self.ledger.counts(stage.contract.stage.spec.service).dropped = dropped

    def _after(self, seconds: float, call: Callable[..., None], *arguments: Any) -> None:
        def due() -> None:
            self._timers.discard(timer)
            call(*arguments)

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._timers.add(timer)

    def _annotation_overdue(self, segment_id: str) -> None:
        self._apply(self._merge.annotation_overdue(segment_id))

    def _out_of_time(self) -> None:
        message = f"the session reached its longest length of {self._max_duration:g} s"
        self.fail(TooLong(SESSION_TOO_LONG, message), "LIMIT")


def _nobody_listens(kind: str, body: Any) -> None:
    """Where no connection is attached, what is not journaled is for nobody."""
