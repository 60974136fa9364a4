"""The peer's silence is bounded; the reader's own work is not counted."""

import asyncio
import time

import grpc
import pytest

from services.runtime.errors import from_rpc_error
from services.runtime.timeouts import bounded_requests


def echo(first: float = 30.0, idle: float = 30.0):
    async def handle(_requests: object, context: grpc.aio.ServicerContext) -> None:
        async for message in bounded_requests(context, first, idle):
            await context.write(message)

    return handle


async def ending(call: grpc.aio.StreamStreamCall) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    return from_rpc_error(caught.value).reason


async def test_a_silent_call_ends_after_the_first_limit(serve) -> None:
    async with serve(Echo=echo(first=0.1)) as (_, channel), asyncio.timeout(5):
        assert await ending(channel.stream_stream("/test.Bytes/Echo")()) == "FIRST_MESSAGE_TIMEOUT"


@pytest.mark.parametrize("first", [0.05, 10.0])
async def test_a_call_that_falls_silent_ends_after_the_idle_limit(serve, first: float) -> None:
    async with serve(Echo=echo(first=first, idle=0.3)) as (_, channel), asyncio.timeout(5):
        call = channel.stream_stream("/test.Bytes/Echo")()
        await call.write(b"1")
        assert await call.read() == b"1"
        started = time.monotonic()
        assert await ending(call) == "IDLE_TIMEOUT"
        assert 0.2 < time.monotonic() - started < 2


async def test_messages_in_time_keep_the_call_alive_past_the_limits(serve) -> None:
    async with serve(Echo=echo(first=0.2, idle=0.2)) as (_, channel), asyncio.timeout(10):
        call = channel.stream_stream("/test.Bytes/Echo")()
        for _ in range(12):
            await call.write(b"x")
            assert await call.read() == b"x"
            await asyncio.sleep(0.05)  # the pace of the sender, 0.6 s in all
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        assert await call.code() == grpc.StatusCode.OK


async def test_a_busy_reader_is_not_an_idle_peer(serve) -> None:
    async def slow(_requests: object, context: grpc.aio.ServicerContext) -> None:
        async for message in bounded_requests(context, 0.1, 0.1):
            await asyncio.sleep(0.4)  # work, four times the limit
            await context.write(message)

    async with serve(Slow=slow) as (_, channel), asyncio.timeout(10):
        call = channel.stream_stream("/test.Bytes/Slow")()
        for _ in range(2):
            await call.write(b"x")
        assert [await call.read() for _ in range(2)] == [b"x"] * 2
        assert await ending(call) == "IDLE_TIMEOUT"  # the watch goes on when the work is done


async def test_a_reader_in_a_task_group_ends_the_whole_call(serve) -> None:
    ended: list[str] = []

    async def grouped(_requests: object, context: grpc.aio.ServicerContext) -> None:
        async def read() -> None:
            async for _ in bounded_requests(context, 0.1, 0.1):
                pass

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("work")

        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            group.create_task(work())

    async with serve(Grouped=grouped) as (_, channel), asyncio.timeout(5):
        assert await ending(channel.stream_stream("/test.Bytes/Grouped")()) == "FIRST_MESSAGE_TIMEOUT"
    assert ended == ["work"]


async def test_a_cancel_from_elsewhere_stays_a_cancel() -> None:
    class Silent:
        def add_done_callback(self, callback: object) -> None:
            pass

        async def read(self) -> bytes:
            return await asyncio.get_running_loop().create_future()

    async def read() -> None:
        async for _ in bounded_requests(Silent(), 30, 30):  # type: ignore[arg-type]
            pass

    task = asyncio.create_task(read())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_message_costs_little() -> None:
    """Far below the 30 µs of a time limit per message; generous, for the machine may be busy."""

    class Ready:
        def add_done_callback(self, callback: object) -> None:
            pass

        async def read(self) -> bytes:
            return b""

    async def elapsed(count: int) -> float:
        requests = bounded_requests(Ready(), 30, 30)  # type: ignore[arg-type]
        started = time.perf_counter()
        for _ in range(count):
            await anext(requests)
        return (time.perf_counter() - started) / count

    assert min([await elapsed(5000) for _ in range(5)]) < 10e-6


async def test_a_cancel_as_the_limit_runs_out_stays_a_cancel() -> None:
    class Silent:
        async def read(self) -> object:
            return await asyncio.get_running_loop().create_future()

        def add_done_callback(self, _done: object) -> None: ...

    async def read() -> None:
        async for _ in bounded_requests(Silent(), 0.02, 0.02):  # type: ignore[arg-type]
            pass

    task = asyncio.create_task(read())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.01, task.cancel)
    time.sleep(0.03)  # noqa: ASYNC251  the loop is held up, so that both are due at once
    await asyncio.wait([task])
    assert task.cancelled()
