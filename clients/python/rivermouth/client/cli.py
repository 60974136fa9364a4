"""The `rivermouth` command. Its subcommands are gathered from the entry points `rivermouth.commands`, so that
each is owned by the part that carries it out; this package brings `stream`."""

import argparse
import importlib.metadata
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

from rivermouth.client.commands import stream

GROUP = "rivermouth.commands"

# typeshed gives argparse's own type no public name.
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code: 0 done, 1 failed, 2 used wrongly, 130 interrupted."""
    parser = build_parser()
    args, rest = parser.parse_known_args(arguments)
    if rest and not getattr(args, "any_arguments", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    run: Callable[[argparse.Namespace], int] | None = getattr(args, "run", None)
    if run is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        return run(args)
    except KeyboardInterrupt:
        return 130


def build_parser() -> argparse.ArgumentParser:
    """The parser with every installed command. One that cannot be loaded says so when it is called."""
    parser = argparse.ArgumentParser(
        prog="rivermouth", description="Real-time analysis of conversations: one stream in, one stream out."
    )
    parser.add_argument("--version", action="version", version=f"rivermouth {_version()}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    stream.add_parser(subparsers)
    seen = {"stream"}
    for entry in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda entry: entry.name):
        if entry.name in seen:
            continue  # the suite and the client alone both bring what the client has
        seen.add(entry.name)
        try:
            entry.load()(subparsers)
        except ImportError as error:
            _add_broken(subparsers, entry.name, error)
    return parser


def _add_broken(subparsers: Subparsers, name: str, error: ImportError) -> None:
    message = f"rivermouth {name}: cannot be loaded: {error}. Is the package that brings it whole?"

    def run(_: argparse.Namespace) -> int:
        print(message, file=sys.stderr)
        return 1

    broken = subparsers.add_parser(name, help="(cannot be loaded)", add_help=False)
    broken.set_defaults(run=run, any_arguments=True)


def _version() -> str:
    for name in ("rivermouth-client", "rivermouth"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
