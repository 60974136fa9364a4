"""The run of `workflow`: segments become work items, work items batches, batches results.

No language model is configured here, so that every batch ends as skipped, and says why; which item is in
which queue, and when it would be worked on, is as with one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from rivermouth.analysis.v1.analysis_pb2 import WorkflowResult, WorkflowRouted
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    Evidence,
    Failure,
    Outcome,
    SegmentRef,
)
from services.analysis import reasons
from services.analysis.answer import llm_not_configured
from services.analysis.messages import TurnRef
from services.analysis.routing import QUEUES, Batch, WorkItem, WorkQueues, work_ids, work_item
from services.analysis.runs import Messages, Open, nothing
from services.analysis.segment import Segment
from services.runtime.offsets import duration


class WorkflowRun:
    """A Run that routes every segment. `clock` gives seconds that never go back."""

    def __init__(
        self,
        batch_size: int,
        batch_seconds: float,
        open_result: Open,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queues = WorkQueues(batch_size, batch_seconds)
        self._open = open_result
        self._clock = clock

    def next_due(self) -> float | None:
        """When `tick` has something to do, by the clock; None while nothing waits."""
        return self._queues.next_due()

    async def accept(self, segment: Segment) -> Messages:
        """Route it. One that an earlier incarnation has routed waits again, and is not told of again."""
        item = work_item(segment)
        if segment.is_replay and not QUEUES[item.queue].is_batched:
            return  # it was answered at once
        if not segment.is_replay:
            yield _routed(item)
        for dropped in self._queues.put(item, self._clock()):
            message = f"too many work items wait; one of {dropped.queue} was dropped"
            yield self._result([dropped], Failure(reason=reasons.BACKPRESSURE, message=message))
        async for result in self.tick():
            yield result

    async def tick(self) -> Messages:
        """What is due by now."""
        for batch in self._queues.due(self._clock()):
            yield self._worked_off(batch)

    def turn(self, turn: TurnRef) -> Messages:
        return nothing()

    async def skip(self, segment: Segment, failure: Failure) -> Messages:
        """Routing is never behind: it takes microseconds."""
        item = work_item(segment)
        yield _routed(item)
        yield self._result([item], failure)

    async def finish(self, upstream: Failure | None) -> Messages:
        for batch in self._queues.flush():
            yield self._worked_off(batch)
        if upstream is not None:
            header = self._open(0).final(OUTCOME_FAILED, upstream)
            yield WorkflowResult(header=header)

    def _worked_off(self, batch: Batch) -> WorkflowResult:
        return self._result(batch.items, llm_not_configured())

    def _result(
        self, items: Iterable[WorkItem], failure: Failure, outcome: Outcome = OUTCOME_SKIPPED
    ) -> WorkflowResult:
        items = list(items)
        result = self._open(0)
        result.evidence = Evidence(
            segments=[SegmentRef(segment_id=item.segment_id, revision=item.revision) for item in items]
        )
        return WorkflowResult(
            header=result.final(outcome, failure),
            work_id=items[0].work_id,
            queue=items[0].queue.value,
            work_ids=work_ids(items),
        )


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
