"""Containers are decoded once, at the door: stages get the samples that a WAV of them has."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gateway.registry import Registry
from rivermouth.audio.v1 import audio_pb2
from services.audio.decoder_pool import DecoderPool
from tests.gateway.calls import Call, Gateway, gateway
from tests.gateway.puppets import LIMIT, Puppet, Stream, finish_all, puppets
from tests.services.audio.encoded import KINDS, encode, likeness, speech


def audio_format(name: str) -> audio_pb2.AudioFormat:
    return audio_pb2.AudioFormat(
        encoding=audio_pb2.AudioEncoding.Value(f"AUDIO_ENCODING_{KINDS[name].encoding}")
    )


def native(stream: Stream) -> Any:
    """What the quality service got, (frames, channels)."""
    content = b"".join(request.audio.content for request in stream.requests[1:])
    return np.frombuffer(content, "<i2").reshape(-1, stream.config.audio_format.channel_count)


def decoders(registry: Registry) -> DecoderPool:
    return registry._decoders


async def send(call: Call, data: bytes, size: int = 1600) -> None:
    for at in range(0, len(data), size):
        await call.audio(data[at : at + size])


async def ended(call: Call, stages: dict[str, Puppet]) -> list[Any]:
    """Finish; returns the errors that were told."""
    await call.finish()
    async with asyncio.TaskGroup() as group:
        group.create_task(finish_all(stages))
        await call.drain()
    return call.bodies("error")


@pytest.mark.parametrize("name", ["flac", "ogg_opus", "webm_opus", "mp3", "wav"])
async def test_stages_get_the_samples(name: str) -> None:
    wanted = speech(24_000, 2)
    stages = puppets()
    async with gateway(stages) as serve:
        call = await serve.session(audio_format=audio_format(name))
        await send(call, encode(name, wanted, 24_000))
        assert await ended(call, stages) == []
        quality = stages["quality"].streams[0]
        assert quality.config.audio_format.sample_rate_hertz == 24_000
        assert native(quality).shape == wanted.shape
        assert likeness(wanted, native(quality)) > 0.99
        heard = [request.audio for request in stages["asr"].streams[0].requests if request.HasField("audio")]
        assert abs(sum(len(each.content) for each in heard) - 4 * 16_000 * 2 * 2) <= 8
        assert not decoders(serve.registry).processes


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (bytes(range(256)) * 40, "flac", "AUDIO_CONTAINER_UNKNOWN"),
        (encode("mp3", speech(), 16_000), "webm_opus", "AUDIO_FORMAT_MISMATCH"),
        (encode("flac", speech(), 16_000)[:300], "flac", "AUDIO_TRUNCATED"),
        (encode("mp4_index_last", speech(), 16_000), "mp4_index_last", "AUDIO_CONTAINER_UNSUPPORTED"),
    ],
)
async def test_what_cannot_be_decoded_is_one_error_event(data: bytes, name: str, reason: str) -> None:
    stages = puppets()
    async with gateway(stages) as serve:
        call = await serve.session(audio_format=audio_format(name))
        await send(call, data)
        (error,) = await ended(call, stages)
        assert error.failure.reason == reason
        assert call.summary is not None
        assert not decoders(serve.registry).processes


async def test_what_came_before_the_cut_is_not_lost() -> None:
    wanted = speech()
    data = encode("flac", wanted, 16_000)
    stages = puppets()
    async with gateway(stages) as serve:
        call = await serve.session(audio_format=audio_format("flac"))
        await send(call, data[: len(data) // 2])
        (error,) = await ended(call, stages)
        assert error.failure.reason == "AUDIO_TRUNCATED"
        got = native(stages["quality"].streams[0])
        assert len(got) > 16_000
        assert np.array_equal(got, wanted[: len(got)])


async def test_a_killed_decoder_is_one_error_event_of_one_session() -> None:
    data = encode("webm_opus", speech(), 16_000)
    stages = puppets()
    async with gateway(stages) as serve:
        call = await serve.session(audio_format=audio_format("webm_opus"))
        await send(call, data[:20_000])
        quality = await stages["quality"].stream()
        await quality.until(lambda each: len(each.requests) > 1)
        (process,) = decoders(serve.registry).processes
        beside = await serve.session(audio_format=audio_format("webm_opus"))
        await send(beside, data[:20_000])
        os.kill(process.pid, signal.SIGKILL)
        await send(call, data[20_000:])
        (error,) = await ended(call, stages)
        assert error.failure.reason == "AUDIO_DECODER_DIED"
        await send(beside, data[20_000:])
        await beside.finish()
        async with asyncio.TaskGroup() as group:
            group.create_task(finish_all(stages, 1))
            await beside.drain()
        assert beside.bodies("error") == []
        assert len(native(stages["quality"].streams[1])) == len(speech())


async def test_a_client_that_is_gone_leaves_no_decoder() -> None:
    data = encode("ogg_opus", speech(), 16_000)
    stages = puppets()
    async with gateway(stages) as serve:
        call = await serve.session(audio_format=audio_format("ogg_opus"))
        await send(call, data[:20_000])
        await (await stages["quality"].stream()).until(lambda each: len(each.requests) > 1)
        (process,) = decoders(serve.registry).processes
        await call.cancel()
        await _gone(serve, process.pid)


async def _gone(serve: Gateway, pid: int) -> None:
    async with asyncio.timeout(LIMIT):
        while decoders(serve.registry).processes or Path(f"/proc/{pid}").exists():  # noqa: ASYNC110, ASYNC240
            await asyncio.sleep(0.01)
