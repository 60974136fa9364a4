import pytest

from services.analysis.analyses.flow import ANALYSIS, FlowAccumulator, FlowMeasures, SpeakerFlow
from services.analysis.segment import Segment

SECOND = 1_000_000_000


def measured(*segments: tuple[str, float, float, str]) -> FlowAccumulator:
    accumulator = FlowAccumulator()
    for text, start, end, speaker in segments:
        accumulator.accept(Segment.of(text, round(start * SECOND), round(end * SECOND), speaker, channel=1))
    return accumulator


def test_a_conversation_by_hand() -> None:
    accumulator = measured(
        ("how can I help", 0, 2, "agent"), ("I want to cancel", 3, 6, "customer"), ("why", 5, 7, "agent")
    )
    assert accumulator.amount == 9
    assert accumulator.measure() == FlowMeasures(
        speakers=(
            SpeakerFlow(
                speaker="agent",
                channel_tag=1,
                talk_time=4 * SECOND,
                share=pytest.approx(4 / 7),
                turns=2,
                mean_turn=2 * SECOND,
                interruptions=1,
                overlap=1 * SECOND,
                response_latency=None,
            ),
            SpeakerFlow(
                speaker="customer",
                channel_tag=1,
                talk_time=3 * SECOND,
                share=pytest.approx(3 / 7),
                turns=1,
                mean_turn=3 * SECOND,
                interruptions=0,
                overlap=1 * SECOND,
                response_latency=1 * SECOND,
            ),
        ),
        duration=7 * SECOND,
        speech=6 * SECOND,
        overlap=1 * SECOND,
        silence=1 * SECOND,
        turns=3,
        interruptions=1,
        turns_per_minute=pytest.approx(3 * 60 / 7),
    )


def test_who_is_not_named_is_unknown() -> None:
    assert [each.speaker for each in measured(("hello", 0, 1, "")).measure().speakers] == ["Unknown"]


def test_text_without_times_is_no_speech() -> None:
    accumulator = measured(("one two three four five six seven eight nine ten", 0, 0, "a"))
    assert ANALYSIS.shortage(accumulator.amount) == "0 of 10 words with times"


def test_coarse_says_who_spoke() -> None:
    coarse = measured(("hello there", 0, 1, "a"), ("hi", 1, 2, "b")).coarse()
    assert [each.speaker for each in coarse.speakers] == ["a", "b"]
    assert (coarse.turns, coarse.overlap, coarse.turns_per_minute) == (2, None, None)
