"""A scheduler under test: a clock and an executor that are moved by hand, and works that remember."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from services.asr.recogniser import Timing
from services.asr.scheduler import Scheduler, Urgency


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


class HandExecutor(Executor):
    """Runs what was submitted when told to, in the caller's thread."""

    def __init__(self) -> None:
        self.pending: deque[Callable[[], Any]] = deque()
        self.is_shut = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.pending.append(lambda: fn(*args, **kwargs))
        return Future()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.is_shut = True


@dataclass
class Request:
    """What a work asks for; decoding it takes `cost` seconds of the clock."""

    text: str
    key: str = ""
    cost: float = 0.1


@dataclass
class ScriptedWork:
    """A work; `told` is what it was told."""

    owner: str
    urgency: Urgency = Urgency.INTERIM
    arrived: float = 0.0
    key: str = ""
    cost: float = 0.1
    on_told: Callable[[], None] | None = None
    told: list[str | Exception] = field(default_factory=list)
    begun: int = 0
    timing: Timing | None = None

    def begin(self) -> Request | None:
        self.begun += 1
        return Request(self.owner, self.key, self.cost)

    def done(self, result: str, timing: Timing) -> None:
        self.told.append(result)
        self.timing = timing
        if self.on_told is not None:
            self.on_told()

    def failed(self, error: Exception) -> None:
        self.told.append(error)
        if self.on_told is not None:
            self.on_told()


class Bench:
    """A scheduler over a scripted decode: a request's text in capitals; a text "bad" fails its batch."""

    def __init__(self, *, workers: int = 1, batch: int = 1, max_waiting: int = 8) -> None:
        self.clock = Clock()
        self.executor = HandExecutor()
        self.batches: list[list[str]] = []
        self.scheduler: Scheduler[Request, str] = Scheduler(
            self.decode,
            workers=workers,
            batch=batch,
            batch_key=lambda request: request.key,
            max_waiting=max_waiting,
            clock=self.clock,
            executor=lambda workers: self.executor,
        )

    def decode(self, requests: Sequence[Request]) -> Sequence[str]:
        self.batches.append([request.text for request in requests])
        self.clock.now += max(request.cost for request in requests)
        if any(request.text == "bad" for request in requests):
            raise ValueError("bad audio")
        if any(request.text == "few" for request in requests):
            return []
        return [request.text.upper() for request in requests]

    async def turn(self) -> None:
        """Let the loop do what is due."""
        for _ in range(3):
            await asyncio.sleep(0)

    async def pass_once(self) -> None:
        """Let one pass begin and end."""
        await self.turn()
        self.executor.pending.popleft()()
        await self.turn()

    async def drain(self) -> None:
        """Pass until nothing waits."""
        await self.turn()
        while self.executor.pending:
            await self.pass_once()
