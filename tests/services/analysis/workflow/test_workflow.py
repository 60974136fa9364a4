"""Routing through the core: every segment is routed, every work item has one result."""

import asyncio

import pytest

from rivermouth.result.v1.result_pb2 import OUTCOME_FAILED, OUTCOME_SKIPPED, StreamIdentity
from rivermouth.semantics.v1.semantics_pb2 import INTENT_CLARIFICATION, INTENT_GENERAL
from services.analysis.llm.asking import Asking
from services.analysis.llm.egress import Egress
from services.analysis.messages import AnalysisConfig, read_segment
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.analysis.workflow.routing import CAPACITY, QUEUES, Queue
from services.analysis.workflow.workflow_run import WorkflowRun
from services.llm.llm import Llm
from services.runtime.results import ResultOrigin
from tests.services.analysis.streams import UPSTREAM, asked, bodies, check, config, offset, segment

WORKFLOW = asked("workflow", batch_segments=2)


async def test_questions_are_answered_at_once_and_others_in_batches(run_core) -> None:
    requests = [
        config(WORKFLOW),
        segment("we take it", 1, "decision"),
        segment("pardon", 2, "clarification", speaker="anna"),
        segment("I will", 3, "commitment"),
        segment("yes", 4, "agreement"),
        segment("well", 5, is_annotated=False),
    ]
    responses = await run_core(requests)
    check(responses)
    said = [(each.WhichOneof("result"), getattr(each, each.WhichOneof("result")).queue) for each in responses]
    assert said == [
        ("workflow_routed", "DECISION"),
        ("workflow_routed", "QUESTION"),
        ("workflow_result", "QUESTION"),
        ("workflow_routed", "ACTION_ITEM"),
        ("workflow_routed", "DECISION"),
        ("workflow_result", "DECISION"),
        ("workflow_routed", "GENERAL"),
        ("workflow_result", "ACTION_ITEM"),
        ("workflow_result", "GENERAL"),
    ]
    results = bodies(responses, "workflow_result")
    assert [list(each.work_ids) for each in results] == [
        ["work/asr/1/2"],
        ["work/asr/1/1", "work/asr/1/4"],
        ["work/asr/1/3"],
        ["work/asr/1/5"],
    ]
    for each in results:
        assert each.work_id == each.work_ids[0]
        assert (each.header.outcome, each.header.failure.reason) == (OUTCOME_SKIPPED, "LLM_NOT_CONFIGURED")
        assert [f"work/{ref.segment_id}" for ref in each.header.evidence.segments] == list(each.work_ids)


async def test_a_routed_segment_carries_all_that_is_to_be_worked_on(run_core) -> None:
    requests = [config(WORKFLOW), segment("what?", 2, "clarification", speaker="anna"), segment("so", 3)]
    first, second = bodies(await run_core(requests), "workflow_routed")
    assert (first.work_id, first.segment_id, first.text) == ("work/asr/1/2", "asr/1/2", "what?")
    assert (first.speaker, first.intent, first.priority) == ("anna", INTENT_CLARIFICATION, 1)
    assert (first.start_offset, first.end_offset) == (offset(2), offset(3))
    assert (second.speaker, second.intent, second.priority) == ("Unknown", INTENT_GENERAL, 4)


async def test_what_waits_is_sent_after_its_time_though_nothing_comes() -> None:
    """A batch of two that no second item joins is due after a second."""
    sent, arrived = [], asyncio.Event()

    async def requests():
        yield config(asked("workflow", batch_segments=2, batch_seconds=1))
        yield segment("we take it", 1, "decision")
        async with asyncio.timeout(10):
            await arrived.wait()

    async def send(response) -> None:
        sent.append(response)
        if response.HasField("workflow_result"):
            arrived.set()

    async with AnalysisCore(AnalysisSettings()) as core:
        await core.run(requests(), send)
    assert [each.WhichOneof("result") for each in sent] == ["workflow_routed", "workflow_result"]


async def test_the_end_of_the_transcript_ends_what_waits(run_core) -> None:
    responses = await run_core([config(WORKFLOW), segment("yes", 1, "agreement"), UPSTREAM])
    check(responses)
    waiting, upstream = bodies(responses, "workflow_result")
    assert list(waiting.work_ids) == ["work/asr/1/1"]
    assert (upstream.header.outcome, upstream.header.failure.reason) == (
        OUTCOME_FAILED,
        "TRANSCRIPTION_UNAVAILABLE",
    )
    assert upstream.header.failure.metadata["cause"] == "AT_CAPACITY"


async def test_what_an_earlier_incarnation_has_worked_on_is_left_alone(run_core) -> None:
    requests = [
        config(WORKFLOW, identity=StreamIdentity(incarnation=1)),
        segment("what?", 1, "question", replayed=True),
        segment("yes", 2, "agreement", replayed=True),
        segment("no", 3, "decision"),
    ]
    responses = await run_core(requests)
    check(responses)
    assert [each.work_id for each in bodies(responses, "workflow_routed")] == ["work/asr/1/3"]
    (result,) = bodies(responses, "workflow_result")
    assert list(result.work_ids) == ["work/asr/1/3"]
    assert result.header.result_id == "analysis~1/0/1"


async def messages_of(run: WorkflowRun, ordinal: int, intent: str):
    request = segment("text", ordinal, intent)
    read = read_segment(request.segment, AnalysisConfig(StreamIdentity(), ()))
    return [message async for message in run.accept(read)]


async def test_past_the_bounds_the_lowest_priority_is_skipped_and_told() -> None:
    ordinals = iter(range(10_000))
    origin = ResultOrigin(StreamIdentity(), "analysis", "local")
    settings = AnalysisSettings()
    async with Llm(settings.llm, {}) as llm:
        asking = Asking(llm, Egress(), session="", tenant="", order=(), settings=settings)
        run = WorkflowRun(
            1000, 1000, lambda channel: origin.open(channel, next(ordinals)), asking, clock=lambda: 0.0
        )
        await fill_up(run)


async def fill_up(run: WorkflowRun) -> None:
    bounds = {queue: rule.bound for queue, rule in QUEUES.items()}
    for ordinal in range(bounds[Queue.GENERAL]):
        assert len(await messages_of(run, ordinal, "general")) == 1
    _, dropped = await messages_of(run, 1000, "general")
    assert (dropped.header.outcome, dropped.header.failure.reason) == (OUTCOME_SKIPPED, "BACKPRESSURE")
    assert (dropped.work_id, dropped.queue) == ("work/asr/1/0", "GENERAL")
    assert dropped.header.failure.metadata["dropped"] == "1"
    more = [await messages_of(run, 2000 + each, "decision") for each in range(bounds[Queue.DECISION])]
    assert {len(each) for each in more} == {1}
    room = CAPACITY - bounds[Queue.GENERAL] - bounds[Queue.DECISION]
    told = [await messages_of(run, 3000 + each, "action_item") for each in range(room + 1)]
    assert [len(each) for each in told] == [1] * room + [2]
    assert told[-1][1].queue == "GENERAL"


@pytest.mark.parametrize("engine", ["local", "scripted"])
async def test_both_engines_route(run_core, engine: str) -> None:
    responses = await run_core([config(WORKFLOW), segment("what?", 1, "question")], engine=engine)
    assert [each.WhichOneof("result") for each in responses] == ["workflow_routed", "workflow_result"]
