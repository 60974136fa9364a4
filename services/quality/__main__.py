"""Serves AudioQualityService in a process of its own: `python -m services.quality [--config FILE]`."""

import argparse
import asyncio
import sys

from services.quality.servicer import QualityServicer
from services.quality.session import QualityCore
from services.quality.settings import QualitySettings
from services.runtime import logs, telemetry
from services.runtime.config import ConfigError, Settings, load
from services.runtime.server import BindError, Server

_OTHER_PROCESSES = ("gateway", "asr", "semantics", "analysis", "dialogue", "tts")


class _Process(Settings):
    """This process's part of an environment and a file that all processes share."""

    quality: QualitySettings = QualitySettings()


async def serve(settings: QualitySettings) -> None:
    """Serve until stopped. Raises BindError."""
    async with (
        QualityCore(settings) as core,
        Server(settings.server, [QualityServicer(core, settings.server).register]) as server,
    ):
        server.ready()
        print(f"quality listening on {server.address}", flush=True)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.quality", description=__doc__)
    parser.add_argument("--config", metavar="FILE", help="TOML file; its table for this process is [quality]")
    options = parser.parse_args(arguments)
    try:
        settings = load(_Process, file=options.config, ignore=_OTHER_PROCESSES).quality
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
