"""Both transports turn the same failure of a stage into the same StageFailure."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc.aio
import pytest

from gateway.contracts import CONTRACTS
from gateway.failure import Failure
from gateway.plan import Contract
from gateway.transport import InProcess, OverGrpc, StageFailure, Transport
from rivermouth.asr.v1 import asr_pb2
from services.runtime.channel import open_channel
from services.runtime.errors import (
    AtCapacity,
    FieldViolation,
    InvalidConfig,
    NotFound,
    ProtocolOrder,
    RivermouthError,
    TimedOut,
    Unavailable,
)
from services.runtime.server import Server
from services.runtime.settings import ServerSettings
from tests.gateway.puppets import LIMIT, Puppet, Stream

ASR = CONTRACTS[Contract.ASR]


@contextlib.asynccontextmanager
async def reach(puppet: Puppet, over_grpc: bool) -> AsyncIterator[Transport]:
    if not over_grpc:
        yield InProcess(puppet)
        return
    async with Server(ServerSettings(), [puppet.register]) as server, open_channel(server.address) as channel:
        yield OverGrpc(channel, ASR.method, ASR.request, ASR.response)


async def numbered(count: int) -> AsyncIterator[Any]:
    for number in range(count):
        yield asr_pb2.StreamingRecognizeRequest(finalize=asr_pb2.FinalizeRequest(request_id=number))


async def endless() -> AsyncIterator[Any]:
    yield asr_pb2.StreamingRecognizeRequest(streaming_config=asr_pb2.StreamingRecognitionConfig())
    await asyncio.Event().wait()


async def flood() -> AsyncIterator[Any]:
    while True:
        yield asr_pb2.StreamingRecognizeRequest(finalize=asr_pb2.FinalizeRequest())
        await asyncio.sleep(0)


async def ignore(_: Any) -> None:
    """Where responses do not matter."""


async def failure_of(
    puppet: Puppet, over_grpc: bool, act: Callable[[Stream], None], requests: Any
) -> Failure:
    """What the transport makes of a stage that ends so once it has its first request."""
    async with asyncio.timeout(LIMIT), reach(puppet, over_grpc) as transport:
        exchange = asyncio.create_task(transport.exchange(requests, ignore, lambda: None))
        act(await puppet.stream())
        with pytest.raises(StageFailure) as raised:
            await exchange
        return raised.value.failure


FAILURES: list[tuple[RivermouthError, bool]] = [
    (InvalidConfig("TEST_REASON", "no", violations=[FieldViolation("audio", "is too loud")]), False),
    (ProtocolOrder("TEST_REASON", "no"), False),
    (NotFound("TEST_REASON", "no"), False),
    (Unavailable("TEST_REASON", "no", metadata={"peer": "x"}), True),
    (AtCapacity("TEST_REASON", "no", retry_after=1.5), True),
    (TimedOut("TEST_REASON", "no"), True),
]


@pytest.mark.parametrize(("error", "retryable"), FAILURES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("requests", [endless, flood])
async def test_an_error_of_the_service(
    over_grpc: bool, error: RivermouthError, retryable: bool, requests: Callable[[], Any]
) -> None:
    failure = await failure_of(Puppet(Contract.ASR), over_grpc, lambda each: each.fail(error), requests())
    assert (failure.reason, failure.retryable) == ("TEST_REASON", retryable)
    assert failure.message == ("no (audio: is too loud)" if error.violations else "no")
    assert failure.metadata == tuple(error.metadata.items())


async def test_a_bug_of_the_service(over_grpc: bool) -> None:
    bug = KeyError("secret")
    failure = await failure_of(Puppet(Contract.ASR), over_grpc, lambda each: each.fail(bug), endless())
    assert (failure.reason, failure.retryable) == ("INTERNAL", True)
    assert "secret" not in failure.message
    assert [name for name, _ in failure.metadata] == ["correlation_id"]


async def test_requests_and_responses_pass_in_order_and_the_end_is_well(over_grpc: bool) -> None:
    puppet = Puppet(Contract.ASR)
    got: list[int] = []
    connected = 0

    async def receive(response: asr_pb2.StreamingRecognizeResponse) -> None:
        got.append(response.finalized.request_id)

    def connect() -> None:
        nonlocal connected
        connected += 1

    async with asyncio.timeout(LIMIT), reach(puppet, over_grpc) as transport:
        exchange = asyncio.create_task(transport.exchange(numbered(50), receive, connect))
        stream = await puppet.stream()
        await stream.until(lambda each: each.half_closed)
        assert [each.finalize.request_id for each in stream.requests] == list(range(50))
        for number in range(50):
            answer = asr_pb2.RecognitionFinalized(request_id=number)
            await stream.say(asr_pb2.StreamingRecognizeResponse(finalized=answer))
        stream.finish()
        await exchange
    assert got == list(range(50))
    assert connected == 1


async def test_cancelled_from_our_side_the_stream_is_gone(over_grpc: bool) -> None:
    puppet = Puppet(Contract.ASR)
    async with asyncio.timeout(LIMIT), reach(puppet, over_grpc) as transport:
        exchange = asyncio.create_task(transport.exchange(endless(), ignore, lambda: None))
        stream = await puppet.stream()
        exchange.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exchange
        await asyncio.wait_for(stream.ended.wait(), 1)


async def test_a_cancellation_is_never_lost_to_a_failure_at_the_same_time() -> None:
    """grpc.aio loses one that comes while the call is set up; found at one in some hundred."""

    async def fail(context: Any) -> None:
        await context.abort(grpc.StatusCode.UNAVAILABLE, "why")

    lost = 0
    async with Server(ServerSettings(), [raw(fail)]) as server, open_channel(server.address) as channel:
        transport = OverGrpc(channel, ASR.method, ASR.request, ASR.response)
        for turns in [*range(60)] * 5:
            exchange = asyncio.create_task(transport.exchange(endless(), ignore, lambda: None))
            for _ in range(turns):
                await asyncio.sleep(0)
            asked = exchange.cancel()
            await asyncio.wait({exchange}, timeout=LIMIT)
            lost += asked and not exchange.cancelled()
            if not exchange.cancelled():
                exchange.exception()
    assert lost == 0


async def over_channel(serve: Callable[[Any], None], requests: AsyncIterator[Any]) -> Failure:
    """What becomes of a call to a server that is none of ours."""
    async with Server(ServerSettings(), [serve]) as server, open_channel(server.address) as channel:
        transport = OverGrpc(channel, ASR.method, ASR.request, ASR.response)
        with pytest.raises(StageFailure) as raised:
            await asyncio.wait_for(transport.exchange(requests, ignore, lambda: None), LIMIT)
        return raised.value.failure


def raw(handle: Callable[[Any], Any]) -> Callable[[Any], None]:
    """A server of this RPC whose handler reads and writes bytes."""

    async def run(_: Any, context: Any) -> None:
        await context.read()
        await handle(context)

    service, method = ASR.method.strip("/").split("/")
    handlers = {method: grpc.stream_stream_rpc_method_handler(run)}

    def register(server: Any) -> None:
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))

    return register


async def test_a_peer_that_does_not_speak_the_contract() -> None:
    failure = await over_channel(raw(lambda context: context.write(b"\xff\xff\xff")), endless())
    assert (failure.reason, failure.retryable) == ("STAGE_MALFORMED", False)


@pytest.mark.parametrize(
    ("code", "reason", "retryable"),
    [
        (grpc.StatusCode.CANCELLED, "PEER_CANCELLED", True),
        (grpc.StatusCode.UNAVAILABLE, "PEER_UNAVAILABLE", True),
        (grpc.StatusCode.UNKNOWN, "PEER_FAILED", True),
        (grpc.StatusCode.DATA_LOSS, "PEER_FAILED", True),
        (grpc.StatusCode.INVALID_ARGUMENT, "PEER_FAILED", False),
    ],
)
async def test_a_bare_status(code: grpc.StatusCode, reason: str, retryable: bool) -> None:
    failure = await over_channel(raw(lambda context: context.abort(code, "why")), flood())
    assert (failure.reason, failure.message, failure.retryable) == (reason, "why", retryable)


async def test_a_server_without_this_rpc() -> None:
    failure = await over_channel(Puppet(Contract.QUALITY).register, endless())
    assert (failure.reason, failure.retryable) == ("PEER_UNIMPLEMENTED", False)


async def test_an_address_that_nobody_listens_on() -> None:
    async with open_channel("127.0.0.1:1") as channel:
        transport = OverGrpc(channel, ASR.method, ASR.request, ASR.response)
        with pytest.raises(StageFailure) as raised:
            await asyncio.wait_for(transport.exchange(endless(), ignore, lambda: None), LIMIT)
    assert (raised.value.failure.reason, raised.value.failure.retryable) == ("PEER_UNAVAILABLE", True)
