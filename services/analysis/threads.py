"""Work that would hold up the event loop goes to a thread, work that would not does not."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

_R = TypeVar("_R")
_LONGEST_INLINE = 2000
"""Characters that take at most about 1 ms; a thread costs 80 µs."""


async def off_loop(characters: int, call: Callable[[], _R]) -> _R:
    """Make a call that costs as much as so many characters of text: a long one in a thread."""
    return call() if characters <= _LONGEST_INLINE else await asyncio.to_thread(call)
