"""The gRPC face of the core."""

from collections.abc import AsyncIterator

import grpc

from rivermouth.analysis.v1 import analysis_pb2_grpc
from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest, StreamingAnalyzeResponse
from services.analysis.session import AnalysisCore
from services.runtime.server import bounded_requests
from services.runtime.settings import ServerSettings


class AnalysisServicer(analysis_pb2_grpc.AnalysisServiceServicer):
    """Passes messages on; errors become statuses in the server's error boundary."""

    def __init__(self, core: AnalysisCore, settings: ServerSettings) -> None:
        self._core = core
        self._settings = settings

    def register(self, server: grpc.aio.Server) -> None:
        """Add this servicer to a server."""
        analysis_pb2_grpc.add_AnalysisServiceServicer_to_server(self, server)

    async def StreamingAnalyze(
        self,
        request_iterator: AsyncIterator[StreamingAnalyzeRequest],
        context: grpc.aio.ServicerContext[StreamingAnalyzeRequest, StreamingAnalyzeResponse],
    ) -> None:
        """Run the core over this call."""
        limits = self._settings
        requests = bounded_requests(context, limits.first_message_timeout, limits.idle_timeout)
        await self._core.run(requests, context.write)
