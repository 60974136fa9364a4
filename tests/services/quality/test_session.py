"""The core without a server: what its result consists of, however the audio was cut."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
from google.protobuf.duration_pb2 import Duration
from hypothesis import given, settings
from hypothesis import strategies as st

from rivermouth.audio.v1 import audio_pb2
from rivermouth.audio.v1.audio_pb2 import AudioChunk, AudioFormat, Silence
from rivermouth.quality.v1 import quality_pb2
from rivermouth.quality.v1.quality_pb2 import StreamingAssessConfig, StreamingAssessRequest
from rivermouth.result.v1 import result_pb2
from services.audio.samples import SampleCoding, to_linear16
from services.quality.measures import Figures
from services.quality.meter import Meter
from services.quality.session import QualityCore
from services.quality.settings import QualitySettings
from tests.services.audio.encoded import encode

RATE = 8_000


def config(rate: int = RATE, channels: int = 1, encoding: int = 1, **fields) -> StreamingAssessRequest:
    audio_format = AudioFormat(encoding=encoding, sample_rate_hertz=rate, channel_count=channels)
    return StreamingAssessRequest(streaming_config=StreamingAssessConfig(audio_format=audio_format, **fields))


def audio(content: bytes, offset: int | None = None) -> StreamingAssessRequest:
    return StreamingAssessRequest(audio=AudioChunk(content=content, sample_offset=offset))


def silence(seconds: float) -> StreamingAssessRequest:
    length = Duration()
    length.FromNanoseconds(round(seconds * 1e9))
    return StreamingAssessRequest(silence=Silence(duration=length))


def whole(pcm: bytes, channels: int = 1) -> Figures:
    meter = Meter(RATE, channels)
    meter.accept(pcm)
    meter.finish()
    return meter.measure().figures


def noise(seconds: float, channels: int = 1) -> bytes:
    samples = np.random.default_rng(1).integers(-9000, 9000, (round(seconds * RATE), channels))
    return samples.astype("<i2").tobytes()


def seconds(duration: Duration) -> float:
    return duration.ToNanoseconds() / 1e9


def results(responses):
    return [each.audio_quality for each in responses if each.HasField("audio_quality")]


def failures(responses):
    return [each.failure for each in responses if each.HasField("failure")]


def check_one_result(qualities) -> None:
    headers = [each.header for each in qualities]
    assert {each.result_id for each in headers} == {"quality/0/1"}
    assert [each.revision for each in headers] == list(range(1, len(headers) + 1))
    assert [each.phase for each in headers] == sorted(each.phase for each in headers)
    assert [each.partial for each in headers] == [True] * (len(headers) - 1) + [False]
    assert all((each.phase == result_pb2.PHASE_FINAL) == (not each.partial) for each in headers)
    assert all((each.outcome == 0) == each.partial for each in headers)


async def test_coarse_early_then_refined_then_final(run_core) -> None:
    piece = noise(0.1, channels=2)
    responses = await run_core([config(channels=2), *[audio(piece)] * 23])
    found = results(responses)
    check_one_result(found)
    assert [(each.header.phase, round(seconds(each.duration), 3)) for each in found] == [
        (result_pb2.PHASE_COARSE, 0.5),
        (result_pb2.PHASE_REFINE, 1.0),
        (result_pb2.PHASE_REFINE, 2.0),
        (result_pb2.PHASE_FINAL, 2.3),
    ]
    final = found[-1]
    assert final.header.outcome == result_pb2.OUTCOME_COMPLETE
    assert (final.header.source.service, final.header.source.model) == ("quality", "meter")
    expected = whole(piece * 23, channels=2)
    assert final.rms_dbfs == pytest.approx(expected.overall.rms_dbfs)
    assert final.loudness_lufs == pytest.approx(expected.loudness.integrated_lufs)
    assert final.snr_db == pytest.approx(expected.speech.snr_db)
    assert final.score == pytest.approx(expected.score.points)
    assert final.rating == quality_pb2.RATING_POOR
    assert [each.channel_tag for each in final.channels] == [1, 2]
    assert final.channels[1].dc_offset == pytest.approx(expected.channels[1].levels.dc_offset)
    assert (final.sample_rate_hertz, final.channel_count, final.measured_share) == (RATE, 2, 1.0)
    assert not final.HasField("short_term_lufs")  # 2.3 s


async def test_each_result_says_what_it_is_of(run_core) -> None:
    requests = [config(start_offset=Duration(seconds=5)), *[audio(noise(0.5))] * 40]
    found = results(await run_core(requests))
    coarse, *refined, final = found
    assert (coarse.measured_share, seconds(coarse.window_start_offset)) == (1.0, 5.0)
    shares = [each.measured_share for each in refined]
    assert shares[:11] == [1.0] * 11
    assert shares[-1] == pytest.approx(10 / 20)
    assert seconds(refined[-1].window_start_offset) == 15.0
    assert (final.measured_share, seconds(final.window_start_offset)) == (1.0, 5.0)


async def test_no_more_than_four_results_a_second(run_core) -> None:
    interval = Duration(nanos=250_000_000)
    found = results(await run_core([config(refine_interval=interval), *[audio(noise(0.02))] * 150]))
    assert len(found) <= 3 * 4 + 1
    assert all(each.measured_share > 0.95 for each in found)


async def test_interruptions_are_on_the_callers_clock(run_core) -> None:
    loud = noise(1.0)
    cut = loud[:8000] + bytes(2 * 320) + loud[8640:]
    requests = [config(start_offset=Duration(seconds=3)), audio(cut, 0), audio(loud, 3 * RATE)]
    final = results(await run_core(requests))[-1]
    kinds = quality_pb2.Interruption
    assert (final.dropout_count, final.gap_count) == (1, 1)
    dropout, gap = final.interruptions
    assert (dropout.kind, dropout.channel_tag, gap.kind, gap.channel_tag) == (
        kinds.KIND_DROPOUT,
        1,
        kinds.KIND_GAP,
        0,
    )
    assert seconds(dropout.start_offset) == pytest.approx(3.5, abs=0.005)
    assert seconds(dropout.duration) == pytest.approx(0.04, abs=0.005)
    assert (seconds(gap.start_offset), seconds(gap.duration)) == (4.0, 2.0)


async def test_accepted_is_on_the_callers_clock(run_core) -> None:
    responses = await run_core([config(start_offset=Duration(seconds=7)), audio(noise(0.6))])
    assert [seconds(each.accepted) for each in responses] == [7.6, 7.6]


async def test_ids_name_stage_and_incarnation(run_core) -> None:
    identity = result_pb2.StreamIdentity(stage="levels", incarnation=2)
    found = results(await run_core([config(identity=identity), audio(noise(0.1))]))
    assert {each.header.result_id for each in found} == {"levels~2/0/1"}


async def test_refine_interval(run_core) -> None:
    interval = Duration(nanos=250_000_000)
    found = results(await run_core([config(refine_interval=interval), *[audio(noise(0.1))] * 10]))
    assert [round(seconds(each.duration), 3) for each in found] == [0.5, 0.8, 1.0, 1.0]


async def test_short_audio_has_a_coarse_result_too(run_core) -> None:
    found = results(await run_core([config(), audio(noise(0.05))]))
    check_one_result(found)
    assert [each.header.phase for each in found] == [result_pb2.PHASE_COARSE, result_pb2.PHASE_FINAL]


@pytest.mark.parametrize("requests", [[config()], [config(), audio(b"")], [config(encoding=5)]])
async def test_no_audio_is_one_failed_result(run_core, requests) -> None:
    responses = await run_core(requests)
    (result,) = results(responses)
    check_one_result([result])
    assert len(responses) == 1
    assert result.header.outcome == result_pb2.OUTCOME_FAILED
    assert result.header.failure.reason == "NO_AUDIO"
    assert not result.HasField("rms_dbfs")


async def test_silence_that_is_not_sent_is_audio(run_core) -> None:
    found = results(await run_core([config(), silence(60)]))
    check_one_result(found)
    assert [each.header.phase for each in found] == [result_pb2.PHASE_COARSE, result_pb2.PHASE_FINAL]
    assert (found[-1].silence_ratio, found[-1].rms_dbfs, seconds(found[-1].duration)) == (1.0, -120.0, 60.0)


@pytest.mark.parametrize("length", [0, -1, 60.001])
async def test_bad_silence_is_refused(run_core, length: float) -> None:
    responses = await run_core([config(), silence(length), audio(noise(0.1))])
    assert [each.reason for each in failures(responses)] == ["SILENCE_INVALID"]
    assert round(seconds(results(responses)[-1].duration), 3) == 0.1


async def test_bytes_that_are_no_audio_are_one_failed_result(run_core) -> None:
    text = b"This is plainly a text and not at all the sound of somebody's voice. " * 20
    responses = await run_core([config(), audio(text), audio(noise(1.0)), silence(1)])
    assert len(responses) == 1
    (result,) = results(responses)
    check_one_result([result])
    assert result.header.failure.reason == "AUDIO_NOT_AUDIO"
    assert dict(result.header.failure.metadata) == {"position": "0", "field": "encoding"}


async def test_a_wav_that_ends_in_its_header_is_one_failed_result(run_core) -> None:
    (result,) = results(await run_core([config(0, 0, encoding=5), audio(wav(noise(0.5), RATE, 1)[:20])]))
    assert result.header.failure.reason == "AUDIO_NOT_WAV"


async def test_odd_bytes_are_left_out_and_the_stream_goes_on(run_core) -> None:
    responses = await run_core([config(), audio(noise(0.1)), audio(b"abc"), audio(noise(0.1))])
    assert [each.reason for each in failures(responses)] == ["AUDIO_ODD_BYTES"]
    final = results(responses)[-1]
    assert (round(seconds(final.duration), 3), final.header.outcome) == (0.2, result_pb2.OUTCOME_COMPLETE)


async def test_audio_that_was_dropped_on_the_way_lowers_the_measured_share(run_core) -> None:
    piece = noise(0.5)
    frames = RATE // 2
    responses = await run_core([config(), audio(piece, 0), audio(piece, 3 * frames)])
    found = results(responses)
    assert [round(seconds(each.duration), 3) for each in found] == [0.5, 2.0, 2.0]
    assert [each.measured_share for each in found] == [1.0, 0.5, 0.5]


@pytest.mark.parametrize("offset", [0, RATE - 1, -5, 2**62])
async def test_offsets_that_cannot_be_are_refused(run_core, offset: int) -> None:
    responses = await run_core([config(), audio(noise(1.0), 0), audio(noise(1.0), offset)])
    assert [each.reason for each in failures(responses)] == ["AUDIO_OFFSET_INVALID"]
    assert seconds(results(responses)[-1].duration) == 1.0


async def test_silence_counts_in_the_offsets_that_follow(run_core) -> None:
    responses = await run_core([config(), audio(noise(1.0), 0), silence(1), audio(noise(1.0), 2 * RATE)])
    assert not failures(responses)
    assert results(responses)[-1].measured_share == 1.0


def wav(pcm: bytes, rate: int, channels: int, size: int | None = None) -> bytes:
    body = len(pcm) if size is None else size
    numbers = (16).to_bytes(4, "little") + b"\1\0" + channels.to_bytes(2, "little")
    rates = rate.to_bytes(4, "little") + (rate * channels * 2).to_bytes(4, "little")
    head = b"fmt " + numbers + rates + (2 * channels).to_bytes(2, "little") + b"\20\0"
    riff = min(36 + body, 2**32 - 1).to_bytes(4, "little")
    return b"RIFF" + riff + b"WAVE" + head + b"data" + body.to_bytes(4, "little") + pcm


@pytest.mark.parametrize("size", [None, 2**32 - 1])
async def test_wav_tells_its_own_format(run_core, size: int | None) -> None:
    data = wav(noise(1.0, 2), RATE, 2, size)
    pieces = [audio(data[at : at + 777]) for at in range(0, len(data), 777)]
    found = results(await run_core([config(0, 0, encoding=5), *pieces]))
    check_one_result(found)
    raw = results(await run_core([config(channels=2), audio(noise(1.0, 2))]))
    assert (found[-1].sample_rate_hertz, found[-1].channel_count) == (RATE, 2)
    assert (found[-1].rms_dbfs, found[-1].duration) == (raw[-1].rms_dbfs, raw[-1].duration)


async def test_silence_before_a_wav_header_is_not_lost(run_core) -> None:
    found = results(await run_core([config(0, 0, 5), silence(1), audio(wav(noise(1.0), RATE, 1))]))
    assert seconds(found[-1].duration) == 2.0


@pytest.mark.parametrize("encoding", [6, 10])
async def test_a_container_measures_as_its_wav(run_core, encoding: int) -> None:
    frames = np.frombuffer(noise(3.0, 2), "<i2").reshape(-1, 2)
    data = encode("flac", frames, RATE)
    pieces = [audio(data[at : at + 999]) for at in range(0, len(data), 999)]
    found = results(await run_core([config(0, 0, encoding), *pieces]))
    check_one_result(found)
    raw = results(await run_core([config(channels=2), audio(noise(3.0, 2))]))[-1]
    final = found[-1]
    assert (final.sample_rate_hertz, final.channel_count, final.duration) == (RATE, 2, raw.duration)
    assert final.loudness_lufs == pytest.approx(raw.loudness_lufs)
    assert final.score == pytest.approx(raw.score)


async def test_a_decoder_that_dies_is_one_failed_result() -> None:
    data = encode("flac", np.frombuffer(noise(3.0, 2), "<i2").reshape(-1, 2), RATE)
    responses: list[quality_pb2.StreamingAssessResponse] = []

    async def send(response: quality_pb2.StreamingAssessResponse) -> None:
        responses.append(response)

    async with QualityCore(QualitySettings()) as core:

        async def requests() -> AsyncIterator[StreamingAssessRequest]:
            yield config(0, 0, encoding=6)
            yield audio(data[: len(data) // 2])
            (process,) = core._decoders.processes
            process.kill()
            yield audio(data[len(data) // 2 :])

        await core.run(requests(), send)
        assert not core._decoders.processes
    final = results(responses)[-1]
    assert final.header.outcome == result_pb2.OUTCOME_FAILED
    assert final.header.failure.reason == "AUDIO_DECODER_DIED"
    assert final.HasField("rms_dbfs")  # of what came before


async def test_a_stream_that_is_dropped_leaves_nothing_behind() -> None:
    data = encode("flac", np.frombuffer(noise(3.0, 2), "<i2").reshape(-1, 2), RATE)
    begun = asyncio.Event()

    async def send(_: quality_pb2.StreamingAssessResponse) -> None:
        begun.set()

    async def requests() -> AsyncIterator[StreamingAssessRequest]:
        yield config(0, 0, encoding=6)
        yield audio(data[: len(data) // 2])
        await asyncio.Event().wait()

    async with QualityCore(QualitySettings()) as core:
        stream = asyncio.create_task(core.run(requests(), send))
        async with asyncio.timeout(30):
            await begun.wait()
        stream.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stream
        assert not core._decoders.processes


@pytest.mark.parametrize(
    ("encoding", "coding"),
    [
        (audio_pb2.AUDIO_ENCODING_FLOAT32, SampleCoding.FLOAT32),
        (audio_pb2.AUDIO_ENCODING_MULAW, SampleCoding.MULAW),
        (audio_pb2.AUDIO_ENCODING_ALAW, SampleCoding.ALAW),
    ],
)
async def test_every_raw_encoding_is_measured_as_decoded(run_core, encoding: int, coding) -> None:
    rng = np.random.default_rng(2)
    if coding is SampleCoding.FLOAT32:
        content = (rng.standard_normal(RATE) / 8).astype("<f4").tobytes()
    else:
        content = rng.integers(0, 256, RATE).astype(np.uint8).tobytes()
    final = results(await run_core([config(encoding=encoding), audio(content)]))[-1]
    expected = whole(to_linear16(coding, content))
    assert final.rms_dbfs == pytest.approx(expected.overall.rms_dbfs)


async def test_mu_law_clips_at_its_largest_code(run_core) -> None:
    content = bytes([0x80, 0x00, 0xFF, 0x7F]) * 200  # the largest and the smallest of both signs
    final = results(await run_core([config(encoding=3), audio(content)]))[-1]
    assert final.clipping_ratio == 0.5


async def test_a_large_message_does_not_hold_the_loop(run_core) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    try:
        await run_core([config(), audio(noise(1.0) * 150)])
    finally:
        ticking.cancel()
    assert ticks > 10  # 2.4 MB in one turn of the loop would leave 3


async def test_the_scripted_twin_keeps_the_schedule_and_computes_nothing(run_core) -> None:
    requests = [config(channels=2), *[audio(noise(0.1, 2))] * 23]
    twin = results(await run_core(requests, engine="scripted"))
    real = results(await run_core(requests))
    check_one_result(twin)
    assert [each.duration for each in twin] == [each.duration for each in real]
    assert {(each.rms_dbfs, each.silence_ratio) for each in twin} == {(-20.0, 0.25)}
    assert [each.rms_dbfs for each in twin[-1].channels] == [-20.0, -20.0]
    assert twin[-1].header.source.model == "scripted"


async def test_the_scripted_twin_waits_before_each_result(run_core) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    responses = await run_core([config(), audio(noise(0.5))], engine="scripted", scripted_delay=0.05)
    assert loop.time() - started >= 0.1
    assert all(seconds(each.latency.inference) >= 0.05 for each in responses)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.integers(0, 4000).map(lambda frames: audio(noise(1.0)[: 2 * frames])),
            st.integers(1, 4000).map(lambda frames: silence(frames / RATE)),
            st.just(audio(b"odd")),
            st.integers(-5, 40_000).map(lambda offset: audio(b"\0\0", offset)),
            st.just(StreamingAssessRequest()),
        ),
        max_size=30,
    )
)
def test_any_input_has_one_result_and_every_refusal_is_told(run_core, requests) -> None:
    responses = asyncio.run(run_core([config(), *requests]))
    found = results(responses)
    check_one_result(found)
    shares = [each.measured_share for each in found]
    assert all(0 <= share <= 1 for share in shares)
    lengths = [each.duration.ToNanoseconds() for each in found]
    assert lengths == sorted(lengths)
    odd = sum(request in (audio(b"odd"), StreamingAssessRequest()) for request in requests)
    assert len(failures(responses)) >= odd
