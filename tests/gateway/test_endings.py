"""How a session ends: finish, half-close, cancel, limits, a drain; and what its client is told."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration

from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2
from services.runtime.errors import from_rpc_error
from services.runtime.offsets import SECOND, duration, from_seconds, nanoseconds
from tests.gateway import rules
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, Call, config, gateway
from tests.gateway.puppets import LIMIT, Puppet, puppets

Summary = events_pb2.SessionSummary


async def speak(call: Call, chunks: int) -> None:
    for _ in range(chunks):
        await call.audio(CHUNK)


def limits(**seconds: float) -> config_pb2.SessionLimits:
    return config_pb2.SessionLimits(
        **{name: duration(from_seconds(value)) for name, value in seconds.items()}
    )


@pytest.mark.parametrize("how", ["finish", "half-close", "both"])
async def test_the_whole_result_comes_after_the_end_of_the_input(over_grpc: bool, how: str) -> None:
    async with gateway(actors(), over_grpc) as serve:
        call = await serve.session()
        await speak(call, 15)
        await call.audio(bytes(1000))
        if how != "half-close":
            await call.finish()
        if how != "finish":
            await call.call.done_writing()
        await call.drain()
        assert await call.call.code() == grpc.StatusCode.OK
    rules.check(call.events)
    assert call.summary.end == Summary.END_FINISHED
    assert nanoseconds(call.summary.audio_duration) == 15 * SECOND // 10 + 500 * SECOND // 16_000
    transcripts = [each for each in call.bodies("transcript") if each.is_final]
    assert transcripts[-1].end_offset == call.summary.audio_duration
    assert nanoseconds(call.events[-1].cursors.final) == nanoseconds(call.summary.audio_duration)


async def test_a_half_close_with_a_cancel_is_no_finish() -> None:
    stages = puppets()
    async with gateway(stages) as serve:
        call = await serve.session()
        stream = await stages["asr"].stream()
        await call.call.done_writing()
        await call.cancel()
        await asyncio.wait_for(stream.ended.wait(), 1)
        assert not stream.half_closed
        (known,) = (await serve.ask("ListSessions", service_pb2.ListSessionsRequest())).sessions
        assert known.summary.end == Summary.END_ABANDONED


async def test_what_comes_after_finish_is_refused_by_an_event(over_grpc: bool) -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("quality")}
    async with gateway(stages, over_grpc) as serve:
        call = await serve.session()
        await call.finish()
        await call.audio(CHUNK)
        await call.send(silence={"duration": Duration(seconds=1)})
        await call.send(keep_alive=service_pb2.KeepAlive())
        await call.send(ack=service_pb2.Ack(sequence=1))
        await call.finish()
        for number, field in ((3, "audio"), (4, "silence")):
            error = await call.until("error")
            assert (error.failure.reason, error.field) == ("INPUT_AFTER_FINISH", field)
            assert (error.client_sequence, error.fatal) == (number, False)
        (await stages["quality"].stream()).finish()
        await call.drain()
    rules.check(call.events)
    assert call.summary.events["error"] == 2


async def test_the_longest_session(over_grpc: bool) -> None:
    stages = puppets()
    async with gateway(stages, over_grpc) as serve:
        call = serve()
        await call.send(streaming_config=config(limits=limits(max_duration=0.05)))
        error = await call.status()
        assert (error.code, error.reason) == (grpc.StatusCode.OUT_OF_RANGE, "SESSION_TOO_LONG")
        await asyncio.wait_for((await stages["asr"].stream()).ended.wait(), 1)
    rules.check(call.events)
    assert call.summary.end == Summary.END_LIMIT
    (told,) = call.bodies("error")
    assert (told.failure.reason, told.fatal) == ("SESSION_TOO_LONG", True)


@pytest.mark.parametrize("of", ["server", "session"])
async def test_a_silent_client(of: str) -> None:
    server = {"idle_timeout": 0.05} if of == "server" else {}
    async with gateway(puppets(), server=server) as serve:
        fields = {} if of == "server" else {"limits": limits(idle_timeout=1.0)}
        call = await serve.session(**fields)
        error = await call.status()
        assert (error.code, error.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "IDLE_TIMEOUT")
    rules.check(call.events)
    assert call.summary.end == Summary.END_LIMIT


async def test_a_client_that_has_said_all_may_be_silent() -> None:
    stages: dict[str, Puppet] = {**actors(), **puppets("quality")}
    settings = {"server": {"idle_timeout": 0.05}, "session": {"heartbeat": 0.05}}
    async with gateway(stages, **settings) as serve:
        call = await serve.session()
        await call.finish()
        for _ in range(4):
            await call.until("heartbeat")
        (await stages["quality"].stream()).finish()
        await call.drain()
    assert call.summary.end == Summary.END_FINISHED


async def test_a_call_that_says_nothing() -> None:
    async with gateway(puppets(), server={"first_message_timeout": 0.05}) as serve:
        error = await serve().status()
        assert error.reason == "FIRST_MESSAGE_TIMEOUT"


async def test_as_many_sessions_as_there_is_room_for() -> None:
    async with gateway(actors(), server={"max_sessions": 1}) as serve:
        first = await serve.session()
        second = serve()
        await second.send(streaming_config=config())
        error = await second.status()
        assert (error.code, error.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "AT_CAPACITY")
        assert error.retry_after
        await first.finish()
        await first.drain()
        third = await serve.session()
        await third.finish()
        await third.drain()


async def test_heartbeats_have_no_sequence_and_carry_the_cursors(over_grpc: bool) -> None:
    async with gateway(actors(), over_grpc, session={"heartbeat": 0.02}) as serve:
        call = await serve.session()
        await call.audio(CHUNK)
        for _ in range(3):
            await call.until("heartbeat")
        beat = call.unjournaled[-1]
        assert (beat.sequence, nanoseconds(beat.cursors.received)) == (0, SECOND // 10)
        await call.finish()
        await call.drain()
    rules.check(call.events)


async def test_a_drain_says_go_away_and_lets_sessions_end() -> None:
    async with gateway(actors()) as serve:
        call = await serve.session()
        stopping = asyncio.create_task(serve.server.stop(LIMIT))
        body = await call.until("go_away")
        assert 0 < nanoseconds(body.time_left) <= LIMIT * SECOND
        await call.audio(CHUNK)
        await call.finish()
        await call.drain()
        await asyncio.wait_for(stopping, 2)
    assert call.summary.end == Summary.END_FINISHED


async def test_a_drain_ends_what_still_runs_with_its_summary(over_grpc: bool) -> None:
    stages = puppets()
    async with gateway(stages, over_grpc) as serve:
        call = await serve.session()
        stopping = asyncio.create_task(serve.server.stop(0.2))
        error = await call.status()
        assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "DRAINING")
        await asyncio.wait_for(stopping, 2)
    rules.check(call.events)
    assert call.summary.end == Summary.END_DRAINED


async def test_a_deadline_of_the_client_ends_the_session() -> None:
    stages = puppets()
    async with gateway(stages) as serve:
        call = Call(serve._analyze(timeout=0.2))
        serve.calls.append(call)
        await call.send(streaming_config=config())
        stream = await stages["asr"].stream()
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call.drain()
        assert from_rpc_error(raised.value).code == grpc.StatusCode.DEADLINE_EXCEEDED
        await asyncio.wait_for(stream.ended.wait(), 1)
