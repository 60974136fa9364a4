"""What the emulator received, for tests to look at. It is bounded, and holds no keys."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(slots=True)
class ReceivedTurn:
    """The audio of one turn, 16-bit samples."""

    pcm: bytearray = field(default_factory=bytearray)
    is_ended: bool = False


@dataclass(slots=True)
class ReceivedConnection:
    """One connection.

    Attributes:
        number: from 0.
        setup: the client's first message.
        handle: by which it wanted to go on; empty: it began afresh.
        turns: that it began, in order.
        messages: of the client, by kind.
        violations: what of it the vendor's protocol does not allow.
        is_open: whether it lives.
    """

    number: int
    setup: dict[str, Any] = field(default_factory=dict)
    handle: str = ""
    turns: list[ReceivedTurn] = field(default_factory=list)
    messages: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    is_open: bool = True


@dataclass(slots=True)
class ReceivedRequest:
    """One request by HTTP.

    Attributes:
        number: from 0.
        vendor: whose protocol it speaks, by the settings' names.
        path: that it was sent to.
        model: that it asks.
        streams: whether it asks for a stream.
        system, message: the instruction, and the user's text.
        schema: JSON schema that the answer has to fit.
        audio_bytes: of audio in it.
        body: its JSON, without audio; the headers, and with them the key, are not kept.
        pieces: that were sent.
        state: of the answer; "abandoned": the client went, "broken": by a fault that was asked for.
    """

    number: int
    vendor: str
    path: str
    model: str = ""
    streams: bool = False
    system: str = ""
    message: str = ""
    schema: Mapping[str, Any] | None = None
    audio_bytes: int = 0
    body: str = ""
    pieces: int = 0
    state: Literal["answering", "answered", "abandoned", "refused", "broken"] = "answering"


class Record:
    """All connections of Live, and all requests by HTTP, the newest `most` of each kept.

    Attributes:
        connections, requests: in the order in which they came.
    """

    def __init__(self, most: int = 256, *, keeps_audio: bool = True) -> None:
        self.connections: deque[ReceivedConnection] = deque(maxlen=most)
        self.requests: deque[ReceivedRequest] = deque(maxlen=most)
        self._request_count = 0
        self.keeps_audio = keeps_audio
        self._count = 0
        self._news = asyncio.Event()

    def open(self) -> ReceivedConnection:
        """A connection comes."""
        connection = ReceivedConnection(self._count)
        self._count += 1
        self.connections.append(connection)
        self.note()
        return connection

    def receive(self, vendor: str, path: str) -> ReceivedRequest:
        """A request comes."""
        request = ReceivedRequest(self._request_count, vendor, path)
        self._request_count += 1
        self.requests.append(request)
        self.note()
        return request

    def note(self) -> None:
        """Something was received, or a connection ended."""
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition, which is about what was received, holds."""
        while not condition():
            await self._news.wait()

    @property
    def open_connections(self) -> int:
        """How many live now."""
        return sum(connection.is_open for connection in self.connections)

    @property
    def turns(self) -> list[ReceivedTurn]:
        """All turns of all connections."""
        return [turn for connection in self.connections for turn in connection.turns]
