"""The service on a real server, and its core without one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import grpc
import pytest

from rivermouth.quality.v1.quality_pb2 import StreamingAssessRequest, StreamingAssessResponse
from rivermouth.quality.v1.quality_pb2_grpc import AudioQualityServiceStub
from services.quality.servicer import QualityServicer
from services.quality.session import QualityCore
from services.quality.settings import QualitySettings
from services.runtime.server import Server

Serve = Callable[..., AbstractAsyncContextManager[tuple[Server, AudioQualityServiceStub]]]
RunCore = Callable[..., Awaitable[list[StreamingAssessResponse]]]


@pytest.fixture
def serve() -> Serve:
    @asynccontextmanager
    async def serving(**settings: object) -> AsyncIterator[tuple[Server, AudioQualityServiceStub]]:
        configured = QualitySettings.model_validate(settings)
        async with (
            QualityCore(configured) as core,
            Server(configured.server, [QualityServicer(core, configured.server).register]) as server,
            grpc.aio.insecure_channel(server.address) as channel,
        ):
            server.ready()
            yield server, AudioQualityServiceStub(channel)

    return serving


@pytest.fixture(scope="session")
def run_core() -> RunCore:
    async def run(
        requests: Iterable[StreamingAssessRequest], **settings: object
    ) -> list[StreamingAssessResponse]:
        responses: list[StreamingAssessResponse] = []

        async def send(response: StreamingAssessResponse) -> None:
            responses.append(response)

        async def stream() -> AsyncIterator[StreamingAssessRequest]:
            for request in requests:
                yield request

        async with QualityCore(QualitySettings.model_validate(settings)) as core:
            await core.run(stream(), send)
        return responses

    return run
