"""A lane: one run of a stream, at its own pace, so that a slow analysis holds up neither the reader nor
another.

What takes microseconds is done where the segment arrives, on the event loop. What takes its time has a
backlog and a task.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rivermouth.analysis.v1.analysis_pb2 import (
    Analysis,
    StreamingAnalyzeResponse,
    Summary,
    WorkflowResult,
    WorkflowRouted,
)
from rivermouth.result.v1.result_pb2 import Failure
from services.analysis import reasons
from services.analysis.answer import Message
from services.analysis.messages import TurnRef
from services.analysis.runs import Messages, Run
from services.analysis.segment import Segment
from services.analysis.workflow_run import WorkflowRun
from services.runtime.offsets import duration, from_seconds

Respond = Callable[[StreamingAnalyzeResponse], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _End:
    upstream: Failure | None


_Item = tuple[Segment | TurnRef | _End, float]
"""What is to be done, and when it arrived, by `time.perf_counter`."""


class Lane:
    """Does what comes for one run, in order."""

    def __init__(self, run: Run, respond: Respond) -> None:
        self._run = run
        self._respond = respond

    async def put(self, item: Segment | TurnRef) -> None:
        """The next segment or turn."""
        await self._do((item, time.perf_counter()))

    async def finish(self, upstream: Failure | None) -> None:
        """No more segments come."""
        await self._do((_End(upstream), time.perf_counter()))

    async def _do(self, work: _Item) -> None:
        item, arrived = work
        queued = time.perf_counter() - arrived
        match item:
            case Segment():
                await self._write(self._run.accept(item), queued)
            case TurnRef():
                await self._write(self._run.turn(item), queued)
            case _End():
                await self._write(self._run.finish(item.upstream), queued)

    async def _write(self, messages: Messages, queued: float = 0.0) -> None:
        """Send messages as they are computed; `queued` is how many seconds their segment has waited."""
        started = time.perf_counter()
        async for message in messages:
            response = _response(message)
            response.latency.queue.CopyFrom(duration(from_seconds(queued)))
            response.latency.inference.CopyFrom(duration(from_seconds(time.perf_counter() - started)))
            await self._respond(response)
            started = time.perf_counter()


def _response(message: Message) -> StreamingAnalyzeResponse:
    match message:
        case Analysis():
            return StreamingAnalyzeResponse(analysis=message)
        case Summary():
            return StreamingAnalyzeResponse(summary=message)
        case WorkflowRouted():
            return StreamingAnalyzeResponse(workflow_routed=message)
        case WorkflowResult():
            return StreamingAnalyzeResponse(workflow_result=message)


class SlowLane(Lane):
    """A lane with a backlog of `bound` segments; `work` does them, each after a delay in seconds.

    Overflow: the newest segment is skipped, and told so.
    """

    def __init__(self, run: Run, respond: Respond, bound: int, delay: float = 0.0) -> None:
        super().__init__(run, respond)
        self._bound = bound
        self._delay = delay
        self._backlog: asyncio.Queue[_Item] = asyncio.Queue()

    async def put(self, item: Segment | TurnRef) -> None:
        if isinstance(item, Segment) and self._backlog.qsize() >= self._bound:
            message = f"{self._bound} segments wait already"
            failure = Failure(reason=reasons.BACKPRESSURE, message=message)
            await self._write(self._run.skip(item, failure))
        else:
            self._backlog.put_nowait((item, time.perf_counter()))

    async def finish(self, upstream: Failure | None) -> None:
        self._backlog.put_nowait((_End(upstream), time.perf_counter()))

    async def work(self) -> None:
        """Do what is in the backlog, up to the end of the input."""
        while True:
            work = await self._backlog.get()
            if isinstance(work[0], Segment) and self._delay:
                await asyncio.sleep(self._delay)
            await self._do(work)
            if isinstance(work[0], _End):
                return


class TimedLane(Lane):
    """The lane of a workflow run, whose batches fall due while no segment comes: `work` watches the clock."""

    def __init__(self, run: WorkflowRun, respond: Respond) -> None:
        super().__init__(run, respond)
        self._workflow = run
        self._changed = asyncio.Event()
        self._has_ended = False
        self._turn = asyncio.Lock()  # a batch that falls due does not go between a segment's messages

    async def put(self, item: Segment | TurnRef) -> None:
        async with self._turn:
            await super().put(item)
        self._changed.set()

    async def finish(self, upstream: Failure | None) -> None:
        async with self._turn:
            self._has_ended = True
            await super().finish(upstream)
        self._changed.set()

    async def work(self) -> None:
        """Send what falls due, up to the end of the input."""
        while not self._has_ended:
            self._changed.clear()
            due = self._workflow.next_due()
            try:
                async with asyncio.timeout(None if due is None else max(0.0, due - time.monotonic())):
                    await self._changed.wait()
            except TimeoutError:
                async with self._turn:
                    await self._write(self._workflow.tick())
