"""The subcommands that start things: `rivermouth up`, `serve` and `doctor`."""

from __future__ import annotations

import argparse
from typing import Any

DEFAULT_PORT = 50051
"""Where `up` listens unless told otherwise, and where clients look first."""
NAMES = ("asr", "quality", "semantics", "analysis", "gateway")


def add_up(subparsers: Any) -> None:
    """Add `rivermouth up`."""
    parser = subparsers.add_parser(
        "up",
        help="start the whole suite on this machine, until Ctrl-C",
        description="Starts the suite on this machine and keeps it running until Ctrl-C. By default gateway, "
        "quality, semantics and analysis share a process; recognition has one of its own, of lower priority.",
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port of the gateway, 0 for a free one (%(default)s)"
    )
    parser.add_argument("--processes", action="store_true", help="each service in a process of its own")
    parser.add_argument(
        "--only",
        action="append",
        choices=NAMES,
        default=[],
        metavar="NAME",
        help=f"with --processes: start only these ({', '.join(NAMES)}); may be repeated",
    )
    parser.add_argument("--config", metavar="FILE", help="TOML file with the settings of all parts")
    parser.set_defaults(run=_up)


def add_serve(subparsers: Any) -> None:
    """Add `rivermouth serve`."""
    parser = subparsers.add_parser(
        "serve",
        help="run one service in this process",
        description="Runs one service in this process, as a container would; its settings come from "
        "RIVERMOUTH_NAME__… variables and the file.",
    )
    parser.add_argument("name", choices=NAMES, help="the service")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for a free one")
    parser.add_argument("--config", metavar="FILE", help="TOML file with the settings")
    parser.set_defaults(run=_serve)


def add_doctor(subparsers: Any) -> None:
    """Add `rivermouth doctor`."""
    parser = subparsers.add_parser(
        "doctor",
        help="look at this machine: versions, models, ports, what is not configured and how to",
        description="Looks at this machine and this installation: what works, what does not, and what to do. "
        "Exit code 0 where the suite can run.",
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port of the gateway (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.set_defaults(run=_doctor)


def _up(options: argparse.Namespace) -> int:
    from deploy.local.up import run

    return run(options)


def _serve(options: argparse.Namespace) -> int:
    import importlib
    import os

    if options.port is not None:
        os.environ[f"RIVERMOUTH_{options.name.upper()}__SERVER__PORT"] = str(options.port)
    module = "gateway.__main__" if options.name == "gateway" else f"services.{options.name}.__main__"
    arguments = ["--config", options.config] if options.config else []
    code: int = importlib.import_module(module).main(arguments)
    return code


def _doctor(options: argparse.Namespace) -> int:
    from deploy.local.doctor import run

    return run(options.port, options.json)
