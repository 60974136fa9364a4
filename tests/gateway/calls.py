"""A gateway on loopback around puppets, and calls to it, for tests over the real wire."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import grpc.aio
import pytest

from gateway.app import open_gateway
from gateway.registry import Registry
from gateway.settings import GatewaySettings
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2, service_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.channel import open_channel
from services.runtime.errors import RivermouthError, from_rpc_error
from services.runtime.offsets import duration, from_seconds
from services.runtime.server import Server
from services.runtime.settings import ServerSettings
from tests.gateway.puppets import LIMIT, Puppet

SERVICE = "/rivermouth.session.v1.OrchestratorService"
LINEAR16 = audio_pb2.AudioFormat(
    encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=16_000, channel_count=1
)
CHUNK = bytes(3200)
"""100 ms of silence."""


def config(**fields: Any) -> config_pb2.StreamingConfig:
    """A configuration with audio and one analyser of each stage, unless it says otherwise."""
    made = config_pb2.StreamingConfig(**{"audio_format": LINEAR16, **fields})
    if not made.analysers:
        names = ["audio_quality"] if made.HasField("audio_format") else []
        for name in (*names, "semantics", "quantitative_metrics"):
            made.analysers.add(name=name)
    return made


class Call:
    """One StreamingAnalyze call, numbered, with the events it got."""

    def __init__(self, call: Any) -> None:
        self.call = call
        self.events: list[service_pb2.StreamingAnalyzeResponse] = []
        self.unjournaled: list[service_pb2.StreamingAnalyzeResponse] = []
        self.ended = False
        self._number = 0

    async def send(self, **request: Any) -> None:
        self._number += 1
        await self.call.write(service_pb2.StreamingAnalyzeRequest(client_sequence=self._number, **request))

    async def audio(self, content: bytes, **fields: Any) -> None:
        await self.send(audio=audio_pb2.AudioChunk(content=content, **fields))

    async def text(self, start: float, end: float, text: str, **fields: Any) -> None:
        """A text chunk; times in seconds."""
        chunk = transcript_pb2.TextChunk(
            start_offset=duration(from_seconds(start)),
            end_offset=duration(from_seconds(end)),
            text=text,
            **fields,
        )
        await self.send(text_chunk=chunk)

    async def finish(self) -> None:
        await self.send(finish=service_pb2.Finish())

    async def next(self) -> service_pb2.StreamingAnalyzeResponse | None:
        """The next event, journaled or not; None at the end of a call that ended with OK."""
        async with asyncio.timeout(LIMIT):
            event = await self.call.read()
        if event is grpc.aio.EOF:
            self.ended = True
            return None
        (self.events if event.sequence else self.unjournaled).append(event)
        return event

    async def until(self, kind: str, which: Callable[[Any], bool] = lambda body: True) -> Any:
        """The body of the next event of a kind (for which `which` holds)."""
        async with asyncio.timeout(LIMIT):
            while (event := await self.next()) is not None:
                if event.WhichOneof("event") == kind and which(getattr(event, kind)):
                    return getattr(event, kind)
        raise AssertionError(f"the call ended without {kind}: {self.kinds()}")

    async def drain(self) -> None:
        """Read to the end."""
        while not self.ended:
            await self.next()

    async def status(self) -> RivermouthError:
        """The error that the call ends with, once all its events were read."""
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await self.drain()
        return from_rpc_error(raised.value)

    async def cancel(self) -> None:
        """End the call as a client that is gone."""
        if not self.call.done():
            self.call.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.call.code()

    def kinds(self) -> list[str]:
        return [str(event.WhichOneof("event")) for event in self.events]

    @property
    def summary(self) -> Any:
        """The session's last event."""
        assert self.kinds()[-1] == "session_summary"
        return self.events[-1].session_summary

    def bodies(self, kind: str) -> list[Any]:
        return [getattr(event, kind) for event in self.events if event.WhichOneof("event") == kind]


class Gateway:
    """A gateway that serves; calling it opens a session's call."""

    def __init__(self, server: Server, registry: Registry, channel: grpc.aio.Channel) -> None:
        self.server = server
        self.registry = registry
        self.channel = channel
        self.calls: list[Call] = []
        self._analyze: Any = channel.stream_stream(
            f"{SERVICE}/StreamingAnalyze",
            request_serializer=service_pb2.StreamingAnalyzeRequest.SerializeToString,
            response_deserializer=service_pb2.StreamingAnalyzeResponse.FromString,
        )

    def __call__(self) -> Call:
        self.calls.append(Call(self._analyze()))
        return self.calls[-1]

    async def session(self, **fields: Any) -> Call:
        """A call whose session has begun, with audio unless the fields say otherwise."""
        call = self()
        await call.send(streaming_config=config(**fields))
        await call.until("session_started")
        return call

    async def ask(self, method: str, request: Any) -> Any:
        """A unary call."""
        response = getattr(service_pb2, f"{method}Response")
        unary: Any = self.channel.unary_unary(
            f"{SERVICE}/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=response.FromString,
        )
        return await unary(request)


@contextlib.asynccontextmanager
async def gateway(
    puppets: Mapping[str, Puppet], over_grpc: bool = False, **settings: Any
) -> AsyncIterator[Gateway]:
    """A gateway on loopback, its stages in process or each behind a server; custom ones always behind one.

    `custom_inputs` maps the names of custom stages to what they are given; the rest is GatewaySettings.
    """
    custom_inputs: dict[str, str] = settings.pop("custom_inputs", {})
    async with contextlib.AsyncExitStack() as stack:
        addresses: dict[str, Any] = {"custom": {}}
        for name, puppet in puppets.items():
            if over_grpc or name in custom_inputs:
                served = await stack.enter_async_context(Server(ServerSettings(), [puppet.register]))
                if name in custom_inputs:
                    inputs = [custom_inputs[name]]
                    addresses["custom"][name] = {"address": served.address, "inputs": inputs}
                else:
                    addresses[name] = served.address
        values = GatewaySettings.model_validate({**addresses, **settings})
        servicer = await stack.enter_async_context(open_gateway(values, {} if over_grpc else puppets))
        server = await stack.enter_async_context(Server(values.server, [servicer.register]))
        server.on_drain(servicer.registry.drain)
        channel = await stack.enter_async_context(open_channel(server.address))
        opened = Gateway(server, servicer.registry, channel)
        try:
            yield opened
        finally:
            for each in opened.calls:
                await each.cancel()
