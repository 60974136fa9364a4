"""Each ending of a call, seen in the spans of both sides; and the export, against a real OTLP receiver."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.sdk.trace import ReadableSpan

from services.runtime import telemetry
from services.runtime.channel import open_channel
from services.runtime.config import ServerSettings, TelemetrySettings
from services.runtime.errors import InvalidConfig, Unavailable

ROOT = Path(__file__).parents[3]


def outcome(span: ReadableSpan) -> tuple[str, str]:
    """Return the gRPC code and the status of a span."""
    assert span.attributes is not None
    number = span.attributes["rpc.grpc.status_code"]
    return next(
        code.name for code in grpc.StatusCode if code.value[0] == number
    ), span.status.status_code.name


async def echo(_requests: object, context: grpc.aio.ServicerContext) -> None:
    """Echo with read and write."""
    while (message := await context.read()) is not grpc.aio.EOF:
        await context.write(message)


async def generate(requests, _context: object):
    """Echo as an asynchronous generator."""
    async for message in requests:
        yield message


async def hold(_requests: object, context: grpc.aio.ServicerContext) -> None:
    """Answer once, then never end by itself."""
    await context.write(b"here")
    await asyncio.Event().wait()


async def started(channel: grpc.aio.Channel, method: str, **options: object) -> grpc.aio.StreamStreamCall:
    call = channel.stream_stream(f"/test.Bytes/{method}")(**options)
    await call.write(b"here")
    assert await call.read() == b"here"
    return call


async def both(spans, method: str) -> tuple[ReadableSpan, ReadableSpan]:
    server, client = await spans.named(method, "SERVER"), await spans.named(method, "CLIENT")
    assert server.parent is not None
    assert server.parent.span_id == client.context.span_id
    assert server.context.trace_id == client.context.trace_id
    for span in (server, client):
        assert span.attributes is not None
        assert dict(span.attributes)["rpc.system"] == "grpc"
        assert dict(span.attributes)["rpc.service"] == "test.Bytes"
        assert dict(span.attributes)["rpc.method"] == method
    return server, client


@pytest.mark.parametrize("handler", [echo, generate])
async def test_finish(spans, serve, handler) -> None:
    async with serve(Call=handler) as (_, channel):
        call = await started(channel, "Call")
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        server, client = await both(spans, "Call")
    assert outcome(server) == outcome(client) == ("OK", "UNSET")


async def test_unary_and_server_streams(spans, serve) -> None:
    seen: list[tuple[str, str]] = []

    async def unary(request: bytes, _context: object) -> bytes:
        seen.append(telemetry.current_ids())
        return request

    async def stream(request: bytes, context: grpc.aio.ServicerContext) -> None:
        await context.write(request)
        await context.write(request)

    async with serve(unary=unary, stream=stream) as (_, channel):
        assert await channel.unary_unary("/test.Bytes/unary")(b"1") == b"1"
        assert [each async for each in channel.unary_stream("/test.Bytes/stream")(b"2")] == [b"2", b"2"]
        unary_span, _ = await both(spans, "unary")
        stream_span, client = await both(spans, "stream")
    assert outcome(unary_span) == outcome(stream_span) == outcome(client) == ("OK", "UNSET")
    assert seen == [telemetry.ids(unary_span)]


async def test_abort_with_a_status(spans, serve) -> None:
    async def refuse(_requests: object, _context: object) -> None:
        raise InvalidConfig("BAD_RATE", "no such rate")

    async with serve(Call=refuse) as (_, channel):
        assert await channel.stream_stream("/test.Bytes/Call")().code() == grpc.StatusCode.INVALID_ARGUMENT
        server, client = await both(spans, "Call")
    assert outcome(server) == ("INVALID_ARGUMENT", "UNSET")  # the caller's fault
    assert dict(server.attributes)["error.type"] == "BAD_RATE"
    assert outcome(client) == ("INVALID_ARGUMENT", "ERROR")
    assert client.status.description == "INVALID_ARGUMENT: no such rate"


async def test_abort_by_the_handler_itself(spans, serve) -> None:
    async def refuse(_requests: object, context: grpc.aio.ServicerContext) -> None:
        await context.abort(grpc.StatusCode.UNAVAILABLE, "gone")

    async with serve(Call=refuse) as (_, channel):
        assert await channel.stream_stream("/test.Bytes/Call")().code() == grpc.StatusCode.UNAVAILABLE
        server, client = await both(spans, "Call")
    assert outcome(server) == outcome(client) == ("UNAVAILABLE", "ERROR")
    assert server.status.description == "UNAVAILABLE: gone"


async def test_unhandled_exception(spans, serve) -> None:
    async def fail(_requests: object, _context: object) -> None:
        raise ZeroDivisionError("inside")

    async with serve(Call=fail) as (_, channel):
        assert await channel.stream_stream("/test.Bytes/Call")().code() == grpc.StatusCode.INTERNAL
        server, client = await both(spans, "Call")
    assert outcome(server) == outcome(client) == ("INTERNAL", "ERROR")
    assert dict(server.events[0].attributes)["exception.type"] == "ZeroDivisionError"


@pytest.mark.parametrize("handler", [hold, echo, generate])
async def test_cancel_by_the_client(spans, serve, handler) -> None:
    """Also of handlers that return at the bare EOF that a cancel looks like at first."""
    async with serve(Call=handler) as (_, channel):
        call = await started(channel, "Call")
        call.cancel()
        server, client = await both(spans, "Call")
    assert outcome(server) == ("CANCELLED", "UNSET")
    assert outcome(client) == ("CANCELLED", "ERROR")


@pytest.mark.parametrize("handler", [hold, echo])
async def test_deadline(spans, serve, handler) -> None:
    async with serve(Call=handler) as (_, channel):
        call = await started(channel, "Call", timeout=0.2)
        assert await call.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        server, client = await both(spans, "Call")
    assert outcome(server) == outcome(client) == ("DEADLINE_EXCEEDED", "ERROR")


async def test_a_cancel_long_before_the_deadline_is_a_cancel(spans, serve) -> None:
    async with serve(Call=hold) as (_, channel):
        call = await started(channel, "Call", timeout=30)
        call.cancel()
        server, client = await both(spans, "Call")
    assert [outcome(span)[0] for span in (server, client)] == ["CANCELLED", "CANCELLED"]


@pytest.mark.parametrize(
    ("limit", "remaining", "cause"),
    [
        (0.2, 0.0, "DEADLINE_EXCEEDED"),
        (0.2, 0.01, "DEADLINE_EXCEEDED"),  # the client's clock ran out first
        (0.2, 0.15, "CANCELLED"),
        (1000.0, 5.0, "DEADLINE_EXCEEDED"),  # the limit was rounded up on the wire
        (1000.0, 900.0, "CANCELLED"),
        (float("inf"), float("inf"), "CANCELLED"),
    ],
)
def test_a_deadline_is_told_from_a_hang_up(limit: float, remaining: float, cause: str) -> None:
    assert telemetry._cause_of_cancel(limit, remaining).name == cause


async def test_server_stop(spans, serve) -> None:
    async with serve(Call=hold) as (server, channel):
        call = await started(channel, "Call")
        await server.stop()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
        server_span, client_span = await both(spans, "Call")
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    assert outcome(server_span) == outcome(client_span) == ("UNAVAILABLE", "ERROR")


async def test_killed_server(spans, holding_process) -> None:
    process, address = await holding_process()
    async with open_channel(address) as channel:
        call = await started(channel, "Call")
        process.kill()
        assert await call.code() == grpc.StatusCode.UNAVAILABLE
        span = await spans.named("Call", "CLIENT")
    assert outcome(span) == ("UNAVAILABLE", "ERROR")


async def test_nobody_listens(spans) -> None:
    async with open_channel("127.0.0.1:1") as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await channel.unary_unary("/test.Bytes/unary")(b"")
        assert outcome(await spans.named("unary", "CLIENT")) == ("UNAVAILABLE", "ERROR")


async def test_a_call_that_cannot_be_opened_leaves_no_span_open(spans) -> None:
    channel = open_channel("127.0.0.1:1")
    await channel.close()
    with pytest.raises(grpc.aio.UsageError):
        channel.stream_stream("/test.Bytes/Call")()
    assert outcome(await spans.named("Call", "CLIENT")) == ("UNKNOWN", "ERROR")


async def test_the_current_span_is_the_parent_and_metadata_is_kept(spans, serve) -> None:
    metadata: list[tuple[str, str]] = []

    async def unary(_request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        metadata.extend(context.invocation_metadata())
        raise Unavailable("DRAINING", "x")

    async with serve(unary=unary) as (_, channel):
        with telemetry.tracer().start_as_current_span("session") as session:
            call = channel.unary_unary("/test.Bytes/unary")
            with pytest.raises(grpc.aio.AioRpcError):
                await call(b"", metadata=(("tenant", "a"),))
        server, client = await both(spans, "unary")
    assert client.parent is not None
    assert client.parent.span_id == session.get_span_context().span_id
    assert telemetry.ids(server)[0] == telemetry.ids(session)[0]
    assert ("tenant", "a") in metadata
    assert dict(metadata)["traceparent"].startswith(f"00-{'-'.join(telemetry.ids(client))}-")


async def test_health_makes_no_span(spans, serve) -> None:
    async with serve(Echo=echo) as (_, channel):
        await channel.unary_unary("/grpc.health.v1.Health/Check")(b"")
    assert not [span for span in spans.all() if span.kind.name == "SERVER"]


def test_no_span_no_ids() -> None:
    assert telemetry.current_ids() == ("", "")


def test_unsampled_spans_have_ids() -> None:
    shutdown = telemetry.setup(TelemetrySettings(sample_ratio=0))
    with telemetry.tracer().start_as_current_span("session"):
        trace_id, span_id = telemetry.current_ids()
    shutdown()
    assert (len(trace_id), len(span_id)) == (32, 16)


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """An OTLP receiver on the official proto; while `answer` is clear it keeps the exporter waiting."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str, str]] = []
        self.answer = threading.Event()
        self.answer.set()

    def Export(self, request: object, context: object) -> object:
        self.answer.wait(30)
        for resource in request.resource_spans:
            service = {each.key: each.value.string_value for each in resource.resource.attributes}[
                "service.name"
            ]
            for scope in resource.scope_spans:
                self.spans += [(service, span.name, span.trace_id.hex()) for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()


@pytest.fixture
def collector() -> Iterator[tuple[Collector, str]]:
    servicer = Collector()
    server = grpc.server(futures.ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield servicer, f"http://127.0.0.1:{port}"
    servicer.answer.set()
    server.stop(0).wait()


async def test_spans_reach_a_real_receiver_at_shutdown(collector, serve) -> None:
    receiver, endpoint = collector
    shutdown = telemetry.setup(TelemetrySettings(service_name="asr", otlp_endpoint=endpoint))
    async with serve(Call=echo) as (_, channel):
        with telemetry.tracer().start_as_current_span("session"):
            trace_id, _ = telemetry.current_ids()
            call = await started(channel, "Call")
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        await call.code()
    await asyncio.to_thread(shutdown)
    assert sorted(receiver.spans) == [
        ("asr", "session", trace_id),
        ("asr", "test.Bytes/Call", trace_id),
        ("asr", "test.Bytes/Call", trace_id),
    ]


async def test_a_collector_that_does_not_answer_holds_nothing_up(collector, serve) -> None:
    receiver, endpoint = collector
    receiver.answer.clear()
    shutdown = telemetry.setup(TelemetrySettings(otlp_endpoint=endpoint))
    async with serve(Echo=echo) as (_, channel):
        begun = time.monotonic()
        for _ in range(600):  # more than a batch
            with telemetry.tracer().start_as_current_span("session"):
                pass
        call = await started(channel, "Echo")
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        assert time.monotonic() - begun < 2
    begun = time.monotonic()
    await asyncio.to_thread(shutdown)
    assert time.monotonic() - begun < 4


ABSENT = """
import time
from services.runtime import telemetry
from services.runtime.config import TelemetrySettings
shutdown = telemetry.setup(TelemetrySettings(otlp_endpoint="http://127.0.0.1:{port}"))
with telemetry.tracer().start_as_current_span("session"):
    print(*telemetry.current_ids())
begun = time.monotonic()
shutdown()
print(time.monotonic() - begun)
"""


def test_a_process_without_its_collector_ends_in_time() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        done = subprocess.run(
            [sys.executable, "-c", ABSENT.format(port=unused.getsockname()[1])],
            capture_output=True,
            text=True,
            timeout=30,
            cwd=ROOT,
            check=True,
        )
    trace_id, span_id, seconds = done.stdout.split()
    assert (len(trace_id), len(span_id)) == (32, 16)
    assert float(seconds) < 5


async def test_the_limits_of_the_backstop_are_refused_at_once(serve) -> None:
    async with serve(ServerSettings(max_concurrent_rpcs=1), Call=hold) as (_, channel):
        first = await started(channel, "Call")
        second = channel.stream_stream("/test.Bytes/Call")()
        assert await second.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        first.cancel()
