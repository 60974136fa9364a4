"""The process that holds one decoder: `python -m services.asr.worker NICENESS`, driven over its pipes.

It ends when its input ends, and so with its owner, whatever became of that.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable

from services.asr.engine import SAMPLE_RATE_HERTZ, Engine, EngineUtterance, Hypothesis, Opening
from services.asr.pipe import HEADER, Kind, pack_hypothesis, pack_json

_SLICE = SAMPLE_RATE_HERTZ // 5 * 2  # bytes decoded at once: an ABORT waits no longer than for these
_READ = 1 << 16


class Worker:
    """Reads frames, decodes, writes frames; single-threaded, for the decoder holds the GIL anyway."""

    def __init__(self, engine: Engine, read_fd: int, write_fd: int) -> None:
        self._engine = engine
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._buffer = bytearray()
        self._utterance: EngineUtterance | None = None
        self._interval = 0  # samples between hypotheses
        self._since = 0
        self._spent = 0  # nanoseconds since the last hypothesis
        self._told = 0.0

    def serve(self) -> None:
        """Work until the input ends."""
        while (frame := self._next_frame()) is not None:
            kind, payload = frame
            match kind:
                case Kind.OPEN:
                    self._open(payload)
                case Kind.AUDIO:
                    for begin in range(0, len(payload), _SLICE):
                        self._accept(payload[begin : begin + _SLICE])
                case Kind.FINISH:
                    self._end(lambda utterance: utterance.finish(), Kind.FINAL)
                case Kind.ABORT:
                    # An utterance can only be ended; its last pass is the price.
                    self._end(lambda utterance: utterance.finish(), Kind.ABORTED)

    def _open(self, payload: bytes) -> None:
        order = json.loads(payload)
        self._interval = order["interval"]
        self._since = self._spent = 0
        self._told = time.monotonic()
        self._utterance = self._engine.open(Opening(order["start"], order["lead"], order["adaptation"]))

    def _accept(self, pcm: bytes) -> None:
        utterance = self._utterance
        assert utterance is not None, "audio before OPEN"
        began = time.perf_counter_ns()
        utterance.accept(pcm)
        hypothesis = utterance.process()
        self._spent += time.perf_counter_ns() - began
        self._since += len(pcm) // 2
        # Far behind the audio, hypotheses come by the wall clock instead: nobody reads more of them.
        overdue = time.monotonic() - self._told >= self._interval / SAMPLE_RATE_HERTZ
        if self._since >= self._interval and (overdue or not self._has_input()):
            self._tell(Kind.HYPOTHESIS, hypothesis)

    def _end(self, finish: Callable[[EngineUtterance], Hypothesis], kind: Kind) -> None:
        utterance, self._utterance = self._utterance, None
        assert utterance is not None, "an end before OPEN"
        began = time.perf_counter_ns()
        hypothesis = finish(utterance)
        self._spent += time.perf_counter_ns() - began
        self._tell(kind, hypothesis)

    def _tell(self, kind: Kind, hypothesis: Hypothesis) -> None:
        self._write(pack_hypothesis(kind, hypothesis, self._spent))
        self._since = self._spent = 0
        self._told = time.monotonic()

    def _write(self, frame: bytes) -> None:
        view = memoryview(frame)
        while view:
            view = view[os.write(self._write_fd, view) :]

    def _has_input(self) -> bool:
        return bool(self._buffer) or bool(select.select([self._read_fd], [], [], 0)[0])

    def _next_frame(self) -> tuple[Kind, bytes] | None:
        while len(self._buffer) < HEADER.size:
            if not self._fill():
                return None
        kind, size = HEADER.unpack_from(self._buffer)
        end = HEADER.size + size
        while len(self._buffer) < end:
            if not self._fill():
                return None
        payload = bytes(self._buffer[HEADER.size : end])
        del self._buffer[:end]
        return Kind(kind), payload

    def _fill(self) -> bool:
        data = os.read(self._read_fd, _READ)
        self._buffer += data
        return bool(data)


def main() -> int:
    """Load the engine and serve; returns the exit code."""
    # The owner decides when it ends: an interrupt at the terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    write_fd = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints goes to the log
    from services.asr.sphinx import LANGUAGE, SphinxEngine

    engine = SphinxEngine()
    # Only now, for the service is not ready before. As an absolute value: the owner may be nice already.
    niceness = max(int(sys.argv[1]), os.getpriority(os.PRIO_PROCESS, 0))
    os.setpriority(os.PRIO_PROCESS, 0, niceness)
    worker = Worker(engine, sys.stdin.fileno(), write_fd)
    try:
        os.write(
            write_fd,
            pack_json(Kind.READY, {"engine": engine.name, "model": engine.model, "language": LANGUAGE}),
        )
        worker.serve()
    except BrokenPipeError:
        pass  # the owner is gone
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
