"""Over the wire: the sample call through Gemini Live's SDK, to an emulator of the vendor, with its faults."""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from rivermouth.asr.v1 import asr_pb2
from rivermouth.result.v1.result_pb2 import OUTCOME_FAILED, OUTCOME_TRUNCATED
from services.asr.engine import EngineUnavailable
from services.asr.gemini_live import GeminiLiveRecogniser
from services.asr.gemini_live_settings import GeminiLiveSettings
from services.llm.emulator.behaviour import ABRUPT, GOOD, Behave, Close, LiveBehaviour, in_turn
from services.llm.emulator.script import KnownAudio, ScriptedWord
from services.llm.emulator.server import Emulator
from services.runtime.errors import from_rpc_error
from services.runtime.offsets import nanoseconds
from tests.services.asr.conversation import Answers, Service, chunks, configure, read_all, serving

KEY = "a-key-that-must-not-be-shown"
CALL = Path(__file__).parents[2] / "data" / "sample_call"
REFERENCE = json.loads((CALL / "reference.json").read_text())
CHANNELS = (1, 2)
ALLOWED = asr_pb2.RecognitionConfig(allow_audio_egress=True)


def spoken(channel: int) -> list[dict[str, Any]]:
    """The words of a channel, with their times."""
    return [
        word
        for utterance in REFERENCE["utterances"]
        if utterance["channel"] == channel
        for word in utterance["words"]
    ]


def text(channel: int) -> str:
    return " ".join(word["word"] for word in spoken(channel))


@pytest.fixture(scope="session")
def script(sample_call: bytes) -> KnownAudio:
    recordings = []
    for channel in CHANNELS:
        pcm = b"".join(sample_call[at : at + 2] for at in range(2 * channel - 2, len(sample_call), 4))
        words = [
            ScriptedWord(word["word"], round(word["start_s"] * 16_000), round(word["end_s"] * 16_000))
            for word in spoken(channel)
        ]
        recordings.append((pcm, words))
    return KnownAudio(recordings)


@asynccontextmanager
async def listening(
    tmp_path: Path, script: KnownAudio, behave: Behave | None = None, **settings: object
) -> AsyncIterator[tuple[Service, Emulator]]:
    """The service with this engine, and the vendor that it speaks to."""
    async with Emulator(script, behave, keys={KEY}) as emulator:
        certificate = emulator.write_certificate(tmp_path / "ca.pem")
        configured = {
            "api_key": KEY,
            "base_url": emulator.live_url,
            "ca_file": str(certificate),
            "settle_seconds": 0.05,
            "answer_timeout": 2.0,
            **settings,
        }
        async with serving(engine="gemini_live", gemini_live=configured) as service:
            yield service, emulator
        assert emulator.record.open_connections == 0
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("live-")]


def call(sample_call: bytes, seconds: float = 60.0) -> list[asr_pb2.StreamingRecognizeRequest]:
    """The call's first seconds, both channels, in chunks of 100 ms."""
    content = sample_call[: round(seconds * 16_000) * 4]
    return [configure(channels=2, recognition=ALLOWED), *chunks(content, 6_400)]


def check_audio(emulator: Emulator, sample_call: bytes) -> None:
    """What the vendor received is what was spoken: no turn has gaps, no two overlap but where one is the
    other's beginning, sent again.
    """
    whole = [
        b"".join(sample_call[at : at + 2] for at in range(2 * channel - 2, len(sample_call), 4))
        for channel in CHANNELS
    ]
    spans: dict[int, dict[int, int]] = {0: {}, 1: {}}  # by channel: begin and furthest end
    for turn in emulator.record.turns:
        if not turn.pcm:
            continue
        channel = 0 if whole[0].find(turn.pcm) >= 0 else 1
        begin = whole[channel].find(turn.pcm)
        assert begin >= 0
        spans[channel][begin] = max(begin + len(turn.pcm), spans[channel].get(begin, 0))
    for each in spans.values():
        assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(sorted(each.items())))


