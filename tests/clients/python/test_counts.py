"""What models did is counted from last messages, and compared with the summary."""

from __future__ import annotations

import pytest

from rivermouth.analysis.v1.analysis_pb2 import Analysis, LlmPart, Summary, WorkflowResult
from rivermouth.client.counts import Tally
from rivermouth.client.events import Event
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, PHASE_FINAL, PHASE_REFINE, ResultHeader, Source
from rivermouth.session.v1.events_pb2 import ServiceCounts, SessionSummary
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse

SOURCE = Source(service="analysis")
REFINE = ResultHeader(result_id="a", revision=1, phase=PHASE_REFINE, source=SOURCE)
FINAL = ResultHeader(result_id="a", revision=2, phase=PHASE_FINAL, outcome=OUTCOME_COMPLETE, source=SOURCE)


def tallied() -> Tally:
    """A message on the way, and three last ones."""
    tally = Tally()
    for response in (
        StreamingAnalyzeResponse(analysis=Analysis(header=REFINE, llm=LlmPart(calls=1, input_tokens=90))),
        StreamingAnalyzeResponse(
            analysis=Analysis(header=FINAL, llm=LlmPart(calls=2, input_tokens=100, output_tokens=9))
        ),
        StreamingAnalyzeResponse(summary=Summary(header=FINAL, llm=LlmPart(calls=1, output_tokens=1))),
        StreamingAnalyzeResponse(workflow_result=WorkflowResult(header=FINAL)),
    ):
        tally.add(Event.of(response))
    return tally


def summary(**usage: int) -> SessionSummary:
    return SessionSummary(
        events={"analysis": 2, "summary": 1, "workflow_result": 1},
        services=[ServiceCounts(service="analysis", refine=1, final=3)],
        **{"llm_calls": 3, "llm_input_tokens": 100, "llm_output_tokens": 10, **usage},
    )


def test_usage_is_the_sum_over_last_messages() -> None:
    assert tallied().differences(summary(), missing=0, filtered=False) == []


@pytest.mark.parametrize("column", ["llm_calls", "llm_input_tokens", "llm_output_tokens"])
def test_another_usage_is_found(column: str) -> None:
    (difference,) = tallied().differences(summary(**{column: 1_000}), missing=0, filtered=False)
    assert difference.startswith(f"{column}: ")
    assert difference.endswith("1000 in the summary")
