"""Who is too slow holds back only what must wait for it, and the stream says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from gateway.plan import Contract
from rivermouth.session.v1 import events_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.errors import InvalidConfig, Unavailable
from services.runtime.offsets import SECOND, nanoseconds
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, Call, gateway
from tests.gateway.puppets import Puppet, Send, Speaker, Stream, annotation, finish_all, puppets

Flow = events_pb2.FlowControl
Status = events_pb2.AnalyserStatus
LONG = "word " * 3000


async def fill(call: Call, chunks: int) -> None:
    for _ in range(chunks):
        await call.audio(CHUNK)


async def test_the_sender_is_held_back_until_recognition_has_taken_enough(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    settings = {"session": {"unaccepted_speech": 0.5, "stalled_after": 60, "heartbeat": 0.02}}
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session()
        asr = await stages["asr"].stream()
        await fill(call, 20)
        flow = await call.until("flow_control")
        assert (flow.state, flow.cause) == (Flow.STATE_STARTED, "asr")
        assert nanoseconds(flow.buffered) == 6 * SECOND // 10
        for _ in range(3):
            await call.until("heartbeat")
            assert nanoseconds(call.unjournaled[-1].cursors.received) == 6 * SECOND // 10
        speaker = Speaker(asr)
        await speaker.cursors(600)
        flow = await call.until("flow_control")
        assert flow.state == Flow.STATE_ENDED
        for pieces in range(7, 21):
            await asr.until(lambda each, pieces=pieces: len(each.requests) > pieces)
            await speaker.cursors(pieces * 100)
        await call.finish()
        await finish_all({"asr": stages["asr"]})
        await call.drain()
    rules.check(call.events)
    assert call.bodies("analyser_status") == []
    assert call.summary.chunks_received == 20
    flows = [each.flow_control.state for each in call.unjournaled if each.HasField("flow_control")]
    assert flows == [Flow.STATE_STARTED, Flow.STATE_ENDED] * (len(flows) // 2)


async def test_how_late_recognition_is_stands_in_heartbeats_and_flow_control(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    settings = {"session": {"unaccepted_speech": 0.5, "stalled_after": 60, "heartbeat": 0.02}}
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session()
        asr = await stages["asr"].stream()
        speaker = Speaker(asr)
        beat = await call.until("heartbeat")
        assert not beat.HasField("recognition_lag")
        await call.audio(CHUNK)
        await asr.until(lambda each: len(each.requests) > 1)
        await speaker.cursors(100, lag_ms=1_500)
        while not beat.HasField("recognition_lag"):
            beat = await call.until("heartbeat")
        assert nanoseconds(beat.recognition_lag) == 3 * SECOND // 2
        await fill(call, 6)
        flow = await call.until("flow_control")
        assert (flow.state, flow.cause) == (Flow.STATE_STARTED, "asr")
        assert nanoseconds(flow.recognition_lag) == 3 * SECOND // 2
        await speaker.cursors(700)
        while beat.HasField("recognition_lag"):
            beat = await call.until("heartbeat")
        await call.finish()
        await finish_all({"asr": stages["asr"]})
        await call.drain()
    rules.check(call.events)


async def test_without_progress_recognition_is_stalled_and_the_rest_goes_on(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    settings = {"session": {"unaccepted_speech": 0.5, "stalled_after": 0.05}}
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session()
        asr = await stages["asr"].stream()
        await fill(call, 30)
        stalled = await call.until("analyser_status")
        assert (stalled.stage, stalled.state) == ("asr", Status.STATE_STALLED)
        assert stalled.failure.reason == "STAGE_STALLED"
        flows = [each.flow_control.state for each in call.unjournaled if each.HasField("flow_control")]
        assert flows == [Flow.STATE_STARTED, Flow.STATE_ENDED]
        while not any(nanoseconds(each.duration) == 3 * SECOND for each in call.bodies("audio_quality")):
            await call.next()
        await asr.until(lambda each: len(each.requests) == 31)
        speaker = Speaker(asr)
        await speaker.cursors(3000)
        running = await call.until("analyser_status")
        assert (running.stage, running.state) == ("asr", Status.STATE_RUNNING)
        await call.finish()
        await finish_all({"asr": stages["asr"]})
        await call.drain()
    rules.check(call.events)


async def test_a_recogniser_that_stalls_for_long_loses_the_oldest_audio_and_is_told_so() -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    settings = {
        "asr": "127.0.0.1:1",
        "stage": {"speech_kept": 1.0, "give_up_after": 0.01, "reconnect_initial": 0.01},
    }
    del stages["asr"]
    async with gateway(stages, **settings) as serve:
        call = await serve.session()
        await fill(call, 30)
        await call.finish()
        await call.drain()
    rules.check(call.events)
    dropped = {each.service: each.dropped for each in call.summary.services}
    assert dropped["asr"] >= 19


async def test_quality_drops_the_oldest_and_it_is_counted(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("quality")}
    settings = {"stage": {"audio_pieces": 5, "give_up_after": 0.01}, "quality": "127.0.0.1:1"}
    del stages["quality"]
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session()
        await fill(call, 30)
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert {each.service: each.dropped for each in call.summary.services}["quality"] == 25


async def test_a_slow_reader_gets_fewer_interims_and_every_final(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    async with gateway(stages, over_grpc, session={"reader_lag": 50}) as serve:
        call = await serve.session()
        asr = await stages["asr"].stream()
        await fill(call, 10)
        speaker = Speaker(asr)
        for number in range(10):
            opened = speaker.open()
            for _ in range(100):
                await speaker.transcript(opened, LONG, number * 100 + 90, False, number * 100)
            await speaker.transcript(opened, f"final {number}", number * 100 + 100, True, number * 100)
        sender = asyncio.create_task(fill(call, 200))
        flow = await call.until("flow_control")
        assert (flow.state, flow.cause) == (Flow.STATE_STARTED, "client")
        while flow.state != Flow.STATE_ENDED:
            flow = await call.until("flow_control")
        await sender
        await call.finish()
        await finish_all({"asr": stages["asr"]})
        await call.drain()
    rules.check(call.events, whole=False)
    finals = [each.text for each in call.bodies("transcript") if each.is_final]
    assert finals == [f"final {number}" for number in range(10)]
    left_out = sum(each.skipped for each in call.events)
    interims = sum(not each.is_final for each in call.bodies("transcript"))
    assert left_out > 100
    assert interims <= 1000 - left_out + 10
    assert call.summary.segments_partial == 1000
    assert call.summary.chunks_received == 210


async def test_events_that_were_forgotten_end_the_call() -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("asr")}
    async with gateway(stages, session={"journal_events": 1000}) as serve:
        call = await serve.session()
        asr = await stages["asr"].stream()
        speaker = Speaker(asr)
        for _ in range(2500):
            await speaker.transcript(speaker.open(), LONG, 0, True)
            if speaker.count % 50 == 0:
                await asyncio.sleep(0)
        error = await call.status()
        assert error.reason == "EVENTS_LOST"
        assert int(error.metadata["oldest"]) > len(call.events) + 1
        await asyncio.wait_for(asr.ended.wait(), 1)


async def say_annotations(stream: Stream, count: int) -> None:
    """Annotate each of so many segments as it comes."""
    for number in range(1, count + 1):
        await stream.until(partial(has_segments, count=number))
        await stream.say(annotation(stream, number, segments_of(stream)[number - 1]))


def has_segments(stream: Stream, count: int) -> bool:
    return len(segments_of(stream)) >= count


def segments_of(stream: Stream) -> list[transcript_pb2.Transcript]:
    return [each.segment for each in stream.requests if each.HasField("segment")]


async def test_the_sender_of_text_is_held_back_and_nothing_is_skipped(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("semantics")}
    settings = {"stage": {"work_items": 8}, "session": {"stalled_after": 30.0}}
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session(audio_format=None)
        stream = await stages["semantics"].stream()
        for number in range(20):
            await call.text(4 * number, 4 * number + 2, f"segment {number}.")
        held = await call.until("flow_control")
        assert (held.state, held.cause) == (Flow.STATE_STARTED, "semantics")
        assert len(call.bodies("transcript")) < 2 * 8  # an interim and a final each
        async with asyncio.TaskGroup() as group:
            group.create_task(say_annotations(stream, 20))
            await call.until("flow_control", lambda each: each.state == Flow.STATE_ENDED)
            await call.finish()
            await call.until("semantic", lambda each: each.segment_id == "text/0/20")
        stream.finish()
        await call.drain()
    rules.check(call.events)
    assert {each.service: each.skipped for each in call.summary.services}["semantics"] == 0
    assert call.bodies("analysis")[-1].local.quantitative_metrics.segments == 20


async def test_a_stage_that_does_not_move_holds_the_sender_of_text_back_once(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("semantics")}
    settings = {"stage": {"work_items": 8}, "session": {"stalled_after": 0.1, "annotation_wait": 0.05}}
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session(audio_format=None)
        stream = await stages["semantics"].stream()
        for number in range(20):
            await call.text(4 * number, 4 * number + 2, f"segment {number}.")
        await call.finish()
        await stream.until(lambda each: each.half_closed)
        stream.finish()
        await call.drain()
    rules.check(call.events)
    flow = [each.flow_control.state for each in call.unjournaled if each.HasField("flow_control")]
    assert flow == [Flow.STATE_STARTED, Flow.STATE_ENDED]
    skipped = {each.service: each.skipped for each in call.summary.services}
    assert skipped["semantics"] == 20 - 8


async def test_a_stage_that_is_given_up_lets_the_sender_of_text_go(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("semantics")}
    settings = {"stage": {"work_items": 8}, "session": {"stalled_after": 30.0}}
    async with gateway(stages, over_grpc, **settings) as serve:
        call = await serve.session(audio_format=None)
        stream = await stages["semantics"].stream()
        for number in range(20):
            await call.text(4 * number, 4 * number + 2, f"segment {number}.")
        await call.until("flow_control", lambda each: each.state == Flow.STATE_STARTED)
        stream.fail(InvalidConfig("TEST_FINAL", "never again"))
        await call.until("flow_control", lambda each: each.state == Flow.STATE_ENDED)
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert len([each for each in call.bodies("transcript") if each.is_final]) == 20


class Crashing(Puppet):
    """Dies of the second request of each of its lives."""

    async def run(self, requests: AsyncIterator[Any], send: Send) -> None:
        await anext(requests)
        await anext(requests)
        raise Unavailable("TEST_CRASH", "it does not like segments")


async def test_a_stage_that_crashes_again_and_again_does_not_hold_the_sender_of_text(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), "analysis": Crashing(Contract.ANALYSIS)}
    stage = {"work_items": 8, "reconnect_initial": 0.01, "reconnect_max": 0.05, "give_up_after": 0.1}
    async with gateway(stages, over_grpc, stage=stage, session={"stalled_after": 30.0}) as serve:
        call = await serve.session(audio_format=None)
        for number in range(20):
            await call.text(4 * number, 4 * number + 2, f"segment {number}.")
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert len([each for each in call.bodies("transcript") if each.is_final]) == 20
    assert len(call.bodies("semantic")) == 20
