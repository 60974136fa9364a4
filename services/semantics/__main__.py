"""Serves SemanticService in a process of its own: `python -m services.semantics [--config FILE]`."""

from services.runtime import process
from services.runtime.server import Server
from services.semantics.servicer import SemanticsServicer
from services.semantics.session import SemanticsCore
from services.semantics.settings import SemanticsSettings


async def serve(settings: SemanticsSettings) -> None:
    """Serve until stopped. Raises BindError."""
    core = SemanticsCore(settings)
    async with Server(settings.server, [SemanticsServicer(core, settings.server).register]) as server, core:
        server.ready()
        process.announce("semantics", server.address)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    return process.main("semantics", SemanticsSettings, serve, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
