"""`rivermouth up`: the suite on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys

from deploy.local.launcher import LaunchError, launch
from deploy.local.layout import programs


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 after Ctrl-C, 1 where something does not start, 2 for a wrong command line."""
    if options.only and not options.processes:
        print("rivermouth up: --only needs --processes: the compact layout is one process", file=sys.stderr)
        return 2
    try:
        asyncio.run(_up(options))
    except LaunchError as error:
        print(f"rivermouth up: {error}; `rivermouth doctor` may tell why", file=sys.stderr)
        return 1
    return 0


async def _up(options: argparse.Namespace) -> None:
    environment = {"RIVERMOUTH_GATEWAY__SERVER__REFLECTION": "true"}
    if options.config:
        environment["RIVERMOUTH_CONFIG"] = options.config
    if sys.stderr.isatty():
        for part in ("GATEWAY", "ASR", "QUALITY", "SEMANTICS", "ANALYSIS"):
            environment[f"RIVERMOUTH_{part}__TELEMETRY__LOG_FORMAT"] = "text"
    environment = {name: value for name, value in environment.items() if name not in os.environ}
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    made = programs(options.processes, options.port, environment, tuple(options.only))
    async with launch(made, _report) as processes:
        for name, process in processes.items():
            print(f"{name:10} {process.address}", flush=True)
        if "gateway" in processes:
            address = processes["gateway"].address
            print(f"ready: rivermouth stream FILE.wav --address {address}   (Ctrl-C stops)", flush=True)
        await stop.wait()
        print("stopping", flush=True)


def _report(line: str) -> None:
    print(f"rivermouth up: {line}", file=sys.stderr, flush=True)
