"""Stages whose strings the test holds, and a gateway around them, for tests over the real wire.

A puppet is a service's core. It notes every request, and says what the test tells it to say, so that a test
orders everything that happens and never waits for time to pass.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import grpc.aio

from gateway.app import open_gateway
from gateway.contracts import CONTRACTS
from gateway.plan import Contract
from gateway.settings import GatewaySettings
from rivermouth.asr.v1 import asr_pb2
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1 import result_pb2
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.session.v1 import config_pb2, service_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.channel import open_channel
from services.runtime.offsets import MILLISECOND, duration
from services.runtime.results import OpenResult, ResultOrigin
from services.runtime.server import Server
from services.runtime.settings import ServerSettings

LIMIT = 10.0
"""Seconds after which a test that waits has failed."""
Send = Callable[[Any], Awaitable[None]]


class Stream:
    """One stream that a stage has open."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.requests: list[Any] = []
        self.half_closed = False
        self.ended = asyncio.Event()
        self._changed = asyncio.Condition()
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def config(self) -> Any:
        return self.requests[0].streaming_config

    async def say(self, response: Any) -> None:
        """Send a response."""
        await self._send(response)

    def finish(self) -> None:
        """End the stream well."""
        self._end.set_result(None)

    def fail(self, error: BaseException) -> None:
        """End the stream with an error."""
        self._end.set_exception(error)

    async def until(self, condition: Callable[[Stream], bool]) -> None:
        """Wait until the requests make a condition true."""
        async with asyncio.timeout(LIMIT), self._changed:
            await self._changed.wait_for(lambda: condition(self))

    async def run(self, requests: AsyncIterator[Any]) -> None:
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(self._read(requests))
            try:
                await self._end
            finally:
                reader.cancel()
                self.ended.set()

    async def _read(self, requests: AsyncIterator[Any]) -> None:
        async for request in requests:
            async with self._changed:
                self.requests.append(request)
                self._changed.notify_all()
        async with self._changed:
            self.half_closed = True
            self._changed.notify_all()


