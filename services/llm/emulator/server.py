"""The emulator as a server on loopback."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from services.llm.emulator.answering import WELL, always
from services.llm.emulator.answering import Behave as BehaveByHttp
from services.llm.emulator.behaviour import GOOD, Behave, in_turn
from services.llm.emulator.http import HttpServer
from services.llm.emulator.live import LiveEmulation
from services.llm.emulator.models import ModelEmulation
from services.llm.emulator.record import ReceivedConnection, Record
from services.llm.emulator.script import CountedWords, Script
from services.llm.emulator.tls import SelfSigned

_LIVE_PATH = "/ws/google.ai.generativelanguage."
_LIVE_METHOD = ".GenerativeService.BidiGenerateContent"
_KEY_HEADER = "x-goog-api-key"
_MOST_MESSAGE_BYTES = 16 << 20
# At DEBUG the WebSocket library logs headers, and the key is one of them.
_wire_log = logging.getLogger(f"{__name__}.wire")
_wire_log.setLevel(logging.INFO)


class Emulator:
    """An asynchronous context; entered, it serves on free ports of 127.0.0.1.

    Attributes:
        record: what it received.
        models: the protocols over HTTP; what it does with the next request, and its gate, may be changed.
        script, behave: what it hears and does from the next connection on; may be changed at any time.
    """

    def __init__(
        self,
        script: Script | None = None,
        behave: Behave | None = None,
        *,
        keys: Collection[str] | None = None,
        port: int = 0,
        http_port: int = 0,
        answer: BehaveByHttp | None = None,
        record: Record | None = None,
    ) -> None:
        """`keys`: those that are accepted; None: any. `record`: one that keeps less.

        `port` and `http_port`: of Live, and of the other protocols; 0: free ones.
        `answer`: what it does with requests by HTTP.
        """
        self.script: Script = script or CountedWords()
        self.behave: Behave = behave or in_turn(GOOD)
        self.record = record or Record()
        self._keys = keys
        self._port = port
        self._identity = SelfSigned()
        self.models = ModelEmulation(self.record, answer or always(WELL), keys)
        self._http = HttpServer(self.models.serve, http_port)
        self._https = HttpServer(self.models.serve, 0, self._identity.server_context())
        self._issuer = f"emulator-{secrets.token_hex(8)}"
        self._resources = AsyncExitStack()
        self._opened: WeakKeyDictionary[ServerConnection, ReceivedConnection] = WeakKeyDictionary()

    @property
    def live_url(self) -> str:
        """The `base_url` of its Live API; `certificate` has to be trusted."""
        return f"https://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """The address of the protocols over HTTP, without TLS. See also `base_url`."""
        return f"http://127.0.0.1:{self._http.port}"

    @property
    def secure_url(self) -> str:
        """The same with TLS; `certificate` has to be trusted."""
        return f"https://127.0.0.1:{self._https.port}"

    def base_url(self, vendor: str, *, secure: bool = False) -> str:
        """The `base_url` that a vendor's SDK wants."""
        return (self.secure_url if secure else self.url) + ("/v1" if vendor == "openai" else "")

    @property
    def http_connections(self) -> tuple[int, int]:
        """Connections by HTTP: how many are open, and how many were opened so far."""
        servers = (self._http, self._https)
        return sum(each.open_connections for each in servers), sum(each.connections for each in servers)

    async def until_quiet(self) -> None:
        """Wait until all connections by HTTP are closed."""
        await self._http.until_quiet()
        await self._https.until_quiet()

    @property
    def certificate(self) -> bytes:
        """PEM."""
        return self._identity.certificate

    def write_certificate(self, path: Path) -> Path:
        """Write the certificate where a client can be pointed to."""
        path.write_bytes(self.certificate)
        return path

    async def __aenter__(self) -> Self:
        try:
            await self._listen()
        except BaseException:  # such as a port that is taken
            await self._resources.aclose()
            raise
        return self

    async def _listen(self) -> None:
        server = await self._resources.enter_async_context(
            serve(
                self._serve,
                "127.0.0.1",
                self._port,
                ssl=self._identity.server_context(),
                process_request=self._admit,
                compression=None,
                max_size=_MOST_MESSAGE_BYTES,
                close_timeout=0.5,
                logger=_wire_log,
            )
        )
        self._port = next(iter(server.sockets)).getsockname()[1]
        await self._resources.enter_async_context(self._http)
        await self._resources.enter_async_context(self._https)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._resources.aclose()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if not (request.path.startswith(_LIVE_PATH) and _LIVE_METHOD in request.path):
            return connection.respond(HTTPStatus.NOT_FOUND, f"{request.path} is not found\n")
        received = self.record.open()
        status = self.behave(received.number).refuse_status
        if status:
            received.is_open = False
            return connection.respond(HTTPStatus(status), "refused as the script says\n")
        self._opened[connection] = received
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        received = self._opened.pop(connection)
        key = connection.request.headers.get(_KEY_HEADER, "") if connection.request else ""
        await LiveEmulation(
            connection,
            self.script,
            self.behave(received.number),
            received,
            self._issuer,
            key_accepted=bool(key) and (self._keys is None or key in self._keys),
            record=self.record,
        ).run()
