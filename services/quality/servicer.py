"""The gRPC face of the core."""

from collections.abc import AsyncIterator

import grpc

from rivermouth.quality.v1 import quality_pb2_grpc
from rivermouth.quality.v1.quality_pb2 import StreamingAssessRequest, StreamingAssessResponse
from services.quality.session import QualityCore
from services.runtime.server import bounded_requests
from services.runtime.settings import ServerSettings


class QualityServicer(quality_pb2_grpc.AudioQualityServiceServicer):
    """Passes messages on; errors become statuses in the server's error boundary."""

    def __init__(self, core: QualityCore, settings: ServerSettings) -> None:
        self._core = core
        self._settings = settings

    def register(self, server: grpc.aio.Server) -> None:
        """Add this servicer to a server."""
        quality_pb2_grpc.add_AudioQualityServiceServicer_to_server(self, server)

    async def StreamingAssess(
        self,
        request_iterator: AsyncIterator[StreamingAssessRequest],
        context: grpc.aio.ServicerContext[StreamingAssessRequest, StreamingAssessResponse],
    ) -> None:
        """Run the core over this call."""
        limits = self._settings
        requests = bounded_requests(context, limits.first_message_timeout, limits.idle_timeout)
        await self._core.run(requests, context.write)
