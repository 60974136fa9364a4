"""Ports, health, reflection, admission of calls, and the two stages of a stop."""

import asyncio
import signal
import socket
import time

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from services.runtime.channel import open_channel
from services.runtime.errors import Unauthenticated, Unavailable, from_rpc_error
from services.runtime.server import BindError, Server
from services.runtime.settings import ServerSettings

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def hold(_requests: object, context: grpc.aio.ServicerContext) -> None:
    await context.write(b"here")
    await asyncio.Event().wait()


async def until_eof(_requests: object, context: grpc.aio.ServicerContext) -> None:
    await context.write(b"here")
    while await context.read() is not grpc.aio.EOF:
        pass
    await context.write(b"bye")


async def started(channel: grpc.aio.Channel, method: str = "Call") -> grpc.aio.StreamStreamCall:
    call = channel.stream_stream(f"/test.Bytes/{method}")()
    assert await call.read() == b"here"
    return call


async def test_a_free_port_is_taken_and_told(serve) -> None:
    async with serve(Call=hold) as (server, channel):
        assert server.port > 0
        assert server.address == f"127.0.0.1:{server.port}"
        assert server.services == ("test.Bytes",)
        await started(channel)
        assert server.calls_in_flight == 1


async def test_a_taken_port_is_one_clear_error(capfd) -> None:
    async with Server(ServerSettings(), []) as first:
        with pytest.raises(
            BindError, match=f"127.0.0.1:{first.port}: address already in use; set another port"
        ):
            await Server(ServerSettings(port=first.port), []).start()
    assert capfd.readouterr().err == ""  # the core's own words are many


async def test_another_server_cannot_share_the_port() -> None:
    """By default grpc binds with SO_REUSEPORT, and two servers get half of the connections each."""
    async with Server(ServerSettings(), []) as first:
        other = grpc.aio.server()
        with pytest.raises(RuntimeError, match="Failed to bind"):
            other.add_insecure_port(first.address)


async def test_a_wrong_host_is_one_clear_error() -> None:
    with pytest.raises(BindError, match=r"192\.0\.2\.1:0: cannot assign requested address"):
        await Server(ServerSettings(host="192.0.2.1"), []).start()


async def test_unix_sockets_and_ipv6(tmp_path) -> None:
    async with Server(ServerSettings(host=f"unix:{tmp_path}/s"), []) as server:
        server.ready()
        async with open_channel(server.address) as channel, asyncio.timeout(5):
            await channel.channel_ready()
    if socket.has_ipv6:
        server = Server(ServerSettings(host="::1", port=1), [])
        assert server.address == "[::1]:1"


async def test_health_follows_what_services_say(serve) -> None:
    async with serve(Call=hold) as (server, channel), asyncio.timeout(5):
        stub = health_pb2_grpc.HealthStub(channel)
        whole, one = health_pb2.HealthCheckRequest(), health_pb2.HealthCheckRequest(service="test.Bytes")
        watchers = [stub.Watch(one), stub.Watch(one), stub.Watch(whole)]

        async def seen() -> set[int]:
            return {(await watcher.read()).status for watcher in watchers}

        assert await seen() == {NOT_SERVING}
        assert (await stub.Check(one)).status == (await stub.Check(whole)).status == NOT_SERVING
        server.ready("test.Bytes")
        assert await seen() == {SERVING}
        assert (await stub.Check(one)).status == (await stub.Check(whole)).status == SERVING
        watchers.pop(0).cancel()  # one watcher less does not silence the others
        server.not_ready()
        assert await seen() == {NOT_SERVING}
        with pytest.raises(KeyError, match="no service 'other'"):
            server.ready("other")


async def test_health_of_an_unknown_service(serve) -> None:
    async with serve(Call=hold) as (_, channel), asyncio.timeout(5):
        stub = health_pb2_grpc.HealthStub(channel)
        unknown = health_pb2.HealthCheckRequest(service="other")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Check(unknown)
        assert caught.value.code() == grpc.StatusCode.NOT_FOUND
        watcher = stub.Watch(unknown)
        assert (await watcher.read()).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
        watcher.cancel()


@pytest.mark.parametrize("enabled", [True, False])
async def test_reflection_only_where_enabled(serve, enabled: bool) -> None:
    async with serve(ServerSettings(reflection=enabled), Call=hold) as (_, channel), asyncio.timeout(5):
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = stub.ServerReflectionInfo(
            iter([reflection_pb2.ServerReflectionRequest(list_services="")]),
        )
        if not enabled:
            assert await call.code() == grpc.StatusCode.UNIMPLEMENTED
            return
        listed = [each.name for each in (await call.read()).list_services_response.service]
        assert {"test.Bytes", "grpc.health.v1.Health"} <= set(listed)
        call.cancel()


