"""The server of a process: interceptors, limits, health, reflection, and a stop in two stages."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Self, cast

import grpc
from grpc_health.v1 import health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from services.runtime.calls import CallsInFlight, ErrorBoundary
from services.runtime.health import SERVICE as HEALTH_SERVICE
from services.runtime.health import Health
from services.runtime.malformed import MalformedMessages
from services.runtime.options import server_options
from services.runtime.settings import ServerSettings
from services.runtime.telemetry import TracingInterceptor
from services.runtime.timeouts import bounded_requests as bounded_requests

Register = Callable[[grpc.aio.Server], Any]
"""Adds one servicer: `lambda server: add_AsrServiceServicer_to_server(servicer, server)`."""

DrainHook = Callable[[float], Awaitable[None]]
"""Called when the drain begins, with the seconds until calls are cut; the place to say go_away."""

_ENDING = 0.05  # seconds, even without grace, for handlers that are about to return
_CLEANUP_LIMIT = 2.0  # seconds that a handler has to end after it was cut
_log = logging.getLogger(__name__)


class BindError(Exception):
    """The address cannot be listened on; the message says which, why, and what to set."""


class Server:
    """A grpc.aio server that starts not ready, drains on the first signal and exits on the second.

        async with Server(settings.server, [register]) as server:
            engine.load()
            server.ready()
            await server.serve_until_stopped()

    Leaving the block cuts the calls that still run: UNAVAILABLE, reason DRAINING. No handler outlives it.
    """

    def __init__(
        self,
        settings: ServerSettings,
        register: Iterable[Register],
        *,
        tls: grpc.ServerCredentials | None = None,
        interceptors: Sequence[grpc.aio.ServerInterceptor] = (),
    ) -> None:
        """`interceptors` run inside tracing and the error boundary, so they may raise a RivermouthError."""
        self.settings = settings
        self.services: tuple[str, ...] = ()
        self.port = settings.port
        self.health = Health(())
        self._register = tuple(register)
        self._tls = tls
        self._interceptors = tuple(interceptors)
        self._calls = CallsInFlight()
        self._drain_hooks: list[DrainHook] = []
        self._stop_requested = asyncio.Event()
        self._stopped = False
        self._server: grpc.aio.Server | None = None

    @property
    def address(self) -> str:
        """Where clients find it: "host:port" with the port that was really taken, or "unix:…"."""
        host = self.settings.host
        if host.startswith("unix:"):
            return host
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @property
    def calls_in_flight(self) -> int:
        """How many handlers run now, health and reflection aside."""
        return self._calls.count

    async def start(self) -> None:
        """Register, bind and listen; all services are NOT_SERVING. Raises BindError."""
        if not self.settings.host.startswith("unix:"):
            _check_address(self.settings.host, self.settings.port)
        server = grpc.aio.server(
            interceptors=(
                TracingInterceptor(),
                ErrorBoundary(),
                self._calls,
                MalformedMessages(),
                *self._interceptors,
            ),
            options=server_options(self.settings),
            maximum_concurrent_rpcs=self.settings.max_concurrent_rpcs,
        )
        registrar = _Registrar(server)
        for register in self._register:
            register(cast("grpc.aio.Server", registrar))
        self.services = tuple(registrar.services)
        self.health = Health(self.services)
        health_pb2_grpc.add_HealthServicer_to_server(self.health, server)
        if self.settings.reflection:
            reflection.enable_server_reflection(
                (*self.services, HEALTH_SERVICE, reflection.SERVICE_NAME), server
            )
        try:
            self.port = self._bind(server)
        except RuntimeError as error:
            raise BindError(f"cannot listen on {self.address}: {error}") from None
        await server.start()
        self._server = server
        _log.info("listening on %s", self.address, extra={"services": list(self.services)})

    def ready(self, *services: str) -> None:
        """Report services, all of them by default, as SERVING."""
        for service in services or self.services:
            self.health.set(service, True)

    def not_ready(self, *services: str) -> None:
        """Report services, all of them by default, as NOT_SERVING."""
        for service in services or self.services:
            self.health.set(service, False)

    def on_drain(self, hook: DrainHook) -> None:
        """Call this when the drain begins, together with the other hooks."""
        self._drain_hooks.append(hook)

    def request_stop(self) -> None:
        """Do as the first signal does: `serve_until_stopped` drains and returns."""
        self._stop_requested.set()

    async def serve_until_stopped(self) -> None:
        """Serve until SIGTERM, SIGINT or `request_stop`, then drain; a second signal exits at once."""
        gc.collect()
        gc.freeze()  # what is loaded stays: to walk over it holds the loop up for up to 0.1 s
        loop = asyncio.get_running_loop()
        signals = (signal.SIGTERM, signal.SIGINT)
        for number in signals:
            loop.add_signal_handler(number, self._on_signal, number)
        try:
            await self._stop_requested.wait()
            await self.stop(self.settings.drain_timeout)
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    async def stop(self, grace: float = 0.0) -> None:
        """Say NOT_SERVING, refuse new calls, run the drain hooks, wait `grace` seconds, cut the rest."""
        if self._server is None or self._stopped:
            return
        self._stopped = True
        deadline = asyncio.get_running_loop().time() + grace
        self.health.drain()
        self._calls.draining = True
        if grace > 0:
            await self._run_drain_hooks(grace)
        self.health.close()
        grace = max(0.0, deadline - asyncio.get_running_loop().time())
        # The core stops accepting at once; the time is ours to keep, so that a call that is cut has a reason.
        core = asyncio.create_task(self._server.stop(grace + 2 * _CLEANUP_LIMIT))
        try:
            if not await self._calls.wait_idle(max(grace, _ENDING)):
                _log.warning("cut after the drain", extra={"methods": self._calls.cut()})
                if not await self._calls.wait_idle(_CLEANUP_LIMIT):
                    _log.error("%d handlers do not end", self._calls.count)
        finally:
            await core
        _log.info("stopped")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.stop()

    def _bind(self, server: grpc.aio.Server) -> int:
        if self._tls is None:
            return server.add_insecure_port(self.address)
        return server.add_secure_port(self.address, self._tls)

    def _on_signal(self, number: signal.Signals) -> None:
        if self._stop_requested.is_set():
            _log.warning("%s again: exiting at once", number.name)
            logging.shutdown()
            os._exit(128 + number)  # not SystemExit, which would wait for every task and thread
        _log.info("%s: draining for at most %g s", number.name, self.settings.drain_timeout)
        self._stop_requested.set()

    async def _run_drain_hooks(self, limit: float) -> None:
        """Run the hooks side by side; one that fails or takes too long does not hold up the stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                results = await asyncio.gather(
                    *(hook(limit) for hook in self._drain_hooks), return_exceptions=True
                )
                for failure in filter(None, results):
                    _log.error("a drain hook failed", exc_info=failure)


class _Registrar:
    """Stands for the server while servicers register, and notes the names of their services."""

    def __init__(self, server: grpc.aio.Server) -> None:
        self._server = server
        self.services: list[str] = []

    def add_generic_rpc_handlers(self, handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        handlers = tuple(handlers)
        self.services += [
            each.service_name() for each in handlers if isinstance(each, grpc.ServiceRpcHandler)
        ]
        self._server.add_generic_rpc_handlers(handlers)

    def add_registered_method_handlers(self, service: str, handlers: Any) -> None:
        self._server.add_registered_method_handlers(service, handlers)


def _check_address(host: str, port: int) -> None:
    """Try the address with a plain socket: the core says neither which error it was, nor that briefly."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BindError(
            f"cannot listen on {host}:{port}: {reason}; set another port (server.port), or 0 for a free one"
        ) from None
