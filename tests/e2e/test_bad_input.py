"""Bad input, line by line: each has its status or its error event, with reason and field."""

from __future__ import annotations

import contextlib
import io
import wave
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import ParseDict

from rivermouth.session.v1 import config_pb2, events_pb2, service_pb2
from tests.e2e.cores import cores
from tests.gateway import rules
from tests.gateway.calls import CHUNK, Call, Gateway, gateway

Code = grpc.StatusCode
AUDIO = {"encoding": "AUDIO_ENCODING_LINEAR16", "sampleRateHertz": 16000, "channelCount": 1}
WAV = {"encoding": "AUDIO_ENCODING_WAV"}
TEXT = b"Dear all, please find attached the minutes of our meeting. Kind regards, Anna. " * 50


@contextlib.asynccontextmanager
async def suite(**settings: Any) -> AsyncIterator[Gateway]:
    """The gateway around the real cores; it must serve a good session afterwards."""
    async with cores() as real, gateway(real.by_stage, **settings) as serve:
        yield serve
        good = await serve.session()
        await good.audio(CHUNK)
        await good.finish()
        await good.drain()
        rules.check(good.events)


def configured(**fields: Any) -> dict[str, Any]:
    """A first message."""
    config = ParseDict({"audioFormat": AUDIO, **fields}, config_pb2.StreamingConfig())
    return {"streaming_config": config}


def audio(**fields: Any) -> dict[str, Any]:
    return configured(audioFormat={**AUDIO, **fields})


def wav(samples: bytes, rate: int = 16_000, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, 2, rate, 0, "NONE", ""))
        writer.writeframes(samples)
    return file.getvalue()


@pytest.mark.parametrize(
    ("message", "code", "reason", "field"),
    [
        ({"audio": {"content": CHUNK}}, Code.FAILED_PRECONDITION, "PROTOCOL_ORDER", None),
        ({"finish": {}}, Code.FAILED_PRECONDITION, "PROTOCOL_ORDER", None),
        ({}, Code.FAILED_PRECONDITION, "PROTOCOL_ORDER", None),
        (audio(sampleRateHertz=0), Code.INVALID_ARGUMENT, "CONFIG_INVALID", "audio_format.sample_rate_hertz"),
        (
            audio(sampleRateHertz=10**9),
            Code.INVALID_ARGUMENT,
            "CONFIG_INVALID",
            "audio_format.sample_rate_hertz",
        ),
        (audio(channelCount=0), Code.INVALID_ARGUMENT, "CONFIG_INVALID", "audio_format.channel_count"),
        (audio(channelCount=9), Code.INVALID_ARGUMENT, "CONFIG_INVALID", "audio_format.channel_count"),
        (audio(encoding=0), Code.INVALID_ARGUMENT, "CONFIG_INVALID", "audio_format.encoding"),
        (
            configured(analysers=[{"name": "no_such"}]),
            Code.INVALID_ARGUMENT,
            "CONFIG_INVALID",
            "analysers[0].name",
        ),
        (
            configured(analysers=[{"name": "argument"}, {"name": "workflow", "options": {"foo": "1"}}]),
            Code.INVALID_ARGUMENT,
            "CONFIG_INVALID",
            "analysers[1].options[foo]",
        ),
        (
            configured(analysers=[{"name": "argument"}, {"name": "summary", "trigger": "TRIGGER_SEGMENT"}]),
            Code.INVALID_ARGUMENT,
            "CONFIG_INVALID",
            "analysers[1].trigger",
        ),
    ],
)
async def test_a_first_message_that_cannot_be(
    message: Any, code: Any, reason: str, field: str | None
) -> None:
    async with suite() as serve:
        call = serve()
        await call.send(**message)
        error = await call.status()
        assert (error.code, error.reason) == (code, reason)
        assert [each.field for each in error.violations] == ([f"streaming_config.{field}"] if field else [])
        assert call.events == []


async def test_no_message_at_all() -> None:
    async with suite() as serve:
        call = serve()
        await call.call.done_writing()
        error = await call.status()
        assert (error.code, error.reason) == (Code.FAILED_PRECONDITION, "PROTOCOL_ORDER")


