"""The gRPC face of the core."""

from collections.abc import AsyncIterator

import grpc

from rivermouth.asr.v1 import asr_pb2_grpc
from rivermouth.asr.v1.asr_pb2 import (
    GetCapabilitiesRequest,
    GetCapabilitiesResponse,
    StreamingRecognizeRequest,
    StreamingRecognizeResponse,
)
from services.asr.session import AsrCore
from services.runtime.server import bounded_requests
from services.runtime.settings import ServerSettings


class AsrServicer(asr_pb2_grpc.AsrServiceServicer):
    """Passes messages on; errors become statuses in the server's error boundary."""

    def __init__(self, core: AsrCore, settings: ServerSettings) -> None:
        self._core = core
        self._settings = settings

    def register(self, server: grpc.aio.Server) -> None:
        """Add this servicer to a server."""
        asr_pb2_grpc.add_AsrServiceServicer_to_server(self, server)

    async def StreamingRecognize(
        self,
        request_iterator: AsyncIterator[StreamingRecognizeRequest],
        context: grpc.aio.ServicerContext[StreamingRecognizeRequest, StreamingRecognizeResponse],
    ) -> None:
        """Run the core over this call."""
        limits = self._settings
        requests = bounded_requests(context, limits.first_message_timeout, limits.idle_timeout)
        await self._core.run(requests, context.write)

    async def GetCapabilities(
        self,
        request: GetCapabilitiesRequest,
        context: grpc.aio.ServicerContext[GetCapabilitiesRequest, GetCapabilitiesResponse],
    ) -> GetCapabilitiesResponse:
        """What recognises here."""
        return GetCapabilitiesResponse(recogniser=self._core.capabilities())
