"""Writes protos/ERRORS.md, the page of all reasons, from where they are declared.

python -m deploy.local.errors_page            write it anew
python -m deploy.local.errors_page --check    exit 1 where it is not what is declared
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from services.runtime.reasons import page

PAGE = Path(__file__).resolve().parents[2] / "protos" / "ERRORS.md"
DECLARING = (
    "gateway.reasons",
    "services.analysis.reasons",
    "services.asr.reasons",
    "services.llm.reasons",
    "services.quality.reasons",
    "services.runtime.admission",
    "services.runtime.calls",
    "services.runtime.errors",
    "services.runtime.malformed",
    "services.runtime.stream_reasons",
    "services.runtime.timeouts",
    "services.semantics.reasons",
)
"""Every module that declares reasons."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="errors_page", description="Writes the page of all reasons.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args()
    for module in DECLARING:
        importlib.import_module(module)
    if not options.check:
        PAGE.write_text(page())
    elif not PAGE.exists() or PAGE.read_text() != page():
        print(f"{PAGE.name} is not what is declared: run python -m deploy.local.errors_page", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
