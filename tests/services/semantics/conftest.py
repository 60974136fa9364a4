"""The service on a real server, and its core without one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import grpc
import pytest

from rivermouth.semantics.v1.semantics_pb2 import StreamingAnnotateRequest, StreamingAnnotateResponse
from rivermouth.semantics.v1.semantics_pb2_grpc import SemanticServiceStub
from services.runtime.server import Server
from services.semantics.servicer import SemanticsServicer
from services.semantics.session import SemanticsCore
from services.semantics.settings import SemanticsSettings

Serve = Callable[..., AbstractAsyncContextManager[tuple[Server, SemanticServiceStub]]]
RunCore = Callable[..., Awaitable[list[StreamingAnnotateResponse]]]


@pytest.fixture
def serve() -> Serve:
    @asynccontextmanager
    async def serving(**settings: object) -> AsyncIterator[tuple[Server, SemanticServiceStub]]:
        configured = SemanticsSettings.model_validate(settings)
        async with (
            SemanticsCore(configured) as core,
            Server(configured.server, [SemanticsServicer(core, configured.server).register]) as server,
            grpc.aio.insecure_channel(server.address) as channel,
        ):
            server.ready()
            yield server, SemanticServiceStub(channel)

    return serving


@pytest.fixture(scope="session")
def run_core() -> RunCore:
    async def run(
        requests: Iterable[StreamingAnnotateRequest], **settings: object
    ) -> list[StreamingAnnotateResponse]:
        responses: list[StreamingAnnotateResponse] = []

        async def send(response: StreamingAnnotateResponse) -> None:
            responses.append(response)

        async def stream() -> AsyncIterator[StreamingAnnotateRequest]:
            for request in requests:
                yield request

        async with SemanticsCore(SemanticsSettings.model_validate(settings)) as core:
            await core.run(stream(), send)
        return responses

    return run
