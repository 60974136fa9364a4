"""Requests as analyses see them."""

import pytest

from rivermouth.analysis.v1.analysis_pb2 import SessionContext
from rivermouth.result.v1.result_pb2 import OUTCOME_FAILED, OUTCOME_TRUNCATED, PHASE_COARSE, Failure
from rivermouth.transcript.v1.transcript_pb2 import SpeakerSpan
from services.analysis.messages import (
    AnalysisConfig,
    read_config,
    read_segment,
    read_turn,
    transcription_unavailable,
)
from services.analysis.segment import Intent, Keyword, Meaning
from tests.services.analysis.streams import UPSTREAM, asked, config, offset, segment, turn


def read(request, **context):
    return read_segment(request.segment, AnalysisConfig(None, (), **context))


def test_a_segment_with_all_that_was_found() -> None:
    text = "Is it expensive? I will cancel. Let's go with the small one, and send it to me."
    request = segment(
        text,
        7,
        "question",
        "commitment",
        speaker="anna",
        start=1.5,
        length=2.0,
        keywords={"price": 2},
        topics=["pricing"],
        risks=["churn_risk"],
        sentiment=(-0.4, 1.5),
        question="Is it expensive",
        commitment="I will",
        decision="Let's go with",
        action_item="send it",
    )
    found = read(request)
    assert (found.text, found.speaker, found.channel) == (text, "anna", 1)
    assert (found.start, found.end, found.length) == (1_500_000_000, 3_500_000_000, 2_000_000_000)
    assert (found.segment_id, found.revision, found.is_replay, found.language) == ("asr/1/7", 4, False, "en")
    last = "Let's go with the small one, and send it to me."
    assert found.meaning == Meaning(
        intents=(Intent.QUESTION, Intent.COMMITMENT),
        keywords=(Keyword("price", 2),),
        topics=("pricing",),
        risks=("churn_risk",),
        questions=("Is it expensive?",),
        commitments=("I will cancel.",),
        decisions=(last,),
        action_items=(last,),
        sentiment=pytest.approx(-0.4),
        magnitude=pytest.approx(1.5),
    )


def test_sentences_have_their_words_with_contractions_written_out() -> None:
    found = read(segment("I'm here. Are you? Dr. Who isn't!"))
    assert [(each.words, each.asks) for each in found.sentences] == [
        (("i", "am", "here"), False),
        (("are", "you"), True),
        (("dr", "who", "is", "not"), False),
    ]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([], ()),
        ([(0.5, 1.0), (1.0, 1.5)], ((500_000_000, 1_000_000_000), (1_000_000_000, 1_500_000_000))),
        ([(0.0, 0.0), (0.0, 0.0)], ()),  # nobody gave any
        ([(1.0, 1.5), (0.5, 1.0)], ()),
        ([(1.0, 0.5), (2.0, 2.5)], ()),
        ([(-1.0, 0.5), (2.0, 2.5)], ()),
    ],
)
def test_times_of_words_are_taken_where_they_make_sense(times, expected) -> None:
    assert read(segment("two words", word_times=times)).word_times == expected


def test_the_baseline_comes_with_the_context() -> None:
    context = SessionContext(baseline_profile={"words_per_minute": 150.0})
    assert read_config(config(asked("credibility"), context=context).streaming_config).baseline == {
        "words_per_minute": 150.0
    }


@pytest.mark.parametrize("outcome", [None, "OUTCOME_FAILED", "OUTCOME_SKIPPED"])
def test_no_annotation_and_none_that_worked_are_the_same(outcome: str | None) -> None:
    request = segment("hello", is_annotated=outcome is not None)
    if outcome:
        request.segment.semantic.header.outcome = outcome
    assert read(request).meaning is None


def test_annotations_of_newer_servers_are_passed_over() -> None:
    request = segment("hello")
    request.segment.semantic.intents[:] = [99]
    request.segment.semantic.primary_intent = 99
    request.segment.semantic.annotations.add(kind=99, label="x")
    request.segment.semantic.annotations.add(kind="KIND_KEYWORD", label="k", attributes={"count": "many"})
    assert read(request).meaning == Meaning(intents=(Intent.GENERAL,), keywords=(Keyword("k", 1),))


def test_a_segment_that_ends_before_it_begins_has_no_length() -> None:
    assert read(segment("hello", length=-3.0)).length == 0


@pytest.mark.parametrize(
    ("own", "configured", "language"),
    [("", "en", "en"), ("de-AT", "en", "de"), ("", "fr", "fr"), ("EN-us", "de", "en")],
)
def test_languages(own: str, configured: str, language: str) -> None:
    assert read(segment("x", language=own), language=configured).language == language


def test_the_context_names_speakers_whom_nobody_named() -> None:
    spans = (
        SpeakerSpan(start_offset=offset(0), end_offset=offset(4), speaker="anna"),
        SpeakerSpan(start_offset=offset(4), end_offset=offset(9), speaker="ben", channel_tag=1),
        SpeakerSpan(start_offset=offset(0), end_offset=offset(9), speaker="other", channel_tag=2),
    )
    assert read(segment("x", start=3, length=1.5), spans=spans).speaker == "anna"
    assert read(segment("x", start=3, length=2.5), spans=spans).speaker == "ben"
    assert read(segment("x", start=3, speaker="me"), spans=spans).speaker == "me"
    assert read(segment("x", start=20), spans=spans).speaker == ""


def test_options_have_defaults_and_come_with_what_is_asked_for() -> None:
    read_ = read_config(config(asked("summary", every=2), asked("workflow")).streaming_config)
    assert [each.options for each in read_.analyses] == [
        {"every": 2},
        {"batch_segments": 5, "batch_seconds": 30},
    ]


def test_turns_that_ended() -> None:
    ended = read_turn(turn(3, "a", "b", channel=2).turn)
    assert ended is not None
    assert (ended.turn_id, ended.channel, ended.segment_ids) == ("semantics/2/turn-3", 2, ("a", "b"))
    assert read_turn(turn(1, "a", outcome=OUTCOME_TRUNCATED).turn) is not None
    assert read_turn(turn(1, "a", phase=PHASE_COARSE).turn) is None
    assert read_turn(turn(1, "a", outcome=OUTCOME_FAILED).turn) is None


def test_the_cause_is_the_one_who_failed_first() -> None:
    failure = transcription_unavailable(UPSTREAM.upstream_failure)
    assert (failure.reason, failure.retryable) == ("TRANSCRIPTION_UNAVAILABLE", True)
    assert dict(failure.metadata) == {"cause": "AT_CAPACITY", "stage": "asr"}
    assert dict(transcription_unavailable(Failure(reason="GONE")).metadata) == {"cause": "GONE"}
