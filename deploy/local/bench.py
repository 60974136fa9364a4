"""`rivermouth bench NAME`: measures this machine and states figures. Nothing is judged here."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

BENCHES = {
    "analysis": "how soon results are there, what asking models costs and holds up, redaction, acoustics",
    "asr": "how soon, how right and how dear words are: each engine, direct calls of Whisper, peers",
    "call": "how soon words are there: the sample call at the pace of speech, by true word times",
    "gateway": "what the gateway adds to a bare gRPC echo: processor time and delay, in each layout",
    "quality": "what measuring and decoding audio costs, and how exact it is",
    "semantics": "how fast and how right annotation is: 20-word segments, the wire, held-out dialogues",
}
"""Each is a module of deploy.local.benches that is a `Bench`; what it measures is told in its docstring."""
_OF_ASR = ("engine", "model", "clips", "whole", "peers")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, the median of what was measured; `low` and `high` are its smallest and largest."""

    name: str
    value: float
    low: float
    high: float
    wanted: str = ""
    """What it should be, as text; empty where it only tells."""


class Bench(Protocol):
    """A module of deploy.local.benches."""

    def run(self, quick: bool, **chosen: str | bool) -> Sequence[Figure]:
        """Measure, within 3 minutes, with progress on stderr. `quick`: seconds, and figures of no worth.

        `chosen` are options that the bench has of its own.
        """


def add_parser(subparsers: Any) -> None:
    """Add `rivermouth bench`."""
    parser = subparsers.add_parser(
        "bench",
        help="measure this machine: " + ", ".join(BENCHES),
        description="Measures this machine within 3 minutes. Figures go to stdout, progress to stderr.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(["benches:", *(f"  {name:12}{about}" for name, about in BENCHES.items())]),
    )
    parser.add_argument("name", choices=BENCHES, metavar="NAME", help="the bench: " + ", ".join(BENCHES))
    parser.add_argument("--json", action="store_true", help="one flat JSON object, figure names to numbers")
    parser.add_argument("--quick", action="store_true", help="try the bench itself; its figures mean nothing")
    asr = parser.add_argument_group("of the bench asr")
    asr.add_argument("--engine", choices=("whisper", "sphinx"), help="this one alone")
    asr.add_argument("--model", metavar="DIR", help="Whisper's model; else the project's micro model")
    asr.add_argument(
        "--clips", metavar="DIR", help="recordings and truth.json; those beside the model otherwise"
    )
    asr.add_argument("--whole", action="store_true", default=None, help="all clips; takes minutes more")
    asr.add_argument(
        "--peers",
        metavar="DIR",
        help="measure other servers too, each from its own environment: DIR/whisper_live, DIR/whisperlivekit",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    bench: Any = importlib.import_module(f"deploy.local.benches.{options.name}")
    chosen = {name: value for name in _OF_ASR if (value := getattr(options, name)) is not None}
    try:
        if chosen and options.name != "asr":
            raise BenchError(f"--{next(iter(chosen))} is for the bench asr")
        figures = _measured(bench, options.quick, chosen)
    except BenchError as error:
        print(f"rivermouth bench {options.name}: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({figure.name: figure.value for figure in figures}))
    else:
        print(table(figures))
    return 0


def _measured(bench: Bench, quick: bool, chosen: Mapping[str, str | bool]) -> Sequence[Figure]:
    return bench.run(quick, **chosen)


class BenchError(Exception):
    """Nothing could be measured; the message says why."""


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text."""
    width = max(len(figure.name) for figure in figures)
    lines = [f"{'figure':{width}}  {'median':>9}  {'lowest':>9}  {'highest':>9}  wanted"]
    lines += [
        f"{each.name:{width}}  {each.value:9.2f}  {each.low:9.2f}  {each.high:9.2f}  {each.wanted}".rstrip()
        for each in figures
    ]
    return "\n".join(lines)
