"""Channels to servers of ours: the options of one place, and each call in a span."""

from functools import partial
from typing import Any, Self

import grpc

from services.runtime.options import channel_options
from services.runtime.settings import ChannelSettings
from services.runtime.telemetry import traced_call


def open_channel(
    address: str, settings: ChannelSettings | None = None, tls: grpc.ChannelCredentials | None = None
) -> grpc.aio.Channel:
    """Return a channel to `address` ("host:port" or "unix:/path"), plain without credentials.

    It connects at the first call. The caller cancels every call in a `finally` and awaits it, then closes the
    channel, for an abandoned call is never cancelled by garbage collection.
    """
    options = channel_options(settings or ChannelSettings())
    if tls is None:
        return TracedChannel(grpc.aio.insecure_channel(address, options=options))
    return TracedChannel(grpc.aio.secure_channel(address, tls, options=options))


class TracedChannel(grpc.aio.Channel):
    """A channel whose calls are native ones of grpc.aio, each opened by `traced_call`.

    Not an interceptor of grpc.aio: that passes every written message through a queue and another task.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return what opens traced calls of this method."""
        return partial(traced_call, self._channel.unary_unary(method, *args, **kwargs), method)

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return what opens traced calls of this method."""
        return partial(traced_call, self._channel.unary_stream(method, *args, **kwargs), method)

    def stream_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return what opens traced calls of this method."""
        return partial(traced_call, self._channel.stream_unary(method, *args, **kwargs), method)

    def stream_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return what opens traced calls of this method."""
        return partial(traced_call, self._channel.stream_stream(method, *args, **kwargs), method)

    async def close(self, grace: float | None = None) -> None:
        """Close the channel; calls in progress have `grace` seconds, then they are cancelled."""
        await self._channel.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """Return the state of the connection."""
        return self._channel.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Wait until the state is another one."""
        await self._channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """Connect, and wait until that has worked."""
        await self._channel.channel_ready()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()
