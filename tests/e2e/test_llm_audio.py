"""The sample call as sound: recognised, measured, and given to models, all analyses asked for."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from rivermouth.asr.v1.asr_pb2 import RecognitionConfig
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE
from rivermouth.session.v1.config_pb2 import AnalyserConfig
from rivermouth.session.v1.events_pb2 import SessionSummary
from services.analysis.registry import ANALYSES
from tests.e2e.emulated import FOURTEEN, final, suite, told
from tests.gateway import rules

CALL = Path(__file__).parents[1] / "data" / "sample_call" / "call.wav"
SECONDS = 30


@pytest.mark.parametrize("vendor", ["gemini", "claude"])
async def test_every_analysis_of_a_call_that_is_heard(vendor: str) -> None:
    with wave.open(str(CALL)) as recording:
        rate, channels = recording.getframerate(), recording.getnchannels()
        sound = recording.readframes(SECONDS * rate)
    asked = [AnalyserConfig(name=name) for name in ("semantics", *FOURTEEN)]
    async with suite(vendor) as whole:
        call = await whole.serve.session(
            audio_format=audio_pb2.AudioFormat(
                encoding=audio_pb2.AUDIO_ENCODING_LINEAR16, sample_rate_hertz=rate, channel_count=channels
            ),
            analysers=asked,
            recognition=RecognitionConfig(allow_audio_egress=True),
        )
        step = rate // 10 * channels * 2
        for begin in range(0, len(sound), step):
            await call.audio(sound[begin : begin + step])
        await call.finish()
        await call.drain()
        heard = [each for each in whole.emulator.record.requests if each.audio_bytes]
    rules.check(call.events, whole=False)
    assert call.summary.end == SessionSummary.END_FINISHED
    found = told(call)
    assert set(found) == set(FOURTEEN)
    for name, messages in found.items():
        last = final(messages)
        assert last.header.outcome == OUTCOME_COMPLETE, (name, last.header.failure)
        if ANALYSES[name].has_llm_part:
            assert last.llm.outcome == OUTCOME_COMPLETE, name
            assert last.llm.findings.WhichOneof("findings") == name
    enhanced = final(found["enhanced_metrics"]).local.enhanced_metrics
    assert enhanced.HasField("acoustic")
    assert bool(heard) == (vendor == "gemini")  # Claude takes no sound
