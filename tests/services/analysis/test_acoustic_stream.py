"""Audio in a stream: the sample call over the real wire, and what is told where there is too little."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rivermouth.analysis.v1.analysis_pb2 import (
    CREDIBILITY_SOURCE_ACOUSTIC,
    StreamingAnalyzeRequest,
    StreamingAnalyzeResponse,
)
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, PHASE_COARSE, PHASE_FINAL
from services.analysis import reasons
from services.analysis.acoustics import process as process_module
from services.analysis.acoustics.process import EarProcess
from services.runtime.errors import InvalidConfig
from tests.services.analysis.acoustics.sounds import pcm, vowel
from tests.services.analysis.conftest import RunCore, Serve
from tests.services.analysis.streams import (
    asked,
    bodies,
    check,
    config,
    last,
    reasons_of,
    segment,
)

CALL = Path(__file__).parents[2] / "data" / "sample_call"
HEARING = ("enhanced_metrics", "emotion", "credibility")
RATE = 16_000


def audio_format(channels: int = 1, rate: int = RATE, encoding: str = "LINEAR16") -> audio_pb2.AudioFormat:
    return audio_pb2.AudioFormat(
        encoding=f"AUDIO_ENCODING_{encoding}", sample_rate_hertz=rate, channel_count=channels
    )


def audio(content: bytes, offset: int | None = None) -> StreamingAnalyzeRequest:
    return StreamingAnalyzeRequest(audio=audio_pb2.AudioChunk(content=content, sample_offset=offset))


def sample_call() -> Iterator[StreamingAnalyzeRequest]:
    """A second of audio at a time, and each utterance once its audio was sent."""
    with wave.open(str(CALL / "call.wav")) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    said = json.loads((CALL / "reference.json").read_text())["utterances"]
    for second in range(len(frames) // RATE + 1):
        yield audio(frames[second * RATE : (second + 1) * RATE].tobytes(), second * RATE)
        while said and said[0]["end_s"] <= second + 1:
            each = said.pop(0)
            length = each["end_s"] - each["start_s"]
            where = {"channel": each["channel"], "start": each["start_s"], "length": length}
            yield segment(each["display_text"], len(said), sentiment=(0.3, 0.5), **where)
    assert not said


def talk(seconds: float, hertz: float = 125.0) -> list[StreamingAnalyzeRequest]:
    """A segment of a second each, with its sound."""
    samples = pcm(vowel(hertz, seconds + 0.1))
    requests = [audio(samples[: round(seconds * RATE)].tobytes())]
    requests += [
        segment("the price is fine", at, start=float(at), sentiment=(0.2, 0.5)) for at in range(int(seconds))
    ]
    return requests


async def test_the_sample_call_is_heard_on_both_channels(serve: Serve) -> None:
    async with serve(acoustic_processes=2) as (_, stub):
        call = stub.StreamingAnalyze(
            iter([config(*map(asked, HEARING), audio_format=audio_format(2)), *sample_call()])
        )
        responses = [each async for each in call]
    check(responses)
    enhanced = last(responses, "enhanced_metrics")
    assert enhanced.header.outcome == OUTCOME_COMPLETE
    acoustic = enhanced.local.enhanced_metrics.acoustic
    assert [each.channel_tag for each in acoustic.speakers] == [1, 2]
    assert acoustic.measured_share > 0.95
    for each in acoustic.speakers:
        voice = each.voice
        assert 70 < voice.pitch_low < voice.pitch_mean < voice.pitch_high < 300
        assert 0 < voice.jitter < 0.06
        assert 0 < voice.shimmer < 0.25
        assert 200 < voice.first_formant < voice.second_formant < voice.third_formant < 3500
        assert voice.intensity == pytest.approx(-20.0, abs=2.0)  # as the page of the call says
        assert 2 < voice.speech_rate <= voice.articulation_rate < 8
        assert 5 < voice.harmonics_to_noise < 25
        assert 0 < voice.voice_quality <= 100
    assert 0 < enhanced.local.enhanced_metrics.prosodic_congruence <= 1
    emotion = last(responses, "emotion").local.emotion
    arousals = [each.arousal for each in emotion.course if each.HasField("arousal")]
    assert len(arousals) >= len(emotion.course) - 4  # two of each speaker come before there is anything usual
    assert all(0 <= each <= 1 for each in arousals)
    assert emotion.arousal == pytest.approx(np.mean(arousals), abs=1e-5)
    credibility = last(responses, "credibility").local.credibility
    assert CREDIBILITY_SOURCE_ACOUSTIC not in credibility.overall.missing
    assert CREDIBILITY_SOURCE_ACOUSTIC in [each.source for each in credibility.overall.components]
    assert {"pitch", "voice"} <= {each.name for each in credibility.factors}
    assert not {"AUDIO_MISSING", "ACOUSTICS_FAILED"} & set(reasons_of(enhanced.errors))


async def test_words_come_at_once_and_sound_when_it_is_measured(run_core: RunCore) -> None:
    responses = await run_core(
        [config(asked("enhanced_metrics", "segment"), audio_format=audio_format()), *talk(2.0)]
    )
    check(responses)
    for ordinal in (1, 2):
        messages = bodies(responses, "analysis")
        told = [each for each in messages if each.header.result_id.endswith(f"/{ordinal}")]
        has_sound = [each.local.enhanced_metrics.HasField("acoustic") for each in told]
        assert told[0].header.phase == PHASE_COARSE
        assert has_sound == [False] * (len(told) - 1) + [True]
        assert told[-2].local.enhanced_metrics.linguistic.subordinators == 0  # whole before there is sound
        assert told[-1].local.enhanced_metrics.acoustic.overall.pitch_mean == pytest.approx(125.0, abs=1.0)


async def test_emotion_needs_sound_or_annotations(run_core: RunCore) -> None:
    requests = talk(4.0)
    for request in requests[1:]:
        request.segment.ClearField("semantic")
    heard, deaf = [
        last(await run_core([config(asked("emotion"), **fields), *requests[skipped:]]), "emotion")
        for fields, skipped in (({"audio_format": audio_format()}, 0), ({}, 1))
    ]
    assert heard.header.outcome == OUTCOME_COMPLETE
    assert len(heard.local.emotion.course) == 2  # the first two are what is usual
    assert list(heard.header.evidence.missing) == ["semantics"]
    assert deaf.header.failure.reason == reasons.ANNOTATIONS_MISSING


async def test_turns_are_heard_too(run_core: RunCore) -> None:
    from tests.services.analysis.streams import turn

    requests = [*talk(2.0), turn(1, "asr/1/0", "asr/1/1")]
    responses = await run_core(
        [config(asked("enhanced_metrics", "turn"), audio_format=audio_format()), *requests]
    )
    check(responses)
    assert last(responses, "enhanced_metrics").local.enhanced_metrics.acoustic.segments == 2


async def test_with_text_alone_nothing_is_missing_and_nothing_is_started(
    run_core: RunCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> EarProcess:
        raise AssertionError("nobody asked for sound")

    monkeypatch.setattr(EarProcess, "start", never)
    responses = await run_core([config(*map(asked, HEARING)), *talk(2.0)[1:]])
    for name in HEARING:
        told = last(responses, name)
        assert told.header.outcome == OUTCOME_COMPLETE
        assert "audio" not in told.header.evidence.missing
        assert "AUDIO_MISSING" not in reasons_of(told.errors)
    assert not last(responses, "enhanced_metrics").local.enhanced_metrics.HasField("acoustic")


async def test_an_analysis_that_does_not_hear_starts_nothing(
    run_core: RunCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> EarProcess:
        raise AssertionError("nobody asked for sound")

    monkeypatch.setattr(EarProcess, "start", never)
    responses = await run_core(
        [config(asked("quantitative_metrics"), audio_format=audio_format()), *talk(1.0)]
    )
    assert not bodies(responses, "failure")


async def test_segments_without_their_sound_are_named(run_core: RunCore) -> None:
    """As after a restart: what was said before has no sound, what is said now has."""
    before = [segment("as was said before", at, start=float(at), replayed=True) for at in range(2)]
    samples = pcm(vowel(125.0, 1.2))[:RATE].tobytes()
    requests = [*before, audio(samples, 5 * RATE), segment("and now this", 9, start=5.0)]
    responses = await run_core([config(*map(asked, HEARING), audio_format=audio_format()), *requests])
    check(responses)
    told = last(responses, "enhanced_metrics")
    assert told.header.outcome == OUTCOME_COMPLETE
    assert list(told.header.evidence.missing) == ["audio"]
    (error,) = told.errors
    assert (error.reason, error.metadata["segments"]) == (reasons.AUDIO_MISSING, "2")
    assert error.message.startswith("2 of 3 segments have no acoustic measures")
    acoustic = told.local.enhanced_metrics.acoustic
    assert (acoustic.segments, acoustic.measured_share) == (1, pytest.approx(1 / 3))


@pytest.mark.parametrize(
    ("samples", "length"),
    [(np.zeros(2 * RATE, "<i2"), 2.0), (pcm(vowel(seconds=0.5))[: RATE // 3], 0.3)],
    ids=["silence", "short"],
)
async def test_silence_and_short_sound_make_up_nothing(
    run_core: RunCore, samples: Any, length: float
) -> None:
    text = "we looked at the house but I would not take it"
    requests = [audio(samples.tobytes()), segment(text, 1, start=0.0, length=length)]
    responses = await run_core([config(*map(asked, HEARING), audio_format=audio_format()), *requests])
    check(responses)
    told = last(responses, "enhanced_metrics")
    assert not reasons_of(told.errors)
    voice = told.local.enhanced_metrics.acoustic.overall
    for name in ("pitch_mean", "jitter", "intensity", "syllables", "voice_quality", "pauses"):
        assert not voice.HasField(name)
    assert CREDIBILITY_SOURCE_ACOUSTIC in last(responses, "credibility").local.credibility.overall.missing


async def test_a_killed_process_costs_one_segment_its_measures(
    run_core: RunCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure, kills = EarProcess.measure, [True]

    async def dying(self: EarProcess, pcm_: bytes, seconds: float) -> Any:
        if kills:
            kills.pop()
            os.kill(self.pid, signal.SIGKILL)
        return await measure(self, pcm_, seconds)

    monkeypatch.setattr(process_module.EarProcess, "measure", dying)
    async with asyncio.timeout(30):
        responses = await run_core([config(*map(asked, HEARING), audio_format=audio_format()), *talk(3.0)])
    check(responses)
    told = last(responses, "enhanced_metrics")
    assert told.header.outcome == OUTCOME_COMPLETE
    assert reasons_of(told.errors) == [reasons.ACOUSTICS_FAILED]
    assert told.local.enhanced_metrics.acoustic.segments == 2


async def test_without_praat_all_else_is_there(run_core: RunCore, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.analysis.acoustics import ears

    monkeypatch.setattr(ears, "find_spec", lambda _: None)
    responses = await run_core([config(*map(asked, HEARING), audio_format=audio_format()), *talk(2.0)])
    for name in HEARING:
        told = last(responses, name)
        assert told.header.outcome == OUTCOME_COMPLETE
        assert reasons.ACOUSTICS_UNAVAILABLE in reasons_of(told.errors)


async def test_a_baseline_profile_is_compared_with_the_voice(run_core: RunCore) -> None:
    profile = {"pitch_mean_hertz": 100.0, "pitch_mean_hertz.deviation": 5.0}
    request = config(asked("credibility"), audio_format=audio_format())
    request.streaming_config.context.baseline_profile.update(profile)
    responses = await run_core([request, *talk(2.0)])
    credibility = last(responses, "credibility").local.credibility
    (compared,) = credibility.comparisons
    assert (compared.measure, compared.is_outlier) == ("pitch_mean_hertz", True)
    assert compared.score == pytest.approx(5.0, abs=0.1)
    (pitch,) = [each for each in credibility.factors if each.name == "pitch"]
    assert pitch.value == pytest.approx(1 / 1.25, abs=0.01)


async def test_audio_that_cannot_be_used_is_told_once_and_the_stream_goes_on(run_core: RunCore) -> None:
    odd = [audio(b"\0\0\0") for _ in range(3)]
    responses = await run_core([config(*map(asked, HEARING), audio_format=audio_format()), *odd, *talk(1.0)])
    assert [each.reason for each in bodies(responses, "failure")] == ["AUDIO_ODD_BYTES"]
    assert last(responses, "enhanced_metrics").local.enhanced_metrics.acoustic.segments == 1
    responses = await run_core([config(*map(asked, HEARING)), *talk(1.0), audio(bytes(320))])
    assert [each.reason for each in bodies(responses, "failure")] == [reasons.AUDIO_WITHOUT_FORMAT]


@pytest.mark.parametrize(
    ("declared", "fields"),
    [
        (audio_format(9, 4), ["sample_rate_hertz", "channel_count"]),
        (audio_pb2.AudioFormat(sample_rate_hertz=RATE, channel_count=1), ["encoding"]),
        (audio_format(encoding="MP3"), ["encoding"]),
    ],
)
async def test_a_bad_format_is_refused_with_its_fields(
    run_core: RunCore, declared: audio_pb2.AudioFormat, fields: list[str]
) -> None:
    with pytest.raises(InvalidConfig) as raised:
        await run_core([config(asked("emotion"), audio_format=declared)])
    assert [each.field for each in raised.value.violations] == [
        f"streaming_config.audio_format.{field}" for field in fields
    ]


def final(responses: list[StreamingAnalyzeResponse]) -> list[Any]:
    return [each for each in bodies(responses, "analysis") if each.header.phase == PHASE_FINAL]


async def test_a_wav_file_may_be_sent_as_it_is(run_core: RunCore) -> None:
    import io

    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8_000)
        writer.writeframes(pcm(vowel(125.0, 2.2))[: 4 * RATE : 2].tobytes())
    requests = [audio(file.getvalue()), segment("well then", 1, start=0.0, length=1.5)]
    wav = audio_pb2.AudioFormat(encoding=audio_pb2.AUDIO_ENCODING_WAV)
    responses = await run_core([config(asked("enhanced_metrics"), audio_format=wav), *requests])
    (told,) = final(responses)
    assert told.local.enhanced_metrics.acoustic.overall.pitch_mean == pytest.approx(125.0, abs=1.0)


async def test_results_that_find_no_room_to_wait_end_without_their_sound(run_core: RunCore) -> None:
    requests = [config(asked("enhanced_metrics", "segment"), audio_format=audio_format()), *talk(5.0)]
    responses = await run_core(requests, max_pending=1)
    check(responses)
    told = final(responses)
    assert [each.header.outcome for each in told] == [OUTCOME_COMPLETE] * 5
    with_sound = [each for each in told if each.local.enhanced_metrics.HasField("acoustic")]
    without = [each for each in told if not each.local.enhanced_metrics.HasField("acoustic")]
    assert with_sound
    assert without
    assert {reason for each in without for reason in reasons_of(each.errors)} == {reasons.BACKPRESSURE}
