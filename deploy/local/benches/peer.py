"""The processes of a bench: each carries out commands, a JSON object a line, and answers likewise.

A process ends when its stdin does, so none outlives the bench, however that ends.
"""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.bench import BenchError

_START_LIMIT = 60.0  # seconds; a cold start reads a hundred megabytes of libraries
_STOP_LIMIT = 10.0
_LONGEST_LINE = 1 << 20
_STATM = Path("/proc/self/statm")

Command = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used so far.

    Attributes:
        cpu: seconds of processor time, user and system, all threads (getrusage).
        at: when that was read, by the monotonic clock, which all processes of a machine share.
        rss: resident memory in KiB.
    """

    cpu: float
    at: float
    rss: float


class Peer:
    """A process, as the bench sees it."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process

    async def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Have a command carried out. Raises BenchError if the process is gone or the command failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **arguments}).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise BenchError(f"the process {self.name} ended; its output is above")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise BenchError(f"{self.name}: {command}: {answer['error']}")
        return answer

    async def usage(self) -> Usage:
        """What it has used so far."""
        return Usage(**await self.ask("usage"))


@asynccontextmanager
async def start(name: str, module: str, *arguments: str) -> AsyncIterator[Peer]:
    """Run a module as a process that answers commands; it is ended on leaving."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )
    peer = Peer(name, process)
    try:
        async with asyncio.timeout(_START_LIMIT):
            await peer.ask("usage")
        yield peer
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_LIMIT):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def answer(commands: Mapping[str, Command]) -> None:
    """In the process: carry out commands until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bench, which then ends this process
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    known = {"usage": _usage, **commands}
    while line := await reader.readline():
        request = json.loads(line)
        try:
            result = await known[request.pop("command")](**request)
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)


async def _usage() -> dict[str, Any]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": used.ru_utime + used.ru_stime, "at": time.monotonic(), "rss": _resident(used.ru_maxrss)}


def _resident(most: int) -> float:
    """KiB now; where the system does not tell that, the most it ever was (`ru_maxrss`, bytes on macOS)."""
    try:
        return int(_STATM.read_text().split()[1]) * resource.getpagesize() / 1024
    except OSError:
        return most / 1024 if sys.platform == "darwin" else most
