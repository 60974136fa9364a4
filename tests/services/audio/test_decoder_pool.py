"""Decoding over real processes: what comes out is what went in, whatever the container and the pieces."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audio.decoder_pool import DecoderLimits, DecoderPool
from services.audio.errors import AudioContentError, AudioDecoderError, AudioFrameError, Reason
from services.audio.format import AudioFormat, Encoding
from tests.services.audio.encoded import KINDS, Outcome, decode, encode, encode_with_video, likeness, speech

LOSSLESS = ("flac", "ogg_flac", "matroska_flac", "wav")
FOUR = ("flac", "ogg_opus", "webm_opus", "mp3")
# Codecs without a rate are left out, and MP3 has no more than two channels.
FORMATS = [
    *((name, rate, count) for name in FOUR for rate in (8_000, 16_000, 24_000, 48_000) for count in (1, 2)),
    *((name, 44_100, 2) for name in ("flac", "mp3")),
    *((name, 48_000, 8) for name in ("flac", "ogg_opus", "webm_opus")),
    *((name, 16_000, 2) for name in ("ogg_flac", "matroska_flac", "mp4_index_first", "wav")),
]  # fmt: skip
AUTO = AudioFormat(Encoding.CONTAINER)


@pytest.fixture
async def pool() -> AsyncIterator[DecoderPool]:
    async with DecoderPool() as opened:
        yield opened


def declared(name: str) -> AudioFormat:
    return AudioFormat(KINDS[name].encoding)


def only_error(outcome: Outcome) -> AudioContentError | AudioFrameError | AudioDecoderError:
    (error,) = outcome.errors
    assert isinstance(error, AudioContentError | AudioFrameError | AudioDecoderError)
    return error


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(("name", "rate", "channels"), FORMATS)
async def test_decoded_it_is_its_wav(name: str, rate: int, channels: int, pool: DecoderPool) -> None:
    wanted = speech(rate, channels)
    for each in (declared(name), AUTO):
        outcome = await decode(pool, encode(name, wanted, rate), each)
        assert outcome.errors == ()
        assert outcome.rate == rate
        assert outcome.frames.shape[1] == channels
        if name in LOSSLESS:
            assert np.array_equal(outcome.frames, wanted)
        else:  # what fills the last frame of AAC is not told by every encoder
            assert 0 <= len(outcome.frames) - len(wanted) < (1024 if name == "mp4_index_first" else 1)
            assert likeness(wanted, outcome.frames) > 0.99


@pytest.mark.parametrize("name", ["aac", "mp4_fragmented"])
async def test_aac_begins_with_its_encoders_delay(name: str, pool: DecoderPool) -> None:
    wanted = speech()
    outcome = await decode(pool, encode(name, wanted, 16_000), declared(name))
    assert outcome.errors == ()
    assert likeness(wanted, outcome.frames[1024:]) > 0.99


async def test_flac_of_24_bits_loses_the_low_ones(pool: DecoderPool, tmp_path: Path) -> None:
    import av

    fine = np.random.default_rng(1).integers(-(1 << 23), 1 << 23, (1, 8000)).astype(np.int32) << 8
    with av.open(str(tmp_path / "fine.flac"), "w") as out:
        stream = out.add_stream("flac", rate=16_000, layout="mono", format="s32")
        frame = av.AudioFrame.from_ndarray(fine, "s32", "mono")
        frame.sample_rate = 16_000
        fitting = av.AudioResampler("s32", "mono", 16_000, stream.codec_context.frame_size or 4096)
        for each in [*fitting.resample(frame), *fitting.resample(None)]:
            out.mux(stream.encode(each))
        out.mux(stream.encode(None))
    outcome = await decode(pool, (tmp_path / "fine.flac").read_bytes(), AudioFormat(Encoding.FLAC))
    assert np.array_equal(outcome.frames, (fine >> 16).astype(np.int16).T)


@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=4))
@settings(max_examples=4, deadline=None)
def test_pieces_may_be_cut_anywhere(sizes: list[int]) -> None:
    sizes[0] = max(sizes[0], 50)  # a message for every byte takes long

    async def compare() -> None:
        async with DecoderPool() as pool:
            for name in FOUR:
                data = encode(name, speech(seconds=1.5), 16_000)
                cut = await decode(pool, data, declared(name), tuple(sizes))
                whole = await decode(pool, data, declared(name), (len(data),))
                assert np.array_equal(cut.frames, whole.frames)
                assert len(whole.frames) == len(speech(seconds=1.5))

    asyncio.run(compare())


@pytest.mark.parametrize("name", FOUR)
async def test_what_a_piece_completes_comes_at_once(name: str, pool: DecoderPool) -> None:
    """A live stream: after each piece no more is outstanding than two frames, of up to 105 ms."""
    wanted = speech(seconds=3.0)
    # Where bytes flow evenly, the share of them is the share of the audio.
    data = encode(name, np.random.default_rng(0).integers(-3000, 3000, wanted.shape).astype(np.int16), 16_000)
    header = 8200 if name == "flac" else 0  # FLAC leaves room for tags
    decoder = pool.open(declared(name))
    frames = 0
    try:
        for at in range(0, len(data), 500):
            async for pcm in decoder.accept(data[at : at + 500]):
                frames += len(pcm) // 2
            received = (min(at + 500, len(data)) - header) / (len(data) - header) * len(wanted)
            assert frames >= received - 0.2 * 16_000
    finally:
        decoder.close()


@pytest.mark.parametrize(
    ("rate", "channels", "field"), [(8_000, 0, "sample_rate_hertz"), (0, 2, "channel_count")]
)
@pytest.mark.parametrize("name", ["flac", "mp3"])
async def test_what_was_declared_is_held_against_the_header(
    name: str, rate: int, channels: int, field: str, pool: DecoderPool
) -> None:
    data = encode(name, speech(seconds=1.0), 16_000)
    error = only_error(await decode(pool, data, AudioFormat(KINDS[name].encoding, rate, channels)))
    assert (error.reason, error.field) == (Reason.FORMAT_MISMATCH, field)
    agreed = await decode(pool, data, AudioFormat(KINDS[name].encoding, 16_000, 1))
    assert agreed.errors == ()


@pytest.mark.parametrize("name", ["ogg_opus", "webm_opus"])
async def test_opus_is_decoded_at_the_declared_rate(name: str, pool: DecoderPool) -> None:
    data = encode(name, speech(16_000), 16_000)
    for rate in (8_000, 24_000, 48_000):
        outcome = await decode(pool, data, AudioFormat(KINDS[name].encoding, rate))
        wanted = speech(rate)
        assert outcome.rate == rate
        assert abs(len(outcome.frames) - len(wanted)) <= 1
        assert likeness(wanted, outcome.frames) > 0.98
    error = only_error(await decode(pool, data, AudioFormat(KINDS[name].encoding, 44_100)))
    assert (error.reason, error.field) == (Reason.FORMAT_MISMATCH, "sample_rate_hertz")


async def test_another_codec_than_declared_is_named(pool: DecoderPool) -> None:
    data = encode("ogg_flac", speech(seconds=1.0), 16_000)
    error = only_error(await decode(pool, data, AudioFormat(Encoding.OGG_OPUS)))
    assert error.reason == Reason.FORMAT_MISMATCH
    assert "flac" in error.message


async def test_only_the_audio_of_a_video_is_taken(pool: DecoderPool) -> None:
    for each in (AudioFormat(Encoding.WEBM_OPUS), AUTO):
        outcome = await decode(pool, encode_with_video(speech(), 16_000), each)
        assert outcome.errors == ()
        assert likeness(speech(), outcome.frames) > 0.99
    error = only_error(await decode(pool, encode_with_video(None, 16_000), AUTO))
    assert error.reason == Reason.TRACK_MISSING
    assert "there is video" in error.message


async def test_mp4_with_its_index_last_is_refused_at_the_first_sample(pool: DecoderPool) -> None:
    data = encode("mp4_index_last", speech(), 16_000)
    outcome = await decode(pool, data, AUTO, (100,))
    error = only_error(outcome)
    assert error.reason == Reason.CONTAINER_UNSUPPORTED
    assert error.position == data.index(b"mdat") - 4


async def test_raw_samples_and_wav_take_no_process(pool: DecoderPool) -> None:
    wanted = speech()
    raw = await decode(pool, wanted.tobytes(), AudioFormat(Encoding.LINEAR16, 16_000, 1), (3200, 1 << 17))
    wav = await decode(pool, encode("wav", wanted, 16_000), AUTO)
    assert np.array_equal(raw.frames, wanted)
    assert np.array_equal(wav.frames, wanted)
    decoder = pool.open(AUTO)
    assert [pcm async for pcm in decoder.accept(encode("wav", wanted, 16_000))] == [wanted.tobytes()]
    assert not pool.processes


async def test_an_empty_stream_is_no_error(pool: DecoderPool) -> None:
    for encoding in Encoding:
        rate = 0 if encoding.is_container else 16_000
        outcome = await decode(pool, b"", AudioFormat(encoding, rate, 0 if encoding.is_container else 1))
        assert outcome.errors == ()


async def test_a_process_that_is_killed_ends_one_stream(pool: DecoderPool) -> None:
    data = encode("ogg_opus", speech(), 16_000)
    one, other = pool.open(declared("ogg_opus")), pool.open(declared("ogg_opus"))
    begun = b"".join([pcm async for pcm in one.accept(data[:20_000])])
    (process,) = pool.processes
    beside = [pcm async for pcm in other.accept(data[:20_000])]
    assert b"".join(beside) == begun
    assert begun
    os.kill(process.pid, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(AudioDecoderError) as caught:
            [pcm async for pcm in one.accept(data[20_000:30_000])]
        assert caught.value.reason == Reason.DECODER_DIED
        assert caught.value.fatal
    assert [pcm async for pcm in one.finish()] == []
    beside += [pcm async for pcm in other.accept(data[20_000:])]
    beside += [pcm async for pcm in other.finish()]
    assert len(b"".join(beside)) == 2 * len(speech())
    one.close()
    other.close()


async def test_a_spare_that_died_is_replaced(pool: DecoderPool) -> None:
    data = encode("flac", speech(), 16_000)
    first = await decode(pool, data, AUTO)
    spare = await asyncio.shield(vars(pool)["_spare"])
    os.kill(spare.pid, signal.SIGKILL)
    await vars(spare)["_process"].wait()
    assert np.array_equal((await decode(pool, data, AUTO)).frames, first.frames)


async def test_nothing_is_left_of_a_pool() -> None:
    data = encode("webm_opus", speech(), 16_000)
    files, threads = open_files(), set(threading.enumerate())
    async with DecoderPool() as pool:
        await decode(pool, data, AUTO)
        closed, cancelled, left_open = (pool.open(AUTO) for _ in range(3))
        for decoder in (closed, left_open):
            assert [pcm async for pcm in decoder.accept(data[:20_000])]
        pids = [process.pid for process in pool.processes]
        closed.close()

        async def read() -> None:
            async for _ in cancelled.accept(data):
                pids.extend(process.pid for process in pool.processes)
                reached.set()
                await asyncio.Event().wait()

        reached = asyncio.Event()
        reading = asyncio.create_task(read())
        await reached.wait()
        reading.cancel()
        await asyncio.wait([reading])
        cancelled.close()
    assert len(set(pids)) == 3
    assert not any(map(lives, pids))
    for thread in set(threading.enumerate()) - threads:  # of asyncio, which waits for each process in one
        thread.join(5)
    assert set(threading.enumerate()) <= threads
    assert open_files() == files


async def test_as_many_as_there_may_be_wait_for_their_turn() -> None:
    data = encode("mp3", speech(seconds=1.0), 16_000)
    async with DecoderPool(DecoderLimits(processes=1, wait=0.2)) as pool:
        first, second = pool.open(AUTO), pool.open(AUTO)
        assert [pcm async for pcm in first.accept(data)]
        with pytest.raises(AudioDecoderError) as caught:
            [pcm async for pcm in second.accept(data)]
        assert caught.value.reason == Reason.DECODERS_BUSY
        first.close()
        third = await decode(pool, data, AUTO)
        assert third.errors == ()
        assert len(third.frames) == 16_000


def test_libav_is_loaded_by_decoders_only() -> None:
    loaded = "import sys, services.audio.decoder_pool; raise SystemExit('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
