"""One loaded model at the service of many: works wait in a fair queue, and are decoded in worker threads.

The order, and the bound on waiting, is fair_queue.py's. Everything here is called on the event loop, and
works are told there; only `decode` runs elsewhere. Works of one batch have equal batch keys; no work waits
for a batch to become full.

A pass that takes longer than it may is given up: its works fail, and a new thread takes the place of its own,
which nothing can end. There are at most twice as many threads as workers: when so many passes have not come
back that no place is left, works fail at once until one does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

from services.asr.decode_threads import DecodeThreads
from services.asr.fair_queue import Entry, FairQueue
from services.asr.fair_queue import Urgency as Urgency
from services.asr.recogniser import Timing
from services.asr.utilisation import Utilisation, thinning
from services.asr.work import DecodeStalled as DecodeStalled
from services.asr.work import SchedulerClosed as SchedulerClosed
from services.asr.work import Ticket as Ticket
from services.asr.work import Work as Work

Request = TypeVar("Request")
Result = TypeVar("Result")

# Workers and batches on a CPU, measured with CTranslate2 4.8, int8, on 2 cores, in ms a window, for windows
# of 5 s and of 30 s (micro: 2 M parameters; base: 72 M with random weights, 24 tokens):
#
#                            micro 5 s   micro 30 s   base 5 s   base 30 s
#     1 worker, 2 threads        17          84          99         395
#     2 workers, 1 thread         2.4        62          48         315    (a pass takes twice that)
#     1 worker, 1 thread, batches of 1, 2, 4, 8
#                  4.0 3.7 3.5 3.5   119 117 130 127   96 81 63 45   601 645 733 786
#
# So short windows want as many workers as there are cores, each of one thread, and batches gain with a
# larger model only. A batch holds up the finals behind it for as long as it takes, and makes rounding depend
# on who else speaks: on a CPU works are decoded one by one. CTranslate2 takes requests together only if their
# windows have equal frames, their prompts before <|startoftranscript|> equal lengths, and their task tokens
# equal numbers; forced text and languages may differ.

_log = logging.getLogger(__name__)
_LONGEST_RETRY = 30.0
_LOOKS = 4  # at a pass, before it is given up: a process that was stopped meanwhile misses one only


@dataclass(frozen=True, slots=True)
class _Raised:
    error: Exception


@dataclass(slots=True, eq=False)
class _Pass(Generic[Request, Result]):
    """One call of `decode`. `given_up`: nobody waits for it any more."""

    batch: list[Entry[Ticket[Request, Result]]]
    given_up: bool = False
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)

    def unwatch(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Scheduler(Generic[Request, Result]):
    """An asynchronous context: at work while it is entered.

    Attributes:
        passes: calls of `decode` that came back so far.
        stalled: those that were given up, and have not come back.
        works: works that were decoded, by urgency.
        busy: seconds that were spent in `decode`, over all workers.
    """

    def __init__(
        self,
        decode: Callable[[Sequence[Request]], Sequence[Result]],
        *,
        workers: int,
        batch: int = 1,
        batch_key: Callable[[Request], Hashable] = lambda request: None,
        max_waiting: int,
        clock: Callable[[], float] = time.monotonic,
        executor: Callable[[int], Executor] = DecodeThreads,
        patience: Callable[[Sequence[Request]], float] | None = None,
    ) -> None:
        """`decode` takes 1 to `batch` requests of equal key and returns a result for each; it is called in
        up to `workers` threads at once. When `max_waiting` finals wait the scheduler is full: it still takes
        works of the owners it has, each of which should have one final at a time, but no further stream
        should begin. Interims do not count: they give way. `patience`: seconds that a call of `decode` may
        take; None: any time.
        """
        self.passes = 0
        self.works: Counter[Urgency] = Counter()
        self.busy = 0.0
        self._decode = decode
        self._workers = workers
        self._batch = batch
        self._batch_key = batch_key
        self._max_waiting = max_waiting
        self._clock = clock
        self._open_executor = executor
        self._patience = patience
        self.stalled = 0
        self._executor: Executor | None = None
        self._queue: FairQueue[Ticket[Request, Result]] = FairQueue()
        self._waiting: dict[Ticket[Request, Result], Entry[Ticket[Request, Result]]] = {}
        self._utilisation = Utilisation(workers, clock())
        self._running = 0
        self._idle = asyncio.Event()
        self._dispatch_due = False
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def waiting(self) -> int:
        """Works that wait."""
        return len(self._queue)

    @property
    def is_full(self) -> bool:
        """Whether no further stream should begin."""
        return self._queue.count(Urgency.FINAL) >= self._max_waiting or self.stalled >= self._workers

    @property
    def lag(self) -> float:
        """Seconds that the oldest audio that waits has waited; 0 where nothing waits."""
        oldest = self._queue.oldest()
        return 0.0 if oldest is None else max(0.0, self._clock() - oldest)

    @property
    def load(self) -> float:
        """The share of the workers' time that was spent decoding in the last seconds, 0 to 1."""
        return self._utilisation.value(self._clock())

    @property
    def retry_after(self) -> float | None:
        """Where it is full: seconds, 1 to 30, until the finals that wait now will be done."""
        if not self.is_full:
            return None
        mean = self.busy / self.passes if self.passes else 1.0
        waiting = self._queue.count(Urgency.FINAL)
        return min(max(1.0, waiting * mean / (self._workers * self._batch)), _LONGEST_RETRY)

    def interim_interval(self, wanted: float) -> float:
        """The time between two interims of one owner, in the caller's unit: 1 to 8 times `wanted`."""
        return wanted * thinning(self.load)

    def submit(self, work: Work[Request, Result]) -> Ticket[Request, Result]:
        """Queue a work. Its `begin` is not called before this has returned."""
        assert self._executor is not None, "the scheduler has not been entered"
        ticket = Ticket(work, self._clock(), self._forget)
        entry = Entry(ticket, work.owner, work.urgency, work.arrived)
        self._waiting[ticket] = entry
        replaced = self._queue.add(entry)
        if replaced is not None:
            replaced.item.ended = True
            del self._waiting[replaced.item]
        self._schedule_dispatch()
        return ticket

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._executor = self._open_executor(self._workers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What waits fails with SchedulerClosed; what is being decoded is waited for."""
        executor, self._executor = self._executor, None
        assert executor is not None
        self._fail_waiting(SchedulerClosed("the recogniser is closed"))
        try:
            while self._running:
                self._idle.clear()
                await self._idle.wait()
        finally:
            executor.shutdown(wait=False, cancel_futures=True)

    def _forget(self, ticket: Ticket[Request, Result]) -> None:
        entry = self._waiting.pop(ticket, None)
        if entry is not None:
            self._queue.remove(entry)

    def _schedule_dispatch(self) -> None:
        if not self._dispatch_due and self._loop is not None:
            self._dispatch_due = True
            self._loop.call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._dispatch_due = False
        while self._executor is not None and self._waiting and self._running < self._places:
            batch = self._next_batch()
            if not batch:  # those that were next had nothing to do, and are gone
                continue
            self._queue.take(batch)
            for entry in batch:
                del self._waiting[entry.item]
            self._running += 1
            self._utilisation.change(self._running, self._clock())
            begun = _Pass(batch)
            self._watch(begun)
            self._executor.submit(self._run, begun)
        if self._executor is not None and not self._places:
            self._fail_waiting(DecodeStalled(f"{self.stalled} passes have not come back"))

    @property
    def _places(self) -> int:
        """Passes that may run at once."""
        return min(self._workers, 2 * self._workers - self.stalled)

    def _fail_waiting(self, error: Exception) -> None:
        while self._waiting:
            ticket, entry = self._waiting.popitem()
            self._queue.remove(entry)
            self._end(ticket, _Raised(error), Timing())

    def _watch(self, begun: _Pass[Request, Result]) -> None:
        if self._patience is None or self._loop is None:
            return
        loop = self._loop
        requests = [request for entry in begun.batch if (request := entry.item.request) is not None]
        seconds = self._patience(requests)

        def look(left: int) -> None:
            if left:
                begun.timer = loop.call_later(seconds / _LOOKS, look, left - 1)
            else:
                self._give_up(begun, seconds)

        look(_LOOKS)

    def _give_up(self, begun: _Pass[Request, Result], seconds: float) -> None:
        """The thread of the pass is lost: others take its place, and what it has is answered."""
        _log.error(
            "a pass did not come back within %.1f s and was given up",
            seconds,
            extra={"works": len(begun.batch), "stalled": self.stalled + 1},
        )
        begun.given_up, begun.timer = True, None
        self.stalled += 1
        if self._executor is not None:
            self._executor.shutdown(wait=False)  # what else it does, it does to the end
            self._executor = self._open_executor(self._workers)
        self._leave(begun.batch, seconds)
        stalled = _Raised(DecodeStalled(f"decoding did not end within {seconds:.0f} s"))
        for entry in begun.batch:
            self._end(entry.item, stalled, Timing(0, round(seconds * 1e9)))
        if not self._running:
            self._idle.set()

    def _next_batch(self) -> list[Entry[Ticket[Request, Result]]]:
        """The next work, and those after it that can be decoded with it. Of others at most as many begin as
        a batch holds; they wait in their places with the audio that they took.
        """
        batch: list[Entry[Ticket[Request, Result]]] = []
        others = 0
        key: Hashable = None
        for entry in self._queue.ordered(self._clock()):
            if len(batch) == self._batch or others == self._batch:
                break
            ticket = entry.item
            if ticket.ended or not (ticket.started or self._begin(entry)):
                continue
            if not batch:
                key = ticket.key
            elif ticket.key != key:
                self._queue.fix(entry)
                others += 1
                continue
            batch.append(entry)
        # One that was begun may have been cancelled by the begin of another.
        return [entry for entry in batch if not entry.item.ended]

    def _begin(self, entry: Entry[Ticket[Request, Result]]) -> bool:
        """Whether there is something to decode; if not, it is over."""
        ticket = entry.item
        ticket.started = True
        try:
            ticket.request = ticket.work.begin()
            if ticket.request is not None and not ticket.ended:
                ticket.key = self._batch_key(ticket.request)
                return True
        except Exception as error:
            self._forget(ticket)
            self._end(ticket, _Raised(error), Timing())
        ticket.cancel()
        return False

    def _run(self, begun: _Pass[Request, Result]) -> None:
        """In a worker thread."""
        requests = [request for entry in begun.batch if (request := entry.item.request) is not None]
        began = self._clock()
        outcomes = self._attempt(requests)
        ended = self._clock()
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(self._finished, begun, outcomes, began, ended)
        except RuntimeError:
            _log.debug("the event loop was closed before a pass had ended")

    def _attempt(self, requests: list[Request]) -> list[Result | _Raised]:
        try:
            results = self._decode(requests)
            if len(results) != len(requests):
                raise RuntimeError(f"decode gave {len(results)} results for {len(requests)} requests")
            return list(results)
        except Exception as error:
            if len(requests) == 1:
                return [_Raised(error)]
            _log.warning("a batch of %d failed (%s); decoding one by one", len(requests), error)
            return [outcome for request in requests for outcome in self._attempt([request])]

    def _finished(
        self,
        done: _Pass[Request, Result],
        outcomes: list[Result | _Raised],
        began: float,
        ended: float,
    ) -> None:
        self.passes += 1
        self.busy += ended - began
        if done.given_up:
            self.stalled -= 1
            self._schedule_dispatch()
            return
        done.unwatch()
        self._leave(done.batch, ended - began)
        for entry, outcome in zip(done.batch, outcomes, strict=True):
            ticket = entry.item
            queued = max(0.0, began - ticket.submitted)
            self._end(ticket, outcome, Timing(round(queued * 1e9), round((ended - began) * 1e9)))
        if not self._running:
            self._idle.set()

    def _leave(self, batch: list[Entry[Ticket[Request, Result]]], seconds: float) -> None:
        """A pass is over."""
        self._running -= 1
        self._utilisation.change(self._running, self._clock())
        for entry in batch:
            self.works[entry.urgency] += 1
            self._queue.charge(entry, seconds / len(batch))
        self._schedule_dispatch()

    def _end(self, ticket: Ticket[Request, Result], outcome: Result | _Raised, timing: Timing) -> None:
        if ticket.ended:
            return
        ticket.ended = True
        try:
            if not isinstance(outcome, _Raised):
                ticket.work.done(outcome, timing)
                return
        except Exception as error:
            # A bug of one owner, which must not reach the others, nor leave its utterance without an end.
            _log.exception("a work did not take its result")
            outcome = _Raised(error)
        try:
            ticket.work.failed(outcome.error)
        except Exception:
            _log.exception("a work did not take its failure")
