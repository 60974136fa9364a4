"""The core of the service: one stream of final segments in, the results of the analyses asked for out.

The local analyses take microseconds for a segment, so they run where the segment arrives, on the event loop.
Only an engine that takes its time has a backlog.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Self

from rivermouth.analysis.v1.analysis_pb2 import (
    AnnotatedSegment,
    StreamingAnalyzeRequest,
    StreamingAnalyzeResponse,
)
from rivermouth.result.v1.result_pb2 import Failure, Latency
from services.analysis import reasons
from services.analysis.analysis import Trigger
from services.analysis.messages import (
    AnalysisConfig,
    read_config,
    read_segment,
    segment_fault,
    transcription_unavailable,
)
from services.analysis.runs import Messages, Run, SegmentRun, SessionRun
from services.analysis.scripted import scripted
from services.analysis.settings import AnalysisSettings
from services.runtime.errors import ProtocolOrder, leaves
from services.runtime.offsets import duration, from_seconds
from services.runtime.results import OpenResult, ResultOrigin

Send = Callable[[StreamingAnalyzeResponse], Awaitable[None]]


class AnalysisCore:
    """Serves many streams at once; holds nothing but its settings."""

    def __init__(self, settings: AnalysisSettings) -> None:
        self._settings = settings
        self.ready = False

    async def __aenter__(self) -> Self:
        self.ready = True
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.ready = False

    async def run(self, requests: AsyncIterator[StreamingAnalyzeRequest], send: Send) -> None:
        """Analyse one stream until its requests end, and answer everything that is still owed then.

        Audio and turns are taken and not used: no analysis here asks for them yet.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone.
        """
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
                        stream = _Stream(read_config(request.streaming_config), self._settings, send)
                        if stream.delay:
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
                await stream.finish()
        except BaseExceptionGroup as group:
            raise leaves(group)[0] from None


@dataclass(frozen=True, slots=True)
class _Work:
    """A segment, and when it arrived, by `time.perf_counter`."""

    segment: AnnotatedSegment
    arrived: float


class _Stream:
    """One stream: its runs, and what a slow engine has not come to yet."""

    def __init__(self, config: AnalysisConfig, settings: AnalysisSettings, send: Send) -> None:
        is_scripted = settings.engine == "scripted"
        self.delay = settings.scripted_delay if is_scripted else 0.0
        self._origin = ResultOrigin(config.identity, "analysis", settings.engine)
        self._ordinals: defaultdict[int, count[int]] = defaultdict(lambda: count(1))
        self._runs: list[Run] = [
            (SessionRun if trigger is Trigger.SESSION else SegmentRun)(
                scripted(analysis) if is_scripted else analysis, self._open
            )
            for analysis, trigger in config.analyses
        ]
        self._send = send
        self._sending = asyncio.Lock()  # one write at a time: the reader skips while the worker answers
        self._gave_up = False
        # Overflow: the newest segment is skipped, and told so. A Failure or None is the last item.
        self._backlog: asyncio.Queue[_Work | Failure | None] = asyncio.Queue()
        self._max_pending = settings.max_pending

    async def accept(self, segment: AnnotatedSegment) -> None:
        """Take a segment; it is analysed now, or by `work` where the engine is slow."""
        fault = segment_fault(segment)
        if fault is None and self._gave_up:
            message = f"segment {segment.transcript.header.result_id!r} came after upstream_failure"
            fault = Failure(reason=reasons.SEGMENT_AFTER_FAILURE, message=message)
        if fault is not None:
            await self.refuse(fault)
        elif not self.delay:
            await self._analyse(_Work(segment, time.perf_counter()))
        elif self._backlog.qsize() >= self._max_pending:
            message = f"{self._max_pending} segments wait already"
            failure = Failure(reason=reasons.BACKPRESSURE, message=message)
            for run in self._runs:
                await self._write(run.skip(segment, failure))
        else:
            self._backlog.put_nowait(_Work(segment, time.perf_counter()))

    async def work(self) -> None:
        """Do what is in the backlog, in order, up to the end of the input."""
        while isinstance(work := await self._backlog.get(), _Work):
            await asyncio.sleep(self.delay)
            await self._analyse(work)
        await self._end(work)

    async def give_up(self, upstream: Failure) -> None:
        """There will be no more segments: each analysis fails, once, however often it is told."""
        if not self._gave_up:
            self._gave_up = True
            await self._end_after_backlog(transcription_unavailable(upstream))

    async def finish(self) -> None:
        """The input has ended: each analysis gives what it still owes."""
        if not self._gave_up:
            await self._end_after_backlog(None)

    async def refuse(self, failure: Failure) -> None:
        """Say what could not be used; the stream goes on."""
        async with self._sending:
            await self._send(StreamingAnalyzeResponse(failure=failure))

    def _open(self, channel: int) -> OpenResult:
        return self._origin.open(channel, next(self._ordinals[channel]))

    async def _analyse(self, work: _Work) -> None:
        started = time.perf_counter()
        segment = read_segment(work.segment)
        for run in self._runs:
            await self._write(run.accept(segment, work.segment), started - work.arrived)

    async def _end_after_backlog(self, failure: Failure | None) -> None:
        if self.delay:
            self._backlog.put_nowait(failure)
        else:
            await self._end(failure)

    async def _end(self, failure: Failure | None) -> None:
        for run in self._runs:
            await self._write(run.finish() if failure is None else run.fail(failure))

    async def _write(self, messages: Messages, queued: float = 0.0) -> None:
        """Send messages as they are computed; `queued` is how many seconds their segment has waited."""
        started = time.perf_counter()
        for message in messages:
            latency = Latency(
                queue=duration(from_seconds(queued)),
                inference=duration(from_seconds(time.perf_counter() - started)),
            )
            async with self._sending:
                await self._send(StreamingAnalyzeResponse(analysis=message, latency=latency))
            started = time.perf_counter()
