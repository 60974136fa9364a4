"""Analyses that crash, and analyses of many chunks, through the real core."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED, OUTCOME_TRUNCATED
from services.analysis import flow, quantitative, registry
from services.analysis.analysis import Accumulator, MeasuredAnalysis, Measures
from services.analysis.quantitative import Quantitative, QuantitativeMeasures
from services.analysis.segment import Segment
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from tests.services.analysis.streams import asked, bodies, check, config, reasons_of, segment, turn

NAME = quantitative.NAME
OTHER = asked(flow.NAME)
TEN = "one two three four five six seven eight nine ten"


class Fragile(Quantitative):
    """Crashes on segments with "boom", and measuring as long as there are 13 words."""

    def accept(self, segment: Segment) -> None:
        if "boom" in segment.words:
            raise ZeroDivisionError("boom")
        super().accept(segment)

    def measure(self) -> QuantitativeMeasures:
        if self.amount == 13:
            raise KeyError("thirteen")
        return super().measure()


class Chunked(Accumulator):
    """Counts segments one by one, and waits for `go` before each chunk but the first."""

    go: asyncio.Event
    crash_after: int | None

    def __init__(self) -> None:
        self._count = 0

    @property
    def amount(self) -> int:
        return self._count

    def accept(self, segment: Segment) -> None:
        self._count += 1

    def measure(self) -> Measures:
        return QuantitativeMeasures(0, 0, self._count)

    async def chunks(self) -> AsyncIterator[Measures]:
        for words in range(1, self._count + 1):
            if words > 1:
                await self.go.wait()
            if self.crash_after is not None and words > self.crash_after:
                raise ConnectionError("the model is gone")
            yield QuantitativeMeasures(words, 1, self._count)


@pytest.fixture
def analysis(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Chunked]]:
    """Registers another accumulator under the name of quantitative_metrics."""

    class Own(Chunked):
        go = asyncio.Event()
        crash_after = None

    many = replace(quantitative.ANALYSIS, start=Own, has_chunks=True, early=0)
    monkeypatch.setitem(registry.ANALYSES, NAME, many)
    Own.go.set()
    return Own


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> MeasuredAnalysis:
    found = replace(quantitative.ANALYSIS, start=Fragile, early=0)
    monkeypatch.setitem(registry.ANALYSES, NAME, found)
    return found


@pytest.mark.usefixtures("fragile")
async def test_a_segment_that_crashes_fails_with_its_reason_and_the_next_one_works(run_core) -> None:
    requests = [config(asked(NAME, "segment"), OTHER), segment("well boom", 1), segment(f"it works {TEN}", 2)]
    responses = await run_core(requests)
    check(responses)
    crashed, works = [e for e in bodies(responses, "analysis") if e.name == NAME and not e.header.partial]
    assert crashed.header.outcome == OUTCOME_FAILED
    assert crashed.header.failure.reason == "ANALYSIS_CRASHED"
    assert dict(crashed.header.failure.metadata) == {"segment_id": "asr/1/1"}
    assert "ZeroDivisionError" in crashed.header.failure.message
    assert (works.header.outcome, works.local.quantitative_metrics.words) == (OUTCOME_COMPLETE, 12)
    (other,) = [e for e in bodies(responses, "analysis") if e.name == flow.NAME and not e.header.partial]
    assert other.header.outcome == OUTCOME_COMPLETE  # nobody else notices
    assert len(other.header.evidence.segments) == 2


@pytest.mark.usefixtures("fragile")
@pytest.mark.parametrize("trigger", ["session", "turn"])
async def test_a_longer_result_goes_on_without_that_segment_and_says_so(run_core, trigger: str) -> None:
    requests = [config(asked(NAME, trigger)), segment("one two", 1), segment("boom", 2), segment("three", 3)]
    responses = await run_core([*requests, turn(1, "asr/1/1", "asr/1/2", "asr/1/3")])
    check(responses)
    final = bodies(responses, "analysis")[-1]
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_TRUNCATED, "ANALYSIS_CRASHED")
    assert final.local.quantitative_metrics.words == 3
    assert [each.segment_id for each in final.header.evidence.segments] == ["asr/1/1", "asr/1/3"]
    assert list(final.header.evidence.missing) == ["segments"]
    assert "ANALYSIS_CRASHED" in reasons_of(final.errors)


@pytest.mark.usefixtures("fragile")
async def test_a_refined_message_that_crashes_is_empty_and_the_next_one_is_not(run_core) -> None:
    requests = [
        config(asked(NAME)),
        segment("one", 1),
        segment("a b c d e f g h i j k l", 2),
        segment("end", 3),
    ]
    responses = await run_core(requests)
    check(responses)
    found = bodies(responses, "analysis")
    assert [each.local.quantitative_metrics.words for each in found] == [1, 0, 14, 14]
    assert [reasons_of(each.errors) for each in found] == [
        [],
        ["ANALYSIS_CRASHED"],
        [],
        ["LLM_NOT_CONFIGURED"],
    ]
    assert found[-1].header.outcome == OUTCOME_COMPLETE


@pytest.mark.usefixtures("fragile")
async def test_a_crash_at_the_end_is_a_failed_result(run_core) -> None:
    responses = await run_core([config(asked(NAME)), segment("a b c d e f g h i j k l m", 1)])
    check(responses)
    final = bodies(responses, "analysis")[-1]
    assert (final.header.outcome, final.header.failure.reason) == (OUTCOME_FAILED, "ANALYSIS_CRASHED")


@pytest.mark.usefixtures("analysis")
async def test_many_chunks_are_refined_one_by_one_and_the_last_is_whole(run_core) -> None:
    requests = [config(asked(NAME, "session")), *[segment("a", each) for each in (1, 2, 3)]]
    responses = await run_core(requests)
    check(responses)
    words = [each.local.quantitative_metrics.words for each in bodies(responses, "analysis")]
    assert words == [0, 0, 0, 1, 2, 3, 3]


async def test_a_chunk_is_sent_when_it_is_complete_and_holds_up_nobody(analysis: type[Chunked]) -> None:
    analysis.go = asyncio.Event()
    sent, first_chunk, others_done = [], asyncio.Event(), asyncio.Event()

    async def requests():
        yield config(asked(NAME), OTHER)
        yield segment(TEN, 1)
        yield segment(TEN, 2)

    async def send(response) -> None:
        sent.append(response.analysis)
        if response.analysis.local.quantitative_metrics.words == 1:
            first_chunk.set()
        if response.analysis.name == flow.NAME and not response.analysis.header.partial:
            others_done.set()

    async with AnalysisCore(AnalysisSettings()) as core, asyncio.TaskGroup() as tasks, asyncio.timeout(10):
        tasks.create_task(core.run(requests(), send))
        await first_chunk.wait()
        await others_done.wait()
        assert not any(each.name == NAME and not each.header.partial for each in sent)
        analysis.go.set()
    words = [each.local.quantitative_metrics.words for each in sent if each.name == NAME]
    assert words == [0, 0, 1, 2, 2]


@pytest.mark.parametrize(("after", "outcome"), [(2, OUTCOME_TRUNCATED), (0, OUTCOME_FAILED)])
async def test_chunks_that_break_off_leave_what_is_complete(
    run_core, analysis, after: int, outcome: int
) -> None:
    analysis.crash_after = after
    responses = await run_core([config(asked(NAME)), *[segment("a", each) for each in (1, 2, 3)]])
    check(responses)
    final = bodies(responses, "analysis")[-1]
    assert (final.header.outcome, final.header.failure.reason) == (outcome, "ANALYSIS_CRASHED")
    assert final.local.quantitative_metrics.words == after
