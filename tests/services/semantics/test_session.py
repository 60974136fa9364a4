"""The core without a server: one answer for each segment, whatever comes."""

import asyncio
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from hypothesis import given, settings
from hypothesis import strategies as st

from rivermouth.result.v1 import result_pb2
from rivermouth.result.v1.result_pb2 import Failure, ResultHeader
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.semantics.v1.semantics_pb2 import (
    Annotation,
    StreamingAnnotateConfig,
    StreamingAnnotateRequest,
)
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.config import ConfigError
from services.runtime.errors import InvalidConfig
from services.semantics.meaning import Intent
from services.semantics.rules import Rules
from services.semantics.session import SemanticsCore
from services.semantics.settings import SemanticsSettings

FAILURE = Failure(reason="AT_CAPACITY", message="the recogniser is full", retryable=True)


def config(**fields) -> StreamingAnnotateRequest:
    return StreamingAnnotateRequest(streaming_config=StreamingAnnotateConfig(**fields))


def segment(text: str, ordinal: int = 1, channel: int = 1, **fields) -> StreamingAnnotateRequest:
    header = ResultHeader(
        result_id=f"asr/{channel}/{ordinal}",
        revision=3,
        phase=result_pb2.PHASE_FINAL,
        outcome=result_pb2.OUTCOME_COMPLETE,
    )
    fields = {
        "header": header,
        "is_final": True,
        "channel_tag": channel,
        "speaker": "agent",
        "start_offset": Duration(seconds=ordinal),
        "end_offset": Duration(seconds=ordinal, nanos=500_000_000),
        **fields,
    }
    return StreamingAnnotateRequest(segment=Transcript(text=text, **fields))


UPSTREAM = StreamingAnnotateRequest(upstream_failure=FAILURE)


def annotations(responses):
    return [each.semantic for each in responses if each.HasField("semantic")]


def failures(responses):
    return [each.failure for each in responses if each.HasField("failure")]


def check_results(found) -> None:
    """Each is the only message of its result, and its terminal."""
    assert len({each.header.result_id for each in found}) == len(found)
    for header in (each.header for each in found):
        assert (header.revision, header.phase, header.partial) == (1, result_pb2.PHASE_FINAL, False)
        assert header.outcome != result_pb2.OUTCOME_UNSPECIFIED
        assert header.HasField("failure") == (header.outcome != result_pb2.OUTCOME_COMPLETE)


async def test_each_segment_is_annotated_at_once(run_core) -> None:
    text = "I'll check it, or cancel: the price is too high"
    first, second, other = annotations(
        await run_core([config(), segment(text), segment("fine", 2), segment("is it", 1, channel=2)])
    )
    check_results([first, second, other])
    ids = [each.header.result_id for each in (first, second, other)]
    assert ids == ["semantics/1/1", "semantics/1/2", "semantics/2/1"]
    assert first.header.evidence.segments == [
        result_pb2.SegmentRef(segment_id="asr/1/1", revision=3),
    ]
    assert (first.segment_id, first.channel_tag, first.speaker, first.text) == ("asr/1/1", 1, "agent", text)
    assert (first.start_offset, first.end_offset) == (
        Duration(seconds=1),
        Duration(seconds=1, nanos=500_000_000),
    )
    assert first.primary_intent == semantics_pb2.INTENT_COMMITMENT
    assert other.primary_intent == semantics_pb2.INTENT_QUESTION
    found = {(each.kind, each.label, each.text) for each in first.annotations}
    assert found >= {
        (Annotation.KIND_RISK, "churn_risk", "cancel"),
        (Annotation.KIND_TOPIC, "pricing", "price"),
        (Annotation.KIND_COMMITMENT, "", "I'll check it"),
        (Annotation.KIND_KEYWORD, "cancel", "cancel"),
    }
    for each in first.annotations:
        assert text[each.span.start_char : each.span.end_char] == each.text


