"""Everything that a context or a list of spans can have wrong is named; what people do say is let through."""

from __future__ import annotations

import math
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from gateway.context import find_context_violations, find_span_violations, read_spans
from gateway.speakers import Span
from rivermouth.analysis.v1.analysis_pb2 import SessionContext
from rivermouth.transcript.v1.transcript_pb2 import SpeakerSpan


def span(start: float = 0, end: float = 1, speaker: str = "anna", channel: int = 0) -> SpeakerSpan:
    return SpeakerSpan(
        start_offset=Duration(nanos=round(start * 1e9)) if -1 < start < 1 else Duration(seconds=int(start)),
        end_offset=Duration(seconds=int(end)),
        speaker=speaker,
        channel_tag=channel,
    )


def fields_of(**context: Any) -> list[str]:
    """Fields that are refused, each with what is wrong."""
    found = list(find_context_violations(SessionContext(**context), 2))
    assert all(each.description for each in found)
    return [each.field.removeprefix("context.") for each in found]


@pytest.mark.parametrize(
    ("context", "fields"),
    [
        ({"speaker_spans": [span(2, 1)]}, ["speaker_spans[0].end_offset"]),
        ({"speaker_spans": [span(-0.5, 1)]}, ["speaker_spans[0].start_offset"]),
        ({"speaker_spans": [span(-3, -2)]}, ["speaker_spans[0].start_offset", "speaker_spans[0].end_offset"]),
        ({"speaker_spans": [span(0, 8 * 86400)]}, ["speaker_spans[0].end_offset"]),
        (
            {"speaker_spans": [SpeakerSpan(end_offset=Duration(seconds=1, nanos=10**9), speaker="a")]},
            ["speaker_spans[0].end_offset"],
        ),
        ({"speaker_spans": [span(speaker="")]}, ["speaker_spans[0].speaker"]),
        ({"speaker_spans": [span(speaker="x" * 257)]}, ["speaker_spans[0].speaker"]),
        (
            {"speaker_spans": [span(channel=3), span(channel=-1)]},
            [f"speaker_spans[{n}].channel_tag" for n in (0, 1)],
        ),
        ({"speaker_spans": [span()] * 1001}, ["speaker_spans"]),
        ({"speaker_spans": [span(speaker=f"p{n}") for n in range(65)]}, ["speaker_spans"]),
        ({"dialogue_acts": ["question", "", "x" * 201]}, ["dialogue_acts[1]", "dialogue_acts[2]"]),
        ({"dialogue_acts": ["question"] * 201}, ["dialogue_acts"]),
        ({"sentiment_trend": [math.nan, 1.1, -1.1, math.inf]}, [f"sentiment_trend[{n}]" for n in range(4)]),
        ({"sentiment_trend": [0.0] * 1001}, ["sentiment_trend"]),
        (
            {"baseline_profile": {"words_per_minute": math.nan, "sentiment": -math.inf}},
            ["baseline_profile[sentiment]", "baseline_profile[words_per_minute]"],
        ),
        ({"baseline_profile": {"words_per_minute.mad": -1.0}}, ["baseline_profile[words_per_minute.mad]"]),
        ({"baseline_profile": {"": 1.0}}, ["baseline_profile[]"]),
        ({"baseline_profile": {"x" * 65: 1.0}}, [f"baseline_profile[{'x' * 64}]"]),
        ({"baseline_profile": {str(n): 1.0 for n in range(65)}}, ["baseline_profile"]),
        ({"earlier_summaries": ["x" * 4001]}, ["earlier_summaries[0]"]),
        ({"earlier_summaries": ["x"] * 21}, ["earlier_summaries"]),
    ],
)
def test_each_fault_is_named(context: dict[str, Any], fields: list[str]) -> None:
    assert fields_of(**context) == fields


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"speaker_spans": [span(0, 5, "anna"), span(3, 8, "ben", 2), span(3, 8, "ben", 1)]},  # both at once
        {"speaker_spans": [span(2, 2), span(0, 7 * 86400, "x" * 256)]},
        {"speaker_spans": [span()] * 1000},
        {"dialogue_acts": ["x" * 200] * 200},
        {"sentiment_trend": [-1.0, 1.0] * 500},
        {
            "baseline_profile": {
                "sentiment": -0.5,
                "words_per_minute.deviation": 0.0,
                "a measure to come": 1e9,
            }
        },
        {"earlier_summaries": ["x" * 4000] * 20},
    ],
)
def test_the_edges_of_what_is_allowed(context: dict[str, Any]) -> None:
    assert fields_of(**context) == []


def test_a_thousand_faults_make_a_short_answer() -> None:
    found = list(find_span_violations("spans", [span(2, 1, "")] * 1000, 2))
    assert len(found) == 21
    assert found[-1].field == "spans"
    assert found[-1].description.startswith("1980 more ")


def test_spans_as_the_session_keeps_them() -> None:
    assert read_spans([span(0.5, 2, "ben", 1)]) == [Span(500_000_000, 2_000_000_000, "ben", 1)]
