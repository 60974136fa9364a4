"""The core of the service: one stream of audio in, one result out, coarse at first, then refined, then final.

Measuring runs on a few threads that all streams share; a stream waits for its own turn, so that the caller's
flow control is the only queue. Results are computed from sums that are held anyway.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from typing import Self, TypeVar

from google.protobuf.duration_pb2 import Duration

from rivermouth.audio.v1.audio_pb2 import AudioChunk, Silence
from rivermouth.quality.v1.quality_pb2 import StreamingAssessRequest, StreamingAssessResponse
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED, Failure, Latency, Outcome
from services.audio.decoder_pool import DecoderPool
from services.audio.errors import AudioError
from services.audio.format import AudioFormat, Encoding
from services.quality import reasons
from services.quality.intake import MAX_SILENCE, Intake, OffsetError, OpenEngine
from services.quality.messages import AssessConfig, audio_failure, read_config
from services.quality.meter import LARGEST_SAMPLE, Meter
from services.quality.results import Stream, audio_quality
from services.quality.schedule import ResultSchedule
from services.quality.scripted import ScriptedMeter
from services.quality.settings import QualitySettings
from services.runtime.errors import ProtocolOrder
from services.runtime.offsets import SECOND, duration, nanoseconds
from services.runtime.results import ResultOrigin

Send = Callable[[StreamingAssessResponse], Awaitable[None]]

T = TypeVar("T")
_G711_FULL_SCALE = {Encoding.MULAW: 32124, Encoding.ALAW: 32256}


class QualityCore:
    """Serves many streams at once on one set of threads and one of decoders."""

    def __init__(self, settings: QualitySettings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._decoders = DecoderPool()
        self._threads: ThreadPoolExecutor | None = None
        self.ready = False

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._decoders)
        if self._settings.engine == "meter":
            # They wait for nothing but the processor: more of them than cores would only take turns.
            threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="meter")
            self._threads = self._stack.enter_context(threads)
        self.ready = True
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.ready = False
        await self._stack.aclose()

    async def run(self, requests: AsyncIterator[StreamingAssessRequest], send: Send) -> None:
        """Assess one stream until its requests end.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone.
        """
        async with AsyncExitStack() as stack:
            await self._assess(requests, send, stack)

    async def _assess(
        self, requests: AsyncIterator[StreamingAssessRequest], send: Send, stack: AsyncExitStack
    ) -> None:
        stream: _Assessment | None = None
        async for request in requests:
            kind = request.WhichOneof("request")
            if stream is None:
                if kind != "streaming_config":
                    raise ProtocolOrder(reasons.CONFIG_EXPECTED, f"{kind or 'an empty request'} came first")
                config = read_config(request.streaming_config)
                scripted = self._settings.engine == "scripted"
                intake = Intake(
                    config.audio_format, self._decoders, _engine(scripted, config.audio_format), self._call
                )
                stack.callback(intake.close)
                stream = _Assessment(config, intake, self._settings, send)
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

    async def _call(self, function: Callable[[], T], /) -> T:
        """The scripted twin costs nothing: it is called in place."""
        if self._threads is None:
            return function()
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)


class _Assessment:
    """One stream and its one result."""

    def __init__(self, config: AssessConfig, intake: Intake, settings: QualitySettings, send: Send) -> None:
        self._start_offset = config.start_offset
        self._delay = settings.scripted_delay if settings.engine == "scripted" else 0.0
        self._intake = intake
        self._schedule = ResultSchedule(config.refine_interval)
        self._result = ResultOrigin(config.identity, "quality", settings.engine).open(0, 1)
        self._send = send

    async def accept(self, chunk: AudioChunk) -> None:
        """Measure a chunk. Bytes that are no audio end the result, and later audio is not looked at."""
        if self._result.ended:
            return
        started = time.perf_counter()
        offset = chunk.sample_offset if chunk.HasField("sample_offset") else None
        try:
            await self._intake.accept(chunk.content, offset)
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
            await self._intake.silence(length)
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
            await self._intake.finish()
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
        recent = outcome is None and self._result.revision > 0
        measurement = await self._intake.measure(recent=recent)
        header = self._result.partial() if outcome is None else self._result.final(outcome, failure)
        stream = Stream(self._start_offset, self._intake.sample_rate_hertz, self._intake.channel_count)
        response = StreamingAssessResponse(
            audio_quality=audio_quality(header, measurement, stream),
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