async def refused_session(
    messages: list[dict[str, Any]], numbers: list[int] | None = None
) -> tuple[Any, Call]:
    """The status of a session that these messages end, and its call; all events came before it."""
    async with suite() as serve:
        call = await serve.session()
        for index, message in enumerate(messages):
            if numbers is None:
                await call.send(**message)
            else:
                request = service_pb2.StreamingAnalyzeRequest(client_sequence=numbers[index], **message)
                await call.call.write(request)
        error = await call.status()
        rules.check(call.events)
        assert call.summary.end == events_pb2.SessionSummary.END_ERROR
        return error, call


@pytest.mark.parametrize("second", [configured(), {"resume": {"session_id": "x"}}])
async def test_a_second_configuration(second: dict[str, Any]) -> None:
    error, call = await refused_session([second])
    assert (error.code, error.reason) == (Code.FAILED_PRECONDITION, "PROTOCOL_ORDER")
    (told,) = [each for each in call.bodies("error") if each.fatal]
    assert told.failure.reason == "PROTOCOL_ORDER"


@pytest.mark.parametrize("numbers", [[3], [2, 2], [1], [-1], [2**62]])
async def test_messages_out_of_order(numbers: list[int]) -> None:
    error, _ = await refused_session([{"keep_alive": {}}] * len(numbers), numbers)
    assert (error.code, error.reason) == (Code.FAILED_PRECONDITION, "PROTOCOL_ORDER")


BAD_AUDIO: list[tuple[dict[str, Any], bytes, str]] = [
    (AUDIO, CHUNK[:-1], "AUDIO_ODD_BYTES"),
    ({**AUDIO, "channelCount": 2}, CHUNK[:-2], "AUDIO_ODD_BYTES"),
    (AUDIO, TEXT, "AUDIO_NOT_AUDIO"),
    (AUDIO, wav(CHUNK), "AUDIO_FORMAT_MISMATCH"),
    (WAV, TEXT, "AUDIO_NOT_WAV"),
    ({**WAV, "sampleRateHertz": 8000}, wav(CHUNK), "AUDIO_FORMAT_MISMATCH"),
    ({**WAV, "channelCount": 2}, wav(CHUNK), "AUDIO_FORMAT_MISMATCH"),
]


@pytest.mark.parametrize(("declared", "content", "reason"), BAD_AUDIO)
async def test_audio_that_is_not_what_was_declared(
    declared: dict[str, Any], content: bytes, reason: str
) -> None:
    async with suite() as serve:
        call = serve()
        await call.send(**configured(audioFormat=declared))
        await call.audio(content)
        error = await call.until("error")
        assert (error.failure.reason, error.field) == (reason, "audio.content")
        assert (error.client_sequence, error.fatal) == (2, False)
        await call.audio(content)
        await call.finish()
        await call.drain()
        rules.check(call.events)
        assert call.summary.end == events_pb2.SessionSummary.END_FINISHED


async def test_audio_after_finish() -> None:
    async with suite() as serve:
        call = serve()
        await call.send(**configured())
        await call.finish()
        await call.audio(CHUNK)
        await call.drain()
        rules.check(call.events)
        told = [(each.failure.reason, each.field, each.client_sequence) for each in call.bodies("error")]
        assert told in ([], [("INPUT_AFTER_FINISH", "audio", 3)])


