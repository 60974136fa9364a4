"""grpc.health.v1: what the services of a process say about themselves.

Not the servicer of grpcio-health-checking: there a service serves before it says so, one leaving watcher
silences the others of its service, and an open Watch holds up every graceful stop for its whole grace.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.runtime.calls import Context

SERVICE = "grpc.health.v1.Health"
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


class Health(health_pb2_grpc.HealthServicer):
    """Each service is NOT_SERVING until it is set ready; "" stands for the process and serves when all do."""

    def __init__(self, services: Iterable[str]) -> None:
        self._ready = dict.fromkeys(services, False)
        self._changed = asyncio.Event()
        self._draining = False
        self._closed = False

    def set(self, service: str, ready: bool) -> None:
        """Say whether a service is ready. Raises KeyError for one that was never registered."""
        if service not in self._ready:
            raise KeyError(f"no service {service!r}; there are {', '.join(self._ready)}")
        self._ready[service] = ready
        self._notify()

    def drain(self) -> None:
        """Say NOT_SERVING for everything from now on."""
        self._draining = True
        self._notify()

    def close(self) -> None:
        """End the streams of all watchers."""
        self._closed = True
        self._notify()

    def status(self, service: str) -> int:
        """Return the ServingStatus of a service, SERVICE_UNKNOWN if there is none of this name."""
        if service and service not in self._ready:
            return _UNKNOWN
        ready = self._ready[service] if service else all(self._ready.values())
        return _SERVING if ready and not self._draining else _NOT_SERVING

    async def Check(self, request: Any, context: Context) -> Any:
        """Answer once; NOT_FOUND for an unknown service, as the protocol has it."""
        status = self.status(request.service)
        if status == _UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"unknown service {request.service!r}")
        return health_pb2.HealthCheckResponse(status=status)

    async def Watch(self, request: Any, context: Context) -> None:
        """Send the status now and at each change, until the server stops."""
        last = None
        while not self._closed:
            changed = self._changed  # taken before the status is read, so that no change falls in between
            status = self.status(request.service)
            if status != last:
                await context.write(health_pb2.HealthCheckResponse(status=status))
                last = status
            await changed.wait()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
