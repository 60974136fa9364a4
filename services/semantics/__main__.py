"""Serves SemanticService in a process of its own: `python -m services.semantics [--config FILE]`."""

from services.runtime import process
from services.runtime.server import Server
from services.semantics.servicer import SemanticsServicer
from services.semantics.session import SemanticsCore
from services.semantics.settings import SemanticsSettings


async def serve(settings: SemanticsSettings) -> None:
    """Serve until stopped. Raises BindError."""
    # What the engine needs is loaded before anybody can call it.
    async with (
        SemanticsCore(settings) as core,
        Server(settings.server, [SemanticsServicer(core, settings.server).register]) as server,
    ):
        server.ready()
        process.announce("semantics", server.address)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    return process.main("semantics", SemanticsSettings, serve, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