class Puppet:
    """A stage; `streams` has one entry for each time that it was connected."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.streams: list[Stream] = []
        self._opened = asyncio.Condition()

    async def run(self, requests: AsyncIterator[Any], send: Send) -> None:
        stream = Stream(send)
        async with self._opened:
            self.streams.append(stream)
            self._opened.notify_all()
        await stream.run(requests)

    async def stream(self, number: int = 0) -> Stream:
        """The stream of that number, once it is open and configured."""
        async with asyncio.timeout(LIMIT), self._opened:
            await self._opened.wait_for(lambda: len(self.streams) > number)
        stream = self.streams[number]
        await stream.until(lambda each: bool(each.requests))
        return stream

    def register(self, server: grpc.aio.Server) -> None:
        """The same behind a gRPC server."""
        contract = CONTRACTS[self.contract]

        async def handle(requests: AsyncIterator[Any], context: Any) -> None:
            await self.run(requests, context.write)

        service, method = contract.method.strip("/").split("/")
        handler = grpc.stream_stream_rpc_method_handler(
            handle,
            request_deserializer=contract.request.FromString,
            response_serializer=contract.response.SerializeToString,
        )
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))


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
        while (event := await self.next()) is not None:
            if event.WhichOneof("event") == kind and which(getattr(event, kind)):
                return getattr(event, kind)
        raise AssertionError(f"the call ended without {kind}: {self.kinds()}")

    async def drain(self) -> None:
        """Read to the end."""
        while not self.ended:
            await self.next()

    def kinds(self) -> list[str]:
        return [str(event.WhichOneof("event")) for event in self.events]

    def bodies(self, kind: str) -> list[Any]:
        return [getattr(event, kind) for event in self.events if event.WhichOneof("event") == kind]


@contextlib.asynccontextmanager
async def gateway(
    puppets: Mapping[str, Any], over_grpc: bool = False, **settings: Any
) -> AsyncIterator[Callable[[], Call]]:
    """A gateway on loopback, its stages in process or each behind a server; gives what opens calls."""
    async with contextlib.AsyncExitStack() as stack:
        addresses = {}
        if over_grpc:
            for name, puppet in puppets.items():
                server = await stack.enter_async_context(Server(ServerSettings(), [puppet.register]))
                addresses[name] = server.address
        values = GatewaySettings.model_validate({**addresses, **settings})
        servicer = await stack.enter_async_context(open_gateway(values, {} if over_grpc else puppets))
        server = await stack.enter_async_context(Server(values.server, [servicer.register]))
        channel = await stack.enter_async_context(open_channel(server.address))
        analyze = channel.stream_stream(
            "/rivermouth.session.v1.OrchestratorService/StreamingAnalyze",
            request_serializer=service_pb2.StreamingAnalyzeRequest.SerializeToString,
            response_deserializer=service_pb2.StreamingAnalyzeResponse.FromString,
        )
        calls: list[Call] = []

        def open_call() -> Call:
            calls.append(Call(analyze()))
            return calls[-1]

        try:
            yield open_call
        finally:
            for each in calls:
                if not each.call.done():
                    each.call.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await each.call.code()


def puppets(*names: str) -> dict[str, Puppet]:
    """Puppets for these built-in stages, for all four by default."""
    return {name: Puppet(Contract(name)) for name in names or ("quality", "asr", "semantics", "analysis")}


LINEAR16 = audio_pb2.AudioFormat(
    encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=16_000, channel_count=1
)
CHUNK = bytes(3200)
"""100 ms of silence."""


def config(**fields: Any) -> config_pb2.StreamingConfig:
    """A configuration with audio, unless it says otherwise."""
    return config_pb2.StreamingConfig(**{"audio_format": LINEAR16, **fields})


class Speaker:
    """Makes what a recogniser would say."""

    def __init__(self, stream: Stream) -> None:
        identity = stream.config.identity
        self.origin = ResultOrigin(identity, "asr", "puppet")
        self.stream = stream
        self.count = 0

    def open(self, channel: int = 1) -> OpenResult:
        self.count += 1
        return self.origin.open(channel, self.count)

    async def transcript(
        self, opened: OpenResult, text: str, end_ms: int = 100, final: bool = True, start_ms: int = 0
    ) -> None:
        header = opened.final() if final else opened.partial()
        body = transcript_pb2.Transcript(
            header=header,
            channel_tag=1,
            text=text,
            is_final=final,
            start_offset=duration(start_ms * MILLISECOND),
            end_offset=duration(end_ms * MILLISECOND),
        )
        await self.stream.say(asr_pb2.StreamingRecognizeResponse(transcript=body))

    async def complete(self, text: str = "") -> None:
        header = self.origin.open(0, "complete").final()
        await self.stream.say(
            asr_pb2.StreamingRecognizeResponse(
                transcript_complete=transcript_pb2.TranscriptComplete(header=header, text=text)
            )
        )

    async def cursors(self, accepted_ms: int, final_ms: int = 0) -> None:
        await self.stream.say(
            asr_pb2.StreamingRecognizeResponse(
                cursors=asr_pb2.RecognitionCursors(
                    accepted=duration(accepted_ms * MILLISECOND), final=duration(final_ms * MILLISECOND)
                )
            )
        )


def annotation(stream: Stream, number: int, transcript: transcript_pb2.Transcript) -> Any:
    """What a semantic service would say of a segment."""
    origin = ResultOrigin(stream.config.identity, "semantics", "puppet")
    used = result_pb2.SegmentRef(segment_id=transcript.header.result_id, revision=transcript.header.revision)
    header = origin.open(1, number, result_pb2.Evidence(segments=[used])).final()
    return semantics_pb2.StreamingAnnotateResponse(
        semantic=semantics_pb2.SemanticAnnotation(header=header, segment_id=transcript.header.result_id)
    )
