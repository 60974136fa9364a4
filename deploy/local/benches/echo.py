"""The measure of all: a bare grpc.aio bidi echo of raw bytes, with the options of our servers, as a process.

A message whose first byte is 1 is written back as it is; the others are only read.
"""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import grpc.aio

from deploy.local.benches import peer
from services.runtime.options import server_options
from services.runtime.settings import ServerSettings

SERVICE = "rivermouth.bench.Echo"
METHOD = f"/{SERVICE}/Echo"
ANSWERED, UNANSWERED = b"\x01", b"\x00"


async def _echo(_: Any, context: Any) -> None:
    while (message := await context.read()) is not grpc.aio.EOF:
        if message[:1] == ANSWERED:
            await context.write(message)


async def _serve() -> None:
    server = grpc.aio.server(options=server_options(ServerSettings()))
    echo: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_stream_rpc_method_handler(_echo)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"Echo": echo}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()

    async def address() -> dict[str, Any]:
        return {"address": f"127.0.0.1:{port}"}

    await peer.answer({"address": address})
    await server.stop(None)


if __name__ == "__main__":
    asyncio.run(_serve())
