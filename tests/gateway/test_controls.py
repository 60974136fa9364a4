"""finalize is always acknowledged, update_config confirmed or refused, and what a filter drops is counted."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from rivermouth.asr.v1 import asr_pb2
from rivermouth.session.v1 import config_pb2, service_pb2
from services.runtime.errors import InvalidConfig
from services.runtime.offsets import duration, from_seconds
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, Call, gateway
from tests.gateway.puppets import Puppet, puppets

WAV = {"encoding": "AUDIO_ENCODING_WAV"}


async def finalize(call: Call, channel: int = 0) -> tuple[int, int]:
    await call.send(finalize=service_pb2.Finalize(channel_tag=channel))
    ack = await call.until("finalize_ack")
    return ack.request_sequence, ack.closed


async def test_finalize_closes_the_utterance_and_comes_after_what_it_closed(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session()
        for _ in range(4):
            await call.audio(CHUNK)
        await call.audio(CHUNK[:640])
        assert await finalize(call) == (7, 1)
        final = call.bodies("transcript")[-1]
        assert final.is_final
        assert final.end_offset == duration(from_seconds(0.42))
        assert await finalize(call) == (8, 0)
        await call.finish()
        await call.drain()
    rules.check(call.events)


@pytest.mark.parametrize("when", ["nothing yet", "before the header", "recognition dead", "after finish"])
async def test_finalize_is_acknowledged_where_nothing_is_open(over_grpc: bool, when: str) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("quality", "asr")}
    async with gateway(stages, over_grpc) as serve:
        call = await serve.session(**({"audio_format": WAV} if when == "before the header" else {}))
        if when == "nothing yet":
            stream = await stages["asr"].stream()
            await call.send(finalize=service_pb2.Finalize())
            await stream.until(lambda each: each.requests[-1].HasField("finalize"))
            answer = asr_pb2.RecognitionFinalized(request_id=2)
            await stream.say(asr_pb2.StreamingRecognizeResponse(finalized=answer))
            ack = await call.until("finalize_ack")
            assert (ack.request_sequence, ack.closed) == (2, 0)
            return
        if when == "recognition dead":
            (await stages["asr"].stream()).fail(InvalidConfig("TEST_REASON", "no"))
            await call.until("analyser_status")
        if when == "after finish":
            await call.finish()
        assert (await finalize(call))[1] == 0


async def test_finalize_that_was_not_answered_is_acknowledged_when_recognition_dies(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    async with gateway(stages, over_grpc) as serve:
        call = await serve.session()
        stream = await stages["asr"].stream()
        await call.send(finalize=service_pb2.Finalize())
        await stream.until(lambda each: each.requests[-1].HasField("finalize"))
        stream.fail(InvalidConfig("TEST_REASON", "no"))
        ack = await call.until("finalize_ack")
        assert (ack.request_sequence, ack.closed) == (2, 0)


async def test_finalize_of_a_channel_that_there_is_not() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session()
        await call.send(finalize=service_pb2.Finalize(channel_tag=2))
        ack = await call.until("finalize_ack")
        assert (ack.request_sequence, ack.closed) == (2, 0)
        error = await call.until("error")
        assert (error.failure.reason, error.field) == ("FINALIZE_CHANNEL_INVALID", "finalize.channel_tag")


async def test_update_of_recognition_goes_on_to_it_and_to_its_successor(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    async with gateway(stages, over_grpc, stage={"reconnect_initial": 0.01}) as serve:
        call = await serve.session(recognition={"language_code": "en-GB"})
        stream = await stages["asr"].stream()
        change = asr_pb2.RecognitionConfig(
            interim_results=False, endpointing={"end_silence": Duration(seconds=2)}
        )
        await call.send(update_config={"recognition": change, "labels": {"who": "anna"}})
        body = await call.until("config_updated")
        assert body.request_sequence == 2
        assert list(body.fields) == [
            "labels.who",
            "recognition.endpointing",
            "recognition.interim_results",
        ]
        await stream.until(lambda each: each.requests[-1].HasField("update"))
        assert stream.requests[-1].update == change
        stream.finish()
        again = await stages["asr"].stream(1)
        assert again.config.recognition.language_code == "en-GB"
        assert again.config.recognition.endpointing.end_silence == Duration(seconds=2)
        session_id = call.events[0].session_id
        shown = await serve.ask("GetSession", service_pb2.GetSessionRequest(session_id=session_id))
        assert dict(shown.session.labels) == {"who": "anna"}


async def test_update_is_refused_as_a_whole() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session()
        await call.send(
            update_config={
                "recognition": {"engine": "other"},
                "event_filter": {"exclude": ["progress", "nonsense"]},
                "labels": {"who": "anna"},
            }
        )
        body = await call.until("config_rejected")
        assert body.request_sequence == 2
        assert [each.field for each in body.violations] == [
            "update_config.event_filter.exclude[1]",
            "update_config.recognition.engine",
        ]
        await call.finish()
        await call.drain()
    rules.check(call.events)


FILTERS: list[tuple[dict[str, Any], set[str] | None, set[str]]] = [
    ({"include": ["transcript"]}, {"transcript"}, set()),
    ({"exclude": ["progress", "audio_quality"]}, None, {"progress", "audio_quality"}),
    ({"include": ["transcript", "semantic"], "exclude": ["semantic"]}, {"transcript"}, {"semantic"}),
    ({"include": ["heartbeat"]}, set(), set()),
]


@pytest.mark.parametrize(("event_filter", "only", "never"), FILTERS)
async def test_what_a_filter_leaves_out_is_counted(
    event_filter: dict[str, Any], only: set[str] | None, never: set[str]
) -> None:
    async with gateway(actors()) as serve:
        call = await serve.session(event_filter=event_filter)
        for _ in range(20):
            await call.audio(CHUNK)
        await call.finish()
        await call.drain()
    rules.check_sequence(call.events, whole=False)
    rules.check_summary(call.events, whole=False)
    kinds = set(call.kinds()) - {"session_started", "session_summary"}
    assert not kinds & never
    if only is not None:
        assert kinds <= only
    left_out = sum(each.skipped for each in call.events)
    assert left_out + len(call.events) == call.events[-1].sequence
    assert left_out


async def test_only_final(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session(event_filter=config_pb2.EventFilter(only_final=True))
        for _ in range(20):
            await call.audio(CHUNK)
        await call.finish()
        await call.drain()
    rules.check(call.events, whole=False)
    assert all(not body.header.partial for _, body in rules.results(call.events))
    assert {kind for kind, _ in rules.results(call.events)} == {
        "transcript",
        "transcript_complete",
        "audio_quality",
        "semantic",
        "analysis",
    }
    assert len(call.bodies("progress")) == 8


async def test_a_filter_changed_on_the_way() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session()
        await call.send(update_config={"event_filter": {"include": ["progress"]}})
        await call.audio(CHUNK)
        await call.finish()
        await call.drain()
    rules.check_sequence(call.events, whole=False)
    assert "audio_quality" not in call.kinds()
    assert "config_updated" not in call.kinds()
    assert call.kinds()[-1] == "session_summary"
