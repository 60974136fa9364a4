"""Serves AnalysisService in a process of its own: `python -m services.analysis [--config FILE]`."""

import argparse
import asyncio
import sys

from services.analysis.servicer import AnalysisServicer
from services.analysis.session import AnalysisCore
from services.analysis.settings import AnalysisSettings
from services.runtime import logs, telemetry
from services.runtime.config import ConfigError, Settings, load
from services.runtime.server import BindError, Server

_OTHER_PROCESSES = ("gateway", "asr", "quality", "semantics", "dialogue", "tts")


class _Process(Settings):
    """This process's part of an environment and a file that all processes share."""

    analysis: AnalysisSettings = AnalysisSettings()


async def serve(settings: AnalysisSettings) -> None:
    """Serve until stopped. Raises BindError."""
    async with (
        AnalysisCore(settings) as core,
        Server(settings.server, [AnalysisServicer(core, settings.server).register]) as server,
    ):
        server.ready()
        print(f"analysis listening on {server.address}", flush=True)
        await server.serve_until_stopped()


def main(arguments: list[str] | None = None) -> int:
    """Run the process; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.analysis", description=__doc__)
    parser.add_argument(
        "--config", metavar="FILE", help="TOML file; its table for this process is [analysis]"
    )
    options = parser.parse_args(arguments)
    try:
        settings = load(_Process, file=options.config, ignore=_OTHER_PROCESSES).analysis
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
