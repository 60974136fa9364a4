"""The run of `workflow`: segments become work items, work items questions to a model, answers results.

Routing never waits for a model. What is to be asked waits in the queues of routing.py, so that what is urgent
overtakes what is not, until one of `AT_ONCE` places is free; all but one of them are for questions only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing

from rivermouth.analysis.v1.analysis_pb2 import WorkflowResult, WorkflowRouted
from rivermouth.result.v1.result_pb2 import OUTCOME_FAILED, OUTCOME_SKIPPED, Failure
from services.analysis import reasons
from services.analysis.answer import Message
from services.analysis.llm.asking import Asking
from services.analysis.llm.egress import MOST_CHARACTERS
from services.analysis.llm.newest import NewestSegments
from services.analysis.messages import Renaming, TurnRef
from services.analysis.runs import Messages, Open, nothing
from services.analysis.segment import Segment
from services.analysis.workflow.drop_log import StreamDrops
from services.analysis.workflow.routing import QUEUES, Batch, Queue, WorkItem, WorkQueues, line_of, work_item
from services.analysis.workflow.workflow_answer import WorkAnswer
from services.runtime.offsets import duration
from services.text.context import ContextWindow

AT_ONCE = 3
"""Questions to a model that a stream's work waits for."""
_BATCHES_AT_ONCE = 1

Write = Callable[[Messages, float], Awaitable[None]]
"""Sends messages as they come; the number says how many seconds what they are about has waited."""


