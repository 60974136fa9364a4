"""The sample call as sound: recognised, annotated, and its voices measured, as fast as it can be sent."""

from __future__ import annotations

import asyncio
import os
import signal
import wave
from pathlib import Path
from typing import Any

import pytest

from rivermouth.analysis.v1.analysis_pb2 import CREDIBILITY_SOURCE_ACOUSTIC
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from services.analysis.acoustics.process import EarProcess
from tests.e2e.cores import cores
from tests.gateway import rules
from tests.gateway.calls import Call, gateway

CALL = Path(__file__).parents[1] / "data" / "sample_call" / "call.wav"
HEARING = ("enhanced_metrics", "emotion", "credibility")
STEREO = audio_pb2.AudioFormat(
    encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=16_000, channel_count=2
)


async def send(call: Call) -> None:
    with wave.open(str(CALL)) as file:
        while frames := file.readframes(1600):
            await call.audio(frames)
    await call.finish()


def final(call: Call, name: str) -> Any:
    (told,) = [each for each in call.bodies("analysis") if each.name == name and not each.header.partial]
    return told


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that measures the first segment is killed."""
    measure, times = EarProcess.measure, [1]

    async def measured(self: EarProcess, pcm: bytes, seconds: float) -> Any:
        if times:
            times.pop()
            os.kill(self.pid, signal.SIGKILL)
        return await measure(self, pcm, seconds)

    monkeypatch.setattr(EarProcess, "measure", measured)


@pytest.mark.usefixtures("dying")
async def test_voices_are_measured_and_a_process_that_dies_costs_one_segment() -> None:
    async with cores("sphinx") as real, gateway(real.by_stage) as serve:
        analysers = [AnalyserConfig(name=name) for name in ("semantics", *HEARING)]
        call = await serve.session(audio_format=STEREO, analysers=analysers)
        async with asyncio.timeout(100), asyncio.TaskGroup() as tasks:
            tasks.create_task(send(call))
            await call.drain()
    rules.check(call.events, whole=False)
    for name in HEARING:
        told = final(call, name)
        assert told.header.outcome == OUTCOME_COMPLETE
        assert list(told.header.evidence.missing) == ["audio"]
        (error,) = [each for each in told.errors if each.reason != "LLM_NOT_CONFIGURED"]
        assert (error.reason, error.metadata["segments"]) == ("ACOUSTICS_FAILED", "1")
    acoustic = final(call, "enhanced_metrics").local.enhanced_metrics.acoustic
    assert {each.channel_tag for each in acoustic.speakers} == {1, 2}
    assert 0.7 < acoustic.measured_share < 1.0
    for each in acoustic.speakers:
        assert 70 < each.voice.pitch_mean < 200
        assert each.voice.syllables > 20
        assert each.voice.voice_quality > 50
    emotion = final(call, "emotion").local.emotion
    assert any(each.HasField("arousal") for each in emotion.course)
    assert CREDIBILITY_SOURCE_ACOUSTIC not in final(call, "credibility").local.credibility.overall.missing
    assert not any(each.dropped for each in call.summary.services)
