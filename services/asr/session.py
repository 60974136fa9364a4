"""The core of the service: serves many streams at once, on one recogniser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeRequest
from services.asr import reasons
from services.asr.engine import EngineUnavailable
from services.asr.front import Front, ScriptedFront, SileroFront
from services.asr.outbox import Send
from services.asr.recogniser import Recogniser
from services.asr.recognition_config import read_config
from services.asr.scripted import ScriptedRecogniser, SpeechSchedule
from services.asr.settings import AsrSettings
from services.asr.stream import OpenFront, Stream
from services.audio.decoder_pool import DecoderLimits, DecoderPool
from services.runtime.admission import Admission
from services.runtime.errors import AtCapacity, ProtocolOrder, leaves

if TYPE_CHECKING:
    from services.audio.vad import SileroModel

# Voice activity and resampling of all streams. Two: with one, a large message would hold up all others.
_THREADS = 2


class AsrCore:
    """Entered, it is `ready`: the models are loaded and the decoders run."""

    def __init__(self, settings: AsrSettings) -> None:
        self.ready = False
        self._settings = settings
        self._admission = Admission(settings.max_streams, settings.retry_after)
        self._executor = ThreadPoolExecutor(_THREADS, "asr-vad")
        self._decoders = DecoderPool(DecoderLimits(processes=settings.max_decoders))
        self._resources = AsyncExitStack()
        self._recogniser: Recogniser | None = None
        self._open_front: OpenFront = self._scripted_front

    @property
    def active_streams(self) -> int:
        """Streams that run now."""
        return self._admission.active

    async def __aenter__(self) -> Self:
        """Raises EngineUnavailable."""
        settings = self._settings
        recogniser: Recogniser
        if settings.engine == "scripted":
            recogniser = ScriptedRecogniser(settings.scripted)
        else:
            from services.asr.workers import WorkerPool

            recogniser = WorkerPool(settings.sphinx)
        self._resources.callback(self._executor.shutdown, wait=False, cancel_futures=True)
        try:
            if settings.engine != "scripted" or settings.scripted.vad == "silero":
                model = await asyncio.get_running_loop().run_in_executor(self._executor, _load_silero)
                self._open_front = partial(_silero_front, model)
            await self._resources.enter_async_context(self._decoders)
            self._recogniser = await self._resources.enter_async_context(recogniser)
        except BaseException:
            await self._resources.aclose()
            raise
        self.ready = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ready = False
        await self._resources.aclose()

    async def run(self, requests: AsyncIterator[StreamingRecognizeRequest], send: Send) -> None:
        """Recognise one stream until its requests end.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone,
        AtCapacity where there is no room for the stream.
        """
        recogniser = self._recogniser
        assert recogniser is not None, "the core has not been entered"
        with self._admission.admit():
            if recogniser.is_full:
                raise AtCapacity(
                    reasons.RECOGNISER_BUSY,
                    "too many utterances wait to be recognised",
                    retry_after=self._settings.retry_after,
                )
            first = await anext(aiter(requests), None)
            kind = first.WhichOneof("request") if first is not None else "the end of the stream"
            if first is None or kind != "streaming_config":
                raise ProtocolOrder(reasons.CONFIG_EXPECTED, f"{kind or 'an empty request'} came first")
            config = read_config(first.streaming_config, recogniser.name, recogniser.language)
            stream = Stream(
                config, self._settings, recogniser, self._open_front, self._executor, self._decoders
            )
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(stream.outbox.drain(send), name="asr-writer")
                    await _read(requests, stream)
                    stream.outbox.close()
            except BaseExceptionGroup as failures:
                raise leaves(failures)[0] from failures
            finally:
                stream.cancel()

    def _scripted_front(self, sample_rate_hertz: int, channel_count: int, position: int) -> Front:
        script = self._settings.scripted
        schedule = SpeechSchedule(script.speech_seconds, script.silence_seconds, position)
        return ScriptedFront(schedule, sample_rate_hertz, channel_count)


async def _read(requests: AsyncIterator[StreamingRecognizeRequest], stream: Stream) -> None:
    async for request in requests:
        match request.WhichOneof("request"):
            case "audio":
                await stream.audio(request.audio)
            case "silence":
                await stream.silence(request.silence)
            case "finalize":
                await stream.finalize(request.finalize)
            case "update":
                stream.update(request.update)
            case "streaming_config":
                raise ProtocolOrder(reasons.CONFIG_REPEATED, "a second streaming_config came")
            case _:
                stream.refuse_empty()
    await stream.finish()


def _load_silero() -> SileroModel:
    from services.audio.vad import SileroModel, VadUnavailableError

    try:
        return SileroModel.shared()
    except VadUnavailableError as error:
        raise EngineUnavailable(str(error)) from error


def _silero_front(model: SileroModel, sample_rate_hertz: int, channel_count: int, position: int) -> Front:
    return SileroFront(model, sample_rate_hertz, channel_count)
