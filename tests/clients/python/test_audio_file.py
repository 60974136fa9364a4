import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rivermouth.audio.v1.audio_pb2 import AudioEncoding
from rivermouth.client import audio_format_of, pcm, wav
from rivermouth.client.audio_file import Piece, read_pieces
from rivermouth.client.wav_header import read_wav_header

MakeWav = Callable[..., Path]


async def pieces_of(path: Path, audio_format: object) -> list[Piece]:
    return [piece async for piece in read_pieces(path, audio_format)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tag", "bits", "encoding"),
    [
        (1, 16, AudioEncoding.AUDIO_ENCODING_LINEAR16),
        (3, 32, AudioEncoding.AUDIO_ENCODING_FLOAT32),
        (6, 8, AudioEncoding.AUDIO_ENCODING_ALAW),
        (7, 8, AudioEncoding.AUDIO_ENCODING_MULAW),
        (1, 24, AudioEncoding.AUDIO_ENCODING_UNSPECIFIED),
    ],
)
def test_headers(make_wav: MakeWav, tag: int, bits: int, encoding: AudioEncoding) -> None:
    path = make_wav(seconds=0.5, rate=8000, channels=2, tag=tag, bits=bits)
    with path.open("rb") as file:
        header = read_wav_header(file)
    assert header.encoding == encoding
    assert (header.sample_rate_hertz, header.channel_count, header.frame_bytes) == (8000, 2, bits // 4)
    assert header.data_bytes == 4000 * header.frame_bytes
    assert path.stat().st_size == header.data_offset + header.data_bytes


def test_an_extensible_header_says_its_kind_in_the_guid(tmp_path: Path) -> None:
    fmt = struct.pack("<HHIIHHHHIH14x", 0xFFFE, 1, 16000, 32000, 2, 16, 22, 16, 4, 1)
    size = struct.pack("<I", len(fmt))
    data = b"RIFF\0\0\0\0WAVEfmt " + size + fmt + b"data\xff\xff\xff\xff" + bytes(10)
    header = read_wav_header(io.BytesIO(data))
    assert header.encoding == AudioEncoding.AUDIO_ENCODING_LINEAR16
    assert header.data_bytes is None


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda rest: b"RIFF\0\0\0\0WAVE" + rest))
def test_anything_else_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValueError, match="WAV file"):
        read_wav_header(io.BytesIO(content))


def test_the_format_of_a_file(make_wav: MakeWav, tmp_path: Path) -> None:
    assert audio_format_of(make_wav()) == wav()
    text = tmp_path / "a.txt"
    text.write_text("no audio at all")
    with pytest.raises(ValueError, match="not a WAV file"):
        audio_format_of(text)
    with pytest.raises(FileNotFoundError):
        audio_format_of(tmp_path / "absent.wav")


async def test_a_wav_file_for_a_session_of_samples_goes_without_its_header(make_wav: MakeWav) -> None:
    path = make_wav(seconds=1.05, rate=8000, channels=2)
    with path.open("ab") as file:
        file.write(b"LIST\x04\0\0\0junk")
    pieces = await pieces_of(path, pcm(8000, 2))
    assert b"".join(piece.content for piece in pieces) == bytes(4 * 8400)
    assert [round(piece.end, 3) for piece in pieces] == [*(round(0.1 * n, 3) for n in range(1, 11)), 1.05]


async def test_a_wav_file_of_another_format_is_refused(make_wav: MakeWav) -> None:
    with pytest.raises(ValueError, match=r"16000 Hz and 1 channel\(s\) of 16 bits"):
        await pieces_of(make_wav(), pcm(8000, 1))


async def test_a_session_of_wav_takes_wav_only(tmp_path: Path) -> None:
    raw = tmp_path / "a.raw"
    raw.write_bytes(bytes(1000))
    with pytest.raises(ValueError, match="this file is none"):
        await pieces_of(raw, wav())


async def test_raw_samples_cut_off_within_a_frame(tmp_path: Path) -> None:
    raw = tmp_path / "a.raw"
    raw.write_bytes(bytes(3205))
    pieces = await pieces_of(raw, pcm(16000))
    assert [len(piece.content) for piece in pieces] == [3200, 4]


async def test_time_is_counted_in_frames_so_it_does_not_drift(tmp_path: Path) -> None:
    raw = tmp_path / "a.raw"
    raw.write_bytes(bytes(11025 * 60))  # a minute, in chunks of 1102 frames
    pieces = await pieces_of(raw, pcm(11025, encoding="MULAW"))
    assert pieces[0].end == 1102 / 11025
    assert pieces[-1].end == 60.0


async def test_an_empty_file_has_no_pieces(tmp_path: Path, make_wav: MakeWav) -> None:
    raw = tmp_path / "a.raw"
    raw.touch()
    assert await pieces_of(raw, pcm(16000)) == []
    header_only = await pieces_of(make_wav(seconds=0), wav())
    assert [piece.end for piece in header_only] == [0.0]
