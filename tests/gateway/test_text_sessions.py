"""Sessions without audio: chunks become segments, and everything behind recognition runs as ever."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration

from rivermouth.session.v1 import config_pb2, service_pb2
from services.runtime.offsets import SECOND, nanoseconds
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, gateway


async def test_a_whole_session(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session(audio_format=None)
        assert list(call.events[0].session_started.steps) == ["semantics", "quantitative_metrics"]
        await call.text(0, 1, "hello", speaker="anna")
        await call.text(1.5, 2, "there", speaker="anna")
        await call.text(2, 3, "hi", speaker="ben")
        await call.text(9, 10, "bye", speaker="ben")
        await call.finish()
        await call.drain()
    rules.check(call.events)
    told = [(each.header.result_id, each.text, each.is_final) for each in call.bodies("transcript")]
    assert told == [
        ("text/0/1", "hello", False),
        ("text/0/1", "hello there", False),
        ("text/0/1", "hello there", True),
        ("text/0/2", "hi", False),
        ("text/0/2", "hi", True),
        ("text/0/3", "bye", False),
        ("text/0/3", "bye", True),
    ]
    assert [each.segment_id for each in call.bodies("semantic")] == ["text/0/1", "text/0/2", "text/0/3"]
    last = call.bodies("analysis")[-1]
    assert (last.local.quantitative_metrics.segments, list(last.header.evidence.missing)) == (3, [])
    assert nanoseconds(call.summary.audio_duration) == 10 * SECOND
    assert call.summary.chunks_received == 4
    assert not call.bodies("transcript_complete")


async def test_bad_chunks_are_events_and_the_session_goes_on(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session(audio_format=None)
        await call.text(4, 5, "one")
        await call.text(3, 6, "backwards")
        await call.text(6, 5, "inside out")
        await call.send(text_chunk={"start_offset": Duration(seconds=-1), "text": "negative"})
        await call.text(6, 7, " ")
        await call.audio(CHUNK)
        await call.send(silence={"duration": Duration(seconds=1)})
        await call.text(5, 6, "two")
        await call.finish()
        await call.text(7, 8, "late")
        await call.drain()
    rules.check(call.events)
    errors = [(each.client_sequence, each.failure.reason, each.field) for each in call.bodies("error")]
    assert errors[:6] == [
        (3, "TEXT_OUT_OF_ORDER", "text_chunk.start_offset"),
        (4, "TEXT_TIME_INVALID", "text_chunk.end_offset"),
        (5, "TEXT_TIME_INVALID", "text_chunk.start_offset"),
        (6, "TEXT_EMPTY", "text_chunk.text"),
        (7, "AUDIO_IN_TEXT_SESSION", "audio"),
        (8, "AUDIO_IN_TEXT_SESSION", "silence"),
    ]
    assert errors[6:] in ([], [(11, "INPUT_AFTER_FINISH", "text_chunk")])
    assert call.bodies("transcript")[-1].text == "one two"


async def test_text_in_a_session_with_audio() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session()
        await call.text(0, 1, "hello")
        error = await call.until("error")
        assert (error.failure.reason, error.field) == ("TEXT_IN_AUDIO_SESSION", "text_chunk")


async def test_finalize_closes_the_open_segments() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session(audio_format=None)
        await call.text(0, 1, "left", channel_tag=1)
        await call.text(0, 1, "right", channel_tag=2)
        await call.send(finalize=service_pb2.Finalize(channel_tag=2))
        ack = await call.until("finalize_ack")
        assert (ack.request_sequence, ack.closed) == (4, 1)
        await call.send(finalize=service_pb2.Finalize())
        ack = await call.until("finalize_ack")
        assert (ack.request_sequence, ack.closed) == (5, 1)
        await call.send(finalize=service_pb2.Finalize())
        ack = await call.until("finalize_ack")
        assert (ack.request_sequence, ack.closed) == (6, 0)
        assert [each.text for each in call.bodies("transcript") if each.is_final] == ["right", "left"]
        await call.finish()
        await call.drain()
    rules.check(call.events)


async def test_gap_of_the_configuration_and_analysers_asked_for() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session(
            audio_format=None,
            segmentation={"max_gap": Duration()},
            analysers=[config_pb2.AnalyserConfig(name="quantitative_metrics")],
        )
        await call.text(0, 1, "one")
        await call.text(1, 2, "and")
        await call.text(2.001, 3, "two")
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert [each.text for each in call.bodies("transcript") if each.is_final] == ["one and", "two"]
    assert call.bodies("semantic") == []
    assert call.bodies("analysis")[-1].local.quantitative_metrics.segments == 2


async def test_an_empty_session(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session(audio_format=None)
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert call.bodies("transcript") == []
