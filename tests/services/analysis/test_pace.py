"""Analyses that take their time, and texts that do: the reader goes on."""

import asyncio

import pytest

from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    PHASE_COARSE,
    PHASE_FINAL,
    PHASE_REFINE,
)
from services.analysis.registry import ANALYSES
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from tests.services.analysis.streams import UPSTREAM, asked, bodies, check, config, segment, turn

NAME = "quantitative_metrics"
SESSION = asked(NAME, "session")
SEGMENT = asked(NAME, "segment")
ALL = [asked(name) for name in ANALYSES]


def analyses(responses):
    return bodies(responses, "analysis")


async def test_the_scripted_twin_counts_segments(run_core) -> None:
    requests = [config(SESSION), segment("hello"), segment("", 2)]
    responses = await run_core(requests, engine="scripted")
    check(responses)
    assert [each.local.quantitative_metrics.words for each in analyses(responses)] == [10, 20, 20]
    assert {each.header.source.model for each in analyses(responses)} == {"scripted"}


async def test_the_scripted_twin_takes_its_time_for_each(run_core) -> None:
    requests = [config(SEGMENT), segment("a"), segment("b", 2)]
    responses = await run_core(requests, engine="scripted", scripted_delay=0.05)
    check(responses)
    assert responses[-1].latency.queue.ToNanoseconds() >= 50_000_000


async def test_past_the_bound_segments_are_skipped_and_the_reader_goes_on(run_core) -> None:
    requests = [config(SEGMENT, SESSION), *[segment("hello", ordinal) for ordinal in range(1, 6)]]
    slow = {"engine": "scripted", "scripted_delay": 0.02, "max_pending": 3}
    responses = await run_core(requests, **slow)
    check(responses)
    found = analyses(responses)
    skipped = [each for each in found if each.header.outcome == OUTCOME_SKIPPED]
    assert found[:2] == skipped
    assert [each.header.evidence.segments[0].segment_id for each in skipped] == ["asr/1/4", "asr/1/5"]
    assert {each.header.failure.reason for each in skipped} == {"BACKPRESSURE"}
    (session,) = [each for each in found if each.header.outcome == OUTCOME_TRUNCATED]
    assert session.header.failure.reason == "BACKPRESSURE"
    assert list(session.header.evidence.missing) == ["segments"]
    assert session.local.quantitative_metrics.segments == 3


async def test_more_turns_than_anybody_speaks_in_are_refused(run_core) -> None:
    turns = [turn(ordinal, f"asr/1/{ordinal}") for ordinal in range(1, 1_101)]
    requests = [config(asked(NAME, "turn")), *turns]
    responses = await run_core(requests, engine="scripted", scripted_delay=0.01, max_pending=5)
    check(responses)
    refused = bodies(responses, "failure")
    assert {each.reason for each in refused} == {"BACKPRESSURE"}
    assert len({each.header.result_id for each in analyses(responses)}) + len(refused) == len(turns)
    assert 80 <= len(refused) <= 100


async def test_the_failure_upstream_waits_for_what_was_taken_before(run_core) -> None:
    requests = [config(SESSION), segment("a"), segment("b", 2), UPSTREAM]
    responses = await run_core(requests, engine="scripted", scripted_delay=0.01)
    check(responses)
    assert [each.header.phase for each in analyses(responses)] == [PHASE_COARSE, PHASE_REFINE, PHASE_FINAL]


async def test_local_analyses_are_never_behind(run_core) -> None:
    requests = [config(SEGMENT), *[segment("hello", ordinal) for ordinal in range(1, 300)]]
    found = analyses(await run_core(requests, max_pending=1))
    assert {each.header.outcome for each in found if not each.header.partial} == {OUTCOME_COMPLETE}
    assert len(found) == 2 * 299


async def test_very_long_texts_leave_the_loop_free(run_core) -> None:
    """The reader of another stream is served while a hundred thousand words are counted."""
    responses, ticks = [], 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    try:
        text = "so what is it about you know. " * 14_300
        responses = await run_core([config(*ALL), segment(text, 1, length=60.0)])
    finally:
        ticking.cancel()
    check(responses)
    assert [e for e in analyses(responses) if e.name == NAME][-1].local.quantitative_metrics.words == 100_100
    assert ticks > 20


@pytest.mark.parametrize("delay", [0.0, 30.0])
async def test_a_cancelled_stream_leaves_no_task(delay: float) -> None:
    arrived = asyncio.Event()

    async def requests():
        yield config(SESSION, asked("workflow"))
        yield segment("hello")
        arrived.set()
        await asyncio.Event().wait()

    async def send(response) -> None:
        pass

    before = asyncio.all_tasks()
    async with AnalysisCore(AnalysisSettings(engine="scripted", scripted_delay=delay)) as core:
        running = asyncio.create_task(core.run(requests(), send))
        await arrived.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert asyncio.all_tasks() == before
