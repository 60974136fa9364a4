"""How a call ended, as the server said it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeAlias, TypeVar

from grpc import StatusCode, aio

from rivermouth.client.errors import RivermouthError, error_from_status

T = TypeVar("T")
Status: TypeAlias = tuple[StatusCode, str, aio.Metadata | None]

# grpc.aio gives a call this status by itself when a write fails because the server has just ended the call
# (grpc/grpc issue 36066). It replaces the server's own, or comes a moment before it and is replaced by it.
_LOCAL = (StatusCode.INTERNAL, "Internal error from Core")
_PATIENCE = 1.0  # seconds for the server's status to follow
_LOOK = 0.005  # seconds; nothing tells that a status has replaced another


class Ending:
    """Keeps the server's status of a call, whatever stands there later."""

    def __init__(self, call: aio.Call, address: str) -> None:
        self._call = call
        self._address = address
        self._first: Status | None = None
        call.add_done_callback(self._note)

    async def error(self) -> RivermouthError | None:
        """The error for the server's status; None where that was OK. To be asked after the last message."""
        code, details, metadata = await self._status()
        return None if code is StatusCode.OK else error_from_status(code, details, metadata, self._address)

    async def _status(self) -> Status:
        await self._call.code()
        give_up = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            for status in (self._first, _status_now(self._call)):
                if status is not None and status[:2] != _LOCAL:
                    return status
            if asyncio.get_running_loop().time() > give_up:
                return _status_now(self._call)  # the core refused the write by itself
            await asyncio.sleep(_LOOK)

    def _note(self, call: Any) -> None:
        # Called while a status stands: a moment later it may be replaced. grpcio from 1.84 on calls for
        # the first status only, before it for each: then the server's stays, whichever came first.
        if self._first is None or self._first[:2] == _LOCAL:
            self._first = _status_now(call)


def _status_now(call: Any) -> Status:
    return (_at_once(call.code()), _at_once(call.details()) or "", _at_once(call.trailing_metadata()))


def _at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that has nothing to wait for."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("a call that is done keeps its status back")
