"""The core without a server: which results each trigger gives, and how they end."""

import asyncio
from collections import defaultdict

import pytest
from google.protobuf.duration_pb2 import Duration
from hypothesis import given, settings
from hypothesis import strategies as st

from rivermouth.analysis.v1.analysis_pb2 import (
    TRIGGER_SEGMENT,
    TRIGGER_SESSION,
    AnalysisRequest,
    AnnotatedSegment,
    StreamingAnalysisConfig,
    StreamingAnalyzeRequest,
)
from rivermouth.result.v1 import result_pb2
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    PHASE_COARSE,
    PHASE_FINAL,
    PHASE_REFINE,
    Failure,
    ResultHeader,
)
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings

NAME = "quantitative_metrics"
SESSION = AnalysisRequest(name=NAME, trigger=TRIGGER_SESSION)
SEGMENT = AnalysisRequest(name=NAME, trigger=TRIGGER_SEGMENT)
UPSTREAM = StreamingAnalyzeRequest(
    upstream_failure=Failure(reason="AT_CAPACITY", message="the recogniser is full", retryable=True)
)


def config(*analyses: AnalysisRequest, **fields) -> StreamingAnalyzeRequest:
    return StreamingAnalyzeRequest(streaming_config=StreamingAnalysisConfig(analyses=analyses, **fields))


def segment(
    text: str,
    ordinal: int = 1,
    channel: int = 1,
    is_final: bool = True,
    annotated: bool = True,
    replayed: bool = False,
    segment_id: str | None = None,
) -> StreamingAnalyzeRequest:
    segment_id = f"asr/{channel}/{ordinal}" if segment_id is None else segment_id
    transcript = Transcript(
        header=ResultHeader(result_id=segment_id, revision=4),
        channel_tag=channel,
        text=text,
        start_offset=Duration(seconds=ordinal),
        end_offset=Duration(seconds=ordinal + 1),
        is_final=is_final,
    )
    semantic = SemanticAnnotation(header=ResultHeader(outcome=OUTCOME_COMPLETE)) if annotated else None
    return StreamingAnalyzeRequest(
        segment=AnnotatedSegment(transcript=transcript, semantic=semantic, replayed=replayed)
    )


def analyses(responses):
    return [each.analysis for each in responses if each.HasField("analysis")]


def failures(responses):
    return [each.failure for each in responses if each.HasField("failure")]


def check_results(found) -> None:
    """Within each result: revisions and chunks without gaps, phases that never go back, one terminal."""
    results = defaultdict(list)
    for each in found:
        results[each.header.result_id].append(each)
    for messages in results.values():
        headers = [each.header for each in messages]
        assert [each.revision for each in headers] == list(range(1, len(headers) + 1))
        assert [each.chunk_index for each in messages] == list(range(len(headers)))
        assert [each.phase for each in headers] == sorted(each.phase for each in headers)
        assert [each.partial for each in headers] == [True] * (len(headers) - 1) + [False]
        for header in headers:
            assert header.partial == (header.phase != PHASE_FINAL) == (header.outcome == 0)
            assert header.HasField("failure") == (header.outcome not in (0, OUTCOME_COMPLETE))


async def test_a_session_has_one_result(run_core) -> None:
    requests = [config(SESSION), segment("um hello there", 1), segment("there you are", 2), segment("yes", 3)]
    found = analyses(await run_core(requests))
    check_results(found)
    assert {each.header.result_id for each in found} == {"analysis/0/1"}
    assert {each.name for each in found} == {NAME}
    assert [each.header.phase for each in found] == [PHASE_COARSE, PHASE_REFINE, PHASE_REFINE, PHASE_FINAL]
    words = [each.local.quantitative_metrics.words for each in found]
    assert words == [3, 6, 7, 7]
    coarse, final = found[0], found[-1]
    assert not coarse.local.quantitative_metrics.HasField("words_per_minute")
    measures = final.local.quantitative_metrics
    assert (measures.segments, measures.hesitations, measures.unique_words) == (3, 1, 6)
    assert measures.words_per_minute == 140.0
    assert final.header.outcome == OUTCOME_COMPLETE
    assert [len(each.header.evidence.segments) for each in found] == [1, 2, 3, 3]
    assert final.header.evidence.segments[2].segment_id == "asr/1/3"
    assert final.header.evidence.segments[2].revision == 4
    assert not final.HasField("llm")


async def test_the_default_is_one_result_for_the_session(run_core) -> None:
    requests = [segment("hello"), segment("again", 2)]
    default = analyses(await run_core([config(), *requests]))
    unspecified = analyses(await run_core([config(AnalysisRequest(name=NAME)), *requests]))
    assert default == unspecified == analyses(await run_core([config(SESSION), *requests]))


