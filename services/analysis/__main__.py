"""Serves AnalysisService in a process of its own: `python -m services.analysis [--config FILE]`."""

from services.analysis.servicer import AnalysisServicer
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.runtime import process
from services.runtime.server import Server


async def serve(settings: AnalysisSettings) -> None:
    """Serve until stopped. Raises BindError."""
    # What the engine needs is loaded before anybody can call it.
    async with (
        AnalysisCore(settings) as core,
        Server(settings.server, [AnalysisServicer(core, settings.server).register]) as server,
    ):
        server.ready()
        process.announce("analysis", server.address)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    return process.main("analysis", AnalysisSettings, serve, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
