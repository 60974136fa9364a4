"""Speaker spans name transcripts; spans that come while the session runs revise those that are final."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from gateway import speakers
from rivermouth.asr.v1.asr_pb2 import ChannelConfig
from rivermouth.client import Reducer
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from rivermouth.transcript.v1.transcript_pb2 import SpeakerSpan
from services.runtime.errors import Unavailable
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, Call, gateway
from tests.gateway.puppets import Speaker, annotation, puppets

GONE = Unavailable("PEER_UNREACHABLE", "gone")


def span(start: int, end: int, speaker: str, channel: int = 0) -> SpeakerSpan:
    """Times in seconds."""
    return SpeakerSpan(
        start_offset=Duration(seconds=start),
        end_offset=Duration(seconds=end),
        speaker=speaker,
        channel_tag=channel,
    )


def context(*spans: SpeakerSpan) -> dict[str, Any]:
    return {"speaker_spans": list(spans)}


async def learn(call: Call, *spans: SpeakerSpan) -> None:
    """Send spans and read until they are taken."""
    await call.send(update_config={"speaker_spans": spans})
    assert list((await call.until("config_updated")).fields) == ["speaker_spans"]


def revisions(call: Call) -> list[tuple[list[str], str, str]]:
    return [
        (list(each.segment_ids), each.previous_speaker, each.speaker)
        for each in call.bodies("speaker_revision")
    ]


def named(call: Call) -> list[tuple[str, str, bool]]:
    return [(each.text, each.speaker, each.is_final) for each in call.bodies("transcript")]


async def test_spans_of_the_configuration_name_what_is_heard(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session(
            recognition={"channels": [ChannelConfig(channel_tag=1, speaker="line 1")]},
            context=context(span(0, 2, "anna"), span(2, 3, "ben", 1)),
        )
        await call.audio(CHUNK * 40)
        await call.finish()
        await call.drain()
    rules.check(call.events, whole=False)
    finals = [each.speaker for each in call.bodies("transcript") if each.is_final]
    assert finals == ["anna", "anna", "ben", ""]  # where no span is, none is made up
    assert {each.speaker for each in call.bodies("transcript") if not each.is_final} <= {"anna", "ben", ""}
    assert not call.bodies("speaker_revision")


async def test_spans_part_text_that_names_nobody(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session(audio_format=None, context=context(span(0, 2, "anna"), span(2, 4, "ben")))
        for second in range(5):
            await call.text(second, second + 1, f"w{second}", speaker="somebody" if second == 4 else "")
        await call.finish()
        await call.drain()
    rules.check(call.events, whole=False)
    finals = [each for each in named(call) if each[2]]
    assert finals == [("w0 w1", "anna", True), ("w2 w3", "ben", True), ("w4", "somebody", True)]


async def test_what_is_final_is_revised_and_what_follows_bears_the_new_name(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session(audio_format=None, context=context(span(0, 4, "one")))
        await call.text(0, 1, "a")
        await call.text(2.5, 3, "b")
        await call.text(5, 6, "c", speaker="two")
        await call.text(8, 9, "d")
        await call.text(12, 13, "open")
        await call.until("transcript", lambda body: body.text == "open")
        before = len(call.events)
        await learn(call, span(0, 7, "anna"), span(12, 20, "ben"))
        assert revisions(call) == [(["text/0/1", "text/0/2"], "one", "anna"), (["text/0/3"], "two", "anna")]
        after = [event.WhichOneof("event") for event in call.events[before:]]
        assert after.index("config_updated") > after.index("speaker_revision")
        await call.text(13, 14, "still")
        await call.text(16, 17, "new")
        await learn(call, span(0, 7, "anna"))  # nothing new
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert len(revisions(call)) == 2
    assert [each for each in named(call) if each[0] in ("open still", "new")] == [
        ("open still", "ben", False),
        ("open still", "ben", True),
        ("new", "ben", False),
        ("new", "ben", True),
    ]
    reducer = Reducer()
    for event in call.events:
        reducer.apply(event)
    assert [each.speaker for each in reducer.transcript()] == ["anna", "anna", "anna", "", "ben", "ben"]
    assert not reducer.violations
    assert not reducer.superseded
    assert not reducer.check_summary()


async def test_spans_that_cannot_be_used_change_nothing() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session()
        await call.audio(CHUNK * 10)
        await call.until("transcript", lambda body: body.is_final)
        await call.send(
            update_config={
                "speaker_spans": [span(0, 1, "anna"), span(2, 1, "ben"), span(0, 1, "", 2)],
                "labels": {"a": "b"},
            }
        )
        rejected = await call.until("config_rejected")
        assert [each.field for each in rejected.violations] == [
            "update_config.speaker_spans[1].end_offset",
            "update_config.speaker_spans[2].speaker",
            "update_config.speaker_spans[2].channel_tag",  # the audio has one channel
        ]
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert {each.speaker for each in call.bodies("transcript")} == {""}
    assert not revisions(call)


@pytest.mark.parametrize("wrong", [{"speaker_spans": [span(5, 4, "x")]}, {"sentiment_trend": [float("nan")]}])
async def test_a_context_that_cannot_be_used_ends_the_call(wrong: dict[str, Any]) -> None:
    async with gateway(actors()) as serve:
        call = serve()
        await call.send(streaming_config={"context": wrong})
        error = await call.status()
    assert error.reason == "CONFIG_INVALID"
    assert error.violations[0].field.startswith("streaming_config.context.")


async def test_analysis_is_told_in_order_also_when_it_comes_back(over_grpc: bool) -> None:
    stages = puppets("analysis")
    async with gateway({**actors(), **stages}, over_grpc, stage={"reconnect_initial": 0.01}) as serve:
        call = await serve.session(audio_format=None)
        first = await stages["analysis"].stream()
        await call.text(0, 1, "a", speaker="one")
        await call.text(5, 6, "b", speaker="one")
        await first.until(lambda each: len(each.requests) == 2)
        await learn(call, span(0, 9, "anna"))
        await first.until(lambda each: len(each.requests) == 3)
        assert list(first.requests[2].speaker_revision.segment_ids) == ["text/0/1"]
        assert first.requests[2].speaker_revision.speaker == "anna"
        await call.text(15, 16, "c")  # b is final now
        await first.until(lambda each: len(each.requests) == 4)
        first.fail(GONE)
        again = await stages["analysis"].stream(1)
        await again.until(lambda each: len(each.requests) == 4)
        assert [each.WhichOneof("request") for each in again.requests] == [
            *("streaming_config", "segment", "speaker_revision", "segment")
        ]
        assert [each.segment.transcript.speaker for each in again.requests[1::2]] == ["one", "anna"]
        assert not again.requests[2].HasField("segment")


async def test_a_segment_revised_while_it_waits_for_its_annotation_is_given_with_its_new_name() -> None:
    stages = {**actors(), **puppets("asr", "semantics", "analysis")}
    async with gateway(stages, session={"annotation_wait": 60.0}) as serve:
        call = await serve.session()
        asr, semantics = await stages["asr"].stream(), await stages["semantics"].stream()
        analysis = await stages["analysis"].stream()
        says = Speaker(asr)
        await says.transcript(says.open(), "hello", 1000)
        await semantics.until(lambda each: any(request.HasField("segment") for request in each.requests))
        await learn(call, span(0, 1, "anna"))
        (segment,) = [each.segment for each in semantics.requests if each.HasField("segment")]
        await semantics.say(annotation(semantics, 1, segment))
        await analysis.until(lambda each: each.requests[-1].HasField("segment"))
        assert segment.speaker == ""  # what was handed over is never changed
        given = analysis.requests[-1].segment
        assert given.transcript.speaker == "anna"
        assert isinstance(given.semantic, SemanticAnnotation)
        assert revisions(call) == [([segment.header.result_id], "", "anna")]


async def test_no_room_to_tell_analysis_is_said() -> None:
    async with gateway({**actors(), **puppets("analysis")}, stage={"work_items": 1}) as serve:
        call = await serve.session(audio_format=None, analysers=[AnalyserConfig(name="quantitative_metrics")])
        for number in range(3):
            await call.text(number * 5, number * 5 + 1, f"s{number}")
        await call.until("transcript", lambda body: body.text == "s2")
        await learn(call, span(0, 1, "anna"), span(5, 6, "ben"))  # two revisions at once
        (warning,) = call.bodies("warning")
        assert (warning.reason, dict(warning.metadata)) == (
            "BACKPRESSURE",
            {"stage": "analysis", "segments": "1"},
        )
        assert len(revisions(call)) == 2


async def test_a_stage_that_takes_them_is_told_all_of_many_revisions(
    over_grpc: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speakers, "STEP", 4)
    stages = puppets("analysis")
    async with gateway({**actors(), **stages}, over_grpc, stage={"work_items": 8}) as serve:
        call = await serve.session(audio_format=None, analysers=[AnalyserConfig(name="quantitative_metrics")])
        analysis = await stages["analysis"].stream()
        for number in range(81):
            await call.text(number * 5, number * 5 + 1, f"s{number}", speaker=f"p{number}")
            await analysis.until(lambda each, count=number: len(each.requests) == 1 + count)
        await learn(call, span(0, 5 * 80, "anna"))
        assert not call.bodies("warning")
        assert len(revisions(call)) == 80
        await analysis.until(lambda each: len(each.requests) == 1 + 80 + 80)