async def test_each_segment_has_a_result_of_its_own(run_core) -> None:
    requests = [
        config(SEGMENT),
        segment("one two", 1, 1),
        segment("three", 1, 2, annotated=False),
        segment("four", 2, 1),
    ]
    found = analyses(await run_core(requests))
    check_results(found)
    ids = [each.header.result_id for each in found]
    assert ids == [each for each in ("analysis/1/1", "analysis/2/1", "analysis/1/2") for _ in range(2)]
    assert [each.header.phase for each in found] == [PHASE_COARSE, PHASE_FINAL] * 3
    assert [each.local.quantitative_metrics.words for each in found] == [2, 2, 1, 1, 1, 1]
    evidence = [[ref.segment_id for ref in each.header.evidence.segments] for each in found]
    assert evidence[1::2] == [["asr/1/1"], ["asr/2/1"], ["asr/1/2"]]
    assert [list(each.header.evidence.missing) for each in found[1::2]] == [[], ["semantics"], []]


async def test_both_triggers_at_once_share_no_ids(run_core) -> None:
    found = analyses(await run_core([config(SESSION, SEGMENT), segment("hello", channel=0)]))
    check_results(found)
    assert {each.header.result_id for each in found} == {"analysis/0/1", "analysis/0/2"}


async def test_missing_annotations_are_told(run_core) -> None:
    found = analyses(await run_core([config(SESSION), segment("a", annotated=False), segment("b", 2)]))
    assert {tuple(each.header.evidence.missing) for each in found} == {("semantics",)}


@pytest.mark.parametrize("trigger", [SESSION, SEGMENT])
@pytest.mark.parametrize("requests", [[], [segment("...")]])
async def test_too_little_is_waited_for_and_then_a_failed_result(run_core, trigger, requests) -> None:
    found = analyses(await run_core([config(trigger), *requests]))
    check_results(found)
    coarse, final = found
    assert coarse.local.waiting_for == "waiting for data: 0 of 1 words"
    assert final.header.outcome == OUTCOME_FAILED
    assert final.header.failure.reason == "NOT_ENOUGH_DATA"
    assert "0 of 1 words" in final.header.failure.message
    assert final.local.waiting_for == ""
    assert {each.local.WhichOneof("measures") for each in found} == {None}


async def test_waiting_ends_with_the_first_word(run_core) -> None:
    found = analyses(await run_core([config(SESSION), segment("..."), segment("yes", 2)]))
    assert [each.local.waiting_for for each in found] == ["waiting for data: 0 of 1 words", "", ""]
    assert found[-1].header.outcome == OUTCOME_COMPLETE


@pytest.mark.parametrize("requests", [[], [segment("hello")]])
async def test_no_transcript_is_one_failed_result_each(run_core, requests) -> None:
    found = analyses(await run_core([config(SESSION, SEGMENT), *requests, UPSTREAM, UPSTREAM]))
    check_results(found)
    failed = [each for each in found if each.header.outcome == OUTCOME_FAILED]
    assert len(failed) == 2
    for each in failed:
        failure = each.header.failure
        assert (failure.reason, failure.retryable) == ("TRANSCRIPTION_UNAVAILABLE", True)
        assert dict(failure.metadata) == {"upstream_reason": "AT_CAPACITY"}
    if requests:  # what was computed before is still right
        assert failed[0].local.quantitative_metrics.words == 1
    else:
        assert found == failed


async def test_segments_after_the_failure_are_refused(run_core) -> None:
    responses = await run_core([config(SESSION), UPSTREAM, segment("hello")])
    assert [each.reason for each in failures(responses)] == ["SEGMENT_AFTER_FAILURE"]
    check_results(analyses(responses))


async def test_replayed_segments_count_and_say_nothing(run_core) -> None:
    identity = result_pb2.StreamIdentity(incarnation=1)
    requests = [
        config(SESSION, SEGMENT, identity=identity),
        segment("one two", 1, replayed=True),
        segment("three", 2, replayed=True),
        segment("four", 3),
    ]
    found = analyses(await run_core(requests))
    check_results(found)
    by_id = defaultdict(list)
    for each in found:
        by_id[each.header.result_id].append(each.local.quantitative_metrics.words)
    assert by_id == {"analysis~1/0/1": [4, 4], "analysis~1/1/1": [1, 1]}


async def test_only_replayed_segments_end_in_coarse_and_final(run_core) -> None:
    found = analyses(await run_core([config(SESSION, SEGMENT), segment("one", replayed=True)]))
    check_results(found)
    assert [each.header.phase for each in found] == [PHASE_COARSE, PHASE_FINAL]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (segment("hello", is_final=False), "INTERIM_SEGMENT"),
        (segment("hello", segment_id=""), "SEGMENT_WITHOUT_ID"),
        (StreamingAnalyzeRequest(), "EMPTY_REQUEST"),
    ],
)
async def test_what_cannot_be_used_is_told_and_the_stream_goes_on(run_core, request_, reason: str) -> None:
    responses = await run_core([config(SESSION), request_, segment("hello there", 2)])
    assert [each.reason for each in failures(responses)] == [reason]
    assert analyses(responses)[-1].local.quantitative_metrics.words == 2


