"""One stream of final segments: what comes in goes to the lanes of the analyses asked for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count

from rivermouth.analysis.v1.analysis_pb2 import (
    AnnotatedSegment,
    StreamingAnalyzeRequest,
    StreamingAnalyzeResponse,
)
from rivermouth.result.v1.result_pb2 import Failure
from rivermouth.semantics.v1.semantics_pb2 import Turn
from rivermouth.transcript.v1.transcript_pb2 import SpeakerRevision
from services.analysis import reasons
from services.analysis.analyses import summary, workflow
from services.analysis.analysis import LLM_EVERY, Known, MeasuredAnalysis, Trigger
from services.analysis.answer import Message, Models, Told
from services.analysis.lane import Lane, SlowLane, TimedLane
from services.analysis.later import Later
from services.analysis.llm.asking import Asking
from services.analysis.llm.egress import Egress
from services.analysis.llm.redaction import taken
from services.analysis.messages import (
    AnalysisConfig,
    Asked,
    read_revision,
    read_segment,
    read_turn,
    segment_fault,
    transcription_unavailable,
    turn_fault,
)
from services.analysis.runs import Run, SegmentRun, SessionRun, TurnRun
from services.analysis.scripted import scripted
from services.analysis.settings import AnalysisSettings
from services.analysis.stream_audio import StreamAudio
from services.analysis.threads import off_loop
from services.analysis.workflow.drop_log import StreamDrops
from services.analysis.workflow.workflow_run import WorkflowRun
from services.runtime.errors import ProtocolOrder
from services.runtime.results import OpenResult, ResultOrigin

Send = Callable[[StreamingAnalyzeResponse], Awaitable[None]]

_KEEP_ALIVE = 5.0
"""Seconds of silence after which a stream that only waits for models says that it is alive."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a stream works with: what is known beforehand, who guards what leaves for models and who asks
    them, where dropped work is noted, and what is heard."""

    known: Known
    egress: Egress
    asking: Asking
    drops: StreamDrops | None
    audio: StreamAudio


class AnalysisStream:
    """One stream: its lanes, and what comes in for them."""

    def __init__(
        self, config: AnalysisConfig, settings: AnalysisSettings, equipment: Equipment, send: Send
    ) -> None:
        self._config = config
        self._settings = settings
        self._known = equipment.known
        self._egress = equipment.egress
        self._asking = equipment.asking
        self._drops = equipment.drops
        self._audio = equipment.audio
        self._origin = ResultOrigin(config.identity, "analysis", settings.engine)
        self._ordinals: defaultdict[int, count[int]] = defaultdict(lambda: count(1))
        self._told = Told()
        self._send = send
        self._sending = asyncio.Lock()  # one write at a time: the reader answers beside slow lanes
        self._responded = asyncio.get_running_loop().time()
        self._has_ended = False
        self._given: set[str] = set()
        """Segments; some hundred bytes each."""
        self._lanes = [self._lane(asked) for asked in config.analyses]

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Start what does not happen where segments arrive."""
        self._audio.start(tasks)
        for lane in self._lanes:
            lane.start(tasks)

    async def take(self, request: StreamingAnalyzeRequest) -> None:
        """A request after the configuration. Raises ProtocolOrder for another one."""
        match request.WhichOneof("request"):
            case "segment":
                await self._accept(request.segment)
            case "turn":
                await self._turn(request.turn)
            case "audio":
                fault = self._audio.take(request.audio)
                if fault is not None:
                    await self._refuse(fault)
            case "speaker_revision":
                await self._rename(request.speaker_revision)
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
        clock = asyncio.get_running_loop().time
        while owing := [task for lane in self._lanes for task in lane.owing]:
            silence = clock() - self._responded
            if silence >= _KEEP_ALIVE:
                await self._respond(StreamingAnalyzeResponse())
            else:
                await asyncio.wait(owing, timeout=_KEEP_ALIVE - silence)

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
        for response in await taken(self._egress, segment):
            await self._respond(response)
        self._given.add(segment.segment_id)
        segment = self._audio.with_sound(segment)
        for lane in self._lanes:
            await lane.put(segment)

    async def _rename(self, revision: SpeakerRevision) -> None:
        renaming = read_revision(revision, self._given)
        if renaming is not None and not self._has_ended:
            for lane in self._lanes:
                await lane.put(renaming)

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
            self._egress.end()
            self._asking.finish()
            for lane in self._lanes:
                await lane.finish(upstream)

    async def _refuse(self, failure: Failure) -> None:
        """Say what could not be used; the stream goes on."""
        await self._respond(StreamingAnalyzeResponse(failure=failure))

    async def _respond(self, response: StreamingAnalyzeResponse) -> None:
        async with self._sending:
            await self._send(response)
            self._responded = asyncio.get_running_loop().time()

    def _open(self, channel: int) -> OpenResult:
        return self._origin.open(channel, next(self._ordinals[channel]))

    def _lane(self, asked: Asked) -> Lane:
        analysis, options = asked.analysis, asked.options
        if not isinstance(analysis, MeasuredAnalysis):
            size, seconds = options[workflow.BATCH_SEGMENTS], options[workflow.BATCH_SECONDS]
            work = WorkflowRun(size, seconds, self._open, self._asking, drops=self._drops)
            return TimedLane(work, self._respond)
        is_scripted = self._settings.engine == "scripted"
        delay = self._settings.scripted_delay if is_scripted else 0.0
        later: Later[Message] = Later(self._settings.max_pending)
        is_asked = analysis.llm is not None and self._asking.configured
        asking = self._asking if is_asked else None
        models = Models(asking, later, self._audio.for_models, self._config.background)
        run = self._run(scripted(analysis) if is_scripted else analysis.knowing(self._known), asked, models)
        if delay:
            return SlowLane(run, self._respond, later, bound=self._settings.max_pending, delay=delay)
        return Lane(run, self._respond, later)

    def _run(self, analysis: MeasuredAnalysis, asked: Asked, models: Models | None) -> Run:
        match asked.trigger:
            case Trigger.SEGMENT:
                return SegmentRun(analysis, self._open, self._told, models)
            case Trigger.TURN:
                return TurnRun(analysis, self._open, self._told, models)
            case Trigger.SESSION:
                every = asked.options.get(summary.EVERY, 0)
                llm_every = asked.options.get(LLM_EVERY, every)
                return SessionRun(analysis, self._open, self._told, every, llm_every, models)
