"""The responses of one stream on their way to its single writer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeResponse

Send = Callable[[StreamingRecognizeResponse], Awaitable[None]]


class Outbox:
    """A queue that never refuses: of messages with a key (interims, cursors) only the newest waits, and
    while more than `bound` messages wait the stream takes no more input, so that no others come about.
    """

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._waiting: dict[Hashable, StreamingRecognizeResponse] = {}
        self._number = 0
        self._closed = False
        self._writer: asyncio.Future[None] | None = None  # it waits for this
        self._room = asyncio.Event()
        self._room.set()

    def put(
        self, response: StreamingRecognizeResponse, key: Hashable = None
    ) -> StreamingRecognizeResponse | None:
        """Add a response at the end; returns the one with the same key that still waited, now dropped."""
        replaced = None
        if key is None:
            self._number += 1
            key = self._number
        else:
            replaced = self._waiting.pop(key, None)
        self._waiting[key] = response
        if len(self._waiting) >= self._bound:
            self._room.clear()
        self._wake()
        return replaced

    @property
    def is_full(self) -> bool:
        """Whether `room` would wait."""
        return len(self._waiting) >= self._bound

    async def room(self) -> None:
        """Wait until fewer than `bound` responses wait."""
        if not self._room.is_set():
            await self._room.wait()

    def close(self) -> None:
        """No more responses come."""
        self._closed = True
        self._wake()

    async def drain(self, send: Send) -> None:
        """Send what comes, in order, until closed and empty."""
        waiting = self._waiting
        while True:
            while waiting:
                response = waiting.pop(next(iter(waiting)))
                if len(waiting) == self._bound - 1:
                    self._room.set()
                await send(response)
                if waiting:
                    await asyncio.sleep(0)  # what was sent goes out before more is made of the rest
            if self._closed:
                return
            self._writer = asyncio.get_running_loop().create_future()
            await self._writer

    def _wake(self) -> None:
        if self._writer is not None and not self._writer.done():
            self._writer.set_result(None)
