"""What a process and all its descendants use, from /proc, as Linux has it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True, slots=True)
class Usage:
    """So far.

    Attributes:
        cpu: seconds of processor time, of descendants that ended too, in steps of a tick (10 ms).
        rss: resident memory in MiB; pages that processes share count in each.
        at: when that was read, monotonic clock.
    """

    cpu: float
    rss: float
    at: float


def usage(pid: int) -> Usage:
    """Of a process and those that descend from it."""
    cpu = rss = 0.0
    for fields in _family(pid):
        # From man proc_pid_stat, counted after the name: utime, stime, and those of waited-for children.
        cpu += sum(int(value) for value in fields[11:15]) / _TICK
        rss += int(fields[21]) * _PAGE_MIB
    return Usage(cpu, rss, time.monotonic())


def _family(pid: int) -> Iterator[list[str]]:
    processes: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it may have ended meanwhile
            processes[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
    members = {pid}
    while more := {one for one, fields in processes.items() if int(fields[1]) in members} - members:
        members |= more
    return (processes[one] for one in members if one in processes)