class WorkflowRun:
    """A Run that routes every segment. `clock` gives seconds that never go back; `drops` hears of work that
    is not done here."""

    def __init__(
        self,
        batch_size: int,
        batch_seconds: float,
        open_result: Open,
        asking: Asking,
        clock: Callable[[], float] = time.monotonic,
        drops: StreamDrops | None = None,
    ) -> None:
        self._queues = WorkQueues(batch_size, batch_seconds)
        self._open = open_result
        self._asking = asking
        self._clock = clock
        self._drops = drops
        self._window = ContextWindow()
        self._spoken = NewestSegments(MOST_CHARACTERS)
        self._asked: dict[int, WorkAnswer] = {}
        """Of questions that were told of and wait, by the identity of the work item."""
        self._questions = 0
        self._batches = 0
        self._has_ended = False
        self._changed = asyncio.Event()

    async def accept(self, segment: Segment) -> Messages:
        """Route it. One that an earlier incarnation has worked on is only part of the conversation; one that
        it has routed, and no more than that, is routed again."""
        item = work_item(segment, self._window.lines)
        self._window.add(line_of(item))
        self._spoken.add(segment)
        if segment.is_replay:
            return
        yield _routed(item)
        if item.queue is Queue.QUESTION and self._asking.configured:
            # Told of at once: who looks at the session sees that the question is being answered.
            answer = self._asked[id(item)] = self._answer(Batch(item.queue, (item,)))
            yield answer.begin()
        for dropped in self._put([item]):
            yield dropped
        for result in self._unanswered():
            yield result

    def turn(self, turn: TurnRef) -> Messages:
        return nothing()

    def rename(self, renaming: Renaming) -> None:
        """The conversation that questions are about has the name from now on; work items keep the one with
        which they were told of."""
        self._spoken.rename(renaming.segment_ids, renaming.speaker)

    async def skip(self, segment: Segment, failure: Failure) -> Messages:
        """A segment that nobody has time for: routed, and dropped."""
        item = work_item(segment, self._window.lines)
        yield _routed(item)
        if self._drops is not None:
            self._drops.put(item, failure.reason)
        yield self._answer(Batch(item.queue, (item,))).end(OUTCOME_SKIPPED, failure)

    async def finish(self, upstream: Failure | None) -> Messages:
        """No more segments come; what waits is worked off by `work`."""
        self._has_ended = True
        self._changed.set()
        for result in self._unanswered():
            yield result
        if upstream is not None:
            yield WorkflowResult(header=self._open(0).final(OUTCOME_FAILED, upstream))

    async def work(self, write: Write) -> None:
        """Ask for what is due, to the end of the input and of what it left; cancelled, it leaves nothing."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._changed.clear()
                while (batch := self._next()) is not None:
                    tasks.create_task(self._work_off(batch, write))
                if self._has_ended and not self._questions and not self._batches:
                    return
                due = self._queues.next_due()
                if due is None or not self._has_place_for_batches:
                    await self._changed.wait()
                    continue
                try:
                    async with asyncio.timeout(max(0.0, due - self._clock())):
                        await self._changed.wait()
                except TimeoutError:
                    pass

    @property
    def _has_place(self) -> bool:
        return self._questions + self._batches < AT_ONCE

    @property
    def _has_place_for_batches(self) -> bool:
        return self._has_place and self._batches < _BATCHES_AT_ONCE

    def _next(self) -> Batch | None:
        """What is to be asked now; its place is taken."""
        if not self._has_place:
            return None
        batch = self._queues.take(self._clock(), batched=self._has_place_for_batches, ended=self._has_ended)
        if batch is not None:
            self._take_place(batch, 1)
        return batch

    def _take_place(self, batch: Batch, count: int) -> None:
        if QUEUES[batch.queue].is_batched:
            self._batches += count
        else:
            self._questions += count

    async def _work_off(self, batch: Batch, write: Write) -> None:
        try:
            async with aclosing(self._worked(batch)) as messages:
                await write(messages, self._clock() - batch.since)
        finally:
            self._take_place(batch, -1)
            self._changed.set()

    async def _worked(self, batch: Batch) -> AsyncGenerator[Message]:
        if not self._asking.configured:
            yield self._not_answered(batch, _not_configured())
            return
        answer = self._asked.pop(id(batch.items[0]), None) or self._answer(batch)
        async with aclosing(answer.messages(self._asking, self._spoken)) as messages:
            async for message in messages:
                yield message
        if answer.failure is not None:
            self._keep(batch.items, answer.failure)

    def _put(self, items: Iterable[WorkItem]) -> list[WorkflowResult]:
        """These wait; what is dropped for them."""
        dropped = [each for item in items for each in self._queues.put(item, self._clock())]
        self._changed.set()
        return [self._drop(each) for each in dropped]

    def _drop(self, item: WorkItem) -> WorkflowResult:
        message = f"too many work items wait; one of {item.queue} was dropped"
        count = {"dropped": str(self._queues.dropped)}
        failure = Failure(reason=reasons.BACKPRESSURE, message=message, metadata=count)
        if self._drops is not None:
            self._drops.put(item, failure.reason)
        answer = self._asked.pop(id(item), None) or self._answer(Batch(item.queue, (item,)))
        return answer.end(OUTCOME_SKIPPED, failure)

    def _unanswered(self) -> Iterator[WorkflowResult]:
        """What is due by now, where no model is configured."""
        if self._asking.configured:
            return
        while (batch := self._queues.take(self._clock(), ended=self._has_ended)) is not None:
            yield self._not_answered(batch, _not_configured())

    def _not_answered(self, batch: Batch, failure: Failure) -> WorkflowResult:
        self._keep(batch.items, failure)
        return self._answer(batch).end(OUTCOME_SKIPPED, failure)

    def _keep(self, items: Iterable[WorkItem], failure: Failure) -> None:
        """No model did these: they are kept for later where that is wanted."""
        if self._drops is not None and self._drops.has_unanswered:
            for item in items:
                self._drops.put(item, failure.reason)

    def _answer(self, batch: Batch) -> WorkAnswer:
        return WorkAnswer(batch, self._open(0))


def _routed(item: WorkItem) -> WorkflowRouted:
    return WorkflowRouted(
        work_id=item.work_id,
        queue=item.queue.value,
        segment_id=item.segment_id,
        text=item.text,
        speaker=item.speaker,
        start_offset=duration(item.start),
        end_offset=duration(item.end),
        intent=f"INTENT_{item.intent.name}",
        priority=QUEUES[item.queue].priority,
    )


def _not_configured() -> Failure:
    return Failure(reason=reasons.LLM_NOT_CONFIGURED, message="no language model is configured")
