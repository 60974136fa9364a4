"""Requests that are no messages are the caller's fault, on every kind of RPC, and the channel lives on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2

from services.runtime.channel import open_channel
from services.runtime.errors import RivermouthError, from_rpc_error
from services.runtime.server import Server, bounded_requests
from services.runtime.settings import ServerSettings

BROKEN = b"\xff\xff\xff"
WHOLE = health_pb2.HealthCheckRequest(service="x").SerializeToString()
FACTORIES: dict[str, Any] = {
    "unary_unary": grpc.unary_unary_rpc_method_handler,
    "unary_stream": grpc.unary_stream_rpc_method_handler,
    "stream_stream": grpc.stream_stream_rpc_method_handler,
}


class Echo:
    """Says the name of the service that is asked for."""

    async def unary_unary(self, request: Any, _: Any) -> bytes:
        return str(request.service).encode()

    async def unary_stream(self, request: Any, context: Any) -> None:
        await context.write(await self.unary_unary(request, context))

    async def stream_stream(self, _: AsyncIterator[Any], context: Any) -> None:
        async for request in bounded_requests(context, 5.0, 5.0):
            await context.write(await self.unary_unary(request, context))

    def register(self, server: Any) -> None:
        handlers = {
            name: make(getattr(self, name), health_pb2.HealthCheckRequest.FromString)
            for name, make in FACTORIES.items()
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Echo", handlers),))


async def answer(channel: Any, arity: str, request: bytes) -> bytes:
    """What a call of bytes is answered."""
    open_call = getattr(channel, arity)(f"/test.Echo/{arity}")
    if arity == "unary_unary":
        return bytes(await open_call(request))
    call = open_call(request) if arity == "unary_stream" else open_call(iter([request]))
    return b"".join([bytes(each) async for each in call])


async def error_of(channel: Any, arity: str, request: bytes) -> RivermouthError:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await answer(channel, arity, request)
    return from_rpc_error(raised.value)


@pytest.mark.parametrize("arity", FACTORIES)
async def test_a_request_that_cannot_be_read(arity: str, caplog: pytest.LogCaptureFixture) -> None:
    async with Server(ServerSettings(), [Echo().register]) as server, open_channel(server.address) as channel:
        for request in (BROKEN, WHOLE[:-1]):
            error = await error_of(channel, arity, request)
            assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_MESSAGE")
            assert f"/test.Echo/{arity}" in error.message
        assert await answer(channel, arity, WHOLE) == b"x"
    assert not [each for each in caplog.records if each.levelname == "ERROR"]
