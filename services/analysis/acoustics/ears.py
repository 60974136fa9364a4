"""A bounded pool of processes that measure sound, for all streams of a service.

Nothing runs before somebody asks for it. Stretches wait in the order in which they came. Overflow: the
newest is refused. A process that dies, or stands still, takes the stretch that it had with it, and the next
one gets a process of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from services.analysis import reasons
from services.analysis.acoustics.process import EarProcess, ProcessDied
from services.analysis.acoustics.voice import SAMPLE_RATE_HERTZ, VoiceMeasures
from services.runtime.crash import log_crash

Take = Callable[[], bytes | None]
"""Gives the samples once it is their turn, so that what waits takes no memory; None where they are gone."""

_PAUSE = 5.0
"""Seconds after a process did not start in which none is tried."""
_log = logging.getLogger(__name__)


class NotMeasured(Exception):
    """A stretch has no measures; nothing else is lost. A later one may have."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class EarLimits:
    """What measuring may take.

    Attributes:
        processes: at once, of about 120 MB each.
        waiting: stretches, of all streams together.
        start_timeout: seconds for a process to load.
        stall_timeout: seconds for a stretch, and as long again as it lasts.
        niceness: of the processes, as in nice(1).
    """

    processes: int = 1
    waiting: int = 64
    start_timeout: float = 30.0
    stall_timeout: float = 10.0
    niceness: int = 10


@dataclass(slots=True)
class _Stretch:
    take: Take
    measured: asyncio.Future[VoiceMeasures | None]


class Ears:
    """To be closed.

    Attributes:
        processes: those that live.
    """

    def __init__(self, limits: EarLimits | None = None) -> None:
        self.processes: set[EarProcess] = set()
        self._limits = limits or EarLimits()
        self._waiting: deque[_Stretch] = deque()
        self._came = asyncio.Condition()
        self._slots: list[asyncio.Task[None]] = []
        self._barred_until = 0.0

    @property
    def are_installed(self) -> bool:
        """Whether Praat is there at all."""
        return find_spec("parselmouth") is not None

    def warm(self) -> None:
        """Somebody will ask soon: load a process."""
        if not self._slots:
            self._slots = [
                asyncio.create_task(self._run_slot(is_warm=not number), name=f"ears-{number}")
                for number in range(self._limits.processes)
            ]

    async def measure(self, take: Take) -> VoiceMeasures | None:
        """Measure one stretch; None where it is too short. Raises NotMeasured."""
        if len(self._waiting) >= self._limits.waiting:
            message = f"{self._limits.waiting} stretches of speech wait to be measured already"
            raise NotMeasured(reasons.BACKPRESSURE, message)
        self.warm()
        stretch = _Stretch(take, asyncio.get_running_loop().create_future())
        self._waiting.append(stretch)
        async with self._came:
            self._came.notify()
        return await stretch.measured

    async def close(self) -> None:
        """End every process; what waits is not measured."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        self._slots.clear()
        for stretch in self._waiting:
            _fail(stretch, NotMeasured(reasons.ACOUSTICS_UNAVAILABLE, "the service is closing"))
        self._waiting.clear()

    async def _run_slot(self, is_warm: bool) -> None:
        """Keep one process busy."""
        process: EarProcess | None = None
        try:
            while True:
                if process is None and is_warm:
                    try:
                        process = await self._start()
                    except NotMeasured as error:
                        _log.error("%s", error.message)
                is_warm = False
                async with self._came:
                    await self._came.wait_for(lambda: self._waiting)
                    stretch = self._waiting.popleft()
                process = await self._measure(process, stretch)
        finally:
            if process is not None:
                await self._end(process)

    async def _measure(self, process: EarProcess | None, stretch: _Stretch) -> EarProcess | None:
        """Measure, and return the process that is there for the next."""
        if stretch.measured.done():  # nobody waits for it any more
            return process
        try:
            if process is not None and not process.lives:
                await self._end(process)
                process = None
            process = process or await self._start()
            pcm = stretch.take()
            if pcm is None:
                message = "its sound was forgotten before it could be measured"
                raise NotMeasured(reasons.AUDIO_MISSING, message)
            seconds = len(pcm) / (2 * SAMPLE_RATE_HERTZ)
            measures = await process.measure(pcm, self._limits.stall_timeout + seconds)
        except NotMeasured as error:
            _fail(stretch, error)
        except ValueError as error:
            _fail(stretch, NotMeasured(reasons.ACOUSTICS_FAILED, f"Praat failed: {error}"))
        except ProcessDied as error:
            _log.warning("a process that measures %s; the next stretch gets another", error)
            message = f"the process that measured it {error}"
            _fail(stretch, NotMeasured(reasons.ACOUSTICS_FAILED, message))
            if process is not None:
                await self._end(process)
            return None
        except asyncio.CancelledError:
            _fail(stretch, NotMeasured(reasons.ACOUSTICS_UNAVAILABLE, "the service is closing"))
            if process is not None:  # perhaps a new one, which its slot does not know of yet
                await self._end(process)
            raise
        except Exception as error:  # a bug; a slot that ends would leave all others waiting for ever
            log_crash(_log, "measuring a stretch", error)
            message = f"it could not be measured: {type(error).__name__}"
            _fail(stretch, NotMeasured(reasons.ACOUSTICS_FAILED, message))
            if process is not None:
                await self._end(process)
            return None
        else:
            if not stretch.measured.done():
                stretch.measured.set_result(measures)
        return process

    async def _start(self) -> EarProcess:
        loop = asyncio.get_running_loop()
        if not self.are_installed:
            message = "acoustic measures need praat-parselmouth: pip install 'rivermouth[analysis]'"
            raise NotMeasured(reasons.ACOUSTICS_UNAVAILABLE, message)
        if loop.time() < self._barred_until:
            raise NotMeasured(reasons.ACOUSTICS_UNAVAILABLE, "no process could be started just now")
        try:
            process = await EarProcess.start(self._limits.start_timeout, self._limits.niceness)
        except (ProcessDied, OSError) as error:
            self._barred_until = loop.time() + _PAUSE
            message = f"a process that measures {error}"
            raise NotMeasured(reasons.ACOUSTICS_UNAVAILABLE, message) from None
        self.processes.add(process)
        return process

    async def _end(self, process: EarProcess) -> None:
        self.processes.discard(process)
        await process.end()


def _fail(stretch: _Stretch, error: NotMeasured) -> None:
    if not stretch.measured.done():
        stretch.measured.set_exception(error)
