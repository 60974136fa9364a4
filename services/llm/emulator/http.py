"""A small HTTP/1.1 server on h11, which can also do what no good server does: break off, hang, reset.

Not aiohttp: where it is installed, google-genai sends by it instead of httpx, with retries of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import h11

_MOST_BODY_BYTES = 32 << 20
_READ = 64 << 10


class ClientGone(Exception):
    """The client has closed the connection."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; names of headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class HttpAnswer:
    """The answer to one request. Its verbs raise ClientGone once nobody listens."""

    def __init__(self, connection: h11.Connection, writer: asyncio.StreamWriter, gone: asyncio.Event) -> None:
        self._connection = connection
        self._writer = writer
        self._gone = gone
        self.is_broken = False

    async def begin(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Status and headers; without a length the body is chunked."""
        await self._send(h11.Response(status_code=status, headers=list(headers)))

    async def write(self, data: bytes) -> None:
        """More of the body."""
        await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """The body is over, as it should be."""
        await self._send(h11.EndOfMessage())

    async def whole(self, status: int, kind: str, body: bytes, *headers: tuple[str, str]) -> None:
        """All at once."""
        await self.begin(status, [("content-type", kind), ("content-length", str(len(body))), *headers])
        await self.write(body)
        await self.end()

    def reset(self) -> None:
        """Break the connection off, with a reset."""
        self.is_broken = True
        sock = self._writer.get_extra_info("socket")
        # Not to linger is what turns the end into a reset.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def hang(self) -> None:
        """Do nothing until the client goes."""
        await self._gone.wait()
        raise ClientGone

    async def pause(self, seconds: float) -> None:
        """Wait, but not longer than the client does."""
        if seconds <= 0:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.hang()

    async def wait(self, what: Awaitable[None]) -> None:
        """Wait for something, but not longer than the client does."""
        waiting = asyncio.ensure_future(what)
        leaving = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            done = waiting.done()
            for task in (waiting, leaving):
                task.cancel()
            await asyncio.gather(waiting, leaving, return_exceptions=True)
        if not done:
            raise ClientGone

    async def _send(self, event: h11.Event) -> None:
        if self._gone.is_set() or self.is_broken:
            raise ClientGone
        data = self._connection.send(event)
        if data:
            try:
                self._writer.write(data)
                await self._writer.drain()
            except OSError:
                raise ClientGone from None


Serve = Callable[[HttpRequest, HttpAnswer], Awaitable[None]]


class HttpServer:
    """An asynchronous context: entered, it serves on 127.0.0.1; left, it ends all connections."""

    def __init__(self, serve: Serve, port: int = 0, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: for TLS."""
        self._serve = serve
        self._trust = trust
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.port = port
        self.connections = 0
        """That were opened so far."""

    @property
    def open_connections(self) -> int:
        """How many there are now."""
        return len(self._running)

    async def until_quiet(self) -> None:
        """Wait until all connections are closed."""
        await self._quiet.wait()

    async def __aenter__(self) -> HttpServer:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, ssl=self._trust)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        self._quiet.clear()
        self.connections += 1
        try:
            await self._converse(reader, writer)
        except (ClientGone, OSError, h11.ProtocolError):
            pass
        except asyncio.CancelledError:
            # The end of the server; a client that does not read would hold it up. It is not raised on, for
            # the stream's own callback would log it.
            writer.transport.abort()
        finally:
            self._running.discard(task)
            if not self._running:
                self._quiet.set()
            writer.transport.abort() if writer.transport.is_closing() else writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_READ)
        while True:
            request = await _read(connection, reader)
            if request is None:
                return
            gone = asyncio.Event()
            answer = HttpAnswer(connection, writer, gone)
            # Nobody sends the next request before this answer; what ends reading is that the client goes.
            async with _watching(connection, reader, gone):
                await self._serve(request, answer)
            if answer.is_broken or connection.our_state is not h11.DONE:
                return
            if connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()


@contextlib.asynccontextmanager
async def _watching(
    connection: h11.Connection, reader: asyncio.StreamReader, gone: asyncio.Event
) -> AsyncIterator[None]:
    async def watch() -> None:
        try:
            data = await reader.read(_READ)
        except OSError:
            data = b""
        if data:
            connection.receive_data(data)
        else:
            gone.set()

    watcher = asyncio.create_task(watch())
    try:
        yield
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)


async def _read(connection: h11.Connection, reader: asyncio.StreamReader) -> HttpRequest | None:
    """The next request; None where the client goes instead. Raises h11.ProtocolError."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = await reader.read(_READ)
            connection.receive_data(data)
            if not data and head is None:
                return None
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _MOST_BODY_BYTES:
                return None
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
            return HttpRequest(head.method.decode(), head.target.decode("latin-1"), headers, bytes(body))
        else:
            return None
