"""`rivermouth batch FILE`: work that was dropped while sessions ran, finished."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.analysis.settings import AnalysisSettings
    from services.analysis.workflow.batch_file import Marks
    from services.analysis.workflow.logged_work import LoggedWork

_LEFT = 1
_CANNOT_BEGIN = 2
_INTERRUPTED = 130
_HOPELESS = 5
"""Questions in a row that no model could be asked, after which the rest is left for another time."""


def add_parser(subparsers: Any) -> None:
    """Add `rivermouth batch`."""
    parser = subparsers.add_parser(
        "batch",
        help="finish work that was dropped while sessions ran",
        description="Asks models about the work in a file that RIVERMOUTH_ANALYSIS__DROP_LOG named, with the "
        "providers of RIVERMOUTH_ANALYSIS__LLM__…, and writes a line of JSON for each work item. What is "
        "done is marked in FILE.done, so that another run goes on where this one ended. Lines that are no "
        "work are named and skipped.",
        epilog="Leaves with 0 if all is done, or as much as --limit allows; with 1 if something is left, and "
        "says why; with 2 if it could not begin; with 130 if it was interrupted.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the file of dropped work")
    parser.add_argument(
        "--output", metavar="FILE", help="where results are appended, - for here (default: FILE.results)"
    )
    parser.add_argument("--limit", type=_count, metavar="N", help="ask about so many work items at most")
    parser.add_argument("--config", metavar="FILE", help="TOML file with the table [analysis]")
    parser.set_defaults(run=_run)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from services.analysis.settings import AnalysisSettings
    from services.analysis.workflow.batch_file import InUse, Marks, append_to
    from services.runtime import process
    from services.runtime.config import ConfigError

    path: Path = options.file
    try:
        settings = process.read("analysis", AnalysisSettings, options.config)
        if not settings.llm.configured:
            return _refuse("no model is configured: set RIVERMOUTH_ANALYSIS__LLM__GEMINI__API_KEY or another")
        if not path.is_file():
            return _refuse(f"{path} is no file")
        with Marks(path) as marks:
            if options.output == "-":
                return asyncio.run(_finish(path, marks, settings, sys.stdout.buffer, options.limit))
            with append_to(Path(options.output or f"{path}.results")) as results:
                return asyncio.run(_finish(path, marks, settings, results, options.limit))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return _CANNOT_BEGIN
    except (InUse, OSError) as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        _say("interrupted; what is done is marked, and another run goes on from there")
        return _INTERRUPTED


async def _finish(
    path: Path, marks: Marks, settings: AnalysisSettings, results: IO[bytes], limit: int | None
) -> int:
    """Finish what is left of a file; returns the exit code."""
    from services.analysis.workflow.batch import Done, Finisher, groups
    from services.analysis.workflow.batch_file import Faulty, read
    from services.llm.llm import Llm

    found: Counter[str] = Counter()

    def works() -> Iterator[LoggedWork]:
        for each in read(path, marks.ids):
            if isinstance(each, Faulty):
                found["bad"] += 1
                _say(f"{path}:{each.number}: no work item: {each.fault}")
            else:
                yield each

    failures: Counter[str] = Counter()
    in_a_row = 0
    async with Llm(settings.llm) as llm:
        finisher = Finisher(llm, settings)
        for group in groups(islice(works(), limit)):
            is_hopeless = False
            async for each in finisher.finish(group):
                if isinstance(each, Done):
                    _write(results, each.result)
                    marks.add(each.work)  # after its result: never a mark without one
                    found["done"] += 1
                    continue
                is_hopeless = each.is_general
                if not failures[each.failure.reason]:
                    _say(f"{each.work.work_id}: {each.failure}")
                failures[each.failure.reason] += 1
            in_a_row = in_a_row + 1 if is_hopeless else 0
            if in_a_row == _HOPELESS:
                _say(f"{_HOPELESS} questions in a row came to nothing; the rest is left")
                break
    told = [f"{found['done']} done"]
    told += [f"{count} left by {reason}" for reason, count in sorted(failures.items())]
    told += [f"{found['bad']} bad lines"] if found["bad"] else []
    _say(", ".join(told))
    return _LEFT if failures or found["bad"] else 0


def _write(results: IO[bytes], result: dict[str, Any]) -> None:
    results.write(json.dumps(result, ensure_ascii=False).encode(errors="replace") + b"\n")
    results.flush()
    if stat.S_ISREG(os.fstat(results.fileno()).st_mode):
        os.fsync(results.fileno())


def _refuse(why: str) -> int:
    _say(why)
    return _CANNOT_BEGIN


def _say(text: str) -> None:
    print(f"rivermouth batch: {text}", file=sys.stderr)