async def test_kinds_can_be_switched_off(run_core) -> None:
    kinds = [
        Annotation.KIND_KEYWORD,
        Annotation.KIND_INTENT,
        Annotation.KIND_SENTIMENT,
        Annotation.KIND_TURN,
        Annotation.KIND_CONVERSATION_STATS,
    ]
    (response,) = await run_core([config(disabled_kinds=kinds), segment("they cancelled it")])
    found = response.semantic
    assert [each.kind for each in found.annotations] == [Annotation.KIND_RISK]
    assert found.primary_intent == semantics_pb2.INTENT_UNSPECIFIED
    assert (list(found.intents), found.HasField("sentiment")) == ([], False)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Annotation.KIND_KEYWORD, "the plan"),
        (Annotation.KIND_TOPIC, "the price"),
        (Annotation.KIND_RISK, "they cancelled"),
        (Annotation.KIND_QUESTION, "is it late"),
        (Annotation.KIND_ACTION_ITEM, "please send it"),
        (Annotation.KIND_COMMITMENT, "I'll send it"),
        (Annotation.KIND_DECISION, "we decided it"),
        (Annotation.KIND_ENTITY, "forty dollars"),
    ],
)
async def test_each_kind_can_be_switched_off(run_core, kind, text: str) -> None:
    (on,) = annotations(await run_core([config(), segment(text)]))
    (off,) = annotations(await run_core([config(disabled_kinds=[kind]), segment(text)]))
    assert kind in {each.kind for each in on.annotations}
    assert kind not in {each.kind for each in off.annotations}
    assert on.intents == off.intents


async def test_ids_name_stage_and_incarnation(run_core) -> None:
    identity = result_pb2.StreamIdentity(stage="meaning", incarnation=1)
    (found,) = annotations(await run_core([config(identity=identity), segment("hello")]))
    assert found.header.result_id == "meaning~1/1/1"


@pytest.mark.parametrize(
    "fields",
    [
        {"is_final": False},
        {"header": ResultHeader(result_id="asr/1/1", phase=result_pb2.PHASE_COARSE)},
        {"header": ResultHeader(result_id="asr/1/1", phase=result_pb2.PHASE_REFINE)},
    ],
)
async def test_interims_are_refused(run_core, fields) -> None:
    responses = await run_core([config(), segment("hello", **fields), segment("hello", 2)])
    assert [(each.reason, each.metadata["segment_id"]) for each in failures(responses)] == [
        ("INTERIM_SEGMENT", "asr/1/1")
    ]
    assert [each.segment_id for each in annotations(responses)] == ["asr/1/2"]


async def test_a_segment_without_id_is_refused(run_core) -> None:
    responses = await run_core([config(), segment("hello", header=ResultHeader())])
    assert [each.reason for each in failures(responses)] == ["SEGMENT_WITHOUT_ID"]


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_a_segment_without_text_is_skipped(run_core, text: str) -> None:
    (found,) = annotations(await run_core([config(), segment(text)]))
    check_results([found])
    assert found.header.outcome == result_pb2.OUTCOME_SKIPPED
    assert found.header.failure.reason == "EMPTY_SEGMENT"
    assert found.segment_id == "asr/1/1"


async def test_no_transcript_is_one_failed_result(run_core) -> None:
    (found,) = annotations(await run_core([config(), UPSTREAM, UPSTREAM]))
    check_results([found])
    failure = found.header.failure
    assert (failure.reason, failure.retryable) == ("TRANSCRIPTION_UNAVAILABLE", True)
    assert dict(failure.metadata) == {"upstream_reason": "AT_CAPACITY"}
    assert "the recogniser is full" in failure.message


async def test_no_segments_have_no_results(run_core) -> None:
    watermark = StreamingAnnotateRequest(watermark=Duration(seconds=3))
    assert await run_core([config(), watermark]) == []


async def test_a_long_text_does_not_hold_the_loop() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    async def requests():
        yield config()
        yield segment("I'll cancel " * 10_000)

    async def send(response) -> None:
        pass

    async with SemanticsCore(SemanticsSettings()) as core:
        ticking = asyncio.create_task(tick())
        try:
            await core.run(requests(), send)
        finally:
            ticking.cancel()
    assert ticks > 10  # on the loop it would leave one or two


async def test_the_scripted_twin_finds_the_same_always(run_core) -> None:
    requests = [config(), segment("cancel"), segment("hello", 2)]
    found = annotations(await run_core(requests, engine="scripted"))
    check_results(found)
    assert {each.header.source.model for each in found} == {"scripted"}
    assert [[item.label for item in each.annotations] for each in found] == [["scripted"], ["scripted"]]