async def test_interceptors_of_a_service_raise_errors_of_the_tree() -> None:
    class Refuse(grpc.aio.ServerInterceptor):
        async def intercept_service(self, continuation: object, details: object) -> object:
            async def refuse(_request: object, _context: object) -> bytes:
                raise Unauthenticated("NO_TOKEN", "who are you?")

            return grpc.unary_unary_rpc_method_handler(refuse)

    async with (
        Server(ServerSettings(), [], interceptors=[Refuse()]) as server,
        open_channel(server.address) as channel,
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/test.Bytes/unary")(b"")
    assert isinstance(from_rpc_error(caught.value), Unauthenticated)


async def test_half_open_connections_are_closed(serve) -> None:
    async with serve(ServerSettings(handshake_timeout=0.3), Call=hold) as (server, _), asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while await reader.read(1024):
            pass  # the server's settings, then EOF
        writer.close()
        await writer.wait_closed()


async def test_an_oversize_message_ends_its_call_only(serve) -> None:
    async with (
        serve(ServerSettings(max_message_bytes=1024), Call=until_eof) as (_, channel),
        asyncio.timeout(5),
    ):
        call = await started(channel)
        await call.write(bytes(2000))
        assert await call.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        (await started(channel)).cancel()


async def test_a_drain_lets_calls_end_and_refuses_new_ones(serve) -> None:
    draining, go_on = asyncio.Event(), asyncio.Event()

    async def hook(seconds: float) -> None:
        assert 19 < seconds <= 20
        draining.set()
        await go_on.wait()

    async def failing_hook(_seconds: float) -> None:
        raise RuntimeError("a hook of no consequence")

    async with serve(Call=until_eof) as (server, channel), asyncio.timeout(10):
        server.ready()
        server.on_drain(failing_hook)
        server.on_drain(hook)
        call = await started(channel)
        watcher = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert (await watcher.read()).status == SERVING
        stopping = asyncio.create_task(server.stop(grace=20))
        await draining.wait()
        assert (await watcher.read()).status == NOT_SERVING
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.stream_stream("/test.Bytes/Call")().read()
        refused = from_rpc_error(caught.value)
        assert isinstance(refused, Unavailable)
        assert (refused.reason, refused.retry_after) == ("DRAINING", 1.0)
        go_on.set()
        assert await watcher.read() is grpc.aio.EOF  # and does not hold up the drain
        await call.done_writing()
        assert await call.read() == b"bye"
        assert await call.code() == grpc.StatusCode.OK
        await stopping


async def test_what_outlasts_the_grace_is_cut_with_a_reason(serve) -> None:
    async with serve(Call=hold) as (server, channel), asyncio.timeout(10):
        call = await started(channel)
        begun = time.monotonic()
        await server.stop(grace=0.2)
        assert 0.15 < time.monotonic() - begun < 2
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
        assert from_rpc_error(caught.value).reason == "DRAINING"


async def test_no_task_outlives_the_server(serve) -> None:
    async def with_tasks(_requests: object, context: grpc.aio.ServicerContext) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(hold(_requests, context), name="of a handler")
            group.create_task(asyncio.Event().wait(), name="of a handler")

    before = asyncio.all_tasks()
    async with serve(Call=with_tasks) as (server, channel), asyncio.timeout(10):
        for call in [await started(channel) for _ in range(10)][:5]:
            call.cancel()
        assert server.calls_in_flight >= 5
    left = [task for task in asyncio.all_tasks() - before if "poller" not in repr(task).lower()]
    assert not left or not (await asyncio.wait(left, timeout=1))[1]


async def test_a_stop_can_be_asked_for_from_inside(serve) -> None:
    async with serve(Call=hold) as (server, _), asyncio.timeout(5):
        server.request_stop()
        await server.serve_until_stopped()


async def lines(process: asyncio.subprocess.Process) -> list[str]:
    assert process.stdout is not None
    return (await process.stdout.read()).decode().splitlines()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_first_signal_drains(holding_process, number: signal.Signals) -> None:
    process, address = await holding_process(drain=0.5)
    async with open_channel(address) as channel, asyncio.timeout(20):
        call = await started(channel)
        process.send_signal(number)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
        assert from_rpc_error(caught.value).reason == "DRAINING"
        assert await lines(process) == ["drain hook 0.5", "handler ended", "left 0"]
        assert await process.wait() == 0


async def test_a_drain_ends_early_when_the_last_call_does(holding_process) -> None:
    process, address = await holding_process(drain=60)
    async with open_channel(address) as channel, asyncio.timeout(20):
        call = await started(channel)
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"drain hook 60.0\n"
        call.cancel()
        assert await process.wait() == 0


async def test_the_second_signal_exits_at_once(holding_process) -> None:
    process, address = await holding_process(drain=60)
    async with open_channel(address) as channel, asyncio.timeout(20):
        call = await started(channel)
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"drain hook 60.0\n"
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 128 + signal.SIGTERM
        assert await call.code() == grpc.StatusCode.UNAVAILABLE
