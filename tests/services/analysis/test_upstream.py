"""What happens when recognition fails, and when this service was started anew."""

from collections import defaultdict

import pytest

from rivermouth.result.v1 import result_pb2
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_FAILED,
    OUTCOME_TRUNCATED,
    PHASE_COARSE,
    PHASE_FINAL,
)
from services.analysis.registry import ANALYSES
from tests.services.analysis.streams import UPSTREAM, asked, bodies, check, config, reasons_of, segment, turn

NAME = "quantitative_metrics"
SESSION = asked(NAME, "session")
SEGMENT = asked(NAME, "segment")
TURN = asked(NAME, "turn")
ALL = [asked(name) for name in ANALYSES]
TEN = "one two three four five six seven eight nine ten"


def analyses(responses):
    return bodies(responses, "analysis")


@pytest.mark.parametrize("request_", ALL[:-1], ids=[each.name for each in ALL[:-1]])
async def test_no_transcript_any_more_ends_with_what_there_is_and_the_reason(run_core, request_) -> None:
    said = [segment(TEN, ordinal, "question", sentiment=(0.5, 1.0)) for ordinal in (1, 2)]
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
