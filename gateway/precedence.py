"""Precedence: what the client is to be told goes before what a stage is to be given.

Stages inside this process run on the loop that writes to the client. One that begins with a segment at once
holds up the very transcript that it was given, and all that came with it: by 0.9 ms of 2.2, with scripted
stages. Such a stage takes its next item once the client has been sent everything, or cannot be sent it
now; one that is at work, or has more to do than a chunk of audio brings about, gives way to nobody.
"""

from __future__ import annotations

import asyncio

_PATIENCE = 0.002
"""Seconds. The events of one chunk are sent in a third of that."""
_FEW_EVENTS = 8
"""A client further behind has more to wait for than one item."""


class Precedence:
    """Of one session: its connection says what it owes the client, its stages give way."""

    def __init__(self) -> None:
        self._owed = 0
        self._is_slow = False
        self._waiting: list[asyncio.Future[None]] = []

    def owe(self, events: int) -> None:
        """So many events are to be sent to the client."""
        self._owed = events

    def settle(self) -> None:
        """The client was sent everything, or there is no client."""
        self._owed = 0
        self._is_slow = False
        self._release()

    def hurry(self) -> None:
        """A stage that gave way has more to do by now."""
        self._release()

    async def give_way(self) -> None:
        """Return once the client was sent everything; to a client that does not read, soon."""
        await asyncio.sleep(0)  # what the same chunk brings about elsewhere is told first
        if not 0 < self._owed <= _FEW_EVENTS or self._is_slow:
            return
        loop = asyncio.get_running_loop()
        limit = loop.call_later(_PATIENCE, self._give_up)
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        try:
            await turn
        finally:
            limit.cancel()
            if turn in self._waiting:  # it was cancelled
                self._waiting.remove(turn)

    def _give_up(self) -> None:
        """The client is slow: nobody waits for it again until it was sent everything."""
        self._is_slow = self._owed > 0  # else it was told just now
        self._release()

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
