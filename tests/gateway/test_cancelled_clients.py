"""A client that is gone leaves nothing behind: no stage stream, no task, no thread, no file descriptor."""

from __future__ import annotations

import asyncio
import gc
import os
import threading

from rivermouth.session.v1 import events_pb2, service_pb2
from tests.gateway.actors import actors
from tests.gateway.calls import CHUNK, Call, Gateway, config, gateway
from tests.gateway.puppets import eventually, puppets

SESSIONS = 500


async def test_all_stage_streams_are_gone_within_a_second(over_grpc: bool) -> None:
    stages = puppets()
    async with gateway(stages, over_grpc) as serve:
        call = await serve.session()
        await call.audio(CHUNK)
        streams = [await each.stream() for each in stages.values()]
        await call.cancel()
        async with asyncio.timeout(1):
            for stream in streams:
                await stream.ended.wait()
        (known,) = (await serve.ask("ListSessions", service_pb2.ListSessionsRequest())).sessions
        assert known.state == service_pb2.Session.STATE_ENDED
        assert known.summary.end == events_pb2.SessionSummary.END_ABANDONED


async def abandon(serve: Gateway, number: int) -> None:
    """Cancel a session: at once, after a while, in the middle of its input, or while it drains."""
    call = Call(serve._analyze())
    try:
        if number % 5 == 0:
            return
        await call.send(streaming_config=config())
        if number % 5 == 1:
            return
        await call.until("session_started")
        await call.audio(5 * CHUNK)
        if number % 5 == 2:
            return
        await call.until("audio_quality")
        if number % 5 == 3:
            await call.finish()
    finally:
        await call.cancel()


async def settle(serve: Gateway) -> None:
    """Wait until no call is served and no session runs."""
    await eventually(lambda: not serve.server.calls_in_flight and not serve.registry._running)


def held() -> tuple[int, int, int]:
    """Tasks, threads and file descriptors of this process."""
    gc.collect()
    return len(asyncio.all_tasks()), threading.active_count(), len(os.listdir("/proc/self/fd"))


async def test_500_cancelled_sessions_leave_nothing(over_grpc: bool) -> None:
    stages = actors()
    async with gateway(stages, over_grpc) as serve:
        for number in range(10):
            await abandon(serve, number)
        await settle(serve)
        before = held()
        for first in range(0, SESSIONS, 10):
            async with asyncio.TaskGroup() as group:
                for number in range(first, first + 10):
                    group.create_task(abandon(serve, number))
        await settle(serve)
        await eventually(lambda: all(now <= then for now, then in zip(held(), before, strict=True)))
        assert all(not getattr(each, "open_streams", 0) for each in stages.values())
        call = await serve.session()
        await call.finish()
        await call.drain()