async def test_a_call_is_recognised_word_for_word(tmp_path, script, sample_call) -> None:
    async with listening(tmp_path, script) as (service, emulator):
        answers = (await service.converse(call(sample_call))).check()
        assert [answers.text(channel) for channel in CHANNELS] == [text(1), text(2)]
        check_audio(emulator, sample_call)
        assert len(emulator.record.connections) == 2  # one for each channel
        assert len(emulator.record.turns) == len(answers.of("utterance_end"))
        for final in answers.finals:
            assert not final.HasField("confidence")
        errors = []
        for channel in CHANNELS:
            words = [word for final in answers.finals if final.channel_tag == channel for word in final.words]
            for word, truth in zip(words, spoken(channel), strict=True):
                errors.append(abs(nanoseconds(word.start_offset) / 1e9 - truth["start_s"]))
        assert statistics.median(errors) < 0.6


async def test_words_are_shown_and_final_while_somebody_speaks(tmp_path, script, sample_call) -> None:
    async with listening(tmp_path, script) as (service, _):
        stream = service.stub.StreamingRecognize()
        first, *audio = call(sample_call, 4.0)  # in the middle of the first utterance
        for request in (first, *audio):
            await stream.write(request)
        async with asyncio.timeout(20):
            while True:
                response = await stream.read()
                words = response.transcript.words
                if [word.text for word in words if word.is_final][:3] == ["good", "morning", "customer"]:
                    break
        assert not response.transcript.is_final
        await stream.done_writing()
        rest = Answers(await read_all(stream))
        assert rest.finals[0].header.result_id == response.transcript.header.result_id
        assert rest.finals[0].text.startswith("good morning customer support")


