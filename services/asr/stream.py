"""One stream: its requests, in order, to its channels."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from rivermouth.asr.v1.asr_pb2 import FinalizeRequest, RecognitionConfig
from rivermouth.audio.v1.audio_pb2 import AudioChunk, Silence
from rivermouth.result.v1.result_pb2 import Failure
from services.asr import reasons
from services.asr.channel import Channel
from services.asr.engine import NANOSECONDS_PER_SAMPLE, SAMPLE_RATE_HERTZ, Phrase
from services.asr.front import Front, Heard
from services.asr.outbox import Outbox
from services.asr.profanity import ProfanityFilter
from services.asr.recogniser import Recogniser
from services.asr.recognition_config import StreamConfig, merge_endpointing, read_update
from services.asr.responses import ChannelResponses, StreamResponses
from services.asr.settings import AsrSettings
from services.asr.utterance import Cause
from services.audio.decoder_pool import DecoderPool
from services.audio.errors import AudioError
from services.runtime.offsets import SECOND, nanoseconds, to_frames
from services.runtime.results import ResultOrigin

OpenFront = Callable[[int, int, int], Front]
"""Makes a front for a rate in Hz, a channel count, and a position on the session's clock in samples."""

MAX_SILENCE = 60 * SECOND
# Silence up to here is as good as audio; what is longer is skipped.
_SHORT_SILENCE = SECOND
_PIECE_SECONDS = 0.5  # a larger message is taken in pieces, so that its bound is kept to
_OUTBOX_BOUND = 256
_SHOWN_PHRASES = 10
_PACE_SECONDS = 0.5  # in a shorter time a pace says nothing


