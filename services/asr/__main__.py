"""Serves AsrService in a process of its own: `python -m services.asr [--config FILE]`."""

import argparse
import asyncio
import sys

from services.asr.servicer import AsrServicer
from services.asr.session import AsrCore
from services.asr.settings import AsrSettings
from services.runtime import logs, telemetry
from services.runtime.config import ConfigError, Settings, load
from services.runtime.server import BindError, Server

_OTHER_PROCESSES = ("gateway", "quality", "semantics", "analysis", "dialogue", "tts")


class _Process(Settings):
    """This process's part of an environment and a file that all processes share."""

    asr: AsrSettings = AsrSettings()


async def serve(settings: AsrSettings) -> None:
    """Serve until stopped. Raises BindError, and EngineUnavailable or VadUnavailableError."""
    core = AsrCore(settings)
    async with Server(settings.server, [AsrServicer(core, settings.server).register]) as server, core:
        server.ready()
        print(f"asr listening on {server.address}", flush=True)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.asr", description=__doc__)
    parser.add_argument("--config", metavar="FILE", help="TOML file; its table for this process is [asr]")
    options = parser.parse_args(arguments)
    try:
        settings = load(_Process, file=options.config, ignore=_OTHER_PROCESSES).asr
        logs.configure(settings.telemetry)
        shutdown = telemetry.setup(settings.telemetry)
        try:
            asyncio.run(serve(settings))
        finally:
            shutdown()
    except (ConfigError, BindError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