FAULTS = {
    "go_away": LiveBehaviour(go_away_at=2.0, go_away_time_left=0.1),
    "go_away_in_time": LiveBehaviour(go_away_at=1.0, go_away_time_left=20),
    "refused_resumption": LiveBehaviour(close_at=3.0, resumption="refused"),
    "unknown_messages": LiveBehaviour(unknown_messages=True),
    "slow_setup": LiveBehaviour(setup_delay=0.5),
    "late": LiveBehaviour(transcripts="late", late_by=0.2),
    "at_end": LiveBehaviour(transcripts="at_end"),
    "huge": LiveBehaviour(huge_at=2.5),
    "hang": LiveBehaviour(hang_at=2.0),
    **{
        f"close_{code}": LiveBehaviour(close_at=2.5, close=Close(code, "so it is"))
        for code in (1000, 1001, ABRUPT, 1007, 1008, 1011, 1012)
    },
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_fault_loses_or_repeats_a_word(tmp_path, script, sample_call, fault) -> None:
    seconds = 12.0
    expected = [
        " ".join(word["word"] for word in spoken(channel) if word["end_s"] < seconds) for channel in CHANNELS
    ]
    always = fault in ("unknown_messages", "slow_setup", "late", "at_end")

    def behave(number: int) -> LiveBehaviour:
        return FAULTS[fault] if always or number < 2 else GOOD

    async with listening(tmp_path, script, behave, answer_timeout=1.0) as (service, emulator):
        answers = (await service.converse(call(sample_call, seconds))).check()
        heard = [answers.text(channel) for channel in CHANNELS]
        # The cut is in the middle of a sentence: its last words may be whole or not.
        assert all(
            each.startswith(wanted) and len(each.split()) <= len(wanted.split()) + 1
            for each, wanted in zip(heard, expected, strict=True)
        ), heard
        check_audio(emulator, sample_call)
        assert (len(emulator.record.connections) > 2) == (not always)
        assert not answers.of("failure")


async def test_a_stream_has_to_allow_that_its_audio_leaves(tmp_path, script) -> None:
    async with listening(tmp_path, script) as (service, emulator):
        error = await service.failing([configure()])
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
        (violation,) = from_rpc_error(error).violations
        assert violation.field == "streaming_config.recognition.allow_audio_egress"
        assert "sends the audio to a vendor" in violation.description
        assert not emulator.record.connections


async def test_what_is_asked_of_the_vendor(tmp_path, script, sample_call) -> None:
    recognition = asr_pb2.RecognitionConfig(
        allow_audio_egress=True,
        language_code="en-GB",
        speech_contexts=[asr_pb2.SpeechContext(phrases=["Rivermouth", "contract"])],
    )
    async with listening(tmp_path, script) as (service, emulator):
        requests = call(sample_call, 3.0)
        answers = await service.converse([configure(channels=2, recognition=recognition), *requests[1:]])
        assert answers.check().finals[0].language_code == "en-GB"
        setup = emulator.record.connections[0].setup
        assert setup["input_audio_transcription"] == {
            "language_codes": ["en-GB"],
            "custom_vocabulary": ["Rivermouth", "contract"],
        }
        assert KEY not in str(setup)


@pytest.mark.parametrize(
    ("settings", "behaviour", "reason", "retryable"),
    [
        ({"api_key": "wrong"}, GOOD, "LLM_KEY_REFUSED", False),
        ({}, LiveBehaviour(close_at=0.5, close=Close(1011, "quota")), "LLM_QUOTA_EXCEEDED", True),
        ({"base_url": "https://127.0.0.1:1"}, GOOD, "LLM_UNREACHABLE", True),
        ({"ca_file": ""}, GOOD, "LLM_UNTRUSTED", False),
    ],
    ids=["key", "quota", "down", "certificate"],
)
async def test_a_vendor_that_cannot_be_used(
    tmp_path, script, sample_call, settings, behaviour, reason, retryable
) -> None:
    async with listening(tmp_path, script, in_turn(behaviour), attempts=2, **settings) as (service, _):
        begun = time.monotonic()
        answers = (await service.converse(call(sample_call, 6.0))).check()
        assert time.monotonic() - begun < 15
        assert answers.finals
        for final in answers.finals:
            assert final.header.outcome == OUTCOME_FAILED
            assert (final.header.failure.reason, final.header.failure.retryable) == (reason, retryable)
            assert KEY not in final.header.failure.message
        assert answers.of("transcript_complete")[0].header.outcome in (OUTCOME_FAILED, OUTCOME_TRUNCATED)


async def test_a_cancelled_stream_leaves_no_connection(tmp_path, script, sample_call) -> None:
    async with listening(tmp_path, script) as (service, emulator):
        for seconds in (3.0, 8.0):  # within an utterance, and after some
            stream = service.stub.StreamingRecognize()
            for request in call(sample_call, seconds):
                await stream.write(request)
            async with asyncio.timeout(20):
                while (await stream.read()).WhichOneof("result") != "transcript":
                    pass
                stream.cancel()
                await emulator.record.until(lambda: not emulator.record.open_connections)
        answers = (await service.converse(call(sample_call, 3.0))).check()
        assert answers.finals


async def test_streams_at_once(tmp_path, script, sample_call) -> None:
    requests = call(sample_call, 12.0)
    async with listening(tmp_path, script) as (service, emulator):
        many = await asyncio.gather(*(service.converse(requests) for _ in range(6)))
        texts = {tuple(each.check().text(channel) for channel in CHANNELS) for each in many}
        assert len(texts) == 1
        await emulator.record.until(lambda: not emulator.record.open_connections)
        assert len(emulator.record.connections) == 12


@pytest.mark.parametrize(
    ("settings", "message"),
    [({}, "no API key"), ({"api_key": KEY, "ca_file": "/nowhere/ca.pem"}, "/nowhere/ca.pem")],
)
async def test_settings_that_cannot_be_used(settings, message) -> None:
    configured = GeminiLiveSettings.model_validate(settings)
    with pytest.raises(EngineUnavailable, match=message):
        await GeminiLiveRecogniser(configured).__aenter__()
    assert KEY not in repr(configured)
