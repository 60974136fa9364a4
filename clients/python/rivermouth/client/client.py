"""The way to a server."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, Unpack

import grpc
from grpc import aio

from rivermouth.analysis.v1.analysis_pb2 import Analysis
from rivermouth.audio.v1.audio_pb2 import AudioFormat
from rivermouth.client import analysis
from rivermouth.client.connection import Call
from rivermouth.client.errors import error_from_call
from rivermouth.client.requests import SessionOptions, streaming_config
from rivermouth.client.session import Session
from rivermouth.client.trace import trace_metadata
from rivermouth.session.v1 import service_pb2, service_pb2_grpc

DEFAULT_ADDRESS = "127.0.0.1:50051"

CHANNEL_OPTIONS: tuple[tuple[str, int], ...] = (
    # All three: with the first two alone a frozen server is noticed after a minute only.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),
    # Pings go on while a session waits and nobody speaks.
    ("grpc.http2.max_pings_without_data", 0),
    # Off, the receive window stays small: a slow reader holds the server back after 94 KiB, not 5.4 MiB.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 5_000),
)


class Client:
    """A connection to a server, for any number of sessions at once:

    async with Client("127.0.0.1:50051") as client:
        async with client.session(pcm(16000)) as session:
            ...
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: Sequence[tuple[str, str]] = (),
        options: Sequence[tuple[str, Any]] = (),
    ) -> None:
        """`address` is "host:port" or "unix:path"; `credentials` make the connection TLS; `metadata` goes
        with every call; `options` of gRPC come after this library's own and win over them."""
        self.address = address
        self._credentials = credentials
        self._metadata = tuple(metadata)
        self._options = (*CHANNEL_OPTIONS, *options)
        self._channel: aio.Channel | None = None

    async def __aenter__(self) -> Self:
        if self._credentials is None:
            self._channel = aio.insecure_channel(self.address, options=self._options)
        else:
            self._channel = aio.secure_channel(self.address, self._credentials, options=self._options)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    def session(self, audio_format: AudioFormat | None = None, **options: Unpack[SessionOptions]) -> Session:
        """A session of audio in the given format, or without one of text chunks; see SessionOptions."""
        stub = self._stub()
        metadata = [*self._metadata, *trace_metadata(options.get("traceparent"))]

        def start() -> Call:
            return stub.StreamingAnalyze(metadata=metadata)

        return Session(start, streaming_config(audio_format, options), self.address)

    async def capabilities(self) -> service_pb2.GetCapabilitiesResponse:
        """What this server can do: analysers, encodings, limits."""
        stub = self._stub()
        try:
            return await stub.GetCapabilities(
                service_pb2.GetCapabilitiesRequest(), metadata=[*self._metadata, *trace_metadata()]
            )
        except aio.AioRpcError as error:
            raise error_from_call(error, self.address) from None

    async def get_session(self, session_id: str) -> service_pb2.Session:
        """A session as it is now, with the counts so far. Raises RequestError where there is none."""
        stub = self._stub()
        try:
            response = await stub.GetSession(
                service_pb2.GetSessionRequest(session_id=session_id),
                metadata=[*self._metadata, *trace_metadata()],
            )
        except aio.AioRpcError as error:
            raise error_from_call(error, self.address) from None
        return response.session

    def stream_analyze(
        self,
        transcript: analysis.TranscriptInput | None = None,
        audio: analysis.AudioInput | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[Analysis, None]:
        """One analysis of a whole transcript or recording: its messages as they are made, the first of them
        partial, the last not. rivermouth.client.analysis says what the three arguments may be."""
        return analysis.stream_analyze(self.session, transcript, audio, meta)

    async def analyze(
        self,
        transcript: analysis.TranscriptInput | None = None,
        audio: analysis.AudioInput | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> Analysis:
        """The last message of `stream_analyze`: the whole result, or why there is none."""
        results = [result async for result in self.stream_analyze(transcript, audio, meta)]
        return results[-1]  # stream_analyze raises where it has nothing to say

    def _stub(self) -> service_pb2_grpc.OrchestratorServiceStub:
        if self._channel is None:
            raise RuntimeError("the client has not been entered: use `async with Client(...)`")
        return service_pb2_grpc.OrchestratorServiceStub(self._channel)
