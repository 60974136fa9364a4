"""Over the wire: bad configurations, bad pieces, and order."""

from __future__ import annotations

import struct

import grpc
import pytest

from rivermouth.asr.v1 import asr_pb2
from rivermouth.asr.v1.asr_pb2 import StreamingRecognizeRequest as Request
from rivermouth.audio.v1 import audio_pb2
from rivermouth.result.v1.result_pb2 import OUTCOME_COMPLETE, OUTCOME_FAILED
from services.runtime.errors import from_rpc_error
from services.runtime.offsets import duration, from_seconds
from tests.services.asr.conversation import audio, chunks, configure, finalize, serving, silence, zeros


def endpointing(**values: float) -> asr_pb2.RecognitionConfig:
    message = asr_pb2.Endpointing(threshold=values.pop("threshold", None))
    for name, value in values.items():
        getattr(message, name).CopyFrom(duration(from_seconds(value)))
    return asr_pb2.RecognitionConfig(endpointing=message)


def channels(*tags: int) -> asr_pb2.RecognitionConfig:
    return asr_pb2.RecognitionConfig(channels=[asr_pb2.ChannelConfig(channel_tag=tag) for tag in tags])


FORMAT = "streaming_config.audio_format"
RECOGNITION = "streaming_config.recognition"


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (configure(rate=0), {f"{FORMAT}.sample_rate_hertz"}),
        (configure(rate=10**9, channels=0), {f"{FORMAT}.sample_rate_hertz", f"{FORMAT}.channel_count"}),
        (configure(channels=9), {f"{FORMAT}.channel_count"}),
        (configure(encoding=0), {f"{FORMAT}.encoding"}),
        (configure(encoding=99), {f"{FORMAT}.encoding"}),
        (configure(recognition=asr_pb2.RecognitionConfig(engine="whisper")), {f"{RECOGNITION}.engine"}),
        (
            configure(recognition=asr_pb2.RecognitionConfig(language_code="de-DE")),
            {f"{RECOGNITION}.language_code"},
        ),
        (
            configure(
                recognition=endpointing(end_silence=0.05, min_speech=2, pre_roll=1.5, max_utterance=61)
            ),
            {
                f"{RECOGNITION}.endpointing.{name}"
                for name in ("end_silence", "min_speech", "pre_roll", "max_utterance")
            },
        ),
        (configure(recognition=endpointing(threshold=1.0)), {f"{RECOGNITION}.endpointing.threshold"}),
        (
            configure(recognition=endpointing(threshold=float("nan"))),
            {f"{RECOGNITION}.endpointing.threshold"},
        ),
        (
            configure(channels=2, recognition=channels(1, 3, 1)),
            {f"{RECOGNITION}.channels[1].channel_tag", f"{RECOGNITION}.channels[2].channel_tag"},
        ),
        (
            configure(
                recognition=asr_pb2.RecognitionConfig(
                    speech_contexts=[asr_pb2.SpeechContext(phrases=["x" * 101], boost=21)]
                )
            ),
            {f"{RECOGNITION}.speech_contexts[0].phrases", f"{RECOGNITION}.speech_contexts[0].boost"},
        ),
        (configure(start=10**9), {"streaming_config.start_offset"}),
    ],
)
async def test_a_bad_configuration_names_every_field(request_, fields) -> None:
    async with serving() as service:
        error = from_rpc_error(await service.failing([request_]))
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert error.reason == "CONFIG_INVALID"
    assert {violation.field for violation in error.violations} == fields


@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        ([audio(bytes(320))], "CONFIG_EXPECTED"),
        ([Request()], "CONFIG_EXPECTED"),
        ([], "CONFIG_EXPECTED"),
        ([configure(), *zeros(0.2), configure()], "CONFIG_REPEATED"),
    ],
)
async def test_messages_out_of_order_end_the_call(requests, reason) -> None:
    async with serving() as service:
        error = from_rpc_error(await service.failing(requests))
        again = await service.converse([configure(), *zeros(1)])
    assert (error.code, error.reason) == (grpc.StatusCode.FAILED_PRECONDITION, reason)
    again.check()


async def test_an_odd_piece_is_left_out_and_the_stream_goes_on() -> None:
    async with serving() as service:
        requests = [configure(), audio(bytes(3_201)), *zeros(2.5)]
        answers = (await service.converse(requests)).check()
    (failure,) = answers.of("failure")
    assert failure.reason == "AUDIO_ODD_BYTES"
    assert len(answers.finals) == 1
    assert answers.accepted == from_seconds(2.5)


