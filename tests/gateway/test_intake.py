"""However audio is cut, the same pieces come out: in order, of one length, on the clock of its samples."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.intake import AudioIntake, InputRefused, Piece
from rivermouth.audio.v1 import audio_pb2
from services.audio.decoder_pool import DecoderPool

S = 1_000_000_000
TENTH = S // 10


def declared(encoding: str = "LINEAR16", rate: int = 16_000, channels: int = 1) -> audio_pb2.AudioFormat:
    return audio_pb2.AudioFormat(
        encoding=audio_pb2.AudioEncoding.Value(f"AUDIO_ENCODING_{encoding}"),
        sample_rate_hertz=rate,
        channel_count=channels,
    )


def noise(frames: int, channels: int = 1) -> bytes:
    return np.random.default_rng(1).integers(-9000, 9000, (frames, channels), np.int16).tobytes()


def wav(content: bytes, rate: int = 16_000, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, 2, rate, 0, "NONE", ""))
        writer.writeframes(content)
    return file.getvalue()


def opened(audio_format: audio_pb2.AudioFormat) -> AudioIntake:
    return AudioIntake(audio_format, DecoderPool())


def all_of(turns: AsyncIterator[list[Piece]]) -> list[Piece]:
    async def gather() -> list[Piece]:
        return [piece async for turn in turns for piece in turn]

    return asyncio.run(gather())


def accept(intake: AudioIntake, content: bytes, **fields: int) -> list[Piece]:
    return all_of(intake.accept(audio_pb2.AudioChunk(content=content, **fields)))


def finish(intake: AudioIntake) -> list[Piece]:
    return all_of(intake.check_end()) + intake.finish()


def native(pieces: list[Piece]) -> bytes:
    return b"".join(piece.native for piece in pieces)


def speech(pieces: list[Piece]) -> bytes:
    return b"".join(piece.speech for piece in pieces)


@settings(max_examples=60)
@given(
    rate=st.sampled_from([8000, 11025, 16_000, 44_100, 48_000]),
    channels=st.sampled_from([1, 2, 3]),
    cuts=st.lists(st.integers(0, 9000), max_size=12),
)
def test_any_cutting_gives_the_same_pieces(rate: int, channels: int, cuts: list[int]) -> None:
    content = noise(sum(cuts), channels)
    whole, cut = (
        opened(declared(rate=rate, channels=channels)),
        opened(declared(rate=rate, channels=channels)),
    )
    expected = accept(whole, content) + finish(whole)
    pieces: list[Piece] = []
    at = 0
    for frames in cuts:
        chunk = content[at * 2 * channels : (at + frames) * 2 * channels]
        pieces += accept(cut, chunk, sample_offset=at)
        at += frames
        assert cut.position == at
    pieces += finish(cut)
    assert pieces == expected
    assert native(pieces) == content
    check_times(pieces, rate, channels)
    assert abs(len(speech(pieces)) // (2 * channels) - at * 16_000 / rate) <= 1


def check_times(pieces: list[Piece], rate: int, channels: int) -> None:
    """Each begins where the one before ended; offsets are in frames; all but the last are 100 ms."""
    frame = 0
    for piece in pieces:
        assert piece.offset == frame
        assert piece.start == frame * S // rate
        frame += len(piece.native) // (2 * channels)
        assert piece.end == frame * S // rate
    full = [piece for piece in pieces if piece.native][:-1]
    assert all(len(piece.native) // (2 * channels) == rate // 10 for piece in full)


@pytest.mark.parametrize(("encoding", "width"), [("FLOAT32", 4), ("MULAW", 1), ("ALAW", 1)])
def test_other_encodings_are_decoded_once(encoding: str, width: int) -> None:
    intake = opened(declared(encoding, 8000))
    pieces = accept(intake, bytes(800 * width))
    assert [(piece.start, piece.end, len(piece.native)) for piece in pieces] == [(0, TENTH, 1600)]


@settings(max_examples=30)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_wav_may_be_cut_anywhere(cuts: list[int]) -> None:
    content = noise(800, 2)
    file = wav(content, 8000, 2)
    intake = opened(declared("WAV", 0, 0))
    assert intake.format is None
    pieces: list[Piece] = []
    at = 0
    for size in [*cuts, len(file)]:
        pieces += accept(intake, file[at : at + size])
        at += size
    pieces += finish(intake)
    assert intake.format == (8000, 2)
    assert native(pieces) == content


def test_wav_that_claims_4_gib_is_read_as_it_comes() -> None:
    file = wav(noise(1600))
    file = file[:4] + b"\xff\xff\xff\xff" + file[8:40] + b"\xff\xff\xff\xff" + file[44:]
    intake = opened(declared("WAV", 0, 0))
    assert native(accept(intake, file)) == file[44:]
    assert finish(intake) == []


def test_nothing_is_lost_when_the_end_is_refused() -> None:
    file = wav(noise(1000))
    intake = opened(declared("WAV", 0, 0))
    pieces = accept(intake, file[:-1])
    with pytest.raises(InputRefused, match="1 of the 2 bytes"):
        all_of(intake.check_end())
    pieces += intake.finish()
    assert native(pieces) == file[44:-2]


def test_a_header_that_ends_too_early_is_refused_at_the_end() -> None:
    intake = opened(declared("WAV", 0, 0))
    assert accept(intake, wav(b"")[:30]) == []
    with pytest.raises(InputRefused) as refused:
        all_of(intake.check_end())
    assert refused.value.reason == "AUDIO_NOT_WAV"
    assert intake.finish() == []


def test_empty_audio_ends_well() -> None:
    for encoding in ("LINEAR16", "WAV"):
        assert finish(opened(declared(encoding, 16_000))) == []


@pytest.mark.parametrize(
    ("encoding", "content", "fields", "reason", "field"),
    [
        ("LINEAR16", b"abc", {}, "AUDIO_ODD_BYTES", "audio.content"),
        ("LINEAR16", b"Dear all, this is a letter. " * 99, {}, "AUDIO_NOT_AUDIO", "audio.content"),
        ("LINEAR16", wav(noise(800)), {}, "AUDIO_FORMAT_MISMATCH", "audio.content"),
        ("LINEAR16", bytes(320), {"sample_offset": 1}, "AUDIO_OFFSET_MISMATCH", "audio.sample_offset"),
        ("LINEAR16", bytes(320), {"sample_offset": -1}, "AUDIO_OFFSET_MISMATCH", "audio.sample_offset"),
        ("WAV", b"Dear all, this is a letter.", {}, "AUDIO_NOT_WAV", "audio.content"),
        ("WAV", wav(noise(800), 8000), {}, "AUDIO_FORMAT_MISMATCH", "audio.content"),
        ("WAV", wav(noise(800), 16_000, 2), {}, "AUDIO_FORMAT_MISMATCH", "audio.content"),
    ],
)
def test_what_is_refused(
    encoding: str, content: bytes, fields: dict[str, int], reason: str, field: str
) -> None:
    intake = opened(declared(encoding))
    with pytest.raises(InputRefused) as refused:
        accept(intake, content, **fields)
    assert (refused.value.reason, refused.value.field) == (reason, field)


def test_bad_piece_leaves_the_rest_as_it_is() -> None:
    intake = opened(declared())
    content = noise(1600)
    accept(intake, content[:1000])
    for bad, fields in ((b"abc", {}), (bytes(4), {"sample_offset": 99})):
        with pytest.raises(InputRefused):
            accept(intake, bad, **fields)
    assert native(accept(intake, content[1000:], sample_offset=500)) == content


def test_what_is_no_audio_is_told_of_once() -> None:
    intake = opened(declared())
    with pytest.raises(InputRefused):
        accept(intake, b"Dear all, this is a letter. " * 99)
    assert accept(intake, bytes(3200)) == []
    assert finish(intake) == []


@pytest.mark.parametrize("seconds", [0.05, 1.0, 2.55, 60.0])
def test_silence_is_as_long_as_it_says(seconds: float) -> None:
    intake = opened(declared(rate=8000, channels=2))
    pieces = accept(intake, noise(400, 2))
    turns = list(intake.silence(round(seconds * S)))
    assert all(len(turn) <= 11 for turn in turns)
    pieces += [piece for turn in turns for piece in turn] + finish(intake)
    frames = 400 + round(seconds * 8000)
    assert native(pieces)[1600:] == bytes(len(native(pieces)) - 1600)
    assert len(native(pieces)) == frames * 4
    check_times(pieces, 8000, 2)


@pytest.mark.parametrize("nanoseconds", [0, -1, 60 * S + 1])
def test_silence_out_of_range_is_refused(nanoseconds: int) -> None:
    with pytest.raises(InputRefused) as refused:
        list(opened(declared()).silence(nanoseconds))
    assert (refused.value.reason, refused.value.field) == ("SILENCE_INVALID", "silence.duration")


def test_silence_before_the_header_is_refused() -> None:
    with pytest.raises(InputRefused) as refused:
        list(opened(declared("WAV", 0, 0)).silence(S))
    assert refused.value.reason == "SILENCE_BEFORE_AUDIO"


def test_flush_leaves_nothing_behind_a_finalize() -> None:
    intake = opened(declared())
    content = noise(2000)
    pieces = accept(intake, content[:200]) + intake.flush()
    assert [(piece.start, len(piece.native)) for piece in pieces] == [(0, 200)]
    assert intake.flush() == []
    pieces += accept(intake, content[200:]) + finish(intake)
    assert native(pieces) == content
    check_order = [piece.offset for piece in pieces]
    assert check_order == sorted(check_order)
