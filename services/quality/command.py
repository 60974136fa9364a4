"""`rivermouth quality FILE…`: what local files are worth, without a server."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add `rivermouth quality`."""
    parser = subparsers.add_parser(
        "quality",
        help="measure the audio quality of files: loudness, noise, clipping, dropouts and more",
        description="Measures files on this machine, without a server: WAV, FLAC, Opus, MP3 and others.",
        epilog="Leaves with 1 if a file could not be measured; the others are measured all the same.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="an audio file")
    parser.add_argument("--json", action="store_true", help="one JSON object a file, one file a line")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from services.quality import report

    failed = printed = False
    for path in options.files:
        try:
            quality = report.measure_file(path)
        except report.ReportError as error:
            print(f"rivermouth quality: {path}: {error}", file=sys.stderr)
            failed = True
            continue
        if options.json:
            print(json.dumps(report.as_json(quality), ensure_ascii=False))
        else:
            print(("\n" if printed else "") + report.as_table(quality))
        printed = True
    return int(failed)
