"""What models are told of what was measured."""

from google.protobuf.duration_pb2 import Duration

from rivermouth.analysis.v1.analysis_pb2 import (
    ConversationFlow,
    LabelCount,
    QuantitativeMetrics,
    SessionInsights,
    SpeakerFlow,
    Trend,
)
from services.analysis.llm.facts import facts_of


def test_numbers_with_their_names_and_units() -> None:
    flow = ConversationFlow(
        speakers=[SpeakerFlow(speaker="Anna", share=2 / 3, turns=4), SpeakerFlow(speaker="Ben", share=1 / 3)],
        silence=Duration(seconds=3, nanos=250_000_000),
        turns=7,
    )
    assert facts_of(flow).splitlines() == [
        "Measured:",
        "speakers.Anna.share: 0.6667",
        "speakers.Anna.turns: 4",
        "speakers.Ben.share: 0.3333",
        "silence: 3.2 s",
        "turns: 7",
    ]


def test_parts_labels_and_members_of_enumerations() -> None:
    insights = SessionInsights(
        results=3,
        hesitation_trend=Trend(mean=0.5, direction=Trend.DIRECTION_RISING),
        risks=[LabelCount(label=f"risk{number}", count=number) for number in range(1, 30)],
    )
    lines = facts_of(insights).splitlines()
    assert lines[1:5] == [
        "results: 3",
        "hesitation_trend.mean: 0.5",
        "hesitation_trend.direction: DIRECTION_RISING",
        "risks.risk1.count: 1",
    ]
    assert lines[-1] == "risks.risk10.count: 10"


def test_nothing_measured_is_nothing_told() -> None:
    assert facts_of(QuantitativeMetrics()) == ""
