"""Results by turn: of the segments that a turn names, whichever comes first."""

import pytest

from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_TRUNCATED,
)
from tests.services.analysis.streams import asked, bodies, check, config, segment, turn

NAME = "quantitative_metrics"
TURN = asked(NAME, "turn")


def analyses(responses):
    return bodies(responses, "analysis")


async def test_each_turn_has_a_result_of_its_segments(run_core) -> None:
    requests = [
        config(TURN),
        segment("one two", 1),
        segment("three", 2),
        turn(1, "asr/1/1", "asr/1/2"),
        segment("four", 3, channel=2),
        turn(2, "asr/2/3", channel=2),
    ]
    responses = await run_core(requests)
    check(responses)
    finals = analyses(responses)[1::2]
    assert [each.header.result_id for each in finals] == ["analysis/1/1", "analysis/2/1"]
    assert [each.local.quantitative_metrics.words for each in finals] == [3, 1]
    assert [list(each.header.evidence.result_ids) for each in finals] == [
        ["semantics/1/turn-1"],
        ["semantics/2/turn-2"],
    ]
    assert [ref.segment_id for ref in finals[0].header.evidence.segments] == ["asr/1/1", "asr/1/2"]


async def test_a_turn_waits_for_segments_that_come_a_little_later(run_core) -> None:
    requests = [config(TURN), segment("one", 1), turn(1, "asr/1/1", "asr/1/2"), segment("two three", 2)]
    final = analyses(await run_core(requests))[-1]
    assert (final.local.quantitative_metrics.words, final.header.outcome) == (3, OUTCOME_COMPLETE)


@pytest.mark.parametrize(
    ("known", "outcome"), [([segment("one", 1)], OUTCOME_TRUNCATED), ([segment("one", 9)], OUTCOME_FAILED)]
)
async def test_a_turn_whose_segments_never_come_says_so(run_core, known, outcome: int) -> None:
    responses = await run_core([config(TURN), *known, turn(1, "asr/1/1", "asr/1/2")])
    check(responses)
    final = analyses(responses)[-1]
    assert (final.header.outcome, final.header.failure.reason) == (outcome, "SEGMENTS_MISSING")
    assert list(final.header.evidence.missing) == ["segments"]


async def test_turns_do_not_wait_without_bound(run_core) -> None:
    turns = [turn(ordinal, f"lost/{ordinal}") for ordinal in range(20)]
    responses = await run_core([config(TURN), *turns, segment("", segment_id="")])
    before_the_end = analyses(responses[: [each.HasField("failure") for each in responses].index(True)])
    assert len(before_the_end) == 2 * 4
    check(responses)