class Stream:
    """The state of one call. One task calls its coroutines, one after the other."""

    def __init__(
        self,
        config: StreamConfig,
        settings: AsrSettings,
        recogniser: Recogniser,
        open_front: OpenFront,
        executor: Executor,
        decoders: DecoderPool,
        profanity: ProfanityFilter,
    ) -> None:
        self.outbox = Outbox(_OUTBOX_BOUND)
        self._config = config
        self._settings = settings
        self._recogniser = recogniser
        self._open_front = open_front
        self._executor = executor
        self._endpointing = config.endpointing
        self._interim_results = config.interim_results
        self._clock_start = config.start_offset // NANOSECONDS_PER_SAMPLE
        self._decoder = decoders.open(config.audio_format)
        self._broken: Failure | None = None
        self._rate = 0
        self._frame_bytes = 0  # of the decoded audio
        self._piece_bytes = 0
        self._frames = 0  # accepted at the stream's rate, silence included
        self._inline_bytes = 0
        self._front: Front | None = None
        self._channels: list[Channel] = []
        self._changed = asyncio.Event()
        self._backlog_bound = round(settings.max_backlog_seconds * SAMPLE_RATE_HERTZ)
        self._finalizes: deque[tuple[int, int, list[tuple[Channel, int]]]] = deque()
        self._reported = (0, 0, 0)
        self._finished = False
        self._began = time.monotonic()
        origin = ResultOrigin(config.identity, "asr", recogniser.model)
        self._responses = StreamResponses(
            self.outbox,
            origin,
            config.start_offset,
            config.language,
            self._positions,
            profanity if config.profanity_filter else None,
            lambda: recogniser.interim_lag,
        )
        self._responses.started(recogniser.name, recogniser.model)
        for option in config.unsupported:
            self._responses.failure(
                reasons.OPTION_UNSUPPORTED,
                f"the engine {recogniser.name} does not use {option}",
                {"option": option, "engine": recogniser.name},
            )
        self._open()

    def leave_out(self, left_out: Sequence[Phrase]) -> None:
        """Tell that the recogniser does not use these phrases."""
        count, total = len(left_out), len(self._config.options.phrases)
        shown = ", ".join(phrase.text for phrase in left_out[:_SHOWN_PHRASES])
        more = ", …" if count > _SHOWN_PHRASES else ""
        self._responses.failure(
            reasons.OPTION_TRUNCATED,
            f"there is no room for {count} of {total} phrases: {shown}{more}",
            {"option": "speech_contexts", "left_out": str(count), "engine": self._recogniser.name},
        )

    @property
    def pace(self) -> float:
        """Seconds of audio taken in per second of time."""
        elapsed = max(time.monotonic() - self._began, _PACE_SECONDS)
        return self._frames / self._rate / elapsed if self._rate else 0.0

    async def audio(self, chunk: AudioChunk) -> None:
        """Take a chunk; what is wrong with it is told as a failure."""
        if self._broken is not None:
            return
        if chunk.HasField("sample_offset") and not self._config.audio_format.encoding.is_container:
            offset = chunk.sample_offset
            if offset != self._frames:
                self._responses.failure(
                    reasons.AUDIO_OFFSET_MISMATCH,
                    f"the next frame is {self._frames}, the chunk says {offset}",
                    {"expected": str(self._frames), "got": str(offset)},
                )
                return
        try:
            at_once = self._decoder.accept_at_once(chunk.content)
            if at_once is None:
                async for pcm in self._decoder.accept(chunk.content):
                    if self._front or self._open():
                        await self._take(pcm)
            elif at_once and (self._front or self._open()):
                await self._take(at_once)
        except AudioError as error:
            self._refuse(error)

    async def silence(self, silence: Silence) -> None:
        """Take silence."""
        length = nanoseconds(silence.duration)
        if not 0 < length <= MAX_SILENCE:
            self._responses.failure(
                reasons.SILENCE_INVALID,
                f"silence.duration must be above 0 s and at most 60 s; it was {length / SECOND:g} s",
            )
            return
        if self._front is None:
            self._responses.failure(reasons.SILENCE_BEFORE_AUDIO, "the audio's header has not been received")
            return
        frames = to_frames(length, self._rate)
        if length <= _SHORT_SILENCE:
            await self._take(bytes(frames * self._frame_bytes))
            return
        await self._flush()
        self._frames += frames
        position = round(self._frames * SAMPLE_RATE_HERTZ / self._rate)
        self._front.skip(max((position - channel.position for channel in self._channels), default=0))
        for channel in self._channels:
            channel.silence(max(position - channel.position, 0))
        self._responses.progress(self._accepted)
        await self._settle()

    async def finalize(self, request: FinalizeRequest) -> None:
        """Close the open utterance of a channel, or of all; answered when all that was before it is done."""
        tag = request.channel_tag
        if not 0 <= tag <= len(self._channels) and self._front is not None:
            self._responses.failure(
                reasons.CHANNEL_UNKNOWN,
                f"channel_tag {tag} is not 0 to {len(self._channels)}; nothing was closed",
                {"request_id": str(request.request_id)},
            )
            self._responses.finalized(request.request_id, 0)
            return
        await self._flush()
        channels = self._channels[tag - 1 : tag] if tag else self._channels
        closed = sum(channel.is_open for channel in channels)
        for channel in channels:
            channel.close(Cause.FINALIZE)
        waits = [(channel, channel.opened) for channel in channels]
        self._finalizes.append((request.request_id, closed, waits))
        self._answer_finalizes()

    def update(self, update: RecognitionConfig) -> None:
        """Change endpointing and interim_results from here on."""
        violations = read_update(update)
        if violations:
            self._responses.failure(
                reasons.UPDATE_INVALID,
                "; ".join(f"update.{field} {what}" for field, what in violations),
                {f"update.{field}": what for field, what in violations},
            )
            return
        self._endpointing = merge_endpointing(self._endpointing, update.endpointing)
        if update.HasField("interim_results"):
            self._interim_results = update.interim_results
        for channel in self._channels:
            channel.configure(self._endpointing, self._interim_results)

    def refuse_empty(self) -> None:
        """A request came without a field that is known here."""
        self._responses.failure(reasons.EMPTY_REQUEST, "the request has no field that is known here")

    async def finish(self) -> None:
        """The audio has ended: answer all that is open, then the whole text."""
        if self._broken is None:
            try:
                async for pcm in self._decoder.finish():
                    if self._front or self._open():
                        await self._take(pcm)
            except AudioError as error:
                self._refuse(error)
        await self._flush()
        for channel in self._channels:
            channel.close(Cause.END_OF_AUDIO)
        while any(channel.closed < channel.opened for channel in self._channels):
            self._changed.clear()
            await self._changed.wait()
        self._answer_finalizes()
        self._finished = True
        self._responses.complete(self._broken)

    def cancel(self) -> None:
        """Drop all utterances, and the decoder."""
        self._decoder.close()
        for channel in self._channels:
            channel.cancel()

    def _open(self) -> Front | None:
        """Open front and channels as soon as the format is known."""
        rate, channel_count = self._decoder.sample_rate_hertz, self._decoder.channel_count
        if rate is None or channel_count is None:
            return None
        self._rate, self._frame_bytes = rate, 2 * channel_count
        self._piece_bytes = max(int(_PIECE_SECONDS * rate), 1) * self._frame_bytes
        self._front = self._open_front(rate, channel_count, self._clock_start)
        self._channels = [
            Channel(
                self._settings,
                self._endpointing,
                self._recogniser,
                ChannelResponses(self._responses, tag, self._config.speakers.get(tag, ""), self._on_change),
                self._clock_start,
                self._interim_results,
                self._config.options,
            )
            for tag in range(1, channel_count + 1)
        ]
        return self._front

    async def _take(self, pcm: bytes) -> None:
        """Take decoded frames, in pieces that keep the backlog near its bound."""
        assert self._front is not None
        size = self._piece_bytes
        for begin in range(0, len(pcm), size):
            piece = pcm if len(pcm) <= size else pcm[begin : begin + size]
            if self._front.is_cheap:
                self._hear(self._front.accept(piece))
            else:
                self._hear(await self._hearing(self._front.accept, piece))
            self._frames += len(piece) // self._frame_bytes
            self._responses.progress(self._accepted)
            if self._is_behind() or self.outbox.is_full:
                await self._settle()

    async def _flush(self) -> None:
        if self._front is None:
            return
        heard = await self._hearing(self._front.flush)
        self._hear(heard)
        for channel, each in zip(self._channels, heard, strict=True):
            channel.flush(each.last)

    async def _hearing(self, work: Callable[..., Sequence[Heard]], *pcm: bytes) -> Sequence[Heard]:
        assert self._front is not None
        # 100 ms of mono at 16 kHz cost 190 µs of CPU in a thread and 170 µs on the loop, whose delay with 20
        # streams is the same either way. The thread wins: inference lets go of the GIL, so two streams run.
        if self._front.is_cheap:
            return work(*pcm)
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *pcm)

    def _hear(self, heard: Sequence[Heard]) -> None:
        assert self._front is not None
        window = self._front.window
        for channel, each in zip(self._channels, heard, strict=True):
            channel.accept(each.pcm, each.probabilities, window)

    async def _settle(self) -> None:
        """Wait while too much of the audio is not recognised, or too much is not sent."""
        while self._is_behind():
            self._changed.clear()
            await self._changed.wait()
        await self.outbox.room()

    def _is_behind(self) -> bool:
        """Whether too much of the audio is not recognised.

        What waits for a decoder has a bound of its own, for what has one can only end if audio goes on.
        """
        backlog = 0
        for channel in self._channels:
            decoding, waiting = channel.backlog()
            if waiting and waiting > channel.most_waiting:
                return True
            backlog += decoding
        return backlog > self._backlog_bound

    def _refuse(self, error: AudioError) -> None:
        metadata = {}
        if error.position is not None:
            metadata["position"] = str(error.position)
        if error.field is not None:
            metadata["field"] = error.field
        self._responses.failure(error.reason, error.message, metadata)
        if error.fatal:
            self._broken = Failure(reason=error.reason, message=error.message, metadata=metadata)

    def _on_change(self) -> None:
        self._changed.set()
        if self._finalizes:
            self._answer_finalizes()

    def _answer_finalizes(self) -> None:
        while self._finalizes:
            request_id, closed, waits = self._finalizes[0]
            if any(channel.closed < opened for channel, opened in waits):
                return
            self._finalizes.popleft()
            self._responses.finalized(request_id, closed)

    @property
    def _accepted(self) -> int:
        return self._frames * SAMPLE_RATE_HERTZ // self._rate

    def _positions(self) -> tuple[int, int, int]:
        """Accepted, interim and final, in samples; none of them ever goes back."""
        if not self._channels:
            return self._reported
        interim = final = accepted = self._accepted
        if not self._finished:
            interim = max([channel.interim_position for channel in self._channels])
            final = min([channel.final_position for channel in self._channels])
        before = self._reported
        self._reported = (max(accepted, before[0]), max(interim, before[1]), max(final, before[2]))
        return self._reported
