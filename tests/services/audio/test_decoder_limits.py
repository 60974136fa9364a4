"""What is broken or hostile costs one error, and no more memory, time or output than was allowed."""

import asyncio
import os
import random
import resource
import signal
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from services.audio.decoder_pool import DecoderLimits, DecoderPool
from services.audio.errors import AudioContentError, AudioDecoderError, AudioFrameError, Reason
from services.audio.format import AudioFormat, Encoding
from tests.services.audio.encoded import KINDS, Outcome, decode, encode, speech

FOUR = ("flac", "ogg_opus", "webm_opus", "mp3")
AUTO = AudioFormat(Encoding.CONTAINER)
HEADER_BYTES = {"flac": 86, "ogg_opus": 47, "webm_opus": 400, "mp3": 60}


@pytest.fixture
async def pool() -> AsyncIterator[DecoderPool]:
    async with DecoderPool() as opened:
        yield opened


@cache
def _crc_table(width: int, polynomial: int) -> list[int]:
    table = []
    for crc in range(256):
        crc <<= width - 8
        for _ in range(8):
            crc = (crc << 1 ^ polynomial if crc >> width - 1 else crc << 1) & (1 << width) - 1
        table.append(crc)
    return table


def _crc(data: bytes, width: int, polynomial: int) -> bytes:
    table, crc = _crc_table(width, polynomial), 0
    for byte in data:
        crc = (crc << 8 ^ table[crc >> width - 8 ^ byte]) & (1 << width) - 1
    return crc.to_bytes(width // 8, "big")


def flac_bomb(hours: float) -> bytes:
    """Silence at 8 kHz in the largest frames there are: 14 bytes for 8 seconds."""
    block = 65_535
    info = block.to_bytes(2, "big") * 2 + bytes(6) + (8000 << 44 | 15 << 36).to_bytes(8, "big") + bytes(16)
    frames = [b"fLaC\x80\0\0\x22" + info]
    for number in range(round(hours * 3600 * 8000 / block)):
        coded = chr(number).encode()  # the number is coded as UTF-8 is
        header = b"\xff\xf8\x74\x08" + coded + (block - 1).to_bytes(2, "big")
        frame = header + _crc(header, 8, 0x07) + b"\0\0\0"
        frames.append(frame + _crc(frame, 16, 0x8005))
    return b"".join(frames)


def only_error(outcome: Outcome, kind: type[Exception] = AudioContentError) -> AudioContentError:
    (error,) = outcome.errors
    assert type(error) is kind
    return error  # type: ignore[return-value]


async def test_a_bomb_of_ten_hours_is_stopped(pool: DecoderPool) -> None:
    bomb = flac_bomb(10)
    assert len(bomb) < 70_000
    decoder = pool.open(AUTO)
    frames = largest = 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with pytest.raises(AudioContentError) as caught:  # noqa: PT012
        async for pcm in decoder.accept(bomb):
            frames += len(pcm) // 2
            largest = max(largest, len(pcm))
    assert caught.value.reason == Reason.DECODER_LIMIT
    assert caught.value.position is not None
    assert 60 < frames / 8000 <= 60 + len(bomb) / 16
    assert largest < 300_000
    # KiB, of the largest child so far, which may have been another test's.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 300_000)


async def test_silence_of_eight_hours_is_no_bomb() -> None:
    """FLAC in frames of 4096 samples, as its encoders make them: 23 bytes a second."""
    seconds = 1200
    async with DecoderPool(DecoderLimits(free_seconds=1.0)) as pool:
        data = encode("flac", np.zeros((8000 * seconds, 1), np.int16), 8000)
        outcome = await decode(pool, data, AUTO, (1600,))
        assert outcome.errors == ()
        assert len(outcome.frames) == 8000 * seconds


async def test_no_more_seconds_than_allowed() -> None:
    async with DecoderPool(DecoderLimits(max_seconds=2.0)) as pool:
        outcome = await decode(pool, encode("mp3", speech(), 16_000), AUTO)
        assert only_error(outcome).reason == Reason.DECODER_LIMIT
        assert len(outcome.frames) <= 32_000


async def test_who_does_not_take_pcm_holds_the_decoder_back() -> None:
    limits = DecoderLimits(free_seconds=1e6, max_seconds=1e6)
    async with DecoderPool(limits) as pool:
        decoder = pool.open(AUTO)
        await anext(decoder.accept(flac_bomb(10)))
        (process,) = pool.processes
        reader = vars(process)["_process"].stdout
        async with asyncio.timeout(10):
            while not vars(reader)["_paused"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert len(vars(reader)["_buffer"]) < 400_000
        decoder.close()


async def test_memory_is_bounded() -> None:
    """A packet of Ogg that never ends, of which libav keeps all."""
    data = encode("ogg_opus", speech(seconds=0.1), 16_000)
    begin = data.index(b"OggS", data.index(b"OpusTags"))
    pages = [data[:begin]]
    for number in range(2, 400):
        page = b"OggS\0" + b"\1" * (number > 2) + b"\0" * (number == 2) + bytes([255] * 8) + data[14:18]
        page += number.to_bytes(4, "little") + bytes(4) + b"\xff" + b"\xff" * 255 + bytes(255 * 255)
        pages.append(page[:22] + _ogg_crc(page) + page[26:])
    async with DecoderPool(DecoderLimits(memory_bytes=8 << 20)) as pool:
        error = only_error(await decode(pool, b"".join(pages), AUTO, (1 << 20,)))
    assert error.reason == Reason.DECODER_LIMIT
    assert "8 MiB of memory" in error.message


def _ogg_crc(page: bytes) -> bytes:
    """CRC-32 as zlib's, but with the bits of each byte the other way round, from 0 and not inverted."""
    reversed_bits = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
    crc = zlib.crc32(page.translate(reversed_bits), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2).to_bytes(4, "little")


async def test_cpu_time_is_bounded() -> None:
    limits = DecoderLimits(cpu_seconds=1, cpu_seconds_per_byte=0, free_seconds=1e9, max_seconds=1e9)
    async with DecoderPool(limits) as pool:
        decoder = pool.open(AUTO)
        with pytest.raises(AudioContentError, match="CPU time") as caught:
            [len(pcm) async for pcm in decoder.accept(flac_bomb(100))]
        assert caught.value.reason == Reason.DECODER_LIMIT


async def test_a_process_that_stands_still_is_ended() -> None:
    async with DecoderPool(DecoderLimits(stall_timeout=0.3)) as pool:
        data = encode("ogg_opus", speech(), 16_000)
        decoder = pool.open(AUTO)
        assert [pcm async for pcm in decoder.accept(data[:20_000])]
        (process,) = pool.processes
        os.kill(process.pid, signal.SIGSTOP)
        with pytest.raises(AudioDecoderError, match="stood still") as caught:
            [pcm async for pcm in decoder.accept(data[20_000:])]
        assert caught.value.reason == Reason.DECODER_DIED
        decoder.close()


@pytest.mark.parametrize("name", FOUR)
async def test_a_header_alone_is_told(name: str, pool: DecoderPool) -> None:
    data = encode(name, speech(seconds=1.0), 16_000)[: HEADER_BYTES[name]]
    for size in (5, 12, len(data)):
        outcome = await decode(pool, data[:size], AudioFormat(KINDS[name].encoding))
        error = only_error(outcome)
        assert error.reason == Reason.TRUNCATED
        assert error.position is not None
        assert len(outcome.frames) == 0


@pytest.mark.parametrize("name", FOUR)
async def test_cut_in_half_all_before_the_cut_is_given(name: str, pool: DecoderPool) -> None:
    """FLAC and MP3 tell that they end amid a frame; Ogg and WebM may end anywhere, as live ones do."""
    data = encode(name, speech(), 16_000)
    whole = await decode(pool, data, AUTO)
    half = await decode(pool, data[: len(data) // 2], AUTO)
    assert len(half.frames) > 0.4 * len(whole.frames)
    # The last samples of Opus at another rate than its own are those of a resampler that has come to an end.
    same = len(half.frames) - 100
    assert np.array_equal(half.frames[:same], whole.frames[:same])
    if name in ("flac", "mp3"):
        error = only_error(half, AudioFrameError)
        assert error.reason == Reason.TRUNCATED
        assert error.position is not None
        assert 0 < len(data) // 2 - error.position < 5000
    else:
        assert half.errors == ()


@pytest.mark.parametrize("name", FOUR)
async def test_noise_amid_a_stream_is_one_error(name: str, pool: DecoderPool) -> None:
    """WebM has none: a reader of it looks for the next cluster for as long as bytes come."""
    data = encode(name, speech(seconds=1.0), 16_000)
    noise = random.Random(5).randbytes(300_000)
    outcome = await decode(pool, data[: len(data) // 2] + noise, AudioFormat(KINDS[name].encoding))
    assert len(outcome.frames) > 4000
    if name == "webm_opus":
        assert outcome.errors == ()
        return
    error = only_error(outcome)
    assert error.reason == Reason.CORRUPT
    assert error.position is not None
    assert len(data) // 2 - 3000 < error.position < len(data) // 2 + 70_000


@pytest.mark.parametrize(
    "encoding", [each for each in Encoding if each.is_container and each != Encoding.WAV]
)
async def test_noise_is_one_error(encoding: Encoding, pool: DecoderPool) -> None:
    noise = random.Random(1).randbytes(50_000)
    error = only_error(await decode(pool, noise, AudioFormat(encoding)))
    expected = Reason.CORRUPT if encoding is Encoding.MP3 else Reason.CONTAINER_UNKNOWN
    assert (error.reason, error.position) == (expected, 0)


@pytest.mark.parametrize("name", FOUR)
@pytest.mark.parametrize("seed", range(3))
async def test_flipped_bits_end_in_at_most_one_error(name: str, seed: int, pool: DecoderPool) -> None:
    chance = random.Random(seed)
    data = bytearray(encode(name, speech(seconds=1.0), 16_000))
    for _ in range(30):
        data[chance.randrange(20, len(data))] ^= 1 << chance.randrange(8)
    limits = replace(pool.limits, stall_timeout=3.0)
    async with DecoderPool(limits) as strict:
        outcome = await decode(strict, bytes(data), AudioFormat(KINDS[name].encoding))
    assert len(outcome.errors) <= 1
    assert not any(isinstance(error, AudioDecoderError) for error in outcome.errors)
    assert len(outcome.frames) < 17_000 * 2


async def test_a_change_of_format_ends_the_stream(pool: DecoderPool) -> None:
    data = encode("mp3", speech(16_000, 1, 1.0), 16_000) + encode("mp3", speech(24_000, 1, 1.0), 24_000)
    outcome = await decode(pool, data, AUTO)
    error = only_error(outcome)
    assert error.reason == Reason.FORMAT_MISMATCH
    assert "24000 Hz" in error.message
    assert len(outcome.frames) >= 16_000
