"""The core of the service: one stream of audio in, one result out, coarse at first, then refined, then final.

A result is computed from sums that are held anyway, so nothing waits here: a stream is its decoder, its
meter and the audio of one message. The caller's flow control is the only queue.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Self

from google.protobuf.duration_pb2 import Duration

from rivermouth.audio.v1.audio_pb2 import AudioChunk, Silence
from rivermouth.quality.v1.quality_pb2 import StreamingAssessRequest, StreamingAssessResponse
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED, Failure, Latency, Outcome
from services.audio.errors import AudioError
from services.audio.format import AudioFormat, Encoding
from services.quality import reasons
from services.quality.intake import MAX_SILENCE, Intake, OffsetError, OpenEngine
from services.quality.messages import AssessConfig, audio_failure, audio_quality, read_config
from services.quality.meter import LARGEST_SAMPLE, Meter
from services.quality.schedule import ResultSchedule
from services.quality.scripted import ScriptedMeter
from services.quality.settings import QualitySettings
from services.runtime.errors import ProtocolOrder
from services.runtime.offsets import SECOND, duration, nanoseconds
from services.runtime.results import ResultOrigin

Send = Callable[[StreamingAssessResponse], Awaitable[None]]

# Decoding and measuring takes about 1 ms for this many bytes; a larger message goes to a thread, which
# costs 80 µs and is what the usual 100 ms are not worth.
_LARGEST_INLINE = 128 * 1024
_G711_FULL_SCALE = {Encoding.MULAW: 32124, Encoding.ALAW: 32256}


class QualityCore:
    """Serves many streams at once; holds nothing but its settings."""

    def __init__(self, settings: QualitySettings) -> None:
        self._settings = settings
        self.ready = False

    async def __aenter__(self) -> Self:
        self.ready = True
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.ready = False

    async def run(self, requests: AsyncIterator[StreamingAssessRequest], send: Send) -> None:
        """Assess one stream until its requests end.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone.
        """
        stream: _Assessment | None = None
        async for request in requests:
            kind = request.WhichOneof("request")
            if stream is None:
                if kind != "streaming_config":
                    raise ProtocolOrder(reasons.CONFIG_EXPECTED, f"{kind or 'an empty request'} came first")
                stream = _Assessment(read_config(request.streaming_config), self._settings, send)
            elif kind == "audio":
                await stream.accept(request.audio)
            elif kind == "silence":
                await stream.silence(request.silence)
            elif kind == "streaming_config":
                raise ProtocolOrder(reasons.CONFIG_REPEATED, "a second streaming_config came")
            else:
                await stream.refuse(reasons.EMPTY_REQUEST, "the request has no field that is known here")
        if stream is None:
            raise ProtocolOrder(reasons.CONFIG_EXPECTED, "the stream ended before streaming_config")
        await stream.finish()


class _Assessment:
    """One stream and its one result."""

    def __init__(self, config: AssessConfig, settings: QualitySettings, send: Send) -> None:
        scripted = settings.engine == "scripted"
        self._start_offset = config.start_offset
        self._delay = settings.scripted_delay if scripted else 0.0
        self._intake = Intake(config.audio_format, _engine(scripted, config.audio_format))
        self._schedule = ResultSchedule(config.refine_interval)
        self._result = ResultOrigin(config.identity, "quality", settings.engine).open(0, 1)
        self._send = send

    async def accept(self, chunk: AudioChunk) -> None:
        """Measure a chunk. Bytes that are no audio end the result, and later audio is not looked at."""
        if self._result.ended:
            return
        started = time.perf_counter()
        take = partial(
            self._intake.accept,
            chunk.content,
            chunk.sample_offset if chunk.HasField("sample_offset") else None,
        )
        try:
            if len(chunk.content) > _LARGEST_INLINE:
                await asyncio.to_thread(take)
            else:
                take()
        except OffsetError as error:
            await self.refuse(reasons.AUDIO_OFFSET_INVALID, str(error))
        except AudioError as error:
            await self._fail(error)
        else:
            await self._report_if_due(started)

    async def silence(self, silence: Silence) -> None:
        """Measure a silence that was not sent as audio."""
        if self._result.ended:
            return
        started = time.perf_counter()
        length = nanoseconds(silence.duration)
        if 0 < length <= MAX_SILENCE:
            self._intake.silence(length)
            await self._report_if_due(started)
        else:
            message = f"a silence of {length / SECOND:g} s; it lasts more than 0 s and at most 60 s"
            await self.refuse(reasons.SILENCE_INVALID, message)

    async def finish(self) -> None:
        """The audio has ended: the final result, and a coarse one before it if there was none yet."""
        if self._result.ended:
            return
        started = time.perf_counter()
        try:
            self._intake.finish()
        except AudioError as error:
            await self._fail(error)
            if error.fatal:
                return
        if not self._intake.position:
            failure = Failure(reason=reasons.NO_AUDIO, message="the stream ended and had no audio")
            await self._report(started, OUTCOME_FAILED, failure)
            return
        if not self._result.revision:
            await self._report(started)
        await self._report(started, OUTCOME_COMPLETE)

    async def refuse(self, reason: str, message: str) -> None:
        """Say what could not be used; the stream goes on."""
        await self._refuse(Failure(reason=reason, message=message))

    async def _refuse(self, failure: Failure) -> None:
        await self._send(StreamingAssessResponse(failure=failure, accepted=self._accepted()))

    async def _fail(self, error: AudioError) -> None:
        """One error for what is wrong with the audio: the end of the result, or of one chunk only."""
        if error.fatal:
            await self._report(time.perf_counter(), OUTCOME_FAILED, audio_failure(error))
        else:
            await self._refuse(audio_failure(error))

    async def _report_if_due(self, started: float) -> None:
        if self._schedule.passes(self._intake.position):
            await self._report(started)

    async def _report(
        self, started: float, outcome: Outcome | None = None, failure: Failure | None = None
    ) -> None:
        """Send the result as it is now, as its last message if it has an outcome.

        `started` is when the newest audio in it was begun, by `time.perf_counter`.
        """
        if self._delay:
            await asyncio.sleep(self._delay)
        header = self._result.partial() if outcome is None else self._result.final(outcome, failure)
        rate, channel_count = self._intake.sample_rate_hertz, self._intake.channel_count
        response = StreamingAssessResponse(
            audio_quality=audio_quality(header, self._intake.measure(), rate, channel_count),
            accepted=self._accepted(),
            latency=Latency(inference=duration(round((time.perf_counter() - started) * SECOND))),
        )
        await self._send(response)

    def _accepted(self) -> Duration:
        return duration(self._start_offset + self._intake.position)


def _engine(scripted: bool, audio_format: AudioFormat) -> OpenEngine:
    if scripted:
        return lambda _, channel_count: ScriptedMeter(channel_count)
    return partial(Meter, clipping_level=_G711_FULL_SCALE.get(audio_format.encoding, LARGEST_SAMPLE))
