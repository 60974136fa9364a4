"""Stages whose strings the test holds.

A puppet is a service's core. It notes every request, and says what the test tells it to say, so that a test
orders everything that happens and never waits for time to pass.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import grpc.aio

from gateway.contracts import CONTRACTS
from gateway.plan import Contract
from rivermouth.asr.v1 import asr_pb2
from rivermouth.result.v1 import result_pb2
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.offsets import MILLISECOND, duration
from services.runtime.results import OpenResult, ResultOrigin

LIMIT = 10.0
"""Seconds after which a test that waits has failed."""
Send = Callable[[Any], Awaitable[None]]


async def eventually(holds: Callable[[], bool], seconds: float = LIMIT) -> None:
    """Wait for what nothing tells of, such as the end of a task."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


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


def puppets(*names: str) -> dict[str, Puppet]:
    """Puppets for these built-in stages, for all four by default."""
    return {name: Puppet(Contract(name)) for name in names or ("quality", "asr", "semantics", "analysis")}


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

    async def cursors(self, accepted_ms: int, final_ms: int = 0, lag_ms: int = 0) -> None:
        await self.stream.say(
            asr_pb2.StreamingRecognizeResponse(
                cursors=asr_pb2.RecognitionCursors(
                    accepted=duration(accepted_ms * MILLISECOND),
                    final=duration(final_ms * MILLISECOND),
                    lag=duration(lag_ms * MILLISECOND) if lag_ms else None,
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


async def finish_all(stages: Mapping[str, Puppet], number: int = 0) -> None:
    """End every stage well, in the order in which their inputs end."""
    for name in ("quality", "asr", "semantics", "analysis"):
        if name in stages:
            stream = await stages[name].stream(number)
            await stream.until(lambda each: each.half_closed)
            stream.finish()
