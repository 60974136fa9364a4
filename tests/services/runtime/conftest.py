"""A tiny byte-level service on a real server: the runtime is tested over the wire, without a proto."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.runtime.channel import open_channel
from services.runtime.config import ServerSettings, TelemetrySettings
from services.runtime.server import Server
from services.runtime.telemetry import setup

SERVICE = "test.Bytes"
ROOT = Path(__file__).parents[3]

# Answers a call at once, then holds it until something ends it, and says so.
HOLDING = """
import asyncio, os, grpc
from services.runtime.server import Server
from services.runtime.settings import ServerSettings

async def handle(requests, context):
    await context.write(b"here")
    try:
        await asyncio.Event().wait()
    finally:
        print("handler ended", flush=True)

async def go_away(seconds):
    print("drain hook", seconds, flush=True)

async def main():
    generic = grpc.method_handlers_generic_handler(
        "test.Bytes", {"Call": grpc.stream_stream_rpc_method_handler(handle)}
    )
    settings = ServerSettings(drain_timeout=float(os.environ["DRAIN"]))
    async with Server(settings, [lambda server: server.add_generic_rpc_handlers((generic,))]) as server:
        server.on_drain(go_away)
        server.ready()
        serving = asyncio.create_task(server.serve_until_stopped())
        await asyncio.sleep(0)
        print(server.address, flush=True)
        await serving
    left = [each for each in asyncio.all_tasks() - {asyncio.current_task()} if "_poller" not in repr(each)]
    print("left", len((await asyncio.wait(left, timeout=1))[1]) if left else 0, flush=True)

asyncio.run(main())
"""
Serve = Callable[..., AbstractAsyncContextManager[tuple[Server, grpc.aio.Channel]]]


class Spans:
    """The spans that have ended, waited for without sleeping."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    async def named(self, method: str, kind: str, within: float = 5.0) -> ReadableSpan:
        """Return the one ended span of this RPC and kind ("SERVER" or "CLIENT")."""
        async with asyncio.timeout(within):
            while True:
                found = [
                    span
                    for span in self._exporter.get_finished_spans()
                    if span.name == f"{SERVICE}/{method}" and span.kind.name == kind
                ]
                if found:
                    assert len(found) == 1
                    return found[0]
                await asyncio.sleep(0.002)

    def all(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()


@pytest.fixture
def spans() -> Iterator[Spans]:
    exporter = InMemorySpanExporter()
    shutdown = setup(TelemetrySettings(service_name="test"), exporter=exporter)
    yield Spans(exporter)
    shutdown()


@pytest.fixture
def serve() -> Serve:
    """Serve handlers under SERVICE, by name: `unary`, `stream`, all else as bidi; yield a channel too."""

    @asynccontextmanager
    async def run(
        settings: ServerSettings | None = None, **handlers: Callable[..., Awaitable[Any]]
    ) -> AsyncIterator[tuple[Server, grpc.aio.Channel]]:
        kinds = {"unary": grpc.unary_unary_rpc_method_handler, "stream": grpc.unary_stream_rpc_method_handler}
        table = {
            name: kinds.get(name, grpc.stream_stream_rpc_method_handler)(handler)
            for name, handler in handlers.items()
        }
        generic = grpc.method_handlers_generic_handler(SERVICE, table)
        async with (
            Server(
                settings or ServerSettings(), [lambda server: server.add_generic_rpc_handlers((generic,))]
            ) as server,
            open_channel(server.address) as channel,
        ):
            yield server, channel

    return run


@pytest.fixture
async def holding_process() -> AsyncIterator[
    Callable[..., Awaitable[tuple[asyncio.subprocess.Process, str]]]
]:
    """Start a process that serves "/test.Bytes/Call" as HOLDING does; return it and its address."""
    processes: list[asyncio.subprocess.Process] = []

    async def start(drain: float = 20.0) -> tuple[asyncio.subprocess.Process, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            HOLDING,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "DRAIN": str(drain)},
        )
        processes.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(20):
            return process, (await process.stdout.readline()).decode().strip()

    yield start
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.communicate()
