"""What the merge asks for, case by case."""

from __future__ import annotations

import pytest

from gateway.actions import LAST, EndInput, FeedFailure, FeedSegment, FeedTurn, FeedWatermark
from gateway.events import result_of
from rivermouth.analysis.v1.analysis_pb2 import Analysis, LlmPart
from rivermouth.analysis.v1.findings_pb2 import ArgumentFindings, LlmFindings
from rivermouth.result.v1 import result_pb2
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.session.v1 import events_pb2
from tests.gateway import rules
from tests.gateway.merging import FAILURE, Driver, opened, said, spoken, transcript

Status = events_pb2.AnalyserStatus


def statuses(driver: Driver) -> list[tuple[str, str]]:
    return [
        (each.stage, Status.State.Name(each.state).removeprefix("STATE_"))
        for each in driver.bodies("analyser_status")
    ]


def end_all(driver: Driver) -> None:
    driver.call("input_ended")
    for stage in driver.merge.stages:
        driver.call("stage_ended", stage.name)
    rules.check(driver.events)


def test_a_segment_waits_for_its_annotation_and_for_those_before_it() -> None:
    driver = Driver()
    first, second = spoken(1), spoken(2)
    driver.call("result", first)
    driver.call("result", second)
    assert driver.segments("semantics") == driver.segments("mine") == ["asr/1/1", "asr/1/2"]
    assert driver.segments("analysis") == []
    driver.call("result", said("semantics", opened("semantics", 1).final(), second.segment_id))
    assert driver.segments("analysis") == []
    driver.call("result", said("semantics", opened("semantics", 2).final(), first.segment_id))
    assert driver.segments("analysis") == ["asr/1/1", "asr/1/2"]
    assert all(each.annotation is not None for each in driver.fed["analysis"])


@pytest.mark.parametrize("way", ["overdue", "lost", "given_up", "failed", "ended"])
def test_a_segment_without_annotation_goes_on_without(way: str) -> None:
    driver = Driver()
    driver.call("result", spoken(1))
    match way:
        case "overdue":
            driver.call("annotation_overdue", "asr/1/1")
        case "lost":
            driver.call("stage_lost", "semantics", FAILURE, 0)
        case "given_up":
            driver.call("stage_given_up", "semantics", FAILURE, 0)
        case "ended":
            driver.call("stage_ended", "semantics")
        case "failed":
            header = opened("semantics", 1).final(
                result_pb2.OUTCOME_FAILED, result_pb2.Failure(reason="TEST")
            )
            driver.call("result", said("semantics", header, "asr/1/1"))
    (fed,) = driver.fed["analysis"]
    assert fed.annotation is None
    late = said("semantics", opened("semantics", 9).final(), "asr/1/1")
    if way in ("overdue", "lost"):
        driver.call("result", late)
    assert len(driver.fed["analysis"]) == 1


def test_while_semantics_is_away_nothing_waits_for_it() -> None:
    driver = Driver()
    driver.call("stage_lost", "semantics", FAILURE, 0)
    driver.call("result", spoken(1))
    assert driver.segments("analysis") == ["asr/1/1"]
    assert driver.awaited == []
    driver.call("stage_running", "semantics", 1)
    driver.call("result", spoken(2))
    assert driver.segments("analysis") == ["asr/1/1"]
    assert driver.awaited == ["asr/1/2"]


def test_without_semantics_segments_go_to_analysis_at_once() -> None:
    driver = Driver(wanted=("quantitative_metrics",))
    driver.call("result", spoken(1))
    assert driver.segments("analysis") == ["asr/1/1"]


def test_the_failure_of_recognition_comes_after_the_segments_that_there_were() -> None:
    driver = Driver()
    driver.call("result", spoken(1))
    driver.call("stage_given_up", "asr", FAILURE, 0)
    assert [type(each) for each in driver.fed["semantics"]] == [FeedSegment, FeedFailure, EndInput]
    assert driver.fed["analysis"] == []
    driver.call("annotation_overdue", "asr/1/1")
    driver.call("annotation_overdue", LAST)
    assert [type(each) for each in driver.fed["analysis"]] == [FeedSegment, FeedFailure, EndInput]
    (failure,) = (each.failure for each in driver.fed["analysis"] if isinstance(each, FeedFailure))
    assert failure.reason == "TRANSCRIPTION_UNAVAILABLE"
    assert dict(failure.metadata) == {"cause": "TEST", "stage": "asr"}
    end_all(driver)


def test_trouble_is_told_when_it_changes() -> None:
    driver = Driver()
    for incarnation in range(5):
        driver.call("stage_lost", "quality", FAILURE, incarnation)
    driver.call("stage_running", "quality", 5)
    driver.call("stage_running", "quality", 5)
    driver.call("stage_stalled", "asr", FAILURE, 0)
    driver.call("stage_running", "asr", 0, 7_000_000_000)
    assert statuses(driver) == [
        ("quality", "RECONNECTING"),
        ("quality", "RUNNING"),
        ("asr", "STALLED"),
        ("asr", "RUNNING"),
    ]
    assert driver.bodies("analyser_status")[-1].lost_input.seconds == 7
    end_all(driver)


