"""Analyses that crash, through the real core."""

from dataclasses import replace

import pytest

from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED, OUTCOME_TRUNCATED
from services.analysis import registry
from services.analysis.analyses import flow, quantitative
from services.analysis.analyses.quantitative import Quantitative, QuantitativeMeasures
from services.analysis.analysis import MeasuredAnalysis
from services.analysis.segment import Segment
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
