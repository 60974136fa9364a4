"""Starts the processes of a suite on this machine in order, starts again what dies, stops them in reverse.

Each process is asked for a free port at its first start and keeps that port when it is started again. A
process that dies is started again after a pause that grows while it dies quickly; one that says that its
configuration is bad (exit code 2) is not. If this process is killed, the kernel ends the others with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

START_LIMIT = 180.0
"""Seconds that a process has to say that it listens, which recognition does once its model is loaded."""
STOP_LIMIT = 30.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_HEALTHY_AFTER = 10.0
_BAD_CONFIGURATION = 2


class LaunchError(Exception):
    """A process does not start; its message has been on standard error."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process to run: `python -m module`."""

    name: str
    module: str
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables besides those of this process."""
    niceness: int = 0
    port: int = 0


class Process:
    """A program that is kept running."""

    def __init__(self, program: Program, report: Callable[[str], None]) -> None:
        self.program = program
        self.address = ""
        self.restarts = 0
        self._report = report
        self._child: asyncio.subprocess.Process | None = None
        self._listening = asyncio.Event()
        self._stopping = False

    @property
    def pid(self) -> int:
        """Process id of the current child, 0 where there is none."""
        return self._child.pid if self._child is not None and self._child.returncode is None else 0

    async def keep_running(self) -> None:
        """Returns once the process was stopped.

        Raises:
            LaunchError: it ended before it listened, or says that its configuration is bad.
        """
        pause = _FIRST_PAUSE
        while True:
            begun = asyncio.get_running_loop().time()
            code = await self._run_once()
            if self._stopping:
                return
            if code == _BAD_CONFIGURATION or not self.address:
                raise LaunchError(f"{self.program.name} does not start (exit code {code})")
            if asyncio.get_running_loop().time() - begun > _HEALTHY_AFTER:
                pause = _FIRST_PAUSE
            self.restarts += 1
            self._report(f"{self.program.name} ended with {_ending(code)}; starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, 2 * pause)

    async def listening(self) -> str:
        """Wait until it listens; returns its address.

        Raises:
            LaunchError: it takes too long.
        """
        try:
            async with asyncio.timeout(START_LIMIT):
                await self._listening.wait()
        except TimeoutError:
            raise LaunchError(f"{self.program.name} did not listen within {START_LIMIT:g} s") from None
        return self.address

    async def stop(self) -> None:
        """Ask it to drain and end; kill it when it does not."""
        self._stopping = True
        child = self._child
        if child is None or child.returncode is not None:
            return
        child.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_LIMIT):
                await child.wait()
        except TimeoutError:
            self._report(f"{self.program.name} does not end; killing it")
            child.kill()
            await child.wait()

    async def _run_once(self) -> int:
        program = self.program
        port = self.address.rpartition(":")[2] or str(program.port)
        part = "GATEWAY" if program.name == "gateway" else program.name.upper()
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "deploy.local.child",
            str(program.niceness),
            program.module,
            env={**os.environ, **program.environment, f"RIVERMOUTH_{part}__SERVER__PORT": port},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            # A group of its own, so that Ctrl-C reaches the launcher alone, which stops them in order. Not a
            # session of its own: niceness would then count only inside of it.
            process_group=0,
        )
        self._child = child
        assert child.stdout is not None
        try:
            async for line in child.stdout:
                text = line.decode(errors="replace").strip()
                if text.startswith(f"{program.name} listening on "):
                    self.address = text.rpartition(" ")[2]
                    self._listening.set()
            return await child.wait()
        except asyncio.CancelledError:
            if child.returncode is None:
                child.kill()
                await child.wait()
            raise


@contextlib.asynccontextmanager
async def launch(
    programs: list[Callable[[Mapping[str, str]], Program]], report: Callable[[str], None]
) -> AsyncIterator[dict[str, Process]]:
    """Run programs, each started once the ones before it listen; stop them in reverse on leaving.

    A program is made from the addresses, by name, of those before it.

    Raises:
        LaunchError: one does not start; the others are stopped.
    """
    running: dict[str, Process] = {}
    addresses: dict[str, str] = {}
    failures: tuple[LaunchError | ExceptionGroup[LaunchError], ...] = ()
    try:
        async with asyncio.TaskGroup() as group:
            for make in programs:
                process = Process(make(addresses), report)
                running[process.program.name] = process
                keeper = group.create_task(process.keep_running(), name=process.program.name)
                listening = group.create_task(process.listening())
                await asyncio.wait([keeper, listening], return_when=asyncio.FIRST_COMPLETED)
                if not listening.done():
                    listening.cancel()
                    await asyncio.wait([keeper])
                addresses[process.program.name] = process.address
            try:
                yield running
            finally:
                for process in reversed(running.values()):
                    await process.stop()
    except* LaunchError as failed:
        failures = failed.exceptions
    if failures:  # not above: Python before 3.11.4 makes a group of what is raised there
        raise failures[0]


def _ending(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
