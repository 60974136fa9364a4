"""Where work goes, in which order, and what is dropped."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.routing import (
    CAPACITY,
    QUEUES,
    Batch,
    Queue,
    QueueRule,
    WorkItem,
    WorkQueues,
    route,
    work_item,
)
from services.analysis.segment import Intent, Meaning, Segment


def item(queue: Queue, number: int = 1) -> WorkItem:
    (intent, *_) = QUEUES[queue].intents
    return WorkItem(f"{queue}/{number}", queue, "text", "anna", 0, 1, intent, f"s/{number}")


@pytest.mark.parametrize(
    ("intent", "queue"),
    [
        (Intent.QUESTION, Queue.QUESTION),
        (Intent.CLARIFICATION, Queue.QUESTION),
        (Intent.ACTION_ITEM, Queue.ACTION_ITEM),
        (Intent.COMMITMENT, Queue.ACTION_ITEM),
        (Intent.DECISION, Queue.DECISION),
        (Intent.AGREEMENT, Queue.DECISION),
        (Intent.GENERAL, Queue.GENERAL),
        (None, Queue.GENERAL),
    ],
)
def test_routes(intent: Intent | None, queue: Queue) -> None:
    assert route(intent) is queue


def test_every_intent_has_one_queue_and_every_queue_another_priority() -> None:
    assert sorted(intent for rule in QUEUES.values() for intent in rule.intents) == sorted(Intent)
    assert sorted(rule.priority for rule in QUEUES.values()) == [1, 2, 3, 4]
    assert QUEUES[Queue.QUESTION].priority == 1
    assert [queue for queue, rule in QUEUES.items() if not rule.is_batched] == [Queue.QUESTION]


def test_work_items() -> None:
    segment = Segment.of("is it?", 3, 5, "anna", segment_id="asr/1/7", revision=2)
    asked = Segment.of(
        "is it?", 3, 5, segment_id="s", meaning=Meaning(intents=(Intent.QUESTION, Intent.GENERAL))
    )
    assert work_item(segment) == WorkItem(
        "work/asr/1/7", Queue.GENERAL, "is it?", "anna", 3, 5, Intent.GENERAL, "asr/1/7", 2
    )
    assert (work_item(asked).queue, work_item(asked).speaker) == (Queue.QUESTION, "Unknown")


def test_questions_go_at_once_and_others_in_batches() -> None:
    queues = WorkQueues(batch_size=2, batch_seconds=10)
    question, first, second = item(Queue.QUESTION), item(Queue.GENERAL, 1), item(Queue.GENERAL, 2)
    queues.put(question, 0)
    assert queues.due(0) == [Batch(Queue.QUESTION, (question,))]
    queues.put(first, 0)
    assert queues.due(1) == []
    queues.put(second, 1)
    assert queues.due(1) == [Batch(Queue.GENERAL, (first, second))]
    assert queues.flush() == []


def test_a_batch_goes_after_its_time() -> None:
    queues = WorkQueues(batch_size=5, batch_seconds=10)
    assert queues.next_due() is None
    queues.put(item(Queue.DECISION, 1), 3)
    queues.put(item(Queue.DECISION, 2), 5)
    assert queues.next_due() == 13
    assert queues.due(12.9) == []
    assert queues.due(13) == [Batch(Queue.DECISION, (item(Queue.DECISION, 1), item(Queue.DECISION, 2)))]
    assert queues.next_due() is None


def test_what_is_left_goes_by_priority() -> None:
    queues = WorkQueues(batch_size=5, batch_seconds=10)
    for queue in (Queue.GENERAL, Queue.DECISION, Queue.ACTION_ITEM):
        queues.put(item(queue), 0)
    assert [batch.queue for batch in queues.flush()] == [Queue.ACTION_ITEM, Queue.DECISION, Queue.GENERAL]


def test_a_full_queue_drops_its_oldest() -> None:
    rules = {queue: QueueRule(rule.intents, rule.priority, 2, True) for queue, rule in QUEUES.items()}
    queues = WorkQueues(100, 100, rules)
    assert [queues.put(item(Queue.GENERAL, number), 0) for number in (1, 2)] == [[], []]
    assert queues.put(item(Queue.GENERAL, 3), 0) == [item(Queue.GENERAL, 1)]
    assert queues.dropped == 1


def test_past_the_capacity_the_lowest_priority_is_dropped_perhaps_the_new_one_itself() -> None:
    queues = WorkQueues(100, 100, capacity=2)
    queues.put(item(Queue.GENERAL), 0)
    queues.put(item(Queue.DECISION), 0)
    assert queues.put(item(Queue.ACTION_ITEM), 0) == [item(Queue.GENERAL)]
    assert queues.put(item(Queue.GENERAL, 2), 0) == [item(Queue.GENERAL, 2)]
    assert queues.put(item(Queue.QUESTION), 0) == [item(Queue.DECISION)]
    assert queues.dropped == 3


STEPS = st.lists(
    st.tuples(st.sampled_from([*Queue]), st.integers(0, 5)) | st.none(), max_size=60
)  # an item after so many seconds; None: what is due goes


@given(STEPS, st.integers(1, 4), st.integers(1, 8), st.integers(1, 12))
def test_every_item_goes_once_or_is_dropped(steps, size: int, seconds: int, capacity: int) -> None:
    queues = WorkQueues(size, seconds, capacity=capacity)
    put, gone, now = [], [], 0
    for number, step in enumerate(steps):
        if step is None:
            batches = queues.due(now)
            gone += [each for batch in batches for each in batch.items]
            assert [QUEUES[batch.queue].priority for batch in batches] == sorted(
                QUEUES[batch.queue].priority for batch in batches
            )
            due = queues.next_due()
            assert due is None or due > now
        else:
            now += step[1]
            put.append(item(step[0], number))
            dropped = queues.put(put[-1], now)
            gone += dropped
            waiting = queues.waiting()
            assert sum(waiting.values()) <= capacity <= CAPACITY
            for each in dropped:
                priority = QUEUES[each.queue].priority
                assert all(not count or QUEUES[q].priority <= priority for q, count in waiting.items())
    gone += [each for batch in queues.flush() for each in batch.items]
    assert sorted(each.work_id for each in gone) == sorted(each.work_id for each in put)
    for queue in Queue:
        mine = [each.work_id for each in put if each.queue is queue]
        assert [each.work_id for each in gone if each.queue is queue] == mine


def test_routing_takes_far_less_than_a_millisecond() -> None:
    segments = [
        Segment.of("what about it", segment_id=str(each), meaning=Meaning(intents=(intent,)))
        for each, intent in enumerate(list(Intent) * 300)
    ]
    queues = WorkQueues(5, 30)
    longest = []
    for _ in range(3):
        took = []
        for segment in segments:
            began = time.perf_counter()
            queues.put(work_item(segment), 0)
            queues.due(0)
            took.append(time.perf_counter() - began)
        took.sort()
        longest.append(took[int(0.99 * len(took))])
    assert min(longest) < 0.001