@pytest.mark.parametrize(
    ("chunk", "reason", "field"),
    [
        ({"startOffset": "1s", "endOffset": "6s"}, "TEXT_OUT_OF_ORDER", "start_offset"),
        ({"startOffset": "-1s", "endOffset": "6s"}, "TEXT_TIME_INVALID", "start_offset"),
        ({"startOffset": "7s", "endOffset": "6s"}, "TEXT_TIME_INVALID", "end_offset"),
        ({"startOffset": "6s", "endOffset": "9000000s"}, "TEXT_TIME_INVALID", "end_offset"),
        ({"startOffset": "6s", "endOffset": "7s", "text": ""}, "TEXT_EMPTY", "text"),
        ({"startOffset": "6s", "endOffset": "7s", "channelTag": 9}, "TEXT_CHANNEL_INVALID", "channel_tag"),
    ],
)
async def test_text_chunks(chunk: dict[str, Any], reason: str, field: str) -> None:
    async with suite() as serve:
        call = await serve.session(audio_format=None)
        await call.text(2, 5, "How much is it?")
        bad = ParseDict({"text": "x", **chunk}, service_pb2.StreamingAnalyzeRequest().text_chunk)
        await call.send(text_chunk=bad)
        error = await call.until("error")
        assert (error.failure.reason, error.field) == (reason, f"text_chunk.{field}")
        assert (error.client_sequence, error.fatal) == (3, False)
        await call.text(5, 6, "I see.")
        await call.finish()
        await call.drain()
        rules.check(call.events)
        assert call.bodies("transcript")[-1].text == "How much is it? I see."


@pytest.mark.parametrize(("seconds", "nanos"), [(6, -1), (6, 10**9), (2**63 - 1, 0), (-(2**63), 0)])
async def test_times_that_are_no_times(seconds: int, nanos: int) -> None:
    """A Duration cannot be NaN; these are what it can be instead."""
    async with suite() as serve:
        call = await serve.session(audio_format=None)
        offset = Duration(seconds=seconds, nanos=nanos)
        await call.send(text_chunk={"start_offset": offset, "end_offset": offset, "text": "x"})
        error = await call.until("error")
        assert (error.failure.reason, error.field) == ("TEXT_TIME_INVALID", "text_chunk.start_offset")


async def test_a_message_that_is_too_large() -> None:
    async with suite(server={"max_message_bytes": 1 << 20}) as serve:
        call = await serve.session()
        await call.audio(bytes(2 << 20))
        error = await call.status()
        assert (error.code, error.reason) == (Code.RESOURCE_EXHAUSTED, "PEER_RESOURCE_EXHAUSTED")


async def test_a_chunk_is_limited_by_its_message_only() -> None:
    async with suite() as serve:
        call = await serve.session(analysers=[config_pb2.AnalyserConfig(name="audio_quality")])
        await call.audio(bytes(7 << 19))
        await call.finish()
        await call.drain()
        assert call.bodies("error") == []
        assert call.summary.audio_duration == Duration(seconds=114, nanos=688_000_000)


@pytest.mark.parametrize("pieces", [0, 3])
async def test_a_wav_header_that_promises_more_than_comes(pieces: int) -> None:
    async with suite() as serve:
        call = serve()
        await call.send(**configured(audioFormat=WAV))
        await call.audio(wav(CHUNK * 5)[: 44 + pieces * len(CHUNK)])
        await call.finish()
        await call.drain()
        rules.check(call.events)
        (error,) = [each for each in call.bodies("error") if not each.stage]
        assert (error.failure.reason, error.field, error.fatal) == (
            "AUDIO_TRUNCATED",
            "audio.content",
            False,
        )
        assert f"{(5 - pieces) * len(CHUNK)} of the {5 * len(CHUNK)} bytes" in error.failure.message
        assert call.summary.audio_duration == Duration(nanos=pieces * 100_000_000)
        assert call.summary.end == events_pb2.SessionSummary.END_FINISHED


async def test_a_wav_header_that_claims_4_gib() -> None:
    async with suite() as serve:
        call = serve()
        await call.send(**configured(audioFormat=WAV))
        file = wav(CHUNK * 5)
        await call.audio(file[:4] + b"\xff\xff\xff\xff" + file[8:40] + b"\xff\xff\xff\xff" + file[44:])
        await call.finish()
        await call.drain()
        rules.check(call.events)
        assert call.bodies("error") == []
        assert call.summary.audio_duration == Duration(nanos=500_000_000)


@pytest.mark.parametrize("declared", [AUDIO, WAV])
async def test_an_empty_stream(declared: dict[str, Any]) -> None:
    async with suite() as serve:
        call = serve()
        await call.send(**configured(audioFormat=declared))
        await call.finish()
        await call.drain()
        rules.check(call.events)
        assert call.summary.end == events_pb2.SessionSummary.END_FINISHED
        assert call.bodies("transcript") == []
