"""The emulator's protocols over HTTP, by hand: what the vendors refuse it refuses too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.llm.emulator.answering import MODES, WELL, Answering, always, by_vendor, one_by_one
from services.llm.emulator.record import Record
from services.llm.emulator.server import Emulator

KEY = "sk-never-kept"
GEMINI = "/v1beta/models/g:streamGenerateContent?alt=sse"
CLAUDE = "/v1/messages"
OPENAI = "/v1/chat/completions"
OLLAMA = "/api/chat"
SCHEMA = {
    "type": "object",
    "properties": {"quote": {"type": "string"}},
    "required": ["quote"],
    "additionalProperties": False,
}
USER = [{"role": "user", "content": "It rains."}]
BODIES: dict[str, dict[str, Any]] = {
    GEMINI: {"contents": [{"parts": [{"text": "It rains."}]}]},
    CLAUDE: {"model": "c", "max_tokens": 9, "messages": USER, "stream": True},
    OPENAI: {"model": "o", "messages": USER, "stream": True},
    OLLAMA: {"model": "l", "messages": USER},
}
HEADERS = {
    "x-goog-api-key": KEY,
    "x-api-key": KEY,
    "authorization": f"Bearer {KEY}",
    "anthropic-version": "2023-06-01",
}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(keys={KEY}, record=Record(most=3)) as one:
        yield one


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=emulator.url, headers=HEADERS, trust_env=False) as one:
        yield one


@pytest.mark.parametrize("path", BODIES)
async def test_each_answers_in_its_own_way(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post(path, json=BODIES[path])
    assert answer.status_code == 200
    assert "It rains." in answer.text.replace('"}}', "") or "rains" in answer.text
    model = {GEMINI: "g", CLAUDE: "c", OPENAI: "o", OLLAMA: "l"}[path]
    assert f'"emulator-{model}"' in answer.text
    ends = {
        GEMINI: '"finishReason":"STOP"',
        CLAUDE: "event: message_stop",
        OPENAI: "data: [DONE]",
        OLLAMA: '"done":true',
    }
    assert ends[path] in answer.text.strip().rsplit("\n\n" if path != OLLAMA else "\n", 1)[-1]


@pytest.mark.parametrize(
    ("path", "change", "says"),
    [
        (GEMINI, {"contents": None}, "cannot be read"),
        (GEMINI, {"generationConfig": {"responseJsonSchema": SCHEMA}}, "responseMimeType"),
        (
            GEMINI,
            {"contents": [{"parts": [{"inlineData": {"mimeType": "video/mp4", "data": ""}}]}]},
            "Unsupported MIME type",
        ),
        (CLAUDE, {"max_tokens": None}, "max_tokens: Field required"),
        (
            CLAUDE,
            {"output_config": {"format": {"schema": {"type": "integer", "minimum": 1}}}},
            "'minimum' is not supported",
        ),
        (CLAUDE, {"output_config": {"format": {"schema": {"properties": {}}}}}, "additionalProperties"),
        (
            OPENAI,
            {"response_format": {"json_schema": {"strict": True, "schema": SCHEMA | {"required": []}}}},
            "'required' is required",
        ),
        (OPENAI, {"max_tokens": 9}, "Unsupported parameter: 'max_tokens'"),
        (OLLAMA, {"messages": [{"role": "user"}]}, "cannot be read"),
    ],
)
async def test_what_is_refused(
    client: httpx.AsyncClient, emulator: Emulator, path: str, change: dict[str, Any], says: str
) -> None:
    answer = await client.post(path, json=BODIES[path] | change)
    assert answer.status_code == 400
    assert says in answer.text
    assert emulator.record.requests[0].state == "refused"


@pytest.mark.parametrize("path", [GEMINI, CLAUDE, OPENAI])
async def test_without_the_right_key_nothing_is_said(client: httpx.AsyncClient, path: str) -> None:
    for wrong in ("", "wrong"):
        headers = {name: wrong for name in ("x-goog-api-key", "x-api-key", "authorization")}
        assert (await client.post(path, json=BODIES[path], headers=headers)).status_code == 401


async def test_other_paths_are_not_there(client: httpx.AsyncClient, emulator: Emulator) -> None:
    assert (await client.get(CLAUDE)).status_code == 404
    assert (await client.post("/v1/embeddings", json={})).status_code == 404
    assert (await client.post(CLAUDE, content=b"{")).status_code == 400
    assert len(emulator.record.requests) == 1


async def test_what_is_kept_is_bounded_and_holds_no_keys(
    client: httpx.AsyncClient, emulator: Emulator
) -> None:
    for path in BODIES:
        await client.post(path, json=BODIES[path])
    audio = {"type": "input_audio", "input_audio": {"data": "AAAA" * 1_000, "format": "wav"}}
    content = [{"type": "text", "text": "It rains."}, audio]
    await client.post(OPENAI, json=BODIES[OPENAI] | {"messages": [{"role": "user", "content": content}]})
    requests = emulator.record.requests
    assert [each.number for each in requests] == [2, 3, 4]
    assert requests[-1].audio_bytes == 3_000
    assert "AAAA" not in requests[-1].body
    assert KEY not in repr(requests)


async def test_answers_fit_the_schema(client: httpx.AsyncClient) -> None:
    config = {"responseMimeType": "application/json", "response_json_schema": SCHEMA}
    body = BODIES[GEMINI] | {"generationConfig": config}
    answer = await client.post(GEMINI.replace("streamG", "g").replace("?alt=sse", ""), json=body)
    text = answer.json()["candidates"][0]["content"]["parts"][0]["text"]
    assert json.loads(text) == {"quote": "It rains."}
    assert answer.json()["usageMetadata"]["totalTokenCount"] > 0


async def test_behaviours_in_turn_and_by_vendor(client: httpx.AsyncClient, emulator: Emulator) -> None:
    emulator.models.behave = one_by_one(Answering(status=503, says="Try later.", retry_after=7), WELL)
    first = await client.post(OLLAMA, json=BODIES[OLLAMA])
    assert (first.status_code, first.json(), first.headers["retry-after"]) == (
        503,
        {"error": "Try later."},
        "7",
    )
    assert (await client.post(OLLAMA, json=BODIES[OLLAMA])).status_code == 200
    emulator.models.behave = by_vendor(claude=MODES["failing"])
    assert (await client.post(CLAUDE, json=BODIES[CLAUDE])).status_code == 500
    assert (await client.post(OLLAMA, json=BODIES[OLLAMA])).status_code == 200


async def test_it_can_be_left_while_it_answers(client: httpx.AsyncClient, emulator: Emulator) -> None:
    emulator.models.behave = always(MODES["hang"])
    async with client.stream("POST", OLLAMA, json=BODIES[OLLAMA]) as answer:
        await anext(answer.aiter_lines())
        assert emulator.http_connections == (1, 1)
    async with asyncio.timeout(5):
        await emulator.until_quiet()
    assert emulator.record.requests[0].state == "abandoned"


async def test_leaving_it_ends_what_hangs() -> None:
    async with Emulator(answer=always(MODES["silent"])) as emulator:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(emulator.url.rsplit(":", 1)[1]))
        body = json.dumps(BODIES[OLLAMA]).encode()
        writer.write(
            b"POST /api/chat HTTP/1.1\r\nhost: here\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
        )
        async with asyncio.timeout(5):
            await emulator.record.until(lambda: bool(emulator.record.requests))
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"GET\r\n\r\n",
        b"\x16\x03\x01",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nx",
    ],
)
async def test_junk_ends_the_connection_and_no_more(emulator: Emulator, junk: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(emulator.url.rsplit(":", 1)[1]))
    writer.write(junk)
    writer.write_eof()
    async with asyncio.timeout(5):
        await reader.read()
        await emulator.until_quiet()
    writer.close()
    await writer.wait_closed()
