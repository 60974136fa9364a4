"""Serves AudioQualityService in a process of its own: `python -m services.quality [--config FILE]`."""

from services.quality.servicer import QualityServicer
from services.quality.session import QualityCore
from services.quality.settings import QualitySettings
from services.runtime import process
from services.runtime.server import Server


async def serve(settings: QualitySettings) -> None:
    """Serve until stopped. Raises BindError."""
    # What the engine needs is loaded before anybody can call it.
    async with (
        QualityCore(settings) as core,
        Server(settings.server, [QualityServicer(core, settings.server).register]) as server,
    ):
        server.ready()
        process.announce("quality", server.address)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    return process.main("quality", QualitySettings, serve, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
