"""A bounded queue between two tasks that can be closed."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """Nothing more goes in, or comes out."""


class Pipe(Generic[T]):
    """Holds at most `size` items. Overflow rule: `put` blocks.

    After `close`, `put` raises Closed at once, also where it was waiting, and `get` gives what is left
    before it raises Closed. (asyncio.Queue has this from Python 3.13 on.)
    """

    def __init__(self, size: int) -> None:
        self._items: deque[T] = deque()
        self._size = size
        self._closed = False
        self._room = asyncio.Event()
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._items)

    async def put(self, item: T) -> None:
        """Adds an item, waiting for room."""
        while len(self._items) >= self._size and not self._closed:
            self._room.clear()
            await self._room.wait()
        if self._closed:
            raise Closed
        self._items.append(item)
        self._filled.set()

    async def get(self) -> T:
        """Takes the oldest item, waiting for one."""
        while not self._items:
            if self._closed:
                raise Closed
            self._filled.clear()
            await self._filled.wait()
        self._room.set()
        return self._items.popleft()

    def close(self) -> None:
        """Ends it for both sides. May be called again."""
        self._closed = True
        self._room.set()
        self._filled.set()
