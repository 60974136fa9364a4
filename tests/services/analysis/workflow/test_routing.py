"""Where work goes, in which order, and what is dropped."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.analyses import workflow
from services.analysis.segment import Intent, Meaning, Segment
from services.analysis.workflow.routing import (
    CAPACITY,
    QUEUES,
    Batch,
    Queue,
    QueueRule,
    WorkItem,
    WorkQueues,
    context_of,
    line_of,
    route,
    segment_of,
    work_item,
)
from services.text.context import Line


def taken(queues: WorkQueues, now: float, **how: bool) -> list[Batch]:
    """All that goes now."""
    batches = []
    while (batch := queues.take(now, **how)) is not None:
        batches.append(batch)
    return batches


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
    segment = Segment.of("is it?", 3, 5, "anna", segment_id="asr/1/7", revision=2, channel=1)
    asked = Segment.of(
        "is it?", 3, 5, segment_id="s", meaning=Meaning(intents=(Intent.QUESTION, Intent.GENERAL))
    )
    before = (Line(0, 1, "well"),)
    assert work_item(segment, before) == WorkItem(
        "work/asr/1/7", Queue.GENERAL, "is it?", "anna", 3, 5, Intent.GENERAL, "asr/1/7", 2, 1, before
    )
    assert (work_item(asked).queue, work_item(asked).speaker) == (Queue.QUESTION, "Unknown")
    again = segment_of(work_item(segment))
    assert (again.segment_id, again.revision, again.text) == ("asr/1/7", 2, "is it?")
    assert (again.start, again.end, again.speaker, again.channel) == (3, 5, "anna", 1)


def test_a_batch_s_context_is_what_was_said_before_and_between() -> None:
    before, between = Line(0, 1, "before"), Line(2, 3, "between")
    first = WorkItem("w/1", Queue.GENERAL, "one", "anna", 1, 2, Intent.GENERAL, "1", context=(before,))
    context = (before, line_of(first), between)
    second = WorkItem("w/2", Queue.GENERAL, "two", "anna", 3, 4, Intent.GENERAL, "2", context=context)
    assert context_of(Batch(Queue.GENERAL, (first, second))) == (before, between)


def test_questions_go_at_once_and_others_in_batches() -> None:
    queues = WorkQueues(batch_size=2, batch_seconds=10)
    question, first, second = item(Queue.QUESTION), item(Queue.GENERAL, 1), item(Queue.GENERAL, 2)
    queues.put(question, 0)
    assert taken(queues, 0) == [Batch(Queue.QUESTION, (question,))]
    queues.put(first, 0)
    assert taken(queues, 1) == []
    queues.put(second, 1)
    assert taken(queues, 1) == [Batch(Queue.GENERAL, (first, second))]
    assert taken(queues, 1, ended=True) == []


def test_a_question_goes_before_a_batch_that_waits_longer() -> None:
    queues = WorkQueues(batch_size=1, batch_seconds=10)
    queues.put(item(Queue.ACTION_ITEM), 0)
    queues.put(item(Queue.QUESTION), 5)
    assert taken(queues, 5, batched=False) == [Batch(Queue.QUESTION, (item(Queue.QUESTION),), since=5)]
    assert queues.take(5) == Batch(Queue.ACTION_ITEM, (item(Queue.ACTION_ITEM),))


def test_a_batch_goes_after_its_time() -> None:
    queues = WorkQueues(batch_size=5, batch_seconds=10)
    assert queues.next_due() is None
    queues.put(item(Queue.DECISION, 1), 3)
    queues.put(item(Queue.DECISION, 2), 5)
    assert queues.next_due() == 13
    assert queues.take(12.9) is None
    items = (item(Queue.DECISION, 1), item(Queue.DECISION, 2))
    assert taken(queues, 13) == [Batch(Queue.DECISION, items, since=3)]
    assert queues.next_due() is None


def test_what_is_left_goes_by_priority_in_batches_as_ever() -> None:
    queues = WorkQueues(batch_size=2, batch_seconds=10)
    for queue in (Queue.GENERAL, Queue.DECISION, Queue.ACTION_ITEM):
        for number in range(3):
            queues.put(item(queue, number), 0)
    batches = taken(queues, 0, ended=True)
    order = [Queue.ACTION_ITEM, Queue.DECISION, Queue.GENERAL]
    assert [batch.queue for batch in batches] == [queue for queue in order for _ in range(2)]
    assert [len(batch.items) for batch in batches] == [2, 1] * 3


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
            batches = taken(queues, now)
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
    gone += [each for batch in taken(queues, now, ended=True) for each in batch.items]
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
            taken(queues, 0)
            took.append(time.perf_counter() - began)
        took.sort()
        longest.append(took[int(0.99 * len(took))])
    assert min(longest) < 0.001


def test_no_batch_is_so_large_that_its_items_are_dropped_while_they_wait_for_it() -> None:
    largest = workflow.ANALYSIS.options[workflow.BATCH_SEGMENTS].most
    queues = WorkQueues(largest, 3600.0)
    batched = [queue for queue, rule in QUEUES.items() if rule.is_batched]
    for number in range(largest - 1):
        for queue in batched:
            assert queues.put(item(queue, number), 0.0) == []
    assert queues.take(0.0) is None
    for queue in batched:
        assert queues.put(item(queue, largest), 0.0) == []
        batch = queues.take(0.0)
        assert batch is not None
        assert (batch.queue, len(batch.items)) == (queue, largest)
