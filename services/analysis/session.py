"""The core of the service: one stream of final segments in, the results of the analyses asked for out."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Self

from rivermouth.analysis.v1.analysis_pb2 import (
    AnnotatedSegment,
    StreamingAnalyzeRequest,
    StreamingAnalyzeResponse,
)
from rivermouth.result.v1.result_pb2 import Failure
from rivermouth.semantics.v1.semantics_pb2 import Turn
from services.analysis import reasons, summary, workflow
from services.analysis.analysis import Known, MeasuredAnalysis, Trigger
from services.analysis.answer import Told, off_loop
from services.analysis.cues import Cues, load_cues
from services.analysis.lane import Lane, SlowLane, TimedLane
from services.analysis.messages import (
    AnalysisConfig,
    Asked,
    read_config,
    read_segment,
    read_turn,
    segment_fault,
    transcription_unavailable,
    turn_fault,
)
from services.analysis.runs import Run, SegmentRun, SessionRun, TurnRun
from services.analysis.scripted import scripted
from services.analysis.settings import AnalysisSettings
from services.analysis.workflow_run import WorkflowRun
from services.runtime.config import ConfigError
from services.runtime.errors import ProtocolOrder, leaves
from services.runtime.results import OpenResult, ResultOrigin

Send = Callable[[StreamingAnalyzeResponse], Awaitable[None]]


class AnalysisCore:
    """Serves many streams at once; they share the word lists, which do not change."""

    def __init__(self, settings: AnalysisSettings) -> None:
        self._settings = settings
        self._cues: Cues | None = None

    @property
    def ready(self) -> bool:
        """Whether the word lists are loaded."""
        return self._cues is not None

    async def __aenter__(self) -> Self:
        """Load the word lists. Raises ConfigError where they cannot be used."""
        path = self._settings.word_lists
        try:
            self._cues = await asyncio.to_thread(load_cues, path)
        except (OSError, ValueError) as error:
            raise ConfigError([f"word lists {path}: {error}"]) from None
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._cues = None

    async def run(self, requests: AsyncIterator[StreamingAnalyzeRequest], send: Send) -> None:
        """Analyse one stream until its requests end, and answer everything that is still owed then.

        Audio is taken and not used: no analysis here asks for it yet.

        Raises InvalidConfig for a bad configuration, ProtocolOrder for one that is not first or not alone.
        """
        if self._cues is None:
            raise RuntimeError("the core is used outside of its context")
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
                        config = read_config(request.streaming_config)
                        known = Known(self._cues, config.baseline)
                        stream = _Stream(config, known, self._settings, send)
                        stream.start(tasks)
                    else:
                        await stream.take(kind, request)
                if stream is None:
                    raise ProtocolOrder(reasons.CONFIG_EXPECTED, "the stream ended before streaming_config")
                await stream.finish()
        except BaseExceptionGroup as group:
            raise leaves(group)[0] from None


class _Stream:
    """One stream: its lanes, and what comes in for them."""

    def __init__(self, config: AnalysisConfig, known: Known, settings: AnalysisSettings, send: Send) -> None:
        self._config = config
        self._known = known
        self._settings = settings
        self._origin = ResultOrigin(config.identity, "analysis", settings.engine)
        self._ordinals: defaultdict[int, count[int]] = defaultdict(lambda: count(1))
        self._told = Told()
        self._send = send
        self._sending = asyncio.Lock()  # one write at a time: the reader answers beside slow lanes
        self._has_ended = False
        self._lanes = [self._lane(asked) for asked in config.analyses]

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Start what does not happen where segments arrive."""
        for lane in self._lanes:
            if isinstance(lane, SlowLane | TimedLane):
                tasks.create_task(lane.work())

    async def take(self, kind: str | None, request: StreamingAnalyzeRequest) -> None:
        """A request after the configuration."""
        match kind:
            case "segment":
                await self._accept(request.segment)
            case "turn":
                await self._turn(request.turn)
            case "upstream_failure":
                await self._end(transcription_unavailable(request.upstream_failure))
            case "streaming_config":
                raise ProtocolOrder(reasons.CONFIG_REPEATED, "a second streaming_config came")
            case None:
                message = "the request has no field that is known here"
                await self._refuse(Failure(reason=reasons.EMPTY_REQUEST, message=message))

    async def finish(self) -> None:
        """The input has ended: each analysis gives what it still owes."""
        await self._end(None)

    async def _accept(self, annotated: AnnotatedSegment) -> None:
        fault = segment_fault(annotated)
        if fault is None and self._has_ended:
            message = f"segment {annotated.transcript.header.result_id!r} came after upstream_failure"
            fault = Failure(reason=reasons.SEGMENT_AFTER_FAILURE, message=message)
        if fault is not None:
            await self._refuse(fault)
            return
        length = len(annotated.transcript.text)
        segment = await off_loop(length, lambda: read_segment(annotated, self._config))
        for lane in self._lanes:
            await lane.put(segment)

    async def _turn(self, turn: Turn) -> None:
        fault = turn_fault(turn)
        if fault is not None:
            await self._refuse(fault)
            return
        ended = read_turn(turn)
        if ended is not None and not self._has_ended:
            for lane in self._lanes:
                await lane.put(ended)

    async def _end(self, upstream: Failure | None) -> None:
        """No more segments; told once, however often it is said."""
        if not self._has_ended:
            self._has_ended = True
            for lane in self._lanes:
                await lane.finish(upstream)

    async def _refuse(self, failure: Failure) -> None:
        """Say what could not be used; the stream goes on."""
        await self._respond(StreamingAnalyzeResponse(failure=failure))

    async def _respond(self, response: StreamingAnalyzeResponse) -> None:
        async with self._sending:
            await self._send(response)

    def _open(self, channel: int) -> OpenResult:
        return self._origin.open(channel, next(self._ordinals[channel]))

    def _lane(self, asked: Asked) -> Lane:
        analysis, options = asked.analysis, asked.options
        if not isinstance(analysis, MeasuredAnalysis):
            size, seconds = options[workflow.BATCH_SEGMENTS], options[workflow.BATCH_SECONDS]
            return TimedLane(WorkflowRun(size, seconds, self._open), self._respond)
        is_scripted = self._settings.engine == "scripted"
        delay = self._settings.scripted_delay if is_scripted else 0.0
        run = self._run(scripted(analysis) if is_scripted else analysis.knowing(self._known), asked)
        if delay or (analysis.has_chunks and not is_scripted):
            return SlowLane(run, self._respond, self._settings.max_pending, delay)
        return Lane(run, self._respond)

    def _run(self, analysis: MeasuredAnalysis, asked: Asked) -> Run:
        match asked.trigger:
            case Trigger.SEGMENT:
                return SegmentRun(analysis, self._open, self._told)
            case Trigger.TURN:
                return TurnRun(analysis, self._open, self._told)
            case Trigger.SESSION:
                every = asked.options.get(summary.EVERY, 0)
                return SessionRun(analysis, self._open, self._told, every)
