"""A bounded pool of worker processes; an utterance has one of them to itself, for as long as it lasts.

Utterances wait in the order in which they came, whoever they belong to. Their audio waits with them, and is
kept until the final: if the worker dies or stands still, the next one gets it all again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from importlib.util import find_spec
from types import TracebackType
from typing import Self

from services.asr.engine import EngineUnavailable, Opening
from services.asr.recogniser import Listener
from services.asr.settings import SphinxSettings
from services.asr.sphinx import LANGUAGE, model_name
from services.asr.worker_process import PooledDecoding, WorkerDied, WorkerProcess

_RESTART_DELAYS = (0.1, 0.5, 2.0, 5.0)
_log = logging.getLogger(__name__)


class WorkerPool:
    """The recogniser that runs PocketSphinx; entered when the first of its workers is ready.

    Attributes:
        workers: the processes that live.
    """

    name = "sphinx"
    language = LANGUAGE
    languages = (LANGUAGE.partition("-")[0],)
    options: frozenset[str] = frozenset()
    retry_after = None
    load = 0.0

    def __init__(self, settings: SphinxSettings) -> None:
        self.model = ""
        self.workers: set[WorkerProcess] = set()
        self._settings = settings
        self._waiting: deque[PooledDecoding] = deque()
        self._idle: list[asyncio.Future[None]] = []
        self._slots: list[asyncio.Task[None]] = []

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= self._settings.max_waiting

    @property
    def interim_lag(self) -> float:
        return max((decoding.waited for decoding in self._waiting), default=0.0)

    def open(self, listener: Listener, opening: Opening) -> PooledDecoding:
        """Queue an utterance; a stream has one for each channel at most, which bounds the queue."""
        decoding = PooledDecoding(listener, opening, self._forget)
        self._waiting.append(decoding)
        self._wake_one()
        return decoding

    async def __aenter__(self) -> Self:
        """Raises EngineUnavailable."""
        if find_spec("pocketsphinx") is None:
            raise EngineUnavailable("the engine sphinx needs pocketsphinx: pip install 'rivermouth[asr]'")
        self.model = model_name()
        first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._slots = [
            asyncio.create_task(self._run_slot(number, first), name=f"asr-slot-{number}")
            for number in range(self._settings.workers)
        ]
        try:
            await first
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        self._slots.clear()

    async def _run_slot(self, number: int, first: asyncio.Future[None]) -> None:
        """Keep one worker alive and busy. `first` gets the outcome of the first start of slot 0; the others
        wait for it, so that the service is ready the sooner.
        """
        failures = 0
        if number:
            await asyncio.wait([first])
        while True:
            try:
                worker = await WorkerProcess.start(self._settings)
            except Exception as error:  # whatever it is: a slot that ends is one decoder less for ever
                if not first.done():
                    first.set_exception(EngineUnavailable(str(error)))
                    return
                expected = isinstance(error, EngineUnavailable | OSError)
                _log.error("no decoder could be started: %s", error, exc_info=not expected)
                if not self.workers:
                    while self._waiting:
                        self._waiting.popleft().failed(f"no decoder could be started: {error}")
                await asyncio.sleep(_RESTART_DELAYS[min(failures, len(_RESTART_DELAYS) - 1)])
                failures += 1
                continue
            failures = 0
            self.workers.add(worker)
            if not first.done():
                first.set_result(None)
            try:
                while True:
                    await self._decode(worker, await self._next(worker))
            except WorkerDied as died:
                _log.warning("decoder %d %s; starting another", worker.pid, died)
            except Exception:  # a bug; the utterance has been told
                _log.exception("decoder %d is given up; starting another", worker.pid)
            finally:
                self.workers.discard(worker)
                await worker.close()

    async def _decode(self, worker: WorkerProcess, decoding: PooledDecoding) -> None:
        decoding.attempts += 1
        try:
            ended = await worker.decode(decoding, lambda: bool(self._waiting))
        except WorkerDied as died:
            if decoding.attempts < self._settings.attempts:
                if not decoding.closed:
                    self._waiting.appendleft(decoding)
                    self._wake_one()
            else:
                decoding.failed(f"the decoder {died}; {decoding.attempts} had this utterance")
            raise
        except Exception as error:
            decoding.failed(f"its decoder could not be driven: {error!r}")
            raise
        if not ended:
            decoding.attempts -= 1
            self._waiting.append(decoding)
            self._wake_one()

    async def _next(self, worker: WorkerProcess) -> PooledDecoding:
        """The utterance that waits longest. Raises WorkerDied if the idle worker ends meanwhile."""
        while not self._waiting:
            called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(called)
            try:
                await asyncio.wait((called, worker.gone), return_when=asyncio.FIRST_COMPLETED)
            finally:
                if called.done():
                    self._wake_one()  # in case it was called and dies: somebody else may be free
                else:
                    self._idle.remove(called)
            if worker.gone.done():
                raise WorkerDied("ended while it was idle")
        return self._waiting.popleft()

    def _wake_one(self) -> None:
        if self._idle and self._waiting:
            # The one that worked last: its memory is warm.
            self._idle.pop().set_result(None)

    def _forget(self, decoding: PooledDecoding) -> None:
        with contextlib.suppress(ValueError):
            self._waiting.remove(decoding)
