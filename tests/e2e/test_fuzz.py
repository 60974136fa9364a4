"""Every RPC of every service with random, truncated and out-of-order messages: no crash, a documented status,
the next call on the same channel works, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc.aio
import pytest
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.json_format import ParseDict
from google.protobuf.message_factory import GetMessageClass

from services.runtime.channel import open_channel
from services.runtime.errors import REASONS, from_rpc_error
from services.runtime.server import Server
from services.runtime.settings import ServerSettings
from tests.e2e import random_messages
from tests.e2e.cores import cores
from tests.gateway.calls import gateway
from tests.gateway.puppets import eventually

LIMIT = 10.0
CALLS = 60
"""Of each RPC."""
AUDIO = {"encoding": "AUDIO_ENCODING_LINEAR16", "sampleRateHertz": 16000, "channelCount": 1}
SERVICES = {
    "OrchestratorService": "rivermouth.session.v1.OrchestratorService",
    "AsrService": "rivermouth.asr.v1.AsrService",
    "AudioQualityService": "rivermouth.quality.v1.AudioQualityService",
    "SemanticService": "rivermouth.semantics.v1.SemanticService",
    "AnalysisService": "rivermouth.analysis.v1.AnalysisService",
}
FIRST: dict[str, list[dict[str, Any]]] = {
    "OrchestratorService": [
        {"audioFormat": AUDIO},
        {"audioFormat": {"encoding": "AUDIO_ENCODING_WAV"}},
        {"limits": {"maxDuration": "2s"}},
    ],
    "AsrService": [{"audioFormat": AUDIO}],
    "AudioQualityService": [{"audioFormat": AUDIO}],
    "SemanticService": [{}],
    "AnalysisService": [{}],
}
DOCUMENTED = {
    grpc.StatusCode.OK,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.OUT_OF_RANGE,
}


@contextlib.asynccontextmanager
async def serving(service: str) -> AsyncIterator[tuple[Server, grpc.aio.Channel]]:
    """A server of this service with its real core, and one channel to it."""
    async with cores() as real:
        if service == "OrchestratorService":
            async with gateway(real.by_stage) as serve:
                yield serve.server, serve.channel
            return
        async with (
            Server(ServerSettings(), real.registers) as server,
            open_channel(server.address) as channel,
        ):
            yield server, channel


def methods(service: str) -> list[MethodDescriptor]:
    found = descriptor_pool.Default().FindServiceByName(SERVICES[service])
    return list(found.methods)


def first_of(chance: random.Random, service: str, method: MethodDescriptor) -> Callable[[], Any]:
    """What makes a first message that can be carried out."""
    request = GetMessageClass(method.input_type)

    def make() -> Any:
        if not method.client_streaming:
            return random_messages.message(chance, method.input_type)
        return ParseDict({"streamingConfig": chance.choice(FIRST[service])}, request())

    return make


async def call(channel: grpc.aio.Channel, method: MethodDescriptor, sent: list[bytes], leave: bool) -> Any:
    """Make a call of bytes; returns its status, and the error it stands for. `leave` cancels it midway."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    open_call: Any
    if method.client_streaming:
        open_call = channel.stream_stream(path)()
        async with asyncio.TaskGroup() as group:
            group.create_task(write_all(open_call, sent))
            if not leave:
                group.create_task(read_all(open_call))
    elif method.server_streaming:
        open_call = channel.unary_stream(path)(sent[0])
        if not leave:
            await read_all(open_call)
    else:
        open_call = channel.unary_unary(path)(sent[0])
        with contextlib.suppress(grpc.aio.AioRpcError):
            await open_call
    if leave:
        open_call.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        return await open_call.code(), await error_of(open_call)


async def write_all(open_call: Any, sent: list[bytes]) -> None:
    with contextlib.suppress(asyncio.InvalidStateError, grpc.aio.AioRpcError, grpc.aio.InternalError):
        await open_call.wait_for_connection()
        for message in sent:
            if open_call.done():
                return
            # Not `write`, which puts a status of its own in the place of the server's.
            await open_call._cython_call.send_serialized_message(message)
        await open_call.done_writing()


async def read_all(open_call: Any) -> None:
    with contextlib.suppress(grpc.aio.AioRpcError):
        while await open_call.read() is not grpc.aio.EOF:
            pass


async def error_of(open_call: Any) -> Any:
    return from_rpc_error(
        grpc.aio.AioRpcError(
            await open_call.code(),
            await open_call.initial_metadata(),
            await open_call.trailing_metadata(),
            await open_call.details(),
        )
    )


async def settled(server: Server, tasks: int) -> None:
    """Wait until no handler runs and no task is left; so many there were before."""
    await eventually(lambda: not server.calls_in_flight and len(asyncio.all_tasks()) <= tasks)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("seed", [20261120])
async def test_every_rpc(service: str, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(f"{seed} {service}")
    async with serving(service) as (server, channel):
        well: Any = None
        tasks = 0
        for method in methods(service):
            make = first_of(chance, service, method)
            for number in range(CALLS):
                sent = random_messages.requests(chance, method.input_type, make)
                sent = sent or [make().SerializeToString()]
                leave = method.client_streaming and chance.random() < 0.1
                async with asyncio.timeout(LIMIT):
                    code, error = await call(channel, method, sent, leave)
                shown = f"{method.name} {number}: {code} {error} for {sent}"
                if method.name == "Subscribe":
                    assert error.reason in ("NOT_OFFERED", "MALFORMED_MESSAGE"), shown
                elif not leave:
                    assert code in DOCUMENTED, shown
                    assert code == grpc.StatusCode.OK or error.reason in REASONS, shown
                if number == 0:
                    await settled(server, 10_000)
                    tasks = len(asyncio.all_tasks())
            if method.client_streaming:
                good = [
                    ParseDict({"streamingConfig": FIRST[service][0]}, GetMessageClass(method.input_type)())
                ]
                well, error = await call(channel, method, [each.SerializeToString() for each in good], False)
                assert well == grpc.StatusCode.OK, error
            await settled(server, tasks)
        assert well == grpc.StatusCode.OK
    assert "correlation id" not in caplog.text
