"""The ledger refuses what breaks a result's rules, and counts what it admits."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ledger import COARSE, COMPLETE, FAILED, FINAL, REFINE, SKIPPED, TRUNCATED, Ledger, Result
from rivermouth.analysis.v1.analysis_pb2 import Analysis, LlmPart

S = 1_000_000_000


def result(
    result_id: str = "asr/1/1",
    revision: int = 1,
    phase: int = COARSE,
    outcome: int = 0,
    kind: str = "transcript",
    stage: str = "asr",
    channel: int = 1,
    start: int | None = None,
    end: int | None = None,
) -> Result:
    return Result(
        kind, stage, stage, result_id, revision, phase, outcome, channel, end, None, result_id, start=start
    )


@pytest.mark.parametrize(
    ("before", "bad", "problem"),
    [
        ([], result(""), "no phase or no result_id"),
        ([], result(phase=0), "no phase or no result_id"),
        ([], result(phase=7), "no phase or no result_id"),
        ([], result(phase=FINAL), "outcome"),
        ([], result(outcome=COMPLETE), "outcome"),
        ([result()], result(), "revision 1 does not follow 1"),
        ([result(revision=5)], result(revision=4), "revision 4 does not follow 5"),
        ([result(phase=REFINE)], result(revision=2), "goes back"),
        ([result(phase=FINAL, outcome=COMPLETE)], result(revision=2), "after the terminal"),
        ([result(phase=FINAL, outcome=FAILED)], result(revision=2, phase=FINAL, outcome=1), "after the term"),
        ([result()], result(revision=2, stage="mine"), "of asr"),
        ([result()], result(revision=2, kind="semantic"), "of a transcript"),
    ],
)
def test_what_breaks_the_rules_is_refused(before: list[Result], bad: Result, problem: str) -> None:
    ledger = Ledger()
    for each in before:
        assert ledger.admit(each) is None
    counted = (ledger.segments_partial, ledger.segments_final, repr(ledger.services))
    assert problem in str(ledger.admit(bad))
    assert (ledger.segments_partial, ledger.segments_final, repr(ledger.services)) == counted


def final(
    number: int, start: int | None, end: int | None, channel: int = 1, outcome: int = COMPLETE
) -> Result:
    return result(f"asr/{channel}/{number}", 1, FINAL, outcome, channel=channel, start=start, end=end)


@pytest.mark.parametrize(
    ("again", "admitted"),
    [
        (final(2, 5 * S, 6 * S), True),
        (final(2, 5 * S, 5 * S), True),
        (final(2, 4 * S, 6 * S), True),  # the pre-roll of a recogniser that was started anew
        (final(2, 4 * S - 1, 6 * S), False),
        (final(2, 3 * S, 5 * S), False),
        (final(2, 4 * S, 5 * S), False),
        (final(2, 0, 2 * S), False),
        (final(2, 0, 2 * S, channel=2), True),
        (final(2, None, None), True),
        (final(2, 0, 2 * S, outcome=FAILED), True),  # says nothing, so says nothing twice
    ],
)
def test_a_channel_says_nothing_twice(again: Result, admitted: bool) -> None:
    ledger = Ledger()
    assert ledger.admit(final(1, 2 * S, 5 * S)) is None
    assert (ledger.admit(again) is None) is admitted


def test_counts_by_phase_and_outcome() -> None:
    ledger = Ledger()
    for number, outcome in enumerate((COMPLETE, FAILED, SKIPPED, TRUNCATED)):
        ledger.admit(result(f"a/{number}", 1, COARSE))
        ledger.admit(result(f"a/{number}", 2, REFINE))
        ledger.admit(result(f"a/{number}", 3, FINAL, outcome))
    counts = ledger.counts("asr")
    assert (counts.coarse, counts.refine, counts.final) == (4, 4, 4)
    assert (counts.failed, counts.skipped, counts.truncated) == (1, 1, 1)
    assert (ledger.segments_partial, ledger.segments_final) == (8, 4)


def test_open_results_are_the_last_messages_of_one_stage_oldest_first() -> None:
    ledger = Ledger()
    for each in (result("a"), result("b", stage="mine"), result("c"), result("a", 2, REFINE)):
        ledger.admit(each)
    assert [(each.result_id, each.revision) for each in ledger.open_results("asr")] == [("a", 2), ("c", 1)]
    ledger.admit(result("a", 3, FINAL, COMPLETE))
    assert [each.result_id for each in ledger.open_results("asr")] == ["c"]


messages = st.builds(
    result,
    result_id=st.sampled_from(["a", "b", "c"]),
    revision=st.integers(-1, 6),
    phase=st.integers(0, 4),
    outcome=st.integers(0, 4),
    kind=st.sampled_from(["transcript", "semantic"]),
    stage=st.sampled_from(["asr", "mine"]),
)


@given(st.lists(messages, max_size=60))
def test_whatever_comes_what_is_admitted_keeps_the_rules(sent: list[Result]) -> None:
    ledger = Ledger()
    last: dict[str, Result] = {}
    finals: Counter[str] = Counter()
    admitted = [each for each in sent if ledger.admit(each) is None]
    for each in admitted:
        before = last.get(each.result_id)
        if before is not None:
            assert not before.final
            assert each.revision > before.revision
            assert each.phase >= before.phase
            assert (each.stage, each.kind) == (before.stage, before.kind)
        assert each.final == (each.outcome != 0)
        last[each.result_id] = each
        finals[each.result_id] += each.final
    assert all(count <= 1 for count in finals.values())
    counted = sum(c.coarse + c.refine + c.final for c in ledger.services.values())
    assert counted == len(admitted)
    still_open = {each.result_id for stage in ("asr", "mine") for each in ledger.open_results(stage)}
    assert still_open == {name for name, each in last.items() if not each.final}


def test_what_models_did_is_the_sum_over_last_messages() -> None:
    ledger = Ledger()
    counts = [(3, 100, 7), (0, 0, 0), (1, 20, 5)]
    for number, (calls, read, written) in enumerate(counts):
        part = LlmPart(calls=calls, input_tokens=read, output_tokens=written)
        for revision, phase in enumerate((COARSE, REFINE, FINAL), start=1):
            told = result(f"analysis/0/{number}", revision, phase, COMPLETE * (phase == FINAL), "analysis")
            told.body = Analysis(llm=part)  # also the messages before say what it came to so far
            assert ledger.admit(told) is None
    assert (ledger.usage.calls, ledger.usage.input_tokens, ledger.usage.output_tokens) == (4, 120, 12)
    refused = result("analysis/0/0", 9, FINAL, COMPLETE, "analysis")
    refused.body = Analysis(llm=LlmPart(calls=50))
    assert ledger.admit(refused) is not None
    assert ledger.usage.calls == 4