async def test_the_scripted_twin_counts_segments(run_core) -> None:
    requests = [config(SESSION), segment("hello"), segment("", 2)]
    found = analyses(await run_core(requests, engine="scripted"))
    check_results(found)
    assert [each.local.quantitative_metrics.words for each in found] == [10, 20, 20]
    assert {each.header.source.model for each in found} == {"scripted"}


async def test_the_scripted_twin_takes_its_time_for_each(run_core) -> None:
    requests = [config(SEGMENT), segment("a"), segment("b", 2)]
    responses = await run_core(requests, engine="scripted", scripted_delay=0.05)
    check_results(analyses(responses))
    assert responses[-1].latency.queue.ToNanoseconds() >= 100_000_000


async def test_past_the_bound_segments_are_skipped_and_the_reader_goes_on(run_core) -> None:
    requests = [config(SEGMENT, SESSION), *[segment("hello", ordinal) for ordinal in range(1, 6)]]
    slow = {"engine": "scripted", "scripted_delay": 0.02, "max_pending": 3}
    found = analyses(await run_core(requests, **slow))
    check_results(found)
    skipped = [each for each in found if each.header.outcome == OUTCOME_SKIPPED]
    assert found[:2] == skipped
    assert [each.header.evidence.segments[0].segment_id for each in skipped] == ["asr/1/4", "asr/1/5"]
    assert {each.header.failure.reason for each in skipped} == {"BACKPRESSURE"}
    session = found[-1]
    assert session.header.outcome == OUTCOME_TRUNCATED
    assert session.header.failure.reason == "BACKPRESSURE"
    assert list(session.header.evidence.missing) == ["segments"]
    assert session.local.quantitative_metrics.segments == 3


async def test_the_failure_upstream_waits_for_what_was_taken_before(run_core) -> None:
    requests = [config(SESSION), segment("a"), segment("b", 2), UPSTREAM]
    found = analyses(await run_core(requests, engine="scripted", scripted_delay=0.01))
    check_results(found)
    assert [each.header.phase for each in found] == [PHASE_COARSE, PHASE_REFINE, PHASE_FINAL]


async def test_local_analyses_are_never_behind(run_core) -> None:
    requests = [config(SEGMENT), *[segment("hello", ordinal) for ordinal in range(1, 300)]]
    found = analyses(await run_core(requests, max_pending=1))
    assert {each.header.outcome for each in found if not each.header.partial} == {OUTCOME_COMPLETE}
    assert len(found) == 2 * 299


async def test_requests_are_not_changed(run_core) -> None:
    requests = [config(SESSION, SEGMENT), segment("hello"), UPSTREAM]
    before = [each.SerializeToString() for each in requests]
    await run_core(requests)
    assert [each.SerializeToString() for each in requests] == before


@pytest.mark.parametrize("delay", [0.0, 30.0])
async def test_a_cancelled_stream_leaves_no_task(delay: float) -> None:
    arrived = asyncio.Event()

    async def requests():
        yield config(SESSION)
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


SEGMENTS = st.tuples(st.text("ab .", max_size=8), st.integers(0, 2), st.booleans(), st.booleans())


@settings(deadline=None)
@given(
    st.lists(st.one_of(SEGMENTS, st.sampled_from([UPSTREAM, StreamingAnalyzeRequest()])), max_size=20),
    st.sampled_from([(SESSION,), (SEGMENT,), (SEGMENT, SESSION)]),
    st.sampled_from([0.0, 0.0005]),
)
def test_the_rules_of_results_hold_for_any_input(run_core, items, wanted, delay: float) -> None:
    requests = [
        segment(each[0], ordinal, each[1], annotated=each[2], is_final=each[3])
        if isinstance(each, tuple)
        else each
        for ordinal, each in enumerate(items)
    ]
    engine = {"engine": "scripted", "scripted_delay": delay, "max_pending": 2} if delay else {}
    responses = asyncio.run(run_core([config(*wanted), *requests], **engine))
    found = analyses(responses)
    check_results(found)
    terminals = [each for each in found if not each.header.partial]
    end = requests.index(UPSTREAM) if UPSTREAM in requests else len(requests)
    used = [each for each in requests[:end] if each.segment.transcript.is_final]
    expected = 0
    for each in wanted:
        if each is SESSION:
            expected += 1
        else:
            expected += len(used) + (1 if end < len(requests) else not used)
    assert len(terminals) == expected
    taken = [each for each in requests if each != UPSTREAM]
    assert len(failures(responses)) == len(taken) - len(used)
