"""Option names are strings that the core ignores when they are wrong."""

import asyncio
import signal
import time
from pathlib import Path

import grpc
import pytest
from grpc._cython import cygrpc

from services.runtime.channel import open_channel
from services.runtime.options import channel_options, server_options
from services.runtime.settings import ChannelSettings, ServerSettings

CORE = Path(cygrpc.__file__).read_bytes()
NAMES = sorted({name for name, _ in (*server_options(ServerSettings()), *channel_options(ChannelSettings()))})


@pytest.mark.parametrize("name", NAMES)
def test_the_core_knows_the_option(name: str) -> None:
    assert name.encode() + b"\0" in CORE


@pytest.mark.parametrize(
    "name", ["grpc.http2.min_recv_ping_interval_without_data_ms", "grpc.tcp_user_timeout_ms"]
)
def test_widely_copied_names_are_unknown(name: str) -> None:
    assert name.encode() not in CORE
    assert name not in NAMES


def test_keepalive_sets_all_three_on_both_sides() -> None:
    for options in (
        dict(server_options(ServerSettings(keepalive_time=7, keepalive_timeout=3))),
        dict(channel_options(ChannelSettings(keepalive_time=7, keepalive_timeout=3))),
    ):
        assert options["grpc.keepalive_time_ms"] == 7000
        assert options["grpc.keepalive_timeout_ms"] == 3000
        assert options["grpc.http2.ping_timeout_ms"] == 3000


def test_clients_may_ping_as_often_as_their_least_setting() -> None:
    allowed = dict(server_options(ServerSettings()))["grpc.http2.min_ping_interval_without_data_ms"]
    assert allowed <= dict(channel_options(ChannelSettings(keepalive_time=1)))["grpc.keepalive_time_ms"]


def test_reading_slowly_can_be_bounded() -> None:
    assert dict(channel_options(ChannelSettings(bdp_probe=False)))["grpc.http2.bdp_probe"] == 0


async def test_a_frozen_server_is_noticed_in_seconds(holding_process) -> None:
    process, address = await holding_process()
    settings = ChannelSettings(keepalive_time=1, keepalive_timeout=1)
    async with open_channel(address, settings) as channel, asyncio.timeout(15):
        call = channel.stream_stream("/test.Bytes/Call")()
        assert await call.read() == b"here"
        process.send_signal(signal.SIGSTOP)
        frozen = time.monotonic()
        assert await call.code() == grpc.StatusCode.UNAVAILABLE
        assert time.monotonic() - frozen < 8
