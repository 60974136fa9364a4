"""Over the wire: compressed containers are recognised like the WAV they were made from, or refused once."""

from __future__ import annotations

import os
import signal

import pytest

from rivermouth.asr.v1.asr_pb2_grpc import AsrServiceStub
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED, OUTCOME_TRUNCATED
from services.audio.format import Encoding
from tests.services.asr.conversation import Answers, Service, audio, chunks, configure, read_all, serving
from tests.services.audio.encoded import KINDS, encode, speech

LOSSY_END = 30_000_000  # ns: what codecs add at the end


def encoding(name: str | Encoding) -> int:
    declared = name if isinstance(name, Encoding) else KINDS[name].encoding
    return audio_pb2.AudioEncoding.Value(f"AUDIO_ENCODING_{declared}")


async def recognise(
    service: Service, name: str, data: bytes, declared: str | Encoding | None = None
) -> Answers:
    first = configure(rate=0, channels=0, encoding=encoding(declared or name))
    return await service.converse([first, *chunks(data, 1600)])


@pytest.mark.parametrize("channels", [1, 2])
async def test_a_container_is_recognised_like_its_wav(channels: int) -> None:
    frames = speech(16_000, channels, 6.0)
    async with serving() as service:
        wanted = (await recognise(service, "wav", encode("wav", frames, 16_000))).check()
        assert wanted.text()
        for name in ("flac", "ogg_opus", "webm_opus", "mp3"):
            data = encode(name, frames, 16_000)
            for declared in (name, Encoding.CONTAINER):
                answers = (await recognise(service, name, data, declared)).check()
                assert not answers.of("failure")
                assert abs(answers.accepted - wanted.accepted) < LOSSY_END
                assert [final.text for final in answers.finals] == [final.text for final in wanted.finals]
                assert answers.of("transcript_complete")[0].header.outcome == OUTCOME_COMPLETE


async def test_the_words_are_those_of_the_wav() -> None:
    frames = speech(16_000, 1, 8.0)
    async with serving(engine="sphinx", sphinx={"workers": 2}) as service:
        wanted = (await recognise(service, "wav", encode("wav", frames, 16_000))).text()
        assert len(wanted.split()) > 8
        for name in ("flac", "ogg_opus", "webm_opus", "mp3"):
            assert (await recognise(service, name, encode(name, frames, 16_000))).text() == wanted


@pytest.mark.parametrize(
    ("data", "declared", "reason", "position"),
    [
        (bytes(range(256)) * 100, Encoding.FLAC, "AUDIO_CONTAINER_UNKNOWN", "0"),
        (encode("mp3", speech(), 16_000), Encoding.OGG_OPUS, "AUDIO_FORMAT_MISMATCH", "0"),
        (encode("flac", speech(), 16_000)[:500], Encoding.CONTAINER, "AUDIO_TRUNCATED", "500"),
    ],
)
async def test_what_cannot_be_decoded_is_one_failure(
    data: bytes, declared: Encoding, reason: str, position: str
) -> None:
    async with serving() as service:
        answers = await recognise(service, "", data, declared)
    failures = answers.of("failure")
    assert [failure.reason for failure in failures] == [reason]
    assert failures[0].metadata["position"] == position
    assert answers.of("transcript_complete")[0].header.outcome == OUTCOME_FAILED


async def test_a_stream_cut_in_half_keeps_what_it_had() -> None:
    data = encode("flac", speech(seconds=6.0), 16_000)
    async with serving() as service:
        answers = (await recognise(service, "flac", data[: len(data) // 2])).check()
    assert [failure.reason for failure in answers.of("failure")] == ["AUDIO_TRUNCATED"]
    assert answers.text()
    assert answers.of("transcript_complete")[0].header.outcome == OUTCOME_COMPLETE


async def test_a_decoder_that_is_killed_ends_one_stream() -> None:
    data = encode("ogg_opus", speech(seconds=6.0), 16_000)
    async with serving() as service:
        stub: AsrServiceStub = service.stub
        call = stub.StreamingRecognize()
        await call.write(configure(rate=0, channels=0, encoding=encoding("ogg_opus")))
        await call.write(audio(data[:40_000]))
        while (response := await call.read()).WhichOneof("result") != "speech_activity":
            pass
        (process,) = vars(service.core)["_decoders"].processes
        os.kill(process.pid, signal.SIGKILL)
        await call.write(audio(data[40_000:50_000]))
        await call.write(audio(data[50_000:]))
        await call.done_writing()
        answers = Answers([response, *await read_all(call)])
        beside = (await recognise(service, "ogg_opus", data)).check()
    assert [failure.reason for failure in answers.of("failure")] == ["AUDIO_DECODER_DIED"]
    assert answers.of("transcript_complete")[0].header.outcome == OUTCOME_TRUNCATED
    assert not beside.of("failure")
