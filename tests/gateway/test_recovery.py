"""A stage that dies in the middle of a session comes back and is given what it had not answered."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from rivermouth.asr.v1 import asr_pb2
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1 import result_pb2
from rivermouth.session.v1 import events_pb2, service_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.errors import AtCapacity, InvalidConfig, Unavailable
from services.runtime.offsets import MILLISECOND, duration, nanoseconds
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, Call, config, gateway
from tests.gateway.puppets import Puppet, Speaker, Stream, annotation, finish_all, puppets

QUICK = {"reconnect_initial": 0.01, "reconnect_max": 0.05}
GONE = Unavailable("TEST_GONE", "it was killed")
Status = events_pb2.AnalyserStatus


def audio_of(stream: Stream) -> bytes:
    return b"".join(each.audio.content for each in stream.requests)


def counted(first: int, last: int) -> list[bytes]:
    """Chunks of 100 ms that can be told apart."""
    return [np.full(1600, number, np.int16).tobytes() for number in range(first, last)]


async def states(call: Call, *expected: int) -> list[Any]:
    """The next states that stages are told to be in."""
    told = []
    for state in expected:
        told.append(await call.until("analyser_status"))
        assert told[-1].state == state
    return told


async def test_recognition_goes_on_from_the_final_cursor(over_grpc: bool) -> None:
    stages = puppets("asr")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session()
        first = await stages["asr"].stream()
        chunks = counted(1, 21)
        for chunk in chunks:
            await call.audio(chunk)
        await first.until(lambda each: len(audio_of(each)) == 20 * 3200)
        speaker = Speaker(first)
        await speaker.transcript(speaker.open(), "said", end_ms=800)
        await speaker.cursors(2000, final_ms=800)
        await speaker.transcript(speaker.open(), "half sai", final=False, start_ms=900, end_ms=2000)
        await call.until("transcript", lambda each: each.text == "half sai")
        first.fail(GONE)
        lost, running = await states(call, Status.STATE_RECONNECTING, Status.STATE_RUNNING)
        assert lost.failure.reason == "TEST_GONE"
        assert (lost.incarnation, running.incarnation) == (0, 1)
        again = await stages["asr"].stream(1)
        assert nanoseconds(again.config.start_offset) == 800 * MILLISECOND
        assert again.config.identity.incarnation == 1
        await again.until(lambda each: len(audio_of(each)) == 12 * 3200)
        assert audio_of(again) == b"".join(chunks[8:])
        cut = next(each for each in call.bodies("transcript") if each.header.outcome > 1)
        assert (cut.text, cut.header.outcome) == ("half sai", result_pb2.OUTCOME_FAILED)
        assert cut.header.failure.reason == "TEST_GONE"
        speaker = Speaker(again)
        await speaker.transcript(speaker.open(), "half said now", start_ms=900, end_ms=2000)
        await call.finish()
        await again.until(lambda each: each.half_closed)
        await speaker.complete("half said now")  # it knows of nothing else
        again.finish()
        await call.drain()
        rules.check(call.events)
        finals = [each for each in call.bodies("transcript") if each.header.outcome == 1]
        assert [each.header.result_id for each in finals] == ["asr/1/1", "asr~1/1/1"]
        (whole,) = call.bodies("transcript_complete")
        assert whole.header.outcome == result_pb2.OUTCOME_COMPLETE
        assert (whole.text, whole.word_count) == ("said half said now", 4)
        assert list(whole.segment_ids) == ["asr/1/1", "asr~1/1/1"]


@pytest.mark.parametrize("missing", ["a segment", "audio"])
async def test_a_whole_text_with_a_gap_says_so(over_grpc: bool, missing: str) -> None:
    stages = puppets("asr")
    stage = {**QUICK, "speech_kept": 0.5 if missing == "audio" else 60.0}
    if missing == "audio":
        stage["reconnect_initial"] = stage["reconnect_max"] = 30.0  # until the input ends
    async with gateway({**actors(), **stages}, over_grpc, stage=stage) as serve:
        call = await serve.session()
        first = await stages["asr"].stream()
        await call.audio(CHUNK)
        speaker = Speaker(first)
        await speaker.transcript(speaker.open(), "said", end_ms=100)
        await speaker.cursors(100, final_ms=100)
        if missing == "a segment":
            header = speaker.open().final(result_pb2.OUTCOME_FAILED, result_pb2.Failure(reason="TEST_FAILED"))
            failed = transcript_pb2.Transcript(header=header, channel_tag=1, is_final=True)
            await first.say(asr_pb2.StreamingRecognizeResponse(transcript=failed))
            await call.until("transcript", lambda each: each.header.outcome == result_pb2.OUTCOME_FAILED)
        await call.until("transcript") if missing == "audio" else None
        first.fail(GONE)
        await states(call, Status.STATE_RECONNECTING)
        for _ in range(10):
            await call.audio(CHUNK)
        await call.finish()
        again = await stages["asr"].stream(1)
        await again.until(lambda each: each.half_closed)
        await Speaker(again).complete()
        again.finish()
        await call.drain()
        rules.check(call.events)
        (whole,) = call.bodies("transcript_complete")
        assert (whole.text, whole.header.outcome) == ("said", result_pb2.OUTCOME_TRUNCATED)
        assert whole.header.failure.reason == "RECOGNITION_INCOMPLETE"
        told = {"a segment": "1 segments could not be recognised", "audio": "s of audio were forgotten"}
        assert told[missing] in whole.header.failure.message


async def test_the_text_so_far_where_recognition_is_given_up(over_grpc: bool) -> None:
    stages = puppets("asr")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session()
        first = await stages["asr"].stream()
        await call.audio(CHUNK)
        speaker = Speaker(first)
        await speaker.transcript(speaker.open(), "so far", end_ms=100)
        await call.until("transcript")
        first.fail(InvalidConfig("TEST_FINAL", "never again"))
        await call.finish()
        await call.drain()
        rules.check(call.events)
        (whole,) = call.bodies("transcript_complete")
        assert (whole.text, whole.header.outcome) == ("so far", result_pb2.OUTCOME_FAILED)
        assert whole.header.failure.reason == "TEST_FINAL"


async def test_a_stage_that_refuses_is_not_said_to_run(over_grpc: bool) -> None:
    stages = puppets("asr")
    full = AtCapacity("TEST_FULL", "no room")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session()
        for number in range(5):
            (await stages["asr"].stream(number)).fail(full)
        taken = await stages["asr"].stream(5)
        lost, running = await states(call, Status.STATE_RECONNECTING, Status.STATE_RUNNING)
        assert (lost.failure.reason, running.incarnation) == ("TEST_FULL", 5)
        await call.finish()
        await taken.until(lambda each: each.half_closed)
        taken.finish()
        await call.drain()
        assert len(call.bodies("analyser_status")) == 2


async def test_a_channel_that_was_ahead_is_not_recognised_twice(over_grpc: bool) -> None:
    stages = puppets("asr")
    stereo = audio_pb2.AudioFormat(
        encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=16_000, channel_count=2
    )
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session(audio_format=stereo)
        first = await stages["asr"].stream()
        for _ in range(10):
            await call.audio(np.ones(3200, np.int16).tobytes())
        await first.until(lambda each: len(audio_of(each)) == 64_000)
        speaker = Speaker(first)
        await speaker.transcript(speaker.open(), "left is done", end_ms=750)
        await speaker.cursors(1000, final_ms=200)
        await call.until("transcript")
        await asyncio.wait_for(call_has(call, 200), 5)
        first.fail(GONE)
        again = await stages["asr"].stream(1)
        await again.until(lambda each: len(audio_of(each)) == 64_000 - 12_800)
        assert nanoseconds(again.config.start_offset) == 200 * MILLISECOND
        frames = np.frombuffer(audio_of(again), np.int16).reshape(-1, 2)
        assert not frames[: 550 * 16, 0].any()
        assert frames[550 * 16 :, 0].all()
        assert frames[:, 1].all()


async def call_has(call: Call, final_ms: int) -> None:
    """Wait until the session's final cursor is there, by what finalize acknowledges."""
    while not call.events or nanoseconds(call.events[-1].cursors.final) < final_ms * MILLISECOND:
        await call.send(update_config={"labels": {"again": "x"}})
        await call.until("config_updated")


