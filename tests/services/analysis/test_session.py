"""The core: which results a stream gets, from segments, turns, and what goes wrong."""

import asyncio
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest
from rivermouth.result.v1 import result_pb2
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    PHASE_COARSE,
    PHASE_FINAL,
    PHASE_REFINE,
)
from services.analysis.registry import ANALYSES
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
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
        "conversation_flow": "",
        "session_insights": "",
        "enhanced_understanding": "ANNOTATIONS_MISSING",
        "speaker_intent": "ANNOTATIONS_MISSING",
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
    assert {name: len(messages) for name, messages in told.items()} == dict.fromkeys(told, 1)
    assert set(told) == {each.name for each in analyses(responses)}
    assert [reasons_of(each.errors) for each in summaries] == [[], ["LLM_NOT_CONFIGURED"]]
    final = told["conversation_flow"][0]
    assert (final.header.outcome, final.llm.provider, final.HasField("llm")) == (OUTCOME_COMPLETE, "", True)


@pytest.mark.parametrize("request_", ALL[:-1], ids=[each.name for each in ALL[:-1]])
async def test_no_transcript_any_more_ends_with_what_there_is_and_the_reason(run_core, request_) -> None:
    said = [segment(TEN, ordinal, "question") for ordinal in (1, 2)]
    responses = await run_core([config(request_), *said, UPSTREAM, UPSTREAM])
    check(responses)
    (final,) = [
        each for each in analyses(responses) + bodies(responses, "summary") if not each.header.partial
    ]
    assert final.header.outcome == OUTCOME_TRUNCATED
    assert final.header.failure.reason == "TRANSCRIPTION_UNAVAILABLE"
    assert final.header.failure.metadata["cause"] == "AT_CAPACITY"
    if request_.name != "summary":
        assert final.local.WhichOneof("measures") == request_.name
    else:
        assert final.segments == 2


@pytest.mark.parametrize("request_", [*ALL, SEGMENT, TURN])
async def test_no_transcript_at_all_is_a_failed_result_each(run_core, request_) -> None:
    responses = await run_core([config(request_), UPSTREAM, UPSTREAM])
    check(responses)
    found = [body for kind in ("analysis", "summary", "workflow_result") for body in bodies(responses, kind)]
    (final,) = [each for each in found if not each.header.partial]
    assert final.header.outcome == OUTCOME_FAILED
    failure = final.header.failure
    assert (failure.reason, failure.retryable) == ("TRANSCRIPTION_UNAVAILABLE", True)
    assert failure.metadata["cause"] == "AT_CAPACITY"


async def test_segments_after_the_failure_are_refused(run_core) -> None:
    responses = await run_core([config(SESSION), UPSTREAM, segment("hello"), turn(1, "asr/1/1")])
    assert reasons_of(bodies(responses, "failure")) == ["SEGMENT_AFTER_FAILURE"]
    check(responses)


async def test_replayed_segments_count_and_say_nothing(run_core) -> None:
    identity = result_pb2.StreamIdentity(incarnation=1)
    requests = [
        config(SESSION, SEGMENT, identity=identity),
        segment("one two", 1, replayed=True),
        segment("three", 2, replayed=True),
        segment("four", 3),
    ]
    responses = await run_core(requests)
    check(responses)
    by_id = defaultdict(list)
    for each in analyses(responses):
        by_id[each.header.result_id].append(each.local.quantitative_metrics.words)
    assert by_id == {"analysis~1/0/1": [0, 4], "analysis~1/1/1": [1, 1]}


async def test_only_replayed_segments_end_in_coarse_and_final(run_core) -> None:
    responses = await run_core([config(SESSION, SEGMENT), segment("one", replayed=True)])
    check(responses)
    assert [each.header.phase for each in analyses(responses)] == [PHASE_COARSE, PHASE_FINAL]


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


async def test_requests_are_not_changed(run_core) -> None:
    requests = [config(*ALL, SEGMENT, TURN), segment("hello"), turn(1, "asr/1/1"), UPSTREAM]
    before = [each.SerializeToString() for each in requests]
    await run_core(requests)
    assert [each.SerializeToString() for each in requests] == before


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


SEGMENTS = st.builds(
    lambda text, channel, annotated, final, intent: (text, channel, annotated, final, intent),
    st.text("ab .", max_size=8),
    st.integers(0, 2),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["question", "decision", "general"]),
)
OTHERS = st.sampled_from(
    [UPSTREAM, StreamingAnalyzeRequest(), turn(1, "asr/0/0", "asr/1/1"), turn(2, "asr/2/3")]
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.one_of(SEGMENTS, OTHERS), max_size=20),
    st.lists(
        st.sampled_from([*ALL, SEGMENT, TURN]), min_size=1, unique_by=lambda each: (each.name, each.trigger)
    ),
    st.sampled_from([0.0, 0.0005]),
)
def test_the_rules_of_results_hold_for_any_input(run_core, items, wanted, delay: float) -> None:
    wanted = list({(each.name, each.trigger or 3 * (each.name == NAME)): each for each in wanted}.values())
    requests = [
        segment(each[0], ordinal, each[4], channel=each[1], is_annotated=each[2], is_final=each[3])
        if isinstance(each, tuple)
        else each
        for ordinal, each in enumerate(items)
    ]
    engine = {"engine": "scripted", "scripted_delay": delay, "max_pending": 2} if delay else {}
    responses = asyncio.run(run_core([config(*wanted), *requests], **engine))
    check(responses)
    end = requests.index(UPSTREAM) if UPSTREAM in requests else len(requests)
    used = [each for each in requests[:end] if each.segment.transcript.is_final]
    ended = [
        each
        for each in bodies(responses, "analysis") + bodies(responses, "summary")
        if not each.header.partial
    ]
    for each in wanted:
        terminals = [one for one in ended if getattr(one, "name", "summary") == each.name]
        if each.name == "workflow":
            assert len(bodies(responses, "workflow_routed")) == len(used)
            results = bodies(responses, "workflow_result")
            worked = [work for result in results for work in result.work_ids]
            routed = [work.work_id for work in bodies(responses, "workflow_routed")]
            assert sorted(worked) == sorted(routed)
        elif len([one for one in wanted if one.name == each.name]) == 1:
            if each is SEGMENT:
                assert len(terminals) == len(used) + (1 if end < len(requests) else not used)
            elif each is not TURN:
                assert len(terminals) == 1
            else:
                assert terminals
