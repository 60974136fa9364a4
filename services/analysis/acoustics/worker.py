"""The process that measures: `python -m services.analysis.acoustics.worker NICENESS`, driven over its pipes.

What crashes Praat ends this process and one measure. It ends when its input ends, and so with its owner,
whatever became of that.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import BinaryIO

import numpy as np

from services.analysis.acoustics.pipe import HEADER, READY, pack_json, pack_measures
from services.analysis.acoustics.praat import measure


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Measure until the input ends."""
    while len(header := source.read(HEADER.size)) == HEADER.size:
        (size,) = HEADER.unpack(header)
        pcm = source.read(size)
        if len(pcm) < size:
            return
        try:
            frame = pack_measures(measure(np.frombuffer(pcm, "<i2")))
        except Exception as error:
            frame = pack_json({"error": f"{type(error).__name__}: {error}"[:500]})
        target.write(frame)
        target.flush()


def main() -> int:
    """Serve; returns the exit code."""
    # The owner decides when it ends: an interrupt at the terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints goes to the log
    os.setpriority(os.PRIO_PROCESS, 0, max(int(sys.argv[1]), os.getpriority(os.PRIO_PROCESS, 0)))
    try:
        target.write(pack_json(READY))
        target.flush()
        serve(sys.stdin.buffer, target)
    except BrokenPipeError:
        pass  # the owner is gone
    return 0


if __name__ == "__main__":
    # Not by sys.exit: its flush of the pipe would complain of an owner that is gone.
    os._exit(main())
