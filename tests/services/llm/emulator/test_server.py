"""The emulator's wire, by hand: what the vendor refuses it refuses too."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from services.llm.emulator.answering import MODES, always
from services.llm.emulator.behaviour import LiveBehaviour, in_turn
from services.llm.emulator.record import Record
from services.llm.emulator.server import Emulator

PATH = "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent"
SETUP = {"setup": {"model": "models/any", "sessionResumption": {}}}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(record=Record(most=3, keeps_audio=False)) as one:
        yield one


def dial(emulator: Emulator, path: str = PATH, key: str = "any") -> connect:
    trusted = ssl.create_default_context(cadata=emulator.certificate.decode())
    url = emulator.live_url.replace("https", "wss") + path
    return connect(url, ssl=trusted, additional_headers={"x-goog-api-key": key} if key else {})


async def ask(socket: ClientConnection, *messages: Any) -> None:
    for message in messages:
        await socket.send(message if isinstance(message, str) else json.dumps(message))


async def answer(socket: ClientConnection) -> Any:
    return json.loads(await socket.recv())


async def test_a_turn(emulator: Emulator) -> None:
    async with dial(emulator) as socket:
        await ask(socket, SETUP)
        assert await answer(socket) == {"setupComplete": {}}
        assert (await answer(socket))["sessionResumptionUpdate"]["resumable"]
        data = base64.b64encode(bytes(2 * 6_400)).decode()
        await ask(
            socket,
            {"realtimeInput": {"activityStart": {}}},
            {"realtimeInput": {"audio": {"data": data, "mimeType": "audio/pcm;rate=16000"}}},
            {"realtimeInput": {"activityEnd": {}}},
            {"realtimeInput": {"audioStreamEnd": True}},
        )
        answers = [await answer(socket) for _ in range(6)]
        contents = [each.get("serverContent", {}) for each in answers]
        assert [content["inputTranscription"]["text"] for content in contents[:2]] == [" th", "is"]
        assert "modelTurn" in contents[2]
        assert contents[3] == {"generationComplete": True}
        assert contents[4] == {"turnComplete": True}
        assert answers[4]["usageMetadata"]["totalTokenCount"] > 0
        assert "newHandle" in answers[5]["sessionResumptionUpdate"]
        await ask(socket, {"clientContent": {"turns": [], "turnComplete": True}})
        assert "modelTurn" in (await answer(socket))["serverContent"]
    assert not emulator.record.turns[0].pcm  # it was asked not to keep it


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["no JSON"], 1007),
        ([{"client_content": {}}], 1007),
        ([{"setup": {"model": "any"}}], 1007),
        ([{"setup": {"model": "models/any", "session_resumption": {"handle": "made-up"}}}], 1008),
        ([SETUP, {"realtime_input": {"whatever": 1}}], 1007),
        (
            [SETUP, {"realtime_input": {"activity_start": {}}}, {"realtime_input": {"audio": {"data": "="}}}],
            1007,
        ),
        ([SETUP, {"something": {}}], 1007),
        ([SETUP, "[]"], 1007),
    ],
)
async def test_what_is_refused(emulator: Emulator, messages: list[Any], code: int) -> None:
    async with dial(emulator) as socket:
        await ask(socket, *messages)
        await socket.wait_closed()
    assert socket.close_code == code


async def test_no_key_no_setup(emulator: Emulator) -> None:
    async with dial(emulator, key="") as socket:
        await ask(socket, SETUP)
        with pytest.raises(ConnectionClosed, match="API key not valid"):
            await socket.recv()


async def test_other_paths_are_not_there(emulator: Emulator) -> None:
    with pytest.raises(InvalidStatus, match="404"):
        async with dial(emulator, "/elsewhere"):
            pass
    assert not emulator.record.connections


async def test_audio_outside_of_a_turn_is_noted(emulator: Emulator) -> None:
    async with dial(emulator) as socket:
        await ask(
            socket,
            SETUP,
            {"realtime_input": {"activity_end": {}}},
            {"realtime_input": {"audio": {"data": "AAAA", "mime_type": "audio/pcm;rate=16000"}}},
            {"realtime_input": {"activity_start": {}}},
            {"realtime_input": {"activity_start": {}}},
        )
        received = emulator.record.connections[0]
        await emulator.record.until(lambda: len(received.violations) == 3)


async def test_what_is_kept_is_bounded(emulator: Emulator) -> None:
    emulator.behave = in_turn(LiveBehaviour(refuse_status=503))
    for _ in range(5):
        with pytest.raises(InvalidStatus, match="503"):
            async with dial(emulator):
                pass
    assert [each.number for each in emulator.record.connections] == [2, 3, 4]
    assert emulator.record.open_connections == 0


@pytest.mark.parametrize("secure", [False, True])
async def test_a_client_that_does_not_read_does_not_hold_the_end_up(secure: bool) -> None:
    body = json.dumps({"model": "any", "messages": [{"role": "user", "content": "hi"}]}).encode()
    async with Emulator(answer=always(MODES["huge"])) as emulator:
        url = urlsplit(emulator.secure_url if secure else emulator.url)
        trusted = ssl.create_default_context(cadata=emulator.certificate.decode()) if secure else None
        reader, writer = await asyncio.open_connection(url.hostname, url.port, ssl=trusted, limit=1 << 10)
        head = f"POST /api/chat HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await reader.read(1)
        record = emulator.record
        await asyncio.wait_for(record.until(lambda: bool(record.requests)), 5)
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    writer.transport.abort()
