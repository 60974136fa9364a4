"""Serves AsrService in a process of its own: `python -m services.asr [--config FILE]`."""

from services.asr.engine import EngineUnavailable
from services.asr.servicer import AsrServicer
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.runtime import process
from services.runtime.config import ConfigError
from services.runtime.server import Server


async def serve(settings: AsrSettings) -> None:
    """Serve until stopped. Raises BindError, ConfigError."""
    # What the engine needs is loaded before anybody can call it.
    try:
        async with (
            AsrCore(settings) as core,
            Server(settings.server, [AsrServicer(core, settings.server).register]) as server,
        ):
            server.ready()
            process.announce("asr", server.address)
            await server.serve_until_stopped()
    except EngineUnavailable as error:
        raise ConfigError([str(error)]) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    return process.main("asr", AsrSettings, serve, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
