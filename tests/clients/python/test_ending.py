"""The status that counts is the server's. The real races are in test_session.py; here each order is made."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from grpc import StatusCode

from rivermouth.client import ending
from rivermouth.client.ending import Ending
from rivermouth.client.errors import ServerError, SessionAborted

SERVERS = (StatusCode.ABORTED, "taken over")
LOCAL = (StatusCode.INTERNAL, "Internal error from Core")


class Call:
    """As grpc.aio has it: statuses replace one another, callbacks are called for the first."""

    def __init__(self) -> None:
        self._status: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._value = SERVERS
        self._callbacks: list[Callable[[Any], None]] = []

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self._callbacks.append(callback)

    def end(self, status: tuple[StatusCode, str]) -> None:
        self._value = status
        if not self._status.done():
            self._status.set_result(None)
            for callback in self._callbacks:
                callback(self)

    async def code(self) -> StatusCode:
        if not self._status.done():
            await self._status
        return self._value[0]

    async def details(self) -> str:
        return self._value[1]

    async def trailing_metadata(self) -> None:
        return None


def started() -> tuple[Call, Ending]:
    call = Call()
    return call, Ending(call, "host:1")  # type: ignore[arg-type]


async def test_a_failed_write_after_the_servers_status() -> None:
    call, end = started()
    call.end(SERVERS)
    call.end(LOCAL)
    assert isinstance(await end.error(), SessionAborted)


async def test_a_failed_write_before_the_servers_status() -> None:
    call, end = started()
    asking = asyncio.create_task(end.error())
    call.end(LOCAL)
    await asyncio.sleep(0)
    call.end(SERVERS)
    assert isinstance(await asking, SessionAborted)


async def test_a_failed_write_without_a_status_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_PATIENCE", 0.01)
    call, end = started()
    call.end(LOCAL)
    assert isinstance(await end.error(), ServerError)


async def test_no_error() -> None:
    call, end = started()
    call.end((StatusCode.OK, ""))
    assert await end.error() is None
