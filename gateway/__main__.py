"""Serves the gateway in a process of its own: `python -m gateway [--config FILE]`."""

from __future__ import annotations

from gateway.app import open_gateway
from gateway.settings import GatewaySettings
from services.runtime import process
from services.runtime.server import Server


async def serve(settings: GatewaySettings) -> None:
    """Serve until stopped. Raises BindError, ConfigError."""
    async with open_gateway(settings) as servicer, Server(settings.server, [servicer.register]) as server:
        server.on_drain(servicer.registry.drain)
        server.ready()
        process.announce("gateway", server.address)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    return process.main("gateway", GatewaySettings, serve, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