async def test_the_scripted_twin_takes_its_time_for_each(run_core) -> None:
    responses = await run_core(
        [config(), segment("a"), segment("b", 2)], engine="scripted", scripted_delay=0.05
    )
    assert [each.segment_id for each in annotations(responses)] == ["asr/1/1", "asr/1/2"]
    assert responses[1].latency.queue.ToNanoseconds() >= 100_000_000


async def test_past_the_bound_segments_are_skipped_and_the_reader_goes_on(run_core) -> None:
    requests = [config(), *[segment("hello", ordinal) for ordinal in range(1, 8)], UPSTREAM]
    found = annotations(await run_core(requests, engine="scripted", scripted_delay=0.02, max_pending=3))
    check_results(found)
    skipped = [each for each in found if each.header.outcome == result_pb2.OUTCOME_SKIPPED]
    assert {each.header.failure.reason for each in skipped} == {"BACKPRESSURE"}
    # All came in one turn of the loop, before the worker took any.
    assert [each.segment_id for each in skipped] == [f"asr/1/{ordinal}" for ordinal in range(4, 8)]
    assert found[: len(skipped)] == skipped
    done = [each.segment_id for each in found if each.header.outcome == result_pb2.OUTCOME_COMPLETE]
    assert done == ["asr/1/1", "asr/1/2", "asr/1/3"]


async def test_rules_are_never_behind(run_core) -> None:
    requests = [config(), *[segment("hello", ordinal) for ordinal in range(1, 500)]]
    found = annotations(await run_core(requests, max_pending=1))
    assert {each.header.outcome for each in found} == {result_pb2.OUTCOME_COMPLETE}
    assert len(found) == 499


@pytest.mark.parametrize("delay", [0.0, 30.0])
async def test_a_cancelled_stream_leaves_no_task(delay: float) -> None:
    arrived = asyncio.Event()

    async def requests():
        yield config()
        yield segment("hello")
        arrived.set()
        await asyncio.Event().wait()

    async def send(response) -> None:
        pass

    before = asyncio.all_tasks()
    settings = SemanticsSettings(engine="scripted", scripted_delay=delay)
    async with SemanticsCore(settings) as core:
        running = asyncio.create_task(core.run(requests(), send))
        await arrived.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert asyncio.all_tasks() == before


async def test_a_send_that_fails_ends_the_stream_with_its_error() -> None:
    async def requests():
        yield config()
        yield segment("hello")
        await asyncio.Event().wait()

    async def send(response) -> None:
        raise ConnectionError("gone")

    before = asyncio.all_tasks()
    async with SemanticsCore(SemanticsSettings(engine="scripted", scripted_delay=0.001)) as core:
        with pytest.raises(ConnectionError, match="gone"):
            await core.run(requests(), send)
    assert asyncio.all_tasks() == before


async def test_a_segment_that_ends_before_it_starts_is_refused(run_core) -> None:
    reversed_ = segment("hello", start_offset=Duration(seconds=3), end_offset=Duration(seconds=2))
    responses = await run_core([config(), reversed_, segment("hello", 2)])
    assert [each.reason for each in failures(responses)] == ["SEGMENT_TIMES"]
    assert [each.segment_id for each in annotations(responses)] == ["asr/1/2"]


async def test_a_segment_on_which_the_rules_fail_is_a_failed_result_and_the_next_works(
    run_core, monkeypatch
) -> None:
    annotate = Rules.annotate

    def poisoned(self: Rules, text: str, *args, **kwargs):
        if "poison" in text:
            raise KeyError(text)
        return annotate(self, text, *args, **kwargs)

    monkeypatch.setattr(Rules, "annotate", poisoned)
    texts = ["the price", "poison", "poison " * 1000, "cancel"]
    responses = await run_core([config(), *[segment(text, number) for number, text in enumerate(texts, 1)]])
    found = annotations(responses)
    check_results(found)
    assert [each.header.outcome for each in found] == [
        result_pb2.OUTCOME_COMPLETE,
        result_pb2.OUTCOME_FAILED,
        result_pb2.OUTCOME_FAILED,
        result_pb2.OUTCOME_COMPLETE,
    ]
    assert found[1].header.failure.reason == "ANNOTATION_FAILED"
    assert "poison" not in found[1].header.failure.message  # text belongs in no message
    assert found[1].segment_id == "asr/1/2"
    assert [each.turn.segment_ids for each in responses if each.HasField("turn")] == [
        ["asr/1/1", "asr/1/2", "asr/1/3", "asr/1/4"]
    ]