def failures(driver: Driver) -> list[str]:
    return [
        body.header.result_id
        for _, body in rules.results(driver.events)
        if body.header.outcome == result_pb2.OUTCOME_FAILED
    ]


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("asr", "asr/0/transcription-unavailable"),
        ("quality", "quality/0/audio_quality-unavailable"),
        ("semantics", "semantics/0/semantics-unavailable"),
        ("analysis", "analysis/0/quantitative_metrics-unavailable"),
        ("mine", "mine/0/mine-unavailable"),
    ],
)
def test_a_stage_given_up_leaves_one_explicit_error(stage: str, expected: str) -> None:
    driver = Driver()
    driver.call("stage_given_up", stage, FAILURE, 0)
    assert failures(driver) == [expected]
    driver = Driver()
    result = opened(stage, 1)
    if stage == "asr":
        driver.call("result", transcript(result.partial(), "hello", 0, 1))
    else:
        driver.call("result", said(stage, result.partial()))
    driver.call("stage_given_up", stage, FAILURE, 0)
    assert failures(driver) == ([result.result_id, expected] if stage == "asr" else [result.result_id])


@pytest.mark.parametrize("stage", ["asr", "quality"])
def test_who_has_answered_owes_nothing(stage: str) -> None:
    driver = Driver()
    driver.call("result", said(stage, opened(stage, "complete").final()))
    driver.call("stage_given_up", stage, FAILURE, 0)
    assert failures(driver) == []


@pytest.mark.parametrize("stage", ["asr", "quality"])
def test_who_ends_without_an_answer_is_answered_for(stage: str) -> None:
    driver = Driver()
    driver.call("input_ended")
    driver.call("stage_ended", stage)
    assert len(failures(driver)) == 1
    (failed,) = (body for _, body in rules.results(driver.events))
    assert failed.header.failure.reason == "STAGE_LEFT_OPEN"


def test_input_of_a_stage_ends_when_all_it_is_given_has_ended() -> None:
    driver = Driver()
    driver.call("result", spoken(1))
    driver.call("input_ended")
    assert {stage: [type(x) is EndInput for x in fed][-1:] for stage, fed in driver.fed.items()} == {
        "quality": [True],
        "asr": [True],
        "semantics": [False],
        "analysis": [],
        "mine": [False],
    }
    driver.call("stage_ended", "asr")
    assert isinstance(driver.fed["semantics"][-1], EndInput)
    assert isinstance(driver.fed["mine"][-1], EndInput)
    assert driver.fed["analysis"] == []
    driver.call("result", said("semantics", opened("semantics", 1).final(), "asr/1/1"))
    turn = semantics_pb2.Turn(header=opened("semantics", "turn-1").final())
    driver.call("result", result_of("turn", "semantics", turn, None))
    driver.call("stage_ended", "semantics")
    # Analysis is given the last turn, too, which semantic annotation tells at its end.
    assert [type(each) for each in driver.fed["analysis"]] == [FeedSegment, FeedTurn, EndInput]


def test_all_that_is_said_of_a_point_is_told_to_semantics_alone() -> None:
    driver = Driver()
    driver.call("settled", 1_000)
    assert driver.fed["semantics"] == [FeedWatermark("semantics", 1_000)]
    assert not driver.fed["analysis"]


def test_a_finalize_without_an_answer_is_acknowledged_when_recognition_is_over() -> None:
    driver = Driver()
    driver.call("finalize_requested", 7)
    driver.call("stage_given_up", "asr", FAILURE, 0)
    assert [(each.request_sequence, each.closed) for each in driver.bodies("finalize_ack")] == [(7, 0)]


@pytest.mark.parametrize("failure", [FAILURE, None])
def test_a_stop_closes_what_is_open_as_truncated(failure: object) -> None:
    driver = Driver()
    driver.call("result", transcript(opened("asr", 1).partial(), "hel", 0, 1))
    driver.call("finalize_requested", 3)
    driver.call("stop", "LIMIT", failure)
    rules.check(driver.events)
    (final,) = (each for each in driver.bodies("transcript") if each.is_final)
    assert (final.text, final.header.outcome) == ("hel", result_pb2.OUTCOME_TRUNCATED)
    assert driver.events[-1].session_summary.end == events_pb2.SessionSummary.END_LIMIT
    assert [each.fatal for each in driver.bodies("error")] == ([True] if failure else [])
    seen = len(driver.events)
    driver.call("stop", "ERROR", FAILURE)
    driver.call("result", spoken(1))
    assert len(driver.events) == seen


@pytest.mark.parametrize(
    ("part", "outcome"),
    [
        (LlmPart(), result_pb2.OUTCOME_UNSPECIFIED),  # none is configured
        (LlmPart(provider="ollama", calls=1), result_pb2.OUTCOME_FAILED),
        (
            LlmPart(provider="ollama", calls=1, findings=LlmFindings(argument=ArgumentFindings(coherence=4))),
            result_pb2.OUTCOME_TRUNCATED,
        ),
        (
            LlmPart(provider="ollama", calls=2, outcome=result_pb2.OUTCOME_COMPLETE),
            result_pb2.OUTCOME_COMPLETE,
        ),
    ],
)
def test_the_model_s_part_of_what_nobody_can_end_any_more_ends_too(part: LlmPart, outcome: int) -> None:
    driver = Driver()
    body = Analysis(header=opened("analysis", 1).partial(), name="argument", llm=part)
    driver.call("result", result_of("analysis", "analysis", body, None))
    driver.call("stage_lost", "analysis", FAILURE, 0)
    final = driver.bodies("analysis")[-1]
    assert (final.header.phase, final.llm.outcome) == (result_pb2.PHASE_FINAL, outcome)
    is_why = outcome in (result_pb2.OUTCOME_FAILED, result_pb2.OUTCOME_TRUNCATED)
    assert final.llm.failure.reason == (FAILURE.reason if is_why else "")
    driver.call("stop", "LIMIT", None)
    assert driver.events[-1].session_summary.llm_calls == part.calls
