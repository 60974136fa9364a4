"""Runs a module as a process of the launcher's: `python -m deploy.local.child NICENESS MODULE`.

What has to be done in the child itself is done here, after it has become a program of its own, and not
between fork and exec: a child of a launcher that uses gRPC, as the demo does, crashes there now and then in
gRPC's fork handlers.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Die with the launcher, yield the processor where asked to, and become the module."""
    niceness, module = int(sys.argv[1]), sys.argv[2]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if niceness:
        os.nice(niceness)
    sys.argv = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
