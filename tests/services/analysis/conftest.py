"""The service on a real server, and its core without one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import grpc
import pytest

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest, StreamingAnalyzeResponse
from rivermouth.analysis.v1.analysis_pb2_grpc import AnalysisServiceStub
from services.analysis.servicer import AnalysisServicer
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.runtime.server import Server

Serve = Callable[..., AbstractAsyncContextManager[tuple[Server, AnalysisServiceStub]]]
RunCore = Callable[..., Awaitable[list[StreamingAnalyzeResponse]]]


@pytest.fixture
def serve() -> Serve:
    @asynccontextmanager
    async def serving(**settings: object) -> AsyncIterator[tuple[Server, AnalysisServiceStub]]:
        configured = AnalysisSettings.model_validate(settings)
        async with (
            AnalysisCore(configured) as core,
            Server(configured.server, [AnalysisServicer(core, configured.server).register]) as server,
            grpc.aio.insecure_channel(server.address) as channel,
        ):
            server.ready()
            yield server, AnalysisServiceStub(channel)

    return serving


@pytest.fixture(scope="session")
def run_core() -> RunCore:
    async def run(
        requests: Iterable[StreamingAnalyzeRequest], **settings: object
    ) -> list[StreamingAnalyzeResponse]:
        responses: list[StreamingAnalyzeResponse] = []

        async def send(response: StreamingAnalyzeResponse) -> None:
            responses.append(response)

        async def stream() -> AsyncIterator[StreamingAnalyzeRequest]:
            for request in requests:
                yield request

        async with AnalysisCore(AnalysisSettings.model_validate(settings)) as core:
            await core.run(stream(), send)
        return responses

    return run
