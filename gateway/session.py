"""One session: what comes in goes to the merge or the stages, what the merge says is journaled. Wiring only.

A session belongs to the registry, not to a call: it outlives the connection that feeds it for as long as
the registry lets it. All of it runs on one event loop; nothing waits but `input.accept`, which is how the
sender is held back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.actions import (
    Action,
    AwaitAnnotation,
    Emit,
    Ended,
    EndInput,
    FeedFailure,
    FeedRevision,
    FeedSegment,
    FeedTurn,
    FeedWatermark,
)
from gateway.backpressure import SpeechBackpressure, WorkBackpressure
from gateway.clock import Clock
from gateway.context import read_spans
from gateway.contracts import CONTRACTS, Output, Setup
from gateway.events import Envelope, Factory, renamed, result_of
from gateway.failure import Failure
from gateway.input import ClientInput
from gateway.journal import Entry, Journal
from gateway.ledger import FAILED, Ledger, Result
from gateway.merge import Merge
from gateway.plan import Plan
from gateway.precedence import Precedence
from gateway.reasons import BACKPRESSURE, SESSION_TOO_LONG
from gateway.recognition import Recognition
from gateway.settings import GatewaySettings
from gateway.speakers import Speakers
from gateway.stage import Stage
from gateway.transport import Transport
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2
from services.audio.decoder_pool import DecoderPool
from services.runtime.errors import RivermouthError, TooLong, as_error
from services.runtime.offsets import SECOND, nanoseconds
from services.runtime.results import VERSION

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
        recognition: Recognition,
    ) -> None:
        self.session_id = session_id
        self.journal = journal
        self.start_time = time.time()
        self.clock = Clock()
        self.ledger = Ledger()
        self.signal: Signal = _nobody_listens
        self.precedence = Precedence()
        self.error: RivermouthError | None = None
        """What its connection ends with, where it did not end well."""
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
        names = (each.name for each in config.analysers)
        active = plan.for_session(names, has_audio, config.recognition.allow_audio_egress)
        self._setup = Setup(session_id, config, None, None)
        self._setup.recognition.CopyFrom(config.recognition)
        self._stages = {
            each.name: Stage(
                CONTRACTS[each.spec.contract](each, self._setup), transports[each.name], settings.stage, self
            )
            for each in active
        }
        self._recognition = recognition
        self._speakers = Speakers(read_spans(config.context.speaker_spans))
        self._merge = Merge(active, self._factory, self.ledger)
        self._recogniser = next((each for each in self._stages.values() if each.speech), None)
        self._group: asyncio.TaskGroup | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._timers: set[asyncio.TimerHandle] = set()
        self._audio_stages_run = False
        self._over = asyncio.Event()
        self._pressure = SpeechBackpressure(
            self.clock, self._recogniser, settings.session, self._send, self._stage_stalled
        )
        self.input = ClientInput(
            self._setup,
            tuple(self._stages.values()),
            self._merge,
            self._factory,
            self.clock,
            self._pressure,
            WorkBackpressure(tuple(self._stages.values()), settings.session, self._send),
            decoders,
            self._speakers,
            self._apply,
            self._start_audio_stages,
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
                if self.input.format is not None:
                    self._start_audio_stages()
                self._after(self._max_duration, self._out_of_time)
                await self._over.wait()
                for task in self._tasks:
                    task.cancel()
        except Exception as raised:
            # A bug, which must not reach the sessions beside this one.
            self.fail(as_error(raised))
        finally:
            self.input.close()
            self._count_drops()
            gone = Failure("SESSION_ABANDONED", "the client was gone before the session ended", True)
            self._apply(self._merge.stop("ABANDONED", gone))
            self.journal.close()
            for timer in self._timers:
                timer.cancel()

    def fail(self, error: RivermouthError, end: str = "ERROR") -> None:
        """End the session now, with an error event and its summary; its connection ends with the error."""
        if self.ended:
            return
        self.error = error
        self.input.stop()
        self._count_drops()
        failure = Failure(error.reason, error.message, error.retryable, tuple(sorted(error.metadata.items())))
        self._apply(self._merge.stop(end, failure))

    @property
    def ended(self) -> bool:
        return self._merge.ended

    def describe(self) -> service_pb2.Session:
        """The session as it is now, with the counts so far."""
        states = service_pb2.Session
        state = states.STATE_DRAINING if self.input.ended else states.STATE_RUNNING
        if self.ended:
            state = states.STATE_ENDED
        self._count_drops()
        summary = self._summary or self._factory.session_summary(self.ledger, "UNSPECIFIED")
        shown = states(session_id=self.session_id, state=state, labels=self.input.labels, summary=summary)
        shown.start_time.FromNanoseconds(round(self.start_time * SECOND))
        return shown

    def _send(self, kind: str, body: Any) -> None:
        self.signal(kind, body)

    # What stages say (gateway.stage.Listener).

    def stage_output(self, stage: Stage, output: Output) -> None:
        final = self.clock.final
        if output.cursors is not None:
            before = self.clock.accepted
            self.clock.advance(output.cursors.accepted, output.cursors.interim, output.cursors.final)
            self.clock.lag = output.cursors.lag
            if stage.speech is not None:
                stage.speech.settle(output.cursors.final)
            if self.clock.accepted > before and self._pressure.moved():
                self.stage_running(stage)
        if output.result is not None:
            if stage.work is not None and output.result.final:
                stage.work.answered(output.result.segment_id)
            self._apply(self._merge.result(self._known_better(stage, output.result)), stage.span_id)
        elif output.note is not None:
            self._apply(self._merge.note(*output.note), stage.span_id)
        elif output.finalized is not None:
            if stage.speech is not None:
                stage.speech.finalized(output.finalized[0])
            self._apply(self._merge.finalized(*output.finalized))
        elif output.started is not None:
            self._recognition.note(output.started)
        elif output.failure is not None:
            self._apply(self._merge.input_refused(stage.name, output.failure), stage.span_id)
        if self.clock.final > final:
            self._apply(self._merge.settled(self.clock.final))

    def _known_better(self, stage: Stage, result: Result) -> Result:
        """A transcript with the speaker that the client's spans name, where they name one; the whole text
        with what an earlier incarnation of the recogniser said."""
        if result.kind == "transcript_complete" and stage.incarnation:
            lost = stage.speech.lost if stage.speech is not None else 0
            whole = self._factory.text.completed(result.body, lost)
            return result_of(result.kind, stage.name, whole, result.latency)
        if result.kind != "transcript":
            return result
        if result.outcome == FAILED:
            self._factory.text.note_failed()
        if not self._speakers.is_known:
            return result
        speaker = self._speakers.at(result.channel, result.start or 0, result.end or 0)
        return renamed(result, speaker) if speaker not in ("", result.body.speaker) else result

    def stage_running(self, stage: Stage) -> None:
        lost = stage.speech.lost if stage.speech is not None else 0
        self._apply(self._merge.stage_running(stage.name, stage.incarnation, lost))

    def _stage_stalled(self, stage: Stage, failure: Failure) -> None:
        self._apply(self._merge.stage_stalled(stage.name, failure, stage.incarnation))

    def stage_lost(self, stage: Stage, failure: Failure) -> None:
        if stage is self._recogniser:
            self._pressure.release()
            self.clock.lag = 0
        self._apply(self._merge.stage_lost(stage.name, failure, stage.incarnation))

    def stage_ended(self, stage: Stage) -> None:
        self._over_for(stage)
        self._apply(self._merge.stage_ended(stage.name))

    def stage_given_up(self, stage: Stage, failure: Failure) -> None:
        self._over_for(stage)
        self._apply(self._merge.stage_given_up(stage.name, failure, stage.incarnation))

    def _over_for(self, stage: Stage) -> None:
        stage.finished = True
        if stage.work is not None:
            stage.work.abandon()
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
                case FeedRevision():
                    self._revise(action)
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
            client_sequence=self.input.client_sequence,
            span_id=span_id,
            result=emit.result,
        )
        if emit.result is None:
            self.journal.append(Entry(self._sequence, emit.kind, event))
        else:
            result = emit.result
            if result.is_text:
                if self._recogniser is not None:
                    self._factory.text.note(result)
                self._speakers.tell(
                    result.segment_id,
                    result.channel,
                    result.start or 0,
                    result.end or 0,
                    result.body.speaker,
                    result.body.header.supersedes,
                )
            self.journal.append(Entry(self._sequence, emit.kind, event, result.result_id, result.final))

    def _feed(self, feed: FeedSegment) -> None:
        stage, transcript = self._stages[feed.stage], feed.transcript
        speaker = self._speakers.now(transcript.segment_id, transcript.body.speaker)
        if speaker != transcript.body.speaker:  # revised while it waited for its annotation
            transcript = renamed(transcript, speaker)
        if stage.put_segment(transcript, feed.annotation):
            return
        full = Failure(
            "BACKPRESSURE", f"{stage.name} has too many segments waiting; this one was skipped", True
        )
        for result in self._factory.skipped(stage.contract.stage, full, feed.transcript):
            self._apply(self._merge.result(result))

    def _revise(self, feed: FeedRevision) -> None:
        stage = self._stages[feed.stage]
        if not stage.put_speaker_revision(feed.revision):
            count = len(feed.revision.segment_ids)
            message = f"{stage.name} has too much waiting: {count} segments keep their former speaker in it"
            about = {"stage": stage.name, "segments": str(count)}
            self._apply(self._merge.note("warning", self._factory.warning(BACKPRESSURE, message, about)))

    def _started(self) -> events_pb2.SessionStarted:
        rate, channels = self.input.format or (0, 0)
        started = events_pb2.SessionStarted(
            sample_rate_hertz=rate,
            channel_count=channels,
            server_version=VERSION,
            recogniser=self._recognition.brief if self.input.has_audio else None,
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
                    inputs=active.inputs_of(name),
                )
        return started

    def _start(self, stage: Stage) -> None:
        assert self._group is not None
        self._tasks.append(self._group.create_task(stage.run(), name=f"{self.session_id} {stage.name}"))

    def _start_audio_stages(self) -> None:
        """Once the format is known: for a container, only its header tells."""
        if self._audio_stages_run or self._merge.ended:
            return
        self._audio_stages_run = True
        rate, channels = self.input.format or (16_000, 1)
        self._setup.native_format = audio_pb2.AudioFormat(
            encoding=LINEAR16, sample_rate_hertz=rate, channel_count=channels
        )
        self._setup.speech_format = audio_pb2.AudioFormat(
            encoding=LINEAR16, sample_rate_hertz=16_000, channel_count=channels
        )
        for stage in self._stages.values():
            if stage.contract.stage.spec.takes_audio:
                self._start(stage)

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
