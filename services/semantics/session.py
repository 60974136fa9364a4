"""The core of the service: one stream of final segments in, exactly one annotation of each out.

The rules take microseconds for a segment, so they run where the segment arrives, on the event loop; a text
so long that it would take milliseconds goes to a thread. Only an engine that takes its time has a backlog.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Self

from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    Failure,
    Latency,
)
from rivermouth.semantics.v1.semantics_pb2 import (
    SemanticAnnotation,
    StreamingAnnotateRequest,
    StreamingAnnotateResponse,
)
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.config import ConfigError
from services.runtime.errors import ProtocolOrder, leaves
from services.runtime.offsets import duration, from_seconds
from services.runtime.results import OpenResult, ResultOrigin
from services.semantics import reasons
from services.semantics.lists import ENGLISH, load_lists
from services.semantics.meaning import Meaning, SemanticEngine
from services.semantics.messages import (
    AnnotateConfig,
    add_meaning,
    annotation_of,
    evidence_of,
    read_config,
    segment_fault,
    transcription_unavailable,
)
from services.semantics.rules import Rules
from services.semantics.scripted import ScriptedRules
from services.semantics.settings import SemanticsSettings

Send = Callable[[StreamingAnnotateResponse], Awaitable[None]]

_LONGEST_INLINE = 2000
"""Characters that take about 1 ms; a thread costs 80 µs."""


class SemanticsCore:
    """Serves many streams at once; they share the engine, which has no state."""

    def __init__(self, settings: SemanticsSettings) -> None:
        self._settings = settings
        self._language = ""
        self._engine: SemanticEngine | None = None

    @property
    def ready(self) -> bool:
        """Whether the engine is loaded."""
        return self._engine is not None

    async def __aenter__(self) -> Self:
        """Load the word lists. Raises ConfigError where they cannot be used."""
        path = self._settings.word_lists or ENGLISH
        try:
            lists = await asyncio.to_thread(load_lists, path)
            rules = Rules(lists)
        except (OSError, ValueError) as error:
            raise ConfigError([f"word lists {path}: {error}"]) from None
        self._language = lists.language
        scripted = self._settings.engine == "scripted"
        self._engine = ScriptedRules(self._settings.scripted_delay) if scripted else rules
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._engine = None

    async def run(self, requests: AsyncIterator[StreamingAnnotateRequest], send: Send) -> None:
        """Annotate one stream until its requests end, and answer everything that is still open then.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone.
        """
        if self._engine is None:
            raise RuntimeError("the core is not entered")
        stream: _Stream | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                async for request in requests:
                    kind = request.WhichOneof("request")
                    if stream is None:
                        if kind != "streaming_config":
                            raise ProtocolOrder(
                                reasons.CONFIG_EXPECTED, f"{kind or 'an empty request'} came first"
                            )
                        config = read_config(request.streaming_config, self._language)
                        stream = _Stream(config, self._settings, self._engine, send)
                        if self._engine.delay:
                            tasks.create_task(stream.work())
                    elif kind == "segment":
                        await stream.accept(request.segment)
                    elif kind == "upstream_failure":
                        await stream.give_up(request.upstream_failure)
                    elif kind == "streaming_config":
                        raise ProtocolOrder(reasons.CONFIG_REPEATED, "a second streaming_config came")
                    elif kind is None:
                        message = "the request has no field that is known here"
                        await stream.refuse(Failure(reason=reasons.EMPTY_REQUEST, message=message))
                if stream is None:
                    raise ProtocolOrder(reasons.CONFIG_EXPECTED, "the stream ended before streaming_config")
                stream.close()
        except BaseExceptionGroup as group:
            raise leaves(group)[0] from None


@dataclass(frozen=True, slots=True)
class _Work:
    """A segment, the result that it will get, and when it arrived, by `time.perf_counter`."""

    segment: Transcript
    result: OpenResult
    arrived: float


class _Stream:
    """One stream: numbers results, and holds what a slow engine has not come to yet."""

    def __init__(
        self, config: AnnotateConfig, settings: SemanticsSettings, engine: SemanticEngine, send: Send
    ) -> None:
        self._origin = ResultOrigin(config.identity, "semantics", settings.engine)
        self._disabled = config.disabled
        self._engine = engine
        self._send = send
        self._sending = asyncio.Lock()  # one write at a time: the reader skips while the worker answers
        self._ordinals: defaultdict[int, count[int]] = defaultdict(lambda: count(1))
        self._gave_up = False
        # Overflow: the newest segment is skipped, and told so. None ends it.
        self._backlog: asyncio.Queue[_Work | None] = asyncio.Queue()
        self._max_pending = settings.max_pending

    async def accept(self, segment: Transcript) -> None:
        """Take a segment; its one answer is sent now, or by `work` where the engine is slow."""
        fault = segment_fault(segment)
        if fault is not None:
            await self.refuse(fault)
            return
        ordinal = next(self._ordinals[segment.channel_tag])
        result = self._origin.open(segment.channel_tag, ordinal, evidence_of(segment))
        work = _Work(segment, result, time.perf_counter())
        if not segment.text.strip():
            await self._skip(work, reasons.EMPTY_SEGMENT, "the segment has no text")
        elif not self._engine.delay:
            await self._answer(work)
        elif self._backlog.qsize() >= self._max_pending:
            message = f"{self._max_pending} segments wait already"
            await self._skip(work, reasons.BACKPRESSURE, message)
        else:
            self._backlog.put_nowait(work)

    async def work(self) -> None:
        """Answer what is in the backlog, in order, until it is closed."""
        while (work := await self._backlog.get()) is not None:
            await self._answer(work)

    def close(self) -> None:
        """No more segments come."""
        self._backlog.put_nowait(None)

    async def give_up(self, upstream: Failure) -> None:
        """There is no transcript: one failed result says so, however often it is told."""
        if self._gave_up:
            return
        self._gave_up = True
        result = self._origin.open(0, next(self._ordinals[0]))
        header = result.final(OUTCOME_FAILED, transcription_unavailable(upstream))
        await self._write(StreamingAnnotateResponse(semantic=SemanticAnnotation(header=header)))

    async def refuse(self, failure: Failure) -> None:
        """Say what could not be used; the stream goes on."""
        await self._write(StreamingAnnotateResponse(failure=failure))

    async def _answer(self, work: _Work) -> None:
        if self._engine.delay:
            await asyncio.sleep(self._engine.delay)
        started = time.perf_counter()
        meaning = await self._annotate(work.segment.text)
        annotation = annotation_of(work.segment, work.result.final(OUTCOME_COMPLETE))
        add_meaning(annotation, meaning, self._disabled)
        latency = Latency(
            queue=duration(from_seconds(started - work.arrived)),
            inference=duration(from_seconds(time.perf_counter() - started)),
        )
        await self._write(StreamingAnnotateResponse(semantic=annotation, latency=latency))

    async def _annotate(self, text: str) -> Meaning:
        if len(text) > _LONGEST_INLINE:
            return await asyncio.to_thread(self._engine.annotate, text)
        return self._engine.annotate(text)

    async def _skip(self, work: _Work, reason: str, message: str) -> None:
        header = work.result.final(OUTCOME_SKIPPED, Failure(reason=reason, message=message))
        await self._write(StreamingAnnotateResponse(semantic=annotation_of(work.segment, header)))

    async def _write(self, response: StreamingAnnotateResponse) -> None:
        async with self._sending:
            await self._send(response)
