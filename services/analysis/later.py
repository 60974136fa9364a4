"""What a lane owes and cannot give yet: answers that wait for a model, each in a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Generic, TypeVar

_M = TypeVar("_M")


class Later(Generic[_M]):
    """Sends messages when they come, beside others. Overflow: refused, for the caller to say so."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._running: set[asyncio.Task[None]] = set()
        self._tasks: asyncio.TaskGroup | None = None
        self._write: Callable[[AsyncGenerator[_M, None]], Coroutine[Any, Any, None]] | None = None

    @property
    def running(self) -> tuple[asyncio.Task[None], ...]:
        """What is on its way."""
        return tuple(self._running)

    def open(
        self, tasks: asyncio.TaskGroup, write: Callable[[AsyncGenerator[_M, None]], Coroutine[Any, Any, None]]
    ) -> None:
        """Where the tasks belong, and how messages are sent. Before this everything is refused."""
        self._tasks, self._write = tasks, write

    def start(
        self, messages: AsyncGenerator[_M, None], instead: asyncio.Task[None] | None = None
    ) -> asyncio.Task[None] | None:
        """Send these as they come; None where too many are on their way already. `instead`: one of those,
        which is about to end, and whose place this takes."""
        others = len(self._running) - (instead in self._running)
        if self._tasks is None or self._write is None or others >= self._bound:
            return None
        task = self._tasks.create_task(self._write(messages))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task