@pytest.mark.parametrize(("options", "value"), [({}, ""), ({"held_on": "2026-03-04"}, "2026-03-05")])
async def test_the_day_of_the_talk_is_an_option(run_core, options: dict[str, str], value: str) -> None:
    (found,) = annotations(await run_core([config(options=options), segment("see you tomorrow")]))
    assert [each.normalized for each in found.annotations if each.kind == Annotation.KIND_ENTITY] == [value]


@pytest.mark.parametrize(
    "options",
    [{"turn_gap": "0"}, {"turn_gap": "x"}, {"turn_gap": "nan"}, {"held_on": "today"}, {"window": "1"}],
)
async def test_a_bad_option_is_a_bad_configuration(run_core, options: dict[str, str]) -> None:
    with pytest.raises(InvalidConfig):
        await run_core([config(options=options)])


async def test_who_speaks_may_be_called_by_name(run_core) -> None:
    texts = [("hello", "Leo"), ("leo see me after the lesson", "teacher")]
    requests = [segment(text, number, speaker=speaker) for number, (text, speaker) in enumerate(texts, 1)]
    (_, found) = annotations(await run_core([config(), *requests]))
    (item,) = [each for each in found.annotations if each.kind == Annotation.KIND_ACTION_ITEM]
    assert dict(item.attributes) == {"who": "leo", "what": "see me", "when": "after the lesson"}


async def test_keywords_are_ranked_over_the_session(run_core) -> None:
    texts = ["the invoice", "the plan", "the plan"]
    responses = await run_core([config(), *[segment(text, number) for number, text in enumerate(texts, 1)]])
    found = [each.annotations[0].attributes for each in annotations(responses)]
    assert [(each["session_rank"], each["session_count"]) for each in found] == [
        ("1", "1"),
        ("2", "1"),
        ("1", "2"),
    ]
    stats = [each.conversation_stats for each in responses if each.HasField("conversation_stats")][-1]
    assert [(each.label, each.count) for each in stats.keywords] == [("plan", 2), ("invoice", 1)]


async def test_the_core_answers_without_a_stream() -> None:
    async with SemanticsCore(SemanticsSettings()) as core:
        assert core.extract_keywords("the plan and the price") == ("plan", "price")
        assert core.classify_intent("what is it") == (Intent.QUESTION,)
        found = core.annotate(segment("what is the price").segment)
        assert found.header.result_id == "semantics/1/asr/1/1"
        assert found.primary_intent == semantics_pb2.INTENT_QUESTION
        assert {each.label for each in found.annotations if each.kind == Annotation.KIND_TOPIC} == {"pricing"}
        for bad in (segment(" ").segment, segment("x", is_final=False).segment):
            with pytest.raises(ValueError, match="segment"):
                core.annotate(bad)
    with pytest.raises(RuntimeError):
        core.classify_intent("what is it")


async def test_bad_word_lists_are_a_configuration_error(tmp_path: Path) -> None:
    core = SemanticsCore(SemanticsSettings(word_lists=tmp_path / "none.toml"))
    with pytest.raises(ConfigError, match=r"none\.toml"):
        await core.__aenter__()
    assert not core.ready


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.text(max_size=20), st.integers(0, 3), st.booleans()),
            st.sampled_from([UPSTREAM, StreamingAnnotateRequest()]),
        ),
        max_size=20,
    ),
    st.sampled_from([0.0, 0.0005]),
)
def test_every_segment_has_one_answer(run_core, items, delay: float) -> None:
    requests = [
        segment(each[0], ordinal, each[1], is_final=each[2]) if isinstance(each, tuple) else each
        for ordinal, each in enumerate(items)
    ]
    engine = {"engine": "scripted", "scripted_delay": delay, "max_pending": 2} if delay else {}
    responses = asyncio.run(run_core([config(), *requests], **engine))
    found = annotations(responses)
    check_results(found)
    sent = [each.segment.header.result_id for each in requests if each.segment.is_final]
    assert sorted(each.segment_id for each in found if each.segment_id) == sorted(sent)
    assert len(found) - len(sent) == (UPSTREAM in requests)
    refused = sum(not each.segment.is_final and each != UPSTREAM for each in requests)
    assert len(failures(responses)) == refused
