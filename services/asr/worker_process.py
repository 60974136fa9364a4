"""One worker process, seen from its owner."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Self

from services.asr.engine import SAMPLE_RATE_HERTZ, EngineUnavailable, Hypothesis, Opening
from services.asr.pipe import HEADER, Kind, pack, pack_json, unpack_hypothesis
from services.asr.reasons import RECOGNISER_DIED
from services.asr.recogniser import Listener, RecognitionFailure, Timing
from services.asr.settings import SphinxSettings

_INTERVAL = SAMPLE_RATE_HERTZ // 4  # samples between hypotheses
# Audio that a worker may have and not have decoded. An utterance that is cancelled holds its worker no
# longer than these take, a tenth to a third of their length, and the last pass.
_IN_FLIGHT = 2 * SAMPLE_RATE_HERTZ
# Seconds without audio after which an utterance gives its worker to one that waits, and begins anew later:
# its caller may be away, or may itself wait for a worker with another channel, which would be for ever.
_STARVED = 1.0
_EXIT = 1.0  # seconds from the end of its output to the end of a process
_log = logging.getLogger(__name__)


class WorkerDied(Exception):
    """The process ended, or stood still and was killed."""


class PooledDecoding:
    """One utterance: its audio and its listener.

    Attributes:
        pieces: all its audio.
        finished: no more audio comes.
        closed: its listener wants no more, or has had its last.
        attempts: workers it was given.
        started: whether a worker has begun with it.
        wake: set whenever something has changed.
    """

    def __init__(
        self,
        listener: Listener,
        opening: Opening,
        forget: Callable[[PooledDecoding], None],
    ) -> None:
        """`forget` is called when it is cancelled."""
        self.opening = opening
        self.pieces: list[bytes] = []
        self.finished = False
        self.closed = False
        self.attempts = 0
        self.started = False
        self.wake = asyncio.Event()
        self._forget = forget
        self._listener = listener
        self._arrivals: deque[tuple[int, int]] = deque()  # end in samples, time it came
        self._samples = 0

    def accept(self, pcm: bytes) -> None:
        self.pieces.append(pcm)
        self._samples += len(pcm) // 2
        self._arrivals.append((self._samples, time.monotonic_ns()))
        self.wake.set()

    @property
    def waited(self) -> float:
        """Seconds since its oldest audio came that no hypothesis has told of."""
        return (time.monotonic_ns() - self._arrivals[0][1]) / 1e9 if self._arrivals else 0.0

    def pause(self) -> None:
        """Nothing: the decoder keeps pace with the audio."""

    def finish(self) -> None:
        self.finished = True
        self._arrivals.append((self._samples, time.monotonic_ns()))
        self.wake.set()

    def cancel(self) -> None:
        self.closed = True
        self.pieces.clear()
        self.wake.set()
        self._forget(self)

    def interim(self, hypothesis: Hypothesis, inference: int) -> None:
        """Pass on what a worker said."""
        if not self.closed:
            timing = self._timing(hypothesis, inference)
            self._tell(lambda: self._listener.interim(hypothesis, timing))

    def final(self, hypothesis: Hypothesis, inference: int) -> None:
        """Pass on the last word of a worker."""
        if not self.closed:
            self.closed = True
            timing = self._timing(hypothesis, inference, final=True)
            self._tell(lambda: self._listener.final(hypothesis, timing))

    def failed(self, message: str) -> None:
        """Give up."""
        if not self.closed:
            self.closed = True
            try:
                self._listener.failed(RecognitionFailure(RECOGNISER_DIED, message))
            except Exception:
                _log.exception("an utterance did not take its failure")

    def _tell(self, call: Callable[[], None]) -> None:
        """A bug of one stream must not reach the others, nor leave its utterance without an end."""
        try:
            call()
        except Exception as error:
            _log.exception("an utterance did not take its result")
            self.closed = False
            self.failed(f"the result could not be taken: {error!r}")

    def _timing(self, hypothesis: Hypothesis, inference: int, *, final: bool = False) -> Timing:
        """Since the newest audio of the hypothesis came, or the end: what was not computing was waiting."""
        arrivals = self._arrivals
        while len(arrivals) > 1 and (final or arrivals[0][0] < hypothesis.samples):
            arrivals.popleft()
        total = time.monotonic_ns() - arrivals[0][1] if arrivals else 0
        return Timing(queue=max(total - inference, 0), inference=min(inference, total))


class WorkerProcess:
    """A process with a loaded engine."""

    def __init__(
        self, process: asyncio.subprocess.Process, ready: dict[str, Any], stall_timeout: float
    ) -> None:
        self.model: str = ready["model"]
        self.language: str = ready["language"]
        self.pid = process.pid
        self._process = process
        self._stall_timeout = stall_timeout
        self._decoding: PooledDecoding | None = None
        self._decoded = 0
        self._idle = True
        self._fault: Exception | None = None
        self.gone = asyncio.create_task(self._listen(), name=f"asr-worker-{process.pid}")

    @classmethod
    async def start(cls, settings: SphinxSettings) -> Self:
        """Start a process and wait until it has loaded. Raises EngineUnavailable."""
        # No session of its own: niceness counts within one only, where the kernel groups by session.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.asr.worker",
            str(settings.niceness),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        try:
            async with asyncio.timeout(settings.start_timeout):
                _, payload = await _read_frame(process)
        except (EOFError, TimeoutError) as error:
            code = await _end(process)
            what = "took too long" if isinstance(error, TimeoutError) else f"ended with code {code}"
            raise EngineUnavailable(f"a decoder process {what} while it loaded; see its log") from None
        except BaseException:
            await _end(process)
            raise
        return cls(process, json.loads(payload), settings.stall_timeout)

    async def decode(self, decoding: PooledDecoding, others_wait: Callable[[], bool]) -> bool:
        """Decode an utterance from its beginning. Raises WorkerDied.

        Returns whether it came to its end; False if it starved while others waited, and is to be begun anew.
        """
        decoding.started = True
        self._decoding, self._decoded, self._idle = decoding, 0, False
        opening = decoding.opening
        order = {"start": opening.start, "lead": opening.lead, "adaptation": opening.adaptation}
        self._write(pack_json(Kind.OPEN, {**order, "interval": _INTERVAL}))
        sent_pieces = sent = 0
        ending: Kind | None = None
        while not self._idle:
            decoding.wake.clear()
            while (
                ending is None
                and not decoding.closed
                and sent_pieces < len(decoding.pieces)
                and sent - self._decoded < _IN_FLIGHT
            ):
                piece = decoding.pieces[sent_pieces]
                self._write(pack(Kind.AUDIO, piece))
                sent_pieces += 1
                sent += len(piece) // 2
            if ending is None and decoding.closed:
                ending = Kind.ABORT
                self._write(pack(ending))
            elif ending is None and decoding.finished and sent_pieces == len(decoding.pieces):
                ending = Kind.FINISH
                self._write(pack(ending))
            is_busy = ending is not None or sent - self._decoded >= _INTERVAL
            try:
                async with asyncio.timeout(self._stall_timeout if is_busy else _STARVED):
                    await decoding.wake.wait()
            except TimeoutError:
                if is_busy:
                    raise WorkerDied(f"stood still for {self._stall_timeout:g} s") from None
                if others_wait():
                    ending = Kind.ABORT
                    self._write(pack(ending))
            if self.gone.done() and not self._idle:
                raise WorkerDied(await self._how_it_ended())
        self._decoding = None
        return ending is Kind.FINISH or decoding.closed

    async def close(self) -> None:
        """End the process, at once."""
        self.gone.cancel()
        await _end(self._process)

    async def _how_it_ended(self) -> str:
        if self._fault is not None:
            return f"said what cannot be understood ({self._fault!r})"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_EXIT):
                await self._process.wait()
        return f"ended with code {await _end(self._process)}"

    def _write(self, frame: bytes) -> None:
        # Never more than _IN_FLIGHT waits in the transport, so there is nothing to drain. A write to a
        # process that is gone is dropped; `gone` tells of it.
        assert self._process.stdin is not None
        self._process.stdin.write(frame)

    async def _listen(self) -> None:
        """Pass on what the process says, until it ends."""
        try:
            while True:
                kind, payload = await _read_frame(self._process)
                decoding = self._decoding
                if decoding is None:
                    continue
                hypothesis, inference = unpack_hypothesis(payload)
                self._decoded = hypothesis.samples
                if kind is Kind.HYPOTHESIS:
                    decoding.interim(hypothesis, inference)
                else:
                    self._idle = True
                    if kind is Kind.FINAL:
                        decoding.final(hypothesis, inference)
                decoding.wake.set()
        except EOFError:
            pass
        except Exception as error:
            _log.exception("decoder %d cannot be understood", self.pid)
            self._fault = error
        finally:
            if self._decoding is not None:
                self._decoding.wake.set()


async def _read_frame(process: asyncio.subprocess.Process) -> tuple[Kind, bytes]:
    """The next frame. Raises EOFError."""
    reader = process.stdout
    assert reader is not None
    try:
        kind, size = HEADER.unpack(await reader.readexactly(HEADER.size))
        return Kind(kind), await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        raise EOFError from None


async def _end(process: asyncio.subprocess.Process) -> int:
    """Kill the process if it lives; returns its exit code."""
    if process.returncode is None:
        # Not process.kill(): it polls first, and so may take the exit code away from asyncio's watcher.
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        process.stdin.close()
    return await asyncio.shield(process.wait())
