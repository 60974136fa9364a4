"""One stream of the service: numbers results, holds what a slow engine has not come to yet, and sends.

The rules take microseconds for a segment, so they run where the segment arrives, on the event loop; a text
so long that it would take milliseconds goes to a thread. Only an engine that takes its time has a backlog.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import count

from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    Failure,
    Latency,
)
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation, StreamingAnnotateResponse
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.offsets import duration, from_seconds
from services.runtime.results import OpenResult, ResultOrigin
from services.semantics import reasons
from services.semantics.conversation import ConversationResults
from services.semantics.meaning import Meaning, SemanticEngine, Situation
from services.semantics.messages import (
    AnnotateConfig,
    add_meaning,
    annotation_of,
    evidence_of,
    segment_fault,
    transcription_unavailable,
)
from services.semantics.settings import SemanticsSettings

_log = logging.getLogger(__name__)

Send = Callable[[StreamingAnnotateResponse], Awaitable[None]]

_LONGEST_INLINE = 800
"""Characters that take about 1 ms; a thread costs 80 us."""
_MAX_NAMES = 64


@dataclass(frozen=True, slots=True)
class _Work:
    """A segment, the result that it will get, and when it arrived, by `time.perf_counter`."""

    segment: Transcript
    result: OpenResult
    arrived: float


class Stream:
    """One stream: numbers results, and holds what a slow engine has not come to yet."""

    def __init__(
        self, config: AnnotateConfig, settings: SemanticsSettings, engine: SemanticEngine, send: Send
    ) -> None:
        self._origin = ResultOrigin(config.identity, "semantics", settings.engine)
        self._disabled = config.disabled
        self._engine = engine
        self._send = send
        self._conversation = ConversationResults(config, self._origin)
        self._situation = Situation(config.held_on)
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
        self._meet(segment.speaker)
        ordinal = next(self._ordinals[segment.channel_tag])
        result = self._origin.open(segment.channel_tag, ordinal, evidence_of(segment))
        work = _Work(segment, result, time.perf_counter())
        if not segment.text.strip():
            await self._skip(work, reasons.EMPTY_SEGMENT, "the segment has no text")
            return
        if not self._engine.delay:
            await self._answer(work)
        elif self._backlog.qsize() >= self._max_pending:
            message = f"{self._max_pending} segments wait already"
            await self._skip(work, reasons.BACKPRESSURE, message)
        else:
            self._backlog.put_nowait(work)
        await self._write_all(self._conversation.add(segment))

    async def advance(self, watermark: int) -> None:
        """All channels have passed a point, in nanoseconds."""
        await self._write_all(self._conversation.advance(watermark))

    async def finish(self) -> None:
        """Nothing comes any more, and all segments are answered: the last turn, and the statistics."""
        await self._write_all(self._conversation.finish())

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
        meaning, failure = await self._annotate(work.segment.text)
        if meaning is None:
            header = work.result.final(OUTCOME_FAILED, failure)
            annotation = annotation_of(work.segment, header)
        else:
            annotation = annotation_of(work.segment, work.result.final(OUTCOME_COMPLETE))
            add_meaning(annotation, meaning, self._disabled, self._conversation.ranked(meaning.found))
        latency = Latency(
            queue=duration(from_seconds(started - work.arrived)),
            inference=duration(from_seconds(time.perf_counter() - started)),
        )
        await self._write(StreamingAnnotateResponse(semantic=annotation, latency=latency))

    async def _annotate(self, text: str) -> tuple[Meaning | None, Failure | None]:
        """What a text means, or why that is not known: one bad segment must not end the stream."""
        try:
            if len(text) > _LONGEST_INLINE:
                return await asyncio.to_thread(self._engine.annotate, text, self._situation), None
            return self._engine.annotate(text, self._situation), None
        except Exception as error:
            _log.exception("the rules failed on a segment of %d characters", len(text))
            message = f"the rules failed on this segment: {type(error).__name__}"
            return None, Failure(reason=reasons.ANNOTATION_FAILED, message=message)

    def _meet(self, speaker: str) -> None:
        """Somebody who speaks may be called by name. Overflow: later ones are not known by theirs."""
        names = self._situation.names
        name = speaker.lower()
        if name and name not in names and len(names) < _MAX_NAMES:
            self._situation = Situation(self._situation.held_on, names | {name})

    async def _skip(self, work: _Work, reason: str, message: str) -> None:
        header = work.result.final(OUTCOME_SKIPPED, Failure(reason=reason, message=message))
        await self._write(StreamingAnnotateResponse(semantic=annotation_of(work.segment, header)))

    async def _write(self, response: StreamingAnnotateResponse) -> None:
        async with self._sending:
            await self._send(response)

    async def _write_all(self, responses: Iterable[StreamingAnnotateResponse]) -> None:
        for response in responses:
            await self._write(response)
