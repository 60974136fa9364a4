"""One session is one trace across all processes, for every ending, seen by a real OTLP receiver."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator

import grpc
import pytest
import pytest_asyncio
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanKind

from deploy.local.launcher import Process, launch
from deploy.local.layout import SERVICES, programs
from rivermouth.audio.v1 import audio_pb2
from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2, service_pb2_grpc
from tests.e2e.otlp_receiver import Receiver, Span, otlp_receiver

SERVER, CLIENT = SpanKind.SPAN_KIND_SERVER, SpanKind.SPAN_KIND_CLIENT
pytestmark = pytest.mark.asyncio(loop_scope="module")  # one suite for all; its processes take seconds
CODES = {code.value[0]: code for code in grpc.StatusCode}
FORMAT = audio_pb2.AudioFormat(
    encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=16_000, channel_count=1
)
Request, Response = service_pb2.StreamingAnalyzeRequest, service_pb2.StreamingAnalyzeResponse


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    async with otlp_receiver() as receiver:
        yield receiver


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def suite(receiver: Receiver) -> AsyncIterator[dict[str, Process]]:
    environment = {
        "RIVERMOUTH_ASR__ENGINE": "scripted",
        "RIVERMOUTH_ASR__SCRIPTED__SPEECH_SECONDS": "0.5",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    for part in ("gateway", *SERVICES):
        environment[f"RIVERMOUTH_{part.upper()}__TELEMETRY__OTLP_ENDPOINT"] = f"http://{receiver.address}"
        environment[f"RIVERMOUTH_{part.upper()}__TELEMETRY__LOG_LEVEL"] = "ERROR"
    async with launch(programs(True, 0, environment), lambda line: None) as processes:
        yield processes


class Caller:
    """A client by generated stubs alone."""

    def __init__(self, address: str, timeout: float | None = None) -> None:
        self._channel = grpc.aio.insecure_channel(address)
        stub = service_pb2_grpc.OrchestratorServiceStub(self._channel)
        self.call = stub.StreamingAnalyze(timeout=timeout)
        self.trace_id = ""

    async def begin(self) -> None:
        await self.call.write(Request(streaming_config=config_pb2.StreamingConfig(audio_format=FORMAT)))
        for _ in range(12):
            await self.call.write(Request(audio=audio_pb2.AudioChunk(content=bytes(3200))))

    async def until(self, kind: str, which: str = "") -> None:
        while (event := await self.call.read()) is not grpc.aio.EOF:
            self.trace_id = event.trace_id
            if event.WhichOneof("event") == kind and which in str(event):
                return
        raise AssertionError(f"the stream ended without {kind}")

    async def end(self) -> grpc.StatusCode:
        try:
            while await self.call.read() is not grpc.aio.EOF:
                pass
        except grpc.aio.AioRpcError:
            pass
        code: grpc.StatusCode = await self.call.code()
        await self._channel.close()
        return code


def codes(spans: list[Span], kind: int, rpc: str = "") -> list[grpc.StatusCode]:
    return [
        CODES[span.attributes["rpc.grpc.status_code"]]
        for span in spans
        if span.kind == kind and rpc in span.name
    ]


def whole(servers: int) -> object:
    """Whether the spans of a session are all there: gateway, session, four stages, and the services' own."""

    def enough(spans: list[Span]) -> bool:
        names = Counter(span.name.split("/")[0].split(" ")[0] for span in spans if span.kind not in (SERVER,))
        answered = sum(span.kind == SERVER for span in spans)
        return names["session"] == 1 and names["stage"] >= 4 and answered >= servers

    return enough


async def test_finish(suite: dict[str, Process], receiver: Receiver) -> None:
    caller = Caller(suite["gateway"].address)
    await caller.begin()
    await caller.call.write(Request(finish=service_pb2.Finish()))
    await caller.until("session_summary")
    assert await caller.end() is grpc.StatusCode.OK

    spans = await receiver.until(caller.trace_id, whole(5))

    assert {span.service for span in spans} == {"gateway", *SERVICES}
    assert len(codes(spans, SERVER)) == 5
    assert set(codes(spans, SERVER) + codes(spans, CLIENT)) == {grpc.StatusCode.OK}
    assert not [span for span in spans if span.failed]
    assert sum(span.parent_id == "" for span in spans) == 1


async def test_cancel(suite: dict[str, Process], receiver: Receiver) -> None:
    caller = Caller(suite["gateway"].address)
    await caller.begin()
    await caller.until("transcript")
    caller.call.cancel()

    spans = await receiver.until(caller.trace_id, whole(5))

    assert set(codes(spans, SERVER)) == {grpc.StatusCode.CANCELLED}
    assert set(codes(spans, CLIENT)) == {grpc.StatusCode.CANCELLED}
    assert not [span for span in spans if span.kind == SERVER and span.failed]


async def test_deadline(suite: dict[str, Process], receiver: Receiver) -> None:
    caller = Caller(suite["gateway"].address, timeout=1.0)
    await caller.begin()
    await caller.until("transcript")
    assert await caller.end() is grpc.StatusCode.DEADLINE_EXCEEDED

    spans = await receiver.until(caller.trace_id, whole(5))

    assert codes(spans, SERVER, "OrchestratorService") == [grpc.StatusCode.DEADLINE_EXCEEDED]
    assert set(codes(spans, CLIENT)) == {grpc.StatusCode.CANCELLED}


async def test_a_killed_service(suite: dict[str, Process], receiver: Receiver) -> None:
    caller = Caller(suite["gateway"].address)
    await caller.begin()
    await caller.until("transcript")
    os.kill(suite["semantics"].pid, signal.SIGKILL)
    reconnecting = events_pb2.AnalyserStatus.State.Name(events_pb2.AnalyserStatus.STATE_RECONNECTING)
    running = events_pb2.AnalyserStatus.State.Name(events_pb2.AnalyserStatus.STATE_RUNNING)
    await caller.until("analyser_status", reconnecting)
    await caller.until("analyser_status", running)
    await caller.call.write(Request(finish=service_pb2.Finish()))
    await caller.until("session_summary")
    assert await caller.end() is grpc.StatusCode.OK

    spans = await receiver.until(caller.trace_id, whole(5))

    of_semantics = codes(spans, CLIENT, "SemanticService")
    assert of_semantics[0] is grpc.StatusCode.UNAVAILABLE
    assert of_semantics[-1] is grpc.StatusCode.OK
    assert codes(spans, SERVER, "OrchestratorService") == [grpc.StatusCode.OK]
    assert [span.name for span in spans if span.failed and span.kind not in (CLIENT,)] == [
        "stage semantics"
    ] * (len(of_semantics) - 1)