async def test_a_wrong_sample_offset_tells_what_was_expected() -> None:
    async with serving() as service:
        requests = [
            configure(),
            audio(bytes(3_200), 0),
            audio(bytes(3_200), 1_700),
            audio(bytes(3_200), 1_600),
        ]
        answers = (await service.converse(requests)).check()
    (failure,) = answers.of("failure")
    assert failure.reason == "AUDIO_OFFSET_MISMATCH"
    assert (failure.metadata["expected"], failure.metadata["got"]) == ("1600", "1700")
    assert answers.accepted == from_seconds(0.2)


async def test_silence_counts_in_sample_offsets() -> None:
    async with serving() as service:
        requests = [configure(), audio(bytes(3_200), 0), silence(2.0), audio(bytes(3_200), 33_600)]
        answers = (await service.converse(requests)).check()
    assert answers.of("failure") == []


@pytest.mark.parametrize("length", [0.0, -1.0, 60.5])
async def test_silence_out_of_range_is_left_out(length) -> None:
    bad = Request(silence=audio_pb2.Silence())
    bad.silence.duration.FromNanoseconds(from_seconds(length))
    async with serving() as service:
        answers = (await service.converse([configure(), bad, *zeros(1)])).check()
    assert [failure.reason for failure in answers.of("failure")] == ["SILENCE_INVALID"]


async def test_an_unknown_channel_or_an_empty_request_is_a_failure() -> None:
    async with serving() as service:
        answers = (
            await service.converse([configure(), finalize(1, channel=2), Request(), *zeros(1)])
        ).check()
    assert [failure.reason for failure in answers.of("failure")] == ["CHANNEL_UNKNOWN", "EMPTY_REQUEST"]
    assert [(each.request_id, each.closed) for each in answers.of("finalized")] == [(1, 0)]


async def test_text_sent_as_audio_is_told_once_and_fails_the_whole_text() -> None:
    text = b"This is a letter, and nobody will ever be able to listen to it. " * 400
    async with serving() as service:
        answers = (await service.converse([configure(), *chunks(text)])).check()
    assert [failure.reason for failure in answers.of("failure")] == ["AUDIO_NOT_AUDIO"]
    complete = answers.of("transcript_complete")[0]
    assert (complete.header.outcome, complete.header.failure.reason) == (OUTCOME_FAILED, "AUDIO_NOT_AUDIO")


def wav(frames: bytes, *, channel_count: int = 2, rate: int = 16_000, size: int | None = None) -> bytes:
    size = len(frames) if size is None else size
    riff = struct.pack("<4sI4s", b"RIFF", min(size + 36, 0xFFFFFFFF), b"WAVE")
    form = struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, 1, channel_count, rate, rate * 2 * channel_count, 2 * channel_count, 16
    )
    return riff + form + struct.pack("<4sI", b"data", size) + frames


@pytest.mark.parametrize("size", [None, 0xFFFFFFFF])
async def test_wav_tells_its_own_format_in_pieces_of_any_size(size) -> None:
    file = wav(bytes(16_000 * 4 * 5 // 2), size=size)
    async with serving() as service:
        requests = [configure(encoding=audio_pb2.AUDIO_ENCODING_WAV, rate=0, channels=0), *chunks(file, 999)]
        answers = (await service.converse(requests)).check()
    assert {final.channel_tag for final in answers.finals} == {1, 2}
    assert answers.of("transcript_complete")[0].header.outcome == OUTCOME_COMPLETE


async def test_wav_of_another_format_than_declared_is_a_failure() -> None:
    async with serving() as service:
        requests = [configure(encoding=audio_pb2.AUDIO_ENCODING_WAV, rate=8_000), *chunks(wav(bytes(64_000)))]
        answers = (await service.converse(requests)).check()
    (failure,) = answers.of("failure")
    assert (failure.reason, failure.metadata["field"]) == ("AUDIO_FORMAT_MISMATCH", "sample_rate_hertz")


async def test_before_the_header_of_a_container_silence_is_refused_and_finalize_answered() -> None:
    async with serving() as service:
        requests = [
            configure(encoding=audio_pb2.AUDIO_ENCODING_WAV, rate=0, channels=0),
            silence(1),
            finalize(3),
        ]
        answers = (await service.converse(requests)).check()
    assert [failure.reason for failure in answers.of("failure")] == ["SILENCE_BEFORE_AUDIO"]
    assert [each.request_id for each in answers.of("finalized")] == [3]


async def test_a_stream_without_audio_has_an_empty_text() -> None:
    async with serving() as service:
        answers = (await service.converse([configure()])).check()
    assert answers.kinds == ["started", "transcript_complete"]
    assert answers.of("transcript_complete")[0].header.outcome == OUTCOME_COMPLETE
