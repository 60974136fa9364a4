"""One window of load on one system: what its processes used meanwhile, and how long answers took."""

from __future__ import annotations

import asyncio
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deploy.local.bench import Figure
from deploy.local.benches.peer import Peer, Usage


@dataclass(frozen=True, slots=True)
class System:
    """What is measured: the name that the load knows it by, its address, all of its processes."""

    name: str
    address: str
    peers: tuple[Peer, ...]

    async def usage(self) -> Usage:
        """Of all processes together."""
        read = await asyncio.gather(*(peer.usage() for peer in self.peers))
        return Usage(sum(each.cpu for each in read), read[0].at, sum(each.rss for each in read))


@dataclass(frozen=True, slots=True)
class Window:
    """What was measured in one window.

    Attributes:
        cost: µs of processor time, all processes of the system together, for a second of one session.
        p50: µs from the write of a message to the arrival of what it caused, the median; NaN for none.
        answers: messages that a session got in a second.
    """

    cost: float
    p50: float
    answers: float


async def measure(
    load: Peer, system: System, *, sessions: int, seconds: float, settle: float, beats: float, answers: float
) -> Window:
    """Load a system for a while, and measure once the load is even."""
    await load.ask("begin", system=system.name, sessions=sessions, beats=beats, answers=answers)
    await asyncio.sleep(settle)
    before = await system.usage()
    await asyncio.sleep(seconds)
    after = await system.usage()
    result: dict[str, Any] = await load.ask("end", system=system.name, begin=before.at, end=after.at)
    session_seconds = sessions * (after.at - before.at)
    return Window(
        cost=1e6 * (after.cpu - before.cpu) / session_seconds,
        p50=1e6 * statistics.median(result["delays"] or [math.nan]),
        answers=result["arrived"] / session_seconds,
    )


def figure(name: str, values: Sequence[float], wanted: str = "") -> Figure:
    """The median of values, and their spread."""
    return Figure(name, statistics.median(values), min(values), max(values), wanted)
