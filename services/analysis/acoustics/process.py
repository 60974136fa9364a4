"""One process that measures, seen from its owner."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import Self

from services.analysis.acoustics.pipe import HEADER, pack, unpack_measures
from services.analysis.acoustics.voice import VoiceMeasures


class ProcessDied(Exception):
    """The process ended, or stood still and was killed."""


class EarProcess:
    """A process that has loaded Praat. One call at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self._process = process

    @classmethod
    async def start(cls, timeout: float, niceness: int) -> Self:  # noqa: ASYNC109
        """Start a process and wait until it has loaded, `timeout` seconds at most. Raises ProcessDied,
        OSError."""
        # No session of its own: niceness counts within one only, where the kernel groups by session.
        process = cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.analysis.acoustics.worker",
                str(niceness),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        )
        try:
            await process._read(timeout)
        except BaseException:
            await process.end()
            raise
        return process

    @property
    def lives(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None

    async def measure(self, pcm: bytes, seconds: float) -> VoiceMeasures | None:
        """Measure 16-bit samples within so many seconds. Raises ProcessDied, and ValueError where Praat
        failed."""
        assert self._process.stdin is not None
        self._process.stdin.write(pack(pcm))  # it waits for nothing else, and takes it at once
        return unpack_measures(await self._read(seconds))

    async def end(self) -> int:
        """Kill the process if it lives; returns its exit code."""
        if self._process.returncode is None:
            # Not process.kill(): it polls first, and so may take the exit code away from asyncio's watcher.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        if self._process.stdin is not None:
            self._process.stdin.close()
        return await asyncio.shield(self._process.wait())

    async def _read(self, seconds: float) -> bytes:
        reader = self._process.stdout
        assert reader is not None
        try:
            async with asyncio.timeout(seconds):
                (size,) = HEADER.unpack(await reader.readexactly(HEADER.size))
                return await reader.readexactly(size)
        except TimeoutError:
            raise ProcessDied(f"stood still for {seconds:.0f} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ProcessDied(f"ended with code {await self.end()}") from None
