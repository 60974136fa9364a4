"""Runs a module as a program, and counts what its copies of CTranslate2's Whisper encode.

The environment names the module (BENCH_MODULE) and a file (BENCH_COUNTS) that always holds two numbers of 8
bytes each: passes, and seconds of audio that the encoder was given, padding included. It imports nothing of
this project, so that it runs in any environment, a peer's as well.
"""

from __future__ import annotations

import mmap
import os
import runpy
import struct
import sys
import threading
from pathlib import Path
from typing import Any

MODULE = "BENCH_MODULE"
COUNTS = "BENCH_COUNTS"
_FORMAT = "=dd"
_FRAMES_PER_SECOND = 100
_BANDS = (80, 128)


def read_counts(path: Path) -> tuple[float, float]:
    """Passes, and seconds encoded, since the program began."""
    passes, seconds = struct.unpack(_FORMAT, path.read_bytes()[: struct.calcsize(_FORMAT)])
    return passes, seconds


def clear_counts(path: Path) -> None:
    """Make the file, with zeros."""
    path.write_bytes(struct.pack(_FORMAT, 0.0, 0.0))


def _count(path: Path) -> None:
    """From here on count in the file."""
    try:
        import ctranslate2
    except ImportError:
        return  # a program without it: nothing to count
    with path.open("r+b") as file:
        memory = mmap.mmap(file.fileno(), struct.calcsize(_FORMAT))
    lock = threading.Lock()
    whisper: Any = ctranslate2.models.Whisper
    encode, generate = whisper.encode, whisper.generate

    def note(features: Any) -> None:
        rows, bands, frames = features.shape
        if bands in _BANDS:  # else the encoder's output, which `generate` takes as well
            with lock:
                passes, seconds = struct.unpack(_FORMAT, memory[:])
                memory[:] = struct.pack(_FORMAT, passes + rows, seconds + rows * frames / _FRAMES_PER_SECOND)

    def counted_encode(self: Any, features: Any, *arguments: Any, **named: Any) -> Any:
        note(features)
        return encode(self, features, *arguments, **named)

    def counted_generate(self: Any, features: Any, *arguments: Any, **named: Any) -> Any:
        note(features)
        return generate(self, features, *arguments, **named)

    whisper.encode, whisper.generate = counted_encode, counted_generate


def main() -> None:
    """Become the module, with the arguments that were given."""
    _count(Path(os.environ[COUNTS]))
    runpy.run_module(os.environ[MODULE], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    sys.argv[0] = os.environ[MODULE]
    main()
