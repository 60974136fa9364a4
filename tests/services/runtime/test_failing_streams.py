"""A stream that fails while another of its tasks writes: the caller gets the status, whenever it happens."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from services.runtime.channel import open_channel
from services.runtime.errors import InvalidConfig, from_rpc_error
from services.runtime.server import Server
from services.runtime.settings import ServerSettings


def failing(turns: int) -> Any:
    """A handler that fails after so many turns of the loop, in the middle of a write."""

    async def handle(_: Any, context: Any) -> None:
        async def write() -> None:
            while True:
                await context.write(bytes(100_000))

        async with asyncio.TaskGroup() as group:
            group.create_task(write())
            for _turn in range(turns):
                await asyncio.sleep(0)
            raise InvalidConfig("TEST_REASON", "no")

    def register(server: Any) -> None:
        handlers = {"Fail": grpc.stream_stream_rpc_method_handler(handle)}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Fail", handlers),))

    return register


async def read_all(call: Any) -> None:
    while await call.read() is not grpc.aio.EOF:
        pass


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13, 50])
async def test_the_caller_gets_the_status(turns: int) -> None:
    async with Server(ServerSettings(), [failing(turns)]) as server, open_channel(server.address) as channel:
        for _ in range(5):
            call: Any = channel.stream_stream("/test.Fail/Fail")()
            try:
                with pytest.raises(grpc.aio.AioRpcError) as raised:
                    await asyncio.wait_for(read_all(call), 5)
            finally:
                call.cancel()
            assert from_rpc_error(raised.value).reason == "TEST_REASON"
