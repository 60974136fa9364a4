"""Sound for models that hear: where the session allows it, and never where redaction is on."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from rivermouth.analysis.v1.analysis_pb2 import StreamingAnalyzeRequest, StreamingAnalyzeResponse
from rivermouth.analysis.v1.redaction_pb2 import RedactionConfig
from rivermouth.audio.v1 import audio_pb2
from services.analysis.session import AnalysisCore
from tests.services.analysis.acoustics.sounds import pcm, vowel
from tests.services.analysis.models import answer, scripted
from tests.services.analysis.streams import asked, config, segment

FORMAT = audio_pb2.AudioFormat(
    encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=16_000, channel_count=1
)
SAMPLES = pcm(vowel(125.0, 2.2))[:32_000]
NOTHING = json.dumps({"emotions": []})
HEARS = {"scripted": {"hears": True}}
MASKED = RedactionConfig(policy=RedactionConfig.POLICY_MASK)


async def asked_with(llm: dict[str, Any], *names: str, **fields: Any) -> list[Any]:
    """The questions that a model was asked about two seconds of speech."""
    requests = [
        config(*map(asked, names), audio_format=FORMAT, **fields),
        StreamingAnalyzeRequest(audio=audio_pb2.AudioChunk(content=SAMPLES.tobytes())),
        segment("well then", 1, start=0.0, sentiment=(0.2, 0.5)),
        segment("as you like", 2, start=1.0, sentiment=(0.2, 0.5)),
    ]

    async def stream() -> AsyncIterator[StreamingAnalyzeRequest]:
        for request in requests:
            yield request

    async def send(_: StreamingAnalyzeResponse) -> None: ...

    core: AnalysisCore
    async with scripted(answer(NOTHING), llm=llm) as (core, provider):
        async with asyncio.timeout(20):
            await core.run(stream(), send)
    return provider.asked


async def test_a_model_that_hears_is_given_the_sound_of_its_lines() -> None:
    (request,) = await asked_with(HEARS, "emotion", allow_audio_egress=True)
    assert request.audio is not None
    with wave.open(io.BytesIO(request.audio.data)) as file:
        assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
        assert np.array_equal(np.frombuffer(file.readframes(40_000), "<i2"), SAMPLES)


@pytest.mark.parametrize(
    ("llm", "fields"),
    [
        (HEARS, {}),  # nobody allowed it
        ({"scripted": {"hears": False}}, {"allow_audio_egress": True}),
        (HEARS, {"allow_audio_egress": True, "redaction": MASKED}),  # nothing can be replaced in sound
    ],
    ids=["not_allowed", "deaf", "redacted"],
)
async def test_else_it_is_given_none(llm: dict[str, Any], fields: dict[str, Any]) -> None:
    (request,) = await asked_with(llm, "emotion", **fields)
    assert request.audio is None


async def test_questions_about_words_have_no_sound() -> None:
    for request in await asked_with(HEARS, "credibility", allow_audio_egress=True):
        assert request.audio is None
