"""The core of the service: serves many streams at once, on one recogniser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rivermouth.asr.v1 import asr_pb2
from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeRequest
from services.asr import reasons
from services.asr.choice import open_recogniser
from services.asr.engine import EngineUnavailable, Phrase
from services.asr.front import Front, ScriptedFront, SileroFront
from services.asr.outbox import Send
from services.asr.profanity import ProfanityFilter, open_filter
from services.asr.recogniser import LimitsPhrases, Recogniser
from services.asr.recognition_config import read_config
from services.asr.scripted import SpeechSchedule
from services.asr.settings import AsrSettings
from services.asr.stream import OpenFront, Stream
from services.asr.utilisation import real_time_load
from services.audio.decoder_pool import DecoderLimits, DecoderPool
from services.runtime.admission import Admission
from services.runtime.errors import AtCapacity, ProtocolOrder, Unavailable, leaves

if TYPE_CHECKING:
    from services.audio.vad import SileroModel

# Voice activity and resampling of all streams. Two: with one, a large message would hold up all others.
_THREADS = 2


class AsrCore:
    """Entered, it is `ready`: the models are loaded and the decoders run. Until then calls are refused."""

    def __init__(self, settings: AsrSettings) -> None:
        self.ready = False
        self._settings = settings
        self._admission = Admission(settings.max_streams, settings.retry_after)
        self._executor = ThreadPoolExecutor(_THREADS, "asr-vad")
        self._decoders = DecoderPool(DecoderLimits(processes=settings.max_decoders))
        self._resources = AsyncExitStack()
        self._recogniser: Recogniser | None = None
        self._profanity = ProfanityFilter(())
        self._streams: set[Stream] = set()
        self._open_front: OpenFront = self._scripted_front

    @property
    def active_streams(self) -> int:
        """Streams that run now."""
        return self._admission.active

    async def __aenter__(self) -> Self:
        """Raises EngineUnavailable."""
        settings = self._settings
        self._resources.callback(self._executor.shutdown, wait=False, cancel_futures=True)
        try:
            if settings.engine != "scripted" or settings.scripted.vad == "silero":
                model = await asyncio.get_running_loop().run_in_executor(self._executor, _load_silero)
                self._open_front = partial(_silero_front, model)
            self._profanity = open_filter(settings.profanity)
            await self._resources.enter_async_context(self._decoders)
            self._recogniser = await open_recogniser(settings, self._resources)
        except BaseException:
            await self._resources.aclose()
            raise
        self.ready = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ready = False
        self._recogniser = None
        await self._resources.aclose()

    def capabilities(self) -> asr_pb2.Recogniser:
        """The recogniser. Raises Unavailable while it is being loaded."""
        recogniser = self._loaded()
        return asr_pb2.Recogniser(
            engine=recogniser.name,
            model=recogniser.model,
            languages=recogniser.languages,
            options=sorted(recogniser.options),
        )

    async def run(self, requests: AsyncIterator[StreamingRecognizeRequest], send: Send) -> None:
        """Recognise one stream until its requests end.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone,
        AtCapacity where there is no room for the stream, Unavailable while the recogniser is being loaded.
        """
        recogniser = self._loaded()
        with self._admission.admit():
            if busy := self._busy(recogniser):
                raise AtCapacity(
                    reasons.RECOGNISER_BUSY,
                    busy,
                    retry_after=recogniser.retry_after or self._settings.retry_after,
                    metadata={"load": f"{recogniser.load:.2f}"},
                )
            first = await anext(aiter(requests), None)
            kind = first.WhichOneof("request") if first is not None else "the end of the stream"
            if first is None or kind != "streaming_config":
                raise ProtocolOrder(reasons.CONFIG_EXPECTED, f"{kind or 'an empty request'} came first")
            config = read_config(first.streaming_config, recogniser)
            left_out = await self._left_out(recogniser, config.options.phrases)
            stream = Stream(
                config,
                self._settings,
                recogniser,
                self._open_front,
                self._executor,
                self._decoders,
                self._profanity,
            )
            if left_out:
                stream.leave_out(left_out)
            self._streams.add(stream)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(stream.outbox.drain(send), name="asr-writer")
                    # In a task of its own: below this one lies all that stands around a call, and each
                    # request would have to climb up through it.
                    await tasks.create_task(_read(requests, stream), name="asr-reader")
                    stream.outbox.close()
            except BaseExceptionGroup as failures:
                raise leaves(failures)[0] from failures
            finally:
                self._streams.discard(stream)
                stream.cancel()

    async def _left_out(self, recogniser: Recogniser, phrases: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
        if not phrases or not isinstance(recogniser, LimitsPhrases):
            return ()
        # Each is cut into tokens: 500 of them take too long for the event loop.
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, recogniser.left_out, phrases)

    def _busy(self, recogniser: Recogniser) -> str:
        """Why it can take no further stream; empty where it can."""
        if recogniser.is_full:
            return "too many utterances wait to be recognised"
        load = real_time_load(recogniser.load, [stream.pace for stream in self._streams])
        if load >= self._settings.max_load:
            return f"the recogniser works {load:.0%} of the time, and further speech would come too late"
        return ""

    def _loaded(self) -> Recogniser:
        if self._recogniser is None:
            raise Unavailable(
                reasons.RECOGNISER_LOADING,
                "the recogniser is being loaded",
                metadata={"engine": self._settings.engine},
                retry_after=self._settings.retry_after,
            )
        return self._recogniser

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
