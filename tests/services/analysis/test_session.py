"""The core: which results a stream gets, from segments, turns, and what goes wrong."""

from collections import defaultdict
from itertools import pairwise

import pytest

from rivermouth.analysis.v1.analysis_pb2 import SessionContext, StreamingAnalyzeRequest
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    PHASE_COARSE,
    PHASE_FINAL,
    PHASE_REFINE,
)
from services.analysis.registry import ANALYSES
from services.runtime.config import ConfigError
from tests.services.analysis.streams import UPSTREAM, asked, bodies, check, config, reasons_of, segment, turn

NAME = "quantitative_metrics"
SESSION, SEGMENT, TURN = (asked(NAME, trigger) for trigger in ("session", "segment", "turn"))
TEN = "one two three four five six seven eight nine ten"
ALL = [asked(name) for name in ANALYSES]


def analyses(responses):
    return bodies(responses, "analysis")


async def test_a_session_has_one_result_with_measures_from_thirty_words_on(run_core) -> None:
    requests = [config(SESSION), *[segment(f"um {TEN}", ordinal) for ordinal in range(1, 5)]]
    responses = await run_core(requests)
    check(responses)
    found = analyses(responses)
    assert {each.header.result_id for each in found} == {"analysis/0/1"}
    assert [each.header.phase for each in found] == [PHASE_COARSE, *[PHASE_REFINE] * 3, PHASE_FINAL]
    assert [each.local.waiting_for for each in found] == [
        "waiting for data: 11 of 30 words",
        "waiting for data: 22 of 30 words",
        "",
        "",
        "",
    ]
    assert [each.local.quantitative_metrics.words for each in found] == [0, 0, 33, 44, 44]
    final = found[-1]
    assert final.local.quantitative_metrics.hesitations == 4
    assert final.header.outcome == OUTCOME_COMPLETE
    assert [len(each.header.evidence.segments) for each in found] == [1, 2, 3, 4, 4]
    assert final.header.evidence.segments[2].segment_id == "asr/1/3"
    assert final.header.evidence.segments[2].revision == 4


async def test_at_the_end_one_word_is_enough(run_core) -> None:
    responses = await run_core([config(SESSION), segment("hello")])
    check(responses)
    coarse, final = analyses(responses)
    assert (coarse.local.waiting_for, final.local.waiting_for) == ("waiting for data: 1 of 30 words", "")
    assert final.local.quantitative_metrics.words == 1
    assert final.header.outcome == OUTCOME_COMPLETE


async def test_defaults_are_what_no_configuration_asks_for(run_core) -> None:
    responses = await run_core([config(), segment(TEN), segment("again", 2)])
    check(responses)
    assert {each.name for each in analyses(responses)} == {NAME, "conversation_flow"}
    assert bodies(responses, "summary")[-1].segments == 2


