"""How a call ended, as the server said it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from grpc import StatusCode, aio

from rivermouth.client.errors import RivermouthError, error_from_status

T = TypeVar("T")

# grpc.aio sets this status itself when a write fails because the call has just ended, before or after the
# server's own, which it replaces (grpc/grpc issue 36066).
_LOCAL = (StatusCode.INTERNAL, "Internal error from Core")
_PATIENCE = 1.0  # seconds for the server's status to follow


class Ending:
    """Notes every status that a call is given, and keeps the server's."""

    def __init__(self, call: aio.Call, address: str) -> None:
        self._address = address
        self._status: tuple[StatusCode, str, aio.Metadata | None] | None = None
        self._known = asyncio.Event()
        call.add_done_callback(self._note)

    async def error(self) -> RivermouthError | None:
        """The error for the server's status; None where that was OK. To be asked after the last message."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._known.wait()
        except TimeoutError:
            pass  # the core refused the write by itself, and there is no status of the server
        assert self._status is not None
        code, details, metadata = self._status
        return None if code is StatusCode.OK else error_from_status(code, details, metadata, self._address)

    def _note(self, call: Any) -> None:
        # Called for each status, while it stands: a moment later it may have been replaced.
        status = (_at_once(call.code()), _at_once(call.details()), _at_once(call.trailing_metadata()))
        if status[:2] != _LOCAL:
            self._status = status
            self._known.set()
        elif self._status is None:
            self._status = status


def _at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that has nothing to wait for."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("a call that is done keeps its status back")
