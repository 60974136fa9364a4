"""A lane: one run of a stream, at its own pace, so that a slow analysis holds up neither the reader nor
another.

What takes microseconds is done where the segment arrives, on the event loop. What takes its time has a
backlog and a task; each answer that waits for a model has a task of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

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
from services.analysis.later import Later
from services.analysis.messages import Renaming, TurnRef
from services.analysis.runs import Messages, Run
from services.analysis.segment import Segment
from services.runtime.offsets import duration, from_seconds

_MOST_OTHERS = 1_000
"""What may wait beside segments."""

Respond = Callable[[StreamingAnalyzeResponse], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _End:
    upstream: Failure | None


_Item = tuple[Segment | TurnRef | Renaming | _End, float]
"""What is to be done, and when it arrived, by `time.perf_counter`."""


class Lane:
    """Does what comes for one run, in order. What the run puts off with `later` is sent beside that."""

    def __init__(self, run: Run, respond: Respond, later: Later[Message] | None = None) -> None:
        self._run = run
        self._respond = respond
        self._later = later
        self._working: asyncio.Task[None] | None = None

    @property
    def owing(self) -> list[asyncio.Task[None]]:
        """What it still owes."""
        working = [self._working] if self._working is not None and not self._working.done() else []
        return working + (list(self._later.running) if self._later is not None else [])

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Start what does not happen where segments arrive."""
        if self._later is not None:
            self._later.open(tasks, self._write)

    async def put(self, item: Segment | TurnRef | Renaming) -> None:
        """The next segment or turn, or who said what was put before."""
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
            case Renaming():
                self._run.rename(item)
            case _End():
                await self._write(self._run.finish(item.upstream), queued)

    async def _write(self, messages: Messages, queued: float = 0.0) -> None:
        """Send messages as they are computed; `queued` is how many seconds their segment has waited."""
        started = time.perf_counter()
        async with aclosing(messages):  # at once: a model's stream ends with them
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

    Overflow: the newest segment is skipped, and told so. Of turns and of what revises speakers so many more
    may wait that only a faulty caller sends them; the newest is refused, and told so.
    """

    def __init__(
        self,
        run: Run,
        respond: Respond,
        later: Later[Message] | None = None,
        *,
        bound: int,
        delay: float = 0.0,
    ) -> None:
        super().__init__(run, respond, later)
        self._bound = bound
        self._delay = delay
        self._backlog: asyncio.Queue[_Item] = asyncio.Queue()

    def start(self, tasks: asyncio.TaskGroup) -> None:
        super().start(tasks)
        self._working = tasks.create_task(self.work())

    async def put(self, item: Segment | TurnRef | Renaming) -> None:
        if isinstance(item, Segment) and self._backlog.qsize() >= self._bound:
            message = f"{self._bound} segments wait already"
            failure = Failure(reason=reasons.BACKPRESSURE, message=message)
            await self._write(self._run.skip(item, failure))
        elif self._backlog.qsize() >= self._bound + _MOST_OTHERS:
            what = f"turn {item.turn_id}" if isinstance(item, TurnRef) else "a speaker revision"
            message = f"{_MOST_OTHERS} wait already; {what} is left out"
            failure = Failure(reason=reasons.BACKPRESSURE, message=message)
            await self._respond(StreamingAnalyzeResponse(failure=failure))
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


class WorkRun(Run, Protocol):
    """A Run with work of its own, beside what comes; `accept` and `finish` never wait for it."""

    async def work(self, write: Callable[[Messages, float], Awaitable[None]]) -> None:
        """Do it, to the end of the input and of what is owed then. `write` sends messages as they come, and
        is told how many seconds what they are about has waited."""


class TimedLane(Lane):
    """The lane of a run with work of its own: `work` does it, in tasks that end with it."""

    def __init__(self, run: WorkRun, respond: Respond) -> None:
        super().__init__(run, respond)
        self._own = run

    def start(self, tasks: asyncio.TaskGroup) -> None:
        super().start(tasks)
        self._working = tasks.create_task(self.work())

    async def work(self) -> None:
        """Do the run's work, up to the last answer after the end of the input."""
        await self._own.work(self._write)
