"""The gRPC face of the core."""

from collections.abc import AsyncIterator

import grpc

from rivermouth.semantics.v1 import semantics_pb2_grpc
from rivermouth.semantics.v1.semantics_pb2 import StreamingAnnotateRequest, StreamingAnnotateResponse
from services.runtime.server import bounded_requests
from services.runtime.settings import ServerSettings
from services.semantics.session import SemanticsCore


class SemanticsServicer(semantics_pb2_grpc.SemanticServiceServicer):
    """Passes messages on; errors become statuses in the server's error boundary."""

    def __init__(self, core: SemanticsCore, settings: ServerSettings) -> None:
        self._core = core
        self._settings = settings

    def register(self, server: grpc.aio.Server) -> None:
        """Add this servicer to a server."""
        semantics_pb2_grpc.add_SemanticServiceServicer_to_server(self, server)

    async def StreamingAnnotate(
        self,
        request_iterator: AsyncIterator[StreamingAnnotateRequest],
        context: grpc.aio.ServicerContext[StreamingAnnotateRequest, StreamingAnnotateResponse],
    ) -> None:
        """Run the core over this call."""
        limits = self._settings
        requests = bounded_requests(context, limits.first_message_timeout, limits.idle_timeout)
        await self._core.run(requests, context.write)
