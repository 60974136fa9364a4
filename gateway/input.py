"""What the client sends after the configuration: audio and text for the stages, and its wishes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

from gateway.actions import Action
from gateway.backpressure import SpeechBackpressure, WorkBackpressure
from gateway.clock import Clock
from gateway.context import read_spans
from gateway.contracts import Asr, Setup
from gateway.events import Factory, speaker_revision
from gateway.failure import Failure
from gateway.intake import AudioIntake, InputRefused, Piece
from gateway.ledger import Result
from gateway.merge import Merge
from gateway.speakers import Speakers
from gateway.stage import Stage
from gateway.text import TextIntake
from gateway.validation import find_update_violations
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2
from services.audio.decoder_pool import DecoderPool
from services.runtime.offsets import SECOND, from_seconds, nanoseconds

# How long a sender waits for a stage that takes nothing: one that measures, if the sender is ahead of time,
# and one that is told of new speakers.
_PATIENCE = 0.5


class ClientInput:
    """The input of one session.

    Attributes:
        client_sequence: number of the last message taken.
        ended: whether nothing more is taken.
        labels, event_filter: as configured, and updated since.
    """

    def __init__(
        self,
        setup: Setup,
        stages: Sequence[Stage],
        merge: Merge,
        factory: Factory,
        clock: Clock,
        pressure: SpeechBackpressure,
        work_pressure: WorkBackpressure,
        decoders: DecoderPool,
        speakers: Speakers,
        apply: Callable[[Iterable[Action]], None],
        on_format: Callable[[], None],
    ) -> None:
        """`apply` does what the merge wants done; `on_format` is called, maybe again, once it is known."""
        config = setup.config
        self.client_sequence = 0
        self.ended = False
        self.labels = dict(config.labels)
        self.event_filter = config.event_filter
        self._audio = AudioIntake(config.audio_format, decoders) if config.HasField("audio_format") else None
        self._text = TextIntake(setup.session_id, config, speakers) if self._audio is None else None
        self._speakers = speakers
        self._setup = setup
        self._merge = merge
        self._factory = factory
        self._clock = clock
        self._pressure = pressure
        self._work_pressure = work_pressure
        self._apply = apply
        self._on_format = on_format
        self._format_told = False
        self._began = time.monotonic()
        self._recogniser = next((each for each in stages if each.speech), None)
        self._working = [each for each in stages if each.work is not None]
        self._measuring = [each for each in stages if each.audio is not None]
        # Recognition first: its words are waited for.
        self._audio_stages = [each for each in stages if each.speech is not None] + self._measuring

    @property
    def has_audio(self) -> bool:
        """Whether the session is one of audio, not of text."""
        return self._audio is not None

    @property
    def format(self) -> tuple[int, int] | None:
        """Sample rate in Hz and channel count of the audio, None where that is not known."""
        return self._audio.format if self._audio is not None else None

    async def accept(self, kind: str | None, message: service_pb2.StreamingAnalyzeRequest) -> None:
        """One message, of the kind that its oneof says. Returns when the next may be read: that holds the
        sender back.

        A bad piece of input becomes an error event; nothing else is lost.
        """
        self.client_sequence = message.client_sequence or self.client_sequence + 1
        try:
            match kind:
                case "audio":
                    intake = self._audio_intake("audio")
                    at_once = intake.accept_at_once(message.audio)
                    if at_once is None:
                        await self._take_container(intake, message.audio)
                    else:
                        self._take(at_once)
                    self._factory.chunks += 1
                    if self._is_ahead():
                        await self._hold_back()
                case "text_chunk":
                    self._take_text(message)
                    await self._work_pressure.hold_back()
                case "silence":
                    length = nanoseconds(message.silence.duration)
                    for pieces in self._audio_intake("silence").silence(length):
                        self._take(pieces)
                        await asyncio.sleep(0)
                        await self._pressure.hold_back()
                case "finalize":
                    self._finalize(message.finalize.channel_tag)
                case "update_config":
                    await self._update(message.update_config)
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
        if self.ended:
            return
        self.ended = True
        if self._audio is not None:
            try:
                async for pieces in self._audio.check_end():
                    self._take(pieces)
            except InputRefused as refused:
                self._refuse(refused)
            if self._merge.ended:  # in the meantime
                return
            self._take(self._audio.finish())
            self._on_format()
        if self._text is not None:
            for result in self._text.flush():
                self._follow_text(result)
        self._apply(self._merge.input_ended())

    def stop(self) -> None:
        """Take nothing more."""
        self.ended = True
        self._pressure.end()

    def close(self) -> None:
        """The session is over."""
        self.stop()
        if self._audio is not None:
            self._audio.close()

    # Audio.

    def _audio_intake(self, field: str) -> AudioIntake:
        if self.ended:
            raise InputRefused("INPUT_AFTER_FINISH", field, "input came after finish; it was left out")
        if self._audio is None:
            raise InputRefused(
                "AUDIO_IN_TEXT_SESSION",
                field,
                "the session was configured without audio_format; send text_chunk, or configure audio_format",
            )
        return self._audio

    async def _take_container(self, intake: AudioIntake, chunk: audio_pb2.AudioChunk) -> None:
        """Audio that is decoded elsewhere: a chunk may be minutes of it."""
        async for pieces in intake.accept(chunk):
            if self.ended:
                return
            self._take(pieces)
            await self._hold_back()

    def _take(self, pieces: Iterable[Piece]) -> None:
        if not self._format_told and self.format is not None:
            self._format_told = True
            self._on_format()
        now = time.monotonic()
        for piece in pieces:
            self._clock.receive(piece.end, now)
            for stage in self._audio_stages:
                stage.put_audio(piece)
        if self._recogniser is not None and self._recogniser.finished:
            self._clock.finish()

    def _is_ahead(self) -> bool:
        """Whether a stage has not taken what it should have."""
        for stage in self._measuring:
            if stage.audio is not None and stage.audio.is_full:
                return True
        return self._pressure.is_due()

    async def _hold_back(self) -> None:
        await self._pressure.hold_back()
        # A recording that is sent faster than it was spoken need not lose any of its measures.
        for stage in self._measuring:
            if stage.audio is not None and stage.audio.is_full and stage.up:
                elapsed = from_seconds(time.monotonic() - self._began)
                if self._clock.received - elapsed > SECOND:
                    await stage.audio.room(_PATIENCE)

    # Text.

    def _take_text(self, message: service_pb2.StreamingAnalyzeRequest) -> None:
        if self.ended:
            raise InputRefused("INPUT_AFTER_FINISH", "text_chunk", "input came after finish; it was left out")
        if self._text is None:
            raise InputRefused(
                "TEXT_IN_AUDIO_SESSION",
                "text_chunk",
                "the session was configured with audio_format; send audio, or configure none",
            )
        results = self._text.accept(message.text_chunk)
        self._factory.chunks += 1
        self._clock.receive(self._text.received, time.monotonic())
        for result in results:
            self._follow_text(result)

    def _follow_text(self, result: Result) -> None:
        assert self._text is not None
        end, before = result.end or 0, self._clock.final
        self._clock.advance(end, end, self._text.settled)
        self._apply(self._merge.result(result))
        if self._clock.final > before:
            self._apply(self._merge.settled(self._clock.final))

    # Wishes.

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
        if self.ended or recogniser is None or not 0 <= channel <= count or not count:
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
            recogniser.speech.put_control(self._clock.received, control, request)

    async def _update(self, update: config_pb2.UpdateConfig) -> None:
        channels = self.format[1] if self.format else 8
        violations = find_update_violations(update, self.labels, channels)
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
            self._recogniser.speech.put_control(self._clock.received, request)
        if update.HasField("event_filter"):
            fields.append("event_filter")
            self.event_filter = update.event_filter
        if update.speaker_spans:
            fields.append("speaker_spans")
            await self._name_speakers(update)
        for key, value in update.labels.items():
            fields.append(f"labels.{key}")
            self.labels[key] = value
        self.labels = {key: value for key, value in self.labels.items() if value}
        body_updated = events_pb2.ConfigUpdated(request_sequence=self.client_sequence, fields=sorted(fields))
        self._apply(self._merge.note("config_updated", body_updated))

    async def _name_speakers(self, update: config_pb2.UpdateConfig) -> None:
        patience = _PATIENCE
        for step in self._speakers.learn(read_spans(update.speaker_spans)):
            for revision in step:
                self._apply(self._merge.speaker_revised(speaker_revision(revision), revision.channel))
            await asyncio.sleep(0)
            # Many may be told at once: none is lost for a stage that takes them.
            for stage in self._working:
                if step and stage.up and stage.work is not None and not await stage.work.room(patience):
                    patience = 0.0
        if self._text is not None:
            self._text.rename()

    def _refuse(self, refused: InputRefused) -> None:
        failure = Failure(refused.reason, f"{refused.field}: {refused.message}")
        body = self._factory.error(failure, "", self.client_sequence, refused.field, False)
        self._apply(self._merge.note("error", body))