async def test_a_finalize_is_asked_again(over_grpc: bool) -> None:
    stages = puppets("asr")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session()
        first = await stages["asr"].stream()
        await call.audio(CHUNK)
        await call.send(finalize=service_pb2.Finalize())
        await first.until(lambda each: each.requests[-1].HasField("finalize"))
        first.fail(GONE)
        again = await stages["asr"].stream(1)
        await again.until(lambda each: each.requests[-1].HasField("finalize"))
        finalize = again.requests[-1].finalize
        answer = asr_pb2.RecognitionFinalized(request_id=finalize.request_id, closed=1)
        await again.say(asr_pb2.StreamingRecognizeResponse(finalized=answer))
        ack = await call.until("finalize_ack")
        assert (ack.request_sequence, ack.closed) == (3, 1)


async def test_semantics_is_given_all_again_and_heard_where_it_had_not_answered(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = puppets("asr", "semantics")
    settings = {"stage": QUICK, "session": {"annotation_wait": 30.0}}
    async with gateway({**actors(), **stages}, over_grpc, **settings) as serve:
        call = await serve.session()
        asr = await stages["asr"].stream()
        first = await stages["semantics"].stream()
        for _ in range(9):
            await call.audio(CHUNK)
        await asr.until(lambda each: len(audio_of(each)) == 9 * 3200)
        speaker = Speaker(asr)
        for number in range(3):
            start = number * 300
            await speaker.transcript(speaker.open(), f"s{number}", start_ms=start, end_ms=start + 300)
        await first.until(lambda each: len(each.requests) == 4)
        await first.say(annotation(first, 1, first.requests[1].segment))
        await call.until("semantic")
        first.fail(GONE)
        again = await stages["semantics"].stream(1)
        await again.until(lambda each: len(each.requests) == 4)
        assert [each.segment.text for each in again.requests[1:]] == ["s0", "s1", "s2"]
        for number in (1, 2, 3):
            await again.say(annotation(again, number, again.requests[number].segment))
        await call.until("semantic")
        await call.until("semantic")
        await call.finish()
        await finish_all({"asr": stages["asr"]})
        await again.until(lambda each: each.half_closed)
        again.finish()
        await call.drain()
        rules.check(call.events)
        about = [each.segment_id for each in call.bodies("semantic")]
        assert about == ["asr/1/1", "asr/1/2", "asr/1/3"]


async def test_analysis_is_given_the_whole_history_marked(over_grpc: bool) -> None:
    stages = puppets("analysis")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session(audio_format=None)
        first = await stages["analysis"].stream()
        for number in range(3):
            await call.text(number * 5, number * 5 + 1, f"s{number}")
        await first.until(lambda each: len(each.requests) == 3)
        first.fail(GONE)
        again = await stages["analysis"].stream(1)
        await again.until(lambda each: len(each.requests) == 3)
        await call.finish()
        await again.until(lambda each: each.half_closed)
        said = [(each.segment.transcript.text, each.segment.replayed) for each in again.requests[1:]]
        assert said == [("s0", True), ("s1", True), ("s2", False)]


async def test_quality_goes_on_with_what_comes(over_grpc: bool) -> None:
    stages = puppets("quality")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session()
        first = await stages["quality"].stream()
        await call.audio(5 * CHUNK)
        await first.until(lambda each: len(each.requests) == 2)
        first.fail(GONE)
        again = await stages["quality"].stream(1)
        await call.audio(5 * CHUNK)
        await again.until(lambda each: len(each.requests) == 2)
        assert again.requests[1].audio.sample_offset == 8000


@pytest.mark.parametrize("early", ["at once", "after a request"])
async def test_a_stage_that_ends_before_its_input_is_started_anew(over_grpc: bool, early: str) -> None:
    stages = puppets("asr")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session()
        first = await stages["asr"].stream()
        if early == "after a request":
            await call.audio(CHUNK)
            await first.until(lambda each: len(each.requests) == 2)
        first.finish()
        lost, _ = await states(call, Status.STATE_RECONNECTING, Status.STATE_RUNNING)
        assert lost.failure.reason == "STAGE_CLOSED_EARLY"
        again = await stages["asr"].stream(1)
        await call.finish()
        await again.until(lambda each: each.half_closed)
        again.finish()
        await call.drain()
        rules.check(call.events)


async def test_a_stage_that_says_nothing_after_its_input_is_given_up(over_grpc: bool) -> None:
    stages = puppets("quality")
    async with gateway({**actors(), **stages}, over_grpc, stage={"no_progress": 0.1}) as serve:
        call = await serve.session()
        stream = await stages["quality"].stream()
        await call.audio(CHUNK)
        await call.finish()
        await call.drain()
        await asyncio.wait_for(stream.ended.wait(), 1)
    rules.check(call.events)
    (status,) = call.bodies("analyser_status")
    assert (status.state, status.failure.reason) == (Status.STATE_UNAVAILABLE, "STAGE_TIMEOUT")


async def test_a_stage_that_always_dies_is_given_up_some_time_after_the_input(over_grpc: bool) -> None:
    stages = actors()
    settings = {"quality": "127.0.0.1:1", "stage": {**QUICK, "give_up_after": 0.1}}
    del stages["quality"]
    async with gateway(stages, over_grpc, **settings) as serve:
        call = serve()
        await call.send(streaming_config=config())
        (lost,) = await states(call, Status.STATE_RECONNECTING)
        assert lost.failure.reason == "PEER_UNAVAILABLE"
        await call.finish()
        await call.drain()
    rules.check(call.events)
    assert [each.state for each in call.bodies("analyser_status")][-1] == Status.STATE_UNAVAILABLE
    assert duration(0) == call.summary.audio_duration


async def test_what_is_said_once_a_session_is_not_said_by_the_next_one_too(over_grpc: bool) -> None:
    stages = puppets("asr")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session()
        first = await stages["asr"].stream()
        await call.audio(CHUNK)
        await call.finish()
        await first.until(lambda each: each.half_closed)
        await Speaker(first).complete()
        await call.until("transcript_complete")
        first.fail(GONE)
        again = await stages["asr"].stream(1)
        await again.until(lambda each: each.half_closed)
        await Speaker(again).complete()
        again.finish()
        await call.drain()
        rules.check(call.events)
        assert [each.header.result_id for each in call.bodies("transcript_complete")] == ["asr/0/complete"]


async def test_a_stage_that_came_back_with_nothing_to_say_is_said_to_run(over_grpc: bool) -> None:
    stages = puppets("semantics")
    async with gateway({**actors(), **stages}, over_grpc, stage=QUICK) as serve:
        call = await serve.session()
        first = await stages["semantics"].stream()
        await call.finish()
        await first.until(lambda each: each.half_closed)
        first.fail(GONE)
        again = await stages["semantics"].stream(1)
        await again.until(lambda each: each.half_closed)
        again.finish()
        await call.drain()
        told = [each.state for each in call.bodies("analyser_status") if each.stage == "semantics"]
        assert told[:2] == [Status.STATE_RECONNECTING, Status.STATE_RUNNING]
