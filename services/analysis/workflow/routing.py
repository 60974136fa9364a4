"""Routing by intent, and the queues of work that it fills. Pure: times are handed in.

Which queue, how urgent, how many may wait and how many go at once is the table `QUEUES`. Overflow, in a queue
and of all of them together: the oldest work item of the lowest priority is dropped, and told of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.analysis.segment import Intent, Segment
from services.text.context import UNKNOWN, Line


class Queue(StrEnum):
    """Where work waits."""

    QUESTION = "QUESTION"
    ACTION_ITEM = "ACTION_ITEM"
    DECISION = "DECISION"
    GENERAL = "GENERAL"


@dataclass(frozen=True, slots=True)
class QueueRule:
    """How a queue works.

    Attributes:
        intents: primary intents that are sent to it.
        priority: 1 is done first and dropped last.
        bound: work items that may wait.
        is_batched: whether items wait for others, or go one by one as they come.
    """

    intents: frozenset[Intent]
    priority: int
    bound: int
    is_batched: bool


QUEUES = {
    Queue.QUESTION: QueueRule(frozenset({Intent.QUESTION, Intent.CLARIFICATION}), 1, 64, False),
    Queue.ACTION_ITEM: QueueRule(frozenset({Intent.ACTION_ITEM, Intent.COMMITMENT}), 2, 64, True),
    Queue.DECISION: QueueRule(frozenset({Intent.DECISION, Intent.AGREEMENT}), 3, 64, True),
    Queue.GENERAL: QueueRule(frozenset({Intent.GENERAL}), 4, 32, True),
}
CAPACITY = 128
"""Work items that may wait in all queues together."""

_QUEUE_OF = {intent: queue for queue, rule in QUEUES.items() for intent in rule.intents}


@dataclass(frozen=True, slots=True)
class WorkItem:
    """What is to be worked on: a segment, as far as a model needs it. Times are nanoseconds.

    Attributes:
        work_id: "work/" and the segment's id, the same whenever it is routed.
        speaker: "Unknown" where nobody said who.
        channel: of the segment.
        context: what was said last before it, oldest first.
    """

    work_id: str
    queue: Queue
    text: str
    speaker: str
    start: int
    end: int
    intent: Intent
    segment_id: str
    revision: int = 1
    channel: int = 0
    context: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Work items of one queue that go together, at least one, oldest first; when the first came, seconds."""

    queue: Queue
    items: tuple[WorkItem, ...]
    since: float = 0.0


def route(intent: Intent | None) -> Queue:
    """The queue of a primary intent; GENERAL where there is none."""
    return Queue.GENERAL if intent is None else _QUEUE_OF[intent]


def work_item(segment: Segment, context: tuple[Line, ...] = ()) -> WorkItem:
    """The work item of a segment, and what was said last before it."""
    intent = segment.meaning.intents[0] if segment.meaning is not None else Intent.GENERAL
    return WorkItem(
        work_id=f"work/{segment.segment_id}",
        queue=route(intent),
        text=segment.text,
        speaker=segment.speaker or UNKNOWN,
        start=segment.start,
        end=segment.end,
        intent=intent,
        segment_id=segment.segment_id,
        revision=segment.revision,
        channel=segment.channel,
        context=context,
    )


class WorkQueues:
    """The four queues of a stream. `batch_size` items go at once, or all after `batch_seconds` of waiting."""

    def __init__(
        self,
        batch_size: int,
        batch_seconds: float,
        rules: dict[Queue, QueueRule] | None = None,
        capacity: int = CAPACITY,
    ) -> None:
        self._batch_size = batch_size
        self._batch_seconds = batch_seconds
        self._rules = rules or QUEUES
        self._capacity = capacity
        self._waiting: dict[Queue, deque[tuple[float, WorkItem]]] = {queue: deque() for queue in self._rules}
        self.dropped = 0
        """Work items that were dropped so far."""

    def put(self, item: WorkItem, now: float) -> list[WorkItem]:
        """Take in a work item at a time in seconds; returns what was dropped for it, perhaps itself."""
        queue = self._waiting[item.queue]
        queue.append((now, item))
        dropped = []
        if len(queue) > self._rules[item.queue].bound:
            dropped.append(queue.popleft()[1])
        elif sum(map(len, self._waiting.values())) > self._capacity:
            least = max((each for each in self._rules if self._waiting[each]), key=self._priority)
            dropped.append(self._waiting[least].popleft()[1])
        self.dropped += len(dropped)
        return dropped

    def take(self, now: float, *, batched: bool = True, ended: bool = False) -> Batch | None:
        """What goes next, by priority: items that wait for no others, full batches, and those out of
        patience; once the input has `ended`, all. None where nothing does. Without `batched`, only what waits
        for no others.
        """
        for queue in sorted(self._rules, key=self._priority):
            waiting = self._waiting[queue]
            rule = self._rules[queue]
            size = self._batch_size if rule.is_batched else 1
            is_due = len(waiting) >= size or ended or (waiting and self._until(queue) <= now)
            if waiting and is_due and (batched or not rule.is_batched):
                taken = [waiting.popleft() for _ in range(min(size, len(waiting)))]
                return Batch(queue, tuple(item for _, item in taken), since=taken[0][0])
        return None

    def next_due(self) -> float | None:
        """When the oldest batch is out of patience; None where nothing waits."""
        return min((self._until(queue) for queue in self._rules if self._waiting[queue]), default=None)

    def waiting(self) -> dict[Queue, int]:
        """How many items wait in each queue."""
        return {queue: len(waiting) for queue, waiting in self._waiting.items()}

    def _until(self, queue: Queue) -> float:
        return self._waiting[queue][0][0] + self._batch_seconds

    def _priority(self, queue: Queue) -> int:
        return self._rules[queue].priority


def line_of(item: WorkItem) -> Line:
    """What was said, as a line."""
    return Line(item.start, item.end, item.text, item.speaker)


def segment_of(item: WorkItem) -> Segment:
    """The segment again, as far as it is told to a model."""
    return Segment(
        item.text,
        speaker=item.speaker,
        channel=item.channel,
        start=item.start,
        end=item.end,
        segment_id=item.segment_id,
        revision=item.revision,
    )


def context_of(batch: Batch) -> tuple[Line, ...]:
    """What was said last before a batch and between its items."""
    own = set(map(line_of, batch.items))
    return tuple(line for line in batch.items[-1].context if line not in own)


def work_ids(items: Iterable[WorkItem]) -> list[str]:
    """Their ids, in order."""
    return [item.work_id for item in items]
