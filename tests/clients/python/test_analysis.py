"""stream_analyze and analyze."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rivermouth.analysis.v1.analysis_pb2 import Analysis, SessionContext, Trigger
from rivermouth.client import Client, pcm, text_chunk
from rivermouth.client.errors import ProtocolViolation, RequestError, SessionFailed
from tests.clients.python.scripted_orchestrator import ScriptedOrchestrator

LIMIT = 10.0
Served = tuple[ScriptedOrchestrator, str]


async def results_of(address: str, *args: Any, **kwargs: Any) -> list[Analysis]:
    async with Client(address) as client, asyncio.timeout(LIMIT):
        return [result async for result in client.stream_analyze(*args, **kwargs)]


def check_shape(results: list[Analysis]) -> None:
    assert len(results) >= 2
    assert [result.chunk_index for result in results] == list(range(len(results)))
    assert [result.header.partial for result in results] == [True] * (len(results) - 1) + [False]


async def test_a_text(orchestrator: Served) -> None:
    servicer, address = orchestrator
    meta = {"speaker": "anna", "call": "7", "language": "en-GB"}
    results = await results_of(address, "hello my name is anna", meta=meta)
    check_shape(results)
    assert results[-1].local.quantitative_metrics.words == 5
    first, chunk, _ = servicer.sessions[0].requests
    config = first.streaming_config
    assert [(each.name, each.trigger) for each in config.analysers] == [
        ("quantitative_metrics", Trigger.TRIGGER_SESSION)
    ]
    assert config.labels == {"call": "7"}
    assert config.recognition.language_code == "en-GB"
    assert chunk.text_chunk.speaker == "anna"


async def test_chunks_as_messages_and_as_mappings(orchestrator: Served) -> None:
    servicer, address = orchestrator
    chunks = [
        text_chunk("hello", 0.0, 1.0, "anna"),
        {"text": "good day", "start": 1.0, "end": 2.0, "speaker": "bert"},
    ]
    check_shape(await results_of(address, transcript=chunks))
    assert [request.text_chunk.text for request in servicer.sessions[0].requests[1:-1]] == [
        "hello",
        "good day",
    ]


async def test_audio_only(orchestrator: Served, make_wav: Callable[..., Path]) -> None:
    servicer, address = orchestrator
    path = make_wav(seconds=3.0)
    check_shape(await results_of(address, audio=path))
    check_shape(await results_of(address, audio=path.read_bytes()))
    raw = {
        "audio_format": pcm(16000),
        "channels": ["anna"],
        "context": SessionContext(earlier_summaries=["a"]),
    }
    check_shape(await results_of(address, None, bytes(96000), raw))
    config = servicer.sessions[2].requests[0].streaming_config
    assert config.audio_format == pcm(16000)
    assert config.recognition.channels[0].speaker == "anna"
    assert list(config.context.earlier_summaries) == ["a"]


async def test_analyze_is_the_last_of_them(orchestrator: Served) -> None:
    _, address = orchestrator
    async with Client(address) as client:
        result = await client.analyze("hello my name is anna")
    assert not result.header.partial
    assert result.chunk_index == 1


async def test_other_results_are_not_shown(orchestrator: Served) -> None:
    _, address = orchestrator
    results = await results_of(address, "hello", meta={"analysis": "summary", "options": {"n": "1"}})
    assert {result.name for result in results} == {"summary"}


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({}, "nothing to analyse"),
        ({"audio": bytes(100)}, "audio_format"),
        ({"transcript": "a", "meta": {"speed": 5}}, "must be a string"),
        ({"transcript": [{"text": "a"}]}, "is missing"),
    ],
)
async def test_what_cannot_be_sent(orchestrator: Served, kwargs: dict[str, Any], message: str) -> None:
    _, address = orchestrator
    with pytest.raises(ValueError, match=message):
        await results_of(address, **kwargs)


async def test_failures(orchestrator: Served) -> None:
    _, address = orchestrator
    raw = {"audio_format": pcm(16000)}
    with pytest.raises(SessionFailed, match="DECODER_LOST"):
        await results_of(address, None, bytes(96000), {**raw, "fault": "fatal"})
    with pytest.raises(RequestError, match="CONFIG_INVALID"):
        await results_of(address, "hello", meta={"fault": "invalid"})
    with pytest.raises(ProtocolViolation, match="session_summary"):
        await results_of(address, "hello", meta={"fault": "no_summary"})


async def test_leaving_early_ends_the_session(orchestrator: Served) -> None:
    servicer, address = orchestrator
    async with Client(address) as client:
        results = client.stream_analyze(
            audio=bytes(320_000), meta={"audio_format": pcm(16000), "fault": "hold"}
        )
        assert (await anext(results)).header.partial
        await results.aclose()
        await asyncio.wait_for(servicer.sessions[0].ended.wait(), LIMIT)