async def test_long_sessions_are_refined_ever_more_rarely(run_core) -> None:
    requests = [config(SESSION), *[segment(TEN, ordinal) for ordinal in range(1, 501)]]
    found = analyses(await run_core(requests))
    counts = [each.local.quantitative_metrics.segments for each in found]
    assert counts[:50] == [0, 0, *range(3, 51)]
    assert 50 < len(counts) < 200
    assert counts[-1] == 500
    assert all(later - earlier <= 1 + earlier // 50 for earlier, later in pairwise(counts[2:]))


async def test_each_segment_has_a_result_of_its_own(run_core) -> None:
    requests = [
        config(SEGMENT),
        segment("one two", 1),
        segment("three", 1, channel=2, is_annotated=False),
        segment("four", 2),
    ]
    responses = await run_core(requests)
    check(responses)
    found = analyses(responses)
    ids = [each.header.result_id for each in found]
    assert ids == [each for each in ("analysis/1/1", "analysis/2/1", "analysis/1/2") for _ in range(2)]
    assert [each.header.phase for each in found] == [PHASE_COARSE, PHASE_FINAL] * 3
    assert [each.local.quantitative_metrics.words for each in found] == [2, 2, 1, 1, 1, 1]
    evidence = [[ref.segment_id for ref in each.header.evidence.segments] for each in found]
    assert evidence[1::2] == [["asr/1/1"], ["asr/2/1"], ["asr/1/2"]]
    assert [list(each.header.evidence.missing) for each in found[1::2]] == [[], ["semantics"], []]


async def test_triggers_at_once_share_no_ids(run_core) -> None:
    requests = [config(SESSION, SEGMENT, TURN), segment("hello", channel=0), turn(1, "asr/0/1", channel=0)]
    responses = await run_core(requests)
    check(responses)
    assert {each.header.result_id for each in analyses(responses)} == {
        f"analysis/0/{each}" for each in (1, 2, 3)
    }


@pytest.mark.parametrize("request_", [SESSION, SEGMENT, TURN])
@pytest.mark.parametrize("requests", [[], [segment("..."), turn(1, "asr/1/1")]])
async def test_too_little_is_waited_for_and_then_a_failed_result(run_core, request_, requests) -> None:
    responses = await run_core([config(request_), *requests])
    check(responses)
    coarse, final = analyses(responses)
    assert coarse.local.waiting_for.startswith("waiting for data: 0 of ")
    assert final.header.outcome == OUTCOME_FAILED
    assert final.header.failure.reason == "NOT_ENOUGH_DATA"
    assert "0 of 1 words" in final.header.failure.message
    assert final.local.waiting_for == ""
    assert {each.local.WhichOneof("measures") for each in (coarse, final)} == {None}


async def test_every_analysis_answers_where_nothing_was_said(run_core) -> None:
    responses = await run_core([config(*ALL)])
    check(responses)
    finals = [each for each in analyses(responses) + bodies(responses, "summary") if not each.header.partial]
    assert {each.header.failure.reason for each in finals} == {"NOT_ENOUGH_DATA"}
    assert len(finals) == len(ALL) - 1  # workflow has no work items, and owes nothing


async def test_without_annotations_what_counts_them_fails_and_says_why(run_core) -> None:
    requests = [config(*ALL), *[segment(TEN, ordinal, is_annotated=False) for ordinal in (1, 2)]]
    responses = await run_core(requests)
    check(responses)
    finals = {each.name: each for each in analyses(responses) if not each.header.partial}
    reasons = {name: each.header.failure.reason for name, each in finals.items()}
    assert reasons == {
        NAME: "",
        "enhanced_metrics": "",
        "credibility": "",
        "argument": "",
        "manipulation": "",
        "speaker_attitude": "",
        "psychological": "",
        "conversation_flow": "",
        "text_audio_features": "",
        "session_insights": "",
        "enhanced_understanding": "ANNOTATIONS_MISSING",
        "speaker_intent": "ANNOTATIONS_MISSING",
        "emotion": "ANNOTATIONS_MISSING",
    }
    assert bodies(responses, "summary")[-1].header.failure.reason == "ANNOTATIONS_MISSING"
    assert {each.queue for each in bodies(responses, "workflow_routed")} == {"GENERAL"}


async def test_some_annotations_that_are_missing_are_an_error_beside_the_result(run_core) -> None:
    requests = [
        config(asked("speaker_intent")),
        segment("a", is_annotated=False),
        segment("b", 2, "question"),
    ]
    final = analyses(await run_core(requests))[-1]
    assert final.header.outcome == OUTCOME_COMPLETE
    assert final.local.speaker_intent.segments == 1
    assert "ANNOTATIONS_MISSING" in reasons_of(final.errors)
    assert list(final.header.evidence.missing) == ["semantics"]


async def test_no_language_model_is_said_once_for_each_analysis(run_core) -> None:
    every = [each for each in ALL if each.name != "workflow"] + [SEGMENT]
    requests = [config(*every), *[segment(TEN, ordinal, "question") for ordinal in range(1, 4)]]
    responses = await run_core(requests)
    check(responses)
    told = defaultdict(list)
    for each in analyses(responses):
        told[each.name] += [each] * reasons_of(each.errors).count("LLM_NOT_CONFIGURED")
    summaries = bodies(responses, "summary")
    assert {name: len(messages) for name, messages in told.items()} == {
        name: int(ANALYSES[name].has_llm_part) for name in told
    }
    assert set(told) == {each.name for each in analyses(responses)}
    assert [reasons_of(each.errors) for each in summaries] == [[], ["LLM_NOT_CONFIGURED"]]
    final = told["conversation_flow"][0]
    assert (final.header.outcome, final.llm.provider, final.HasField("llm")) == (OUTCOME_COMPLETE, "", True)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (segment("hello", is_final=False), "INTERIM_SEGMENT"),
        (segment("hello", segment_id=""), "SEGMENT_WITHOUT_ID"),
        (turn(1, "asr/1/1", result_id=""), "TURN_WITHOUT_ID"),
        (StreamingAnalyzeRequest(), "EMPTY_REQUEST"),
    ],
)
async def test_what_cannot_be_used_is_told_and_the_stream_goes_on(run_core, request_, reason: str) -> None:
    responses = await run_core([config(SESSION), request_, segment("hello there", 2)])
    assert reasons_of(bodies(responses, "failure")) == [reason]
    assert analyses(responses)[-1].local.quantitative_metrics.words == 2


async def test_requests_are_not_changed(run_core) -> None:
    requests = [config(*ALL, SEGMENT, TURN), segment("hello"), turn(1, "asr/1/1"), UPSTREAM]
    before = [each.SerializeToString() for each in requests]
    await run_core(requests)
    assert [each.SerializeToString() for each in requests] == before


async def test_a_users_word_lists_are_used(run_core, tmp_path) -> None:
    path = tmp_path / "lists.toml"
    path.write_text('[manipulation.nagging]\nphrases = ["again and again"]\n')
    text = "I have told you again and again and again that it is late."
    requests = [config(asked("manipulation")), segment(text)]
    (plain,) = {each.local.manipulation.cues for each in analyses(await run_core(requests))}
    own = analyses(await run_core(requests, word_lists=path))[-1].local.manipulation
    assert (plain, own.cues, own.patterns[0].label) == (0, 1, "nagging")


async def test_bad_word_lists_are_a_configuration_error(run_core, tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"word lists .*none.toml"):
        await run_core([config(SESSION)], word_lists=tmp_path / "none.toml")
    path = tmp_path / "bad.toml"
    path.write_text('[manipulation.nagging]\nphrases = ["<x>"]\n')
    with pytest.raises(ConfigError, match="<x> is no set of words"):
        await run_core([config(SESSION)], word_lists=path)


async def test_the_baseline_profile_of_the_context_is_compared(run_core) -> None:
    profile = {"words_per_minute": 150.0, "words_per_minute.deviation": 10.0, "pitch": 120.0}
    context = SessionContext(baseline_profile=profile)
    requests = [config(asked("credibility"), context=context), segment(TEN, length=2.0), segment(TEN, 5)]
    (compared,) = analyses(await run_core(requests))[-1].local.credibility.comparisons
    assert (compared.measure, compared.usual, compared.is_outlier) == ("words_per_minute", 150.0, True)
    assert compared.value == pytest.approx(20 * 60 / 3)
