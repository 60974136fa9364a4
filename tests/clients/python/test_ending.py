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
    """As grpc.aio has it: statuses replace one another, callbacks are called for the first or for each."""

    def __init__(self, tells_each: bool) -> None:
        self._tells_each = tells_each
        self._status: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._value = SERVERS
        self._callbacks: list[Callable[[Any], None]] = []

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self._callbacks.append(callback)

    def end(self, status: tuple[StatusCode, str]) -> None:
        self._value = status
        is_first = not self._status.done()
        if is_first:
            self._status.set_result(None)
        if is_first or self._tells_each:
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


Started = tuple[Call, Ending]


@pytest.fixture(params=[False, True], ids=["callbacks for the first status", "for each, before grpcio 1.84"])
async def started(request: pytest.FixtureRequest) -> Started:
    call = Call(tells_each=request.param)
    return call, Ending(call, "host:1")  # type: ignore[arg-type]


async def test_a_failed_write_after_the_servers_status(started: Started) -> None:
    call, end = started
    call.end(SERVERS)
    call.end(LOCAL)
    assert isinstance(await end.error(), SessionAborted)


async def test_a_failed_write_before_the_servers_status(started: Started) -> None:
    call, end = started
    asking = asyncio.create_task(end.error())
    call.end(LOCAL)
    await asyncio.sleep(0)
    call.end(SERVERS)
    assert isinstance(await asking, SessionAborted)


async def test_a_failed_write_without_a_status_of_the_server(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "_PATIENCE", 0.01)
    call, end = started
    call.end(LOCAL)
    assert isinstance(await end.error(), ServerError)


async def test_no_error(started: Started) -> None:
    call, end = started
    call.end((StatusCode.OK, ""))
    assert await end.error() is None
