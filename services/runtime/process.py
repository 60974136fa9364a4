"""The main function of every process: its part of the settings, logs, tracing, then serve until stopped.

All processes of a deployment may share one environment and one file: each reads its own table, such as
`[asr]` or RIVERMOUTH_ASR__…, and leaves the others alone.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import create_model

from services.runtime import logs, telemetry
from services.runtime.config import ConfigError, Settings, load
from services.runtime.server import BindError

PARTS = ("gateway", "asr", "quality", "semantics", "analysis", "dialogue", "tts")
"""The tables that the processes of a deployment read."""

BAD_CONFIGURATION = 2
"""Exit code of a process that would not start the next time either."""

SettingsT = TypeVar("SettingsT", bound=Settings)


def read(part: str, kind: type[SettingsT], file: str | None = None) -> SettingsT:
    """The settings of one part. Raises ConfigError with everything that is wrong."""
    whole: type[Settings] = create_model("Deployment", __base__=Settings, **{part: (kind, kind())})  # type: ignore[call-overload]
    others = [each for each in PARTS if each != part]
    settings: SettingsT = getattr(load(whole, file=file, ignore=others), part)
    return settings


def main(
    part: str,
    kind: type[SettingsT],
    serve: Callable[[SettingsT], Awaitable[None]],
    arguments: Sequence[str] | None = None,
) -> int:
    """Run a process; `kind` has a field `telemetry`. Returns the exit code, not 0 after a clear message."""
    parser = argparse.ArgumentParser(
        description=f"Serves {part} in a process of its own, until it is stopped."
    )
    parser.add_argument("--config", metavar="FILE", help=f"TOML file; the table of this process is [{part}]")
    options = parser.parse_args(arguments)
    try:
        settings = read(part, kind, options.config)
        run(settings, serve)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIGURATION
    except BindError as error:
        # Not for good: another process may hold the port for a moment.
        print(error, file=sys.stderr)
        return 1
    return 0


def run(settings: Any, serve: Callable[[Any], Awaitable[None]]) -> None:
    """Logs and tracing around `serve`. Raises ConfigError, BindError."""
    logs.configure(settings.telemetry)
    shutdown = telemetry.setup(settings.telemetry)
    try:
        asyncio.run(_awaited(serve(settings)))
    finally:
        shutdown()


async def _awaited(awaitable: Awaitable[None]) -> None:
    await awaitable


def announce(part: str, address: str) -> None:
    """Say on standard output that the process listens, and where: a launcher reads this line."""
    print(f"{part} listening on {address}", flush=True)
