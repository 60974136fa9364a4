"""Files of every container: recognised, paced by how long they last, and sent as they are."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rivermouth.audio.v1.audio_pb2 import AudioEncoding, AudioFormat
from rivermouth.client import audio_format_of
from rivermouth.client.audio_file import read_pieces
from rivermouth.client.container import bytes_per_second, encoding_of
from rivermouth.client.formats import container, wav
from tests.services.audio.encoded import KINDS, encode, speech

SECONDS = 3.0
FILES = {name: encode(name, speech(16_000, 2, SECONDS), 16_000) for name in KINDS}


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_recognised_and_sent_at_the_pace_of_speech(name: str, tmp_path: Path) -> None:
    path = tmp_path / "any.bin"
    path.write_bytes(FILES[name])
    told = audio_format_of(path)
    expected = AudioEncoding.Value(f"AUDIO_ENCODING_{KINDS[name].encoding}")
    assert told == AudioFormat(encoding=expected)
    for each in (told, container()):
        pieces = [piece async for piece in read_pieces(path, each)]
        assert b"".join(piece.content for piece in pieces) == FILES[name]
        if name not in ("aac", "ogg_flac", "matroska_flac", "webm_opus", "mp4_fragmented"):
            assert pieces[-1].end == pytest.approx(SECONDS, abs=0.2)
            assert len(pieces) == pytest.approx(10 * SECONDS, abs=3)


async def test_what_does_not_say_how_long_it_lasts_goes_at_64_kbit_a_second() -> None:
    for name in ("aac", "ogg_flac"):
        assert bytes_per_second(io.BytesIO(FILES[name])) == 8000


async def test_a_webm_file_that_was_ended_says_how_long_it_lasts() -> None:
    data = encode("webm_opus", speech(seconds=SECONDS), 16_000, options={})
    assert bytes_per_second(io.BytesIO(data)) == pytest.approx(len(data) / SECONDS, rel=0.02)


def test_mp3_without_a_tag_is_measured_by_its_bit_rate() -> None:
    data = FILES["mp3"]
    begin = data.index(b"\xff", 45)
    assert bytes_per_second(io.BytesIO(data[begin + 1000 :])) == 8000  # amid a frame: as if unknown
    frames = data[begin:].replace(b"Info", b"none").replace(b"Xing", b"none")
    assert bytes_per_second(io.BytesIO(frames)) == pytest.approx(16_000, rel=0.01)


async def test_a_session_of_wav_takes_no_other_container(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(FILES["flac"])
    with pytest.raises(ValueError, match="this file is none"):
        [piece async for piece in read_pieces(path, wav())]


@given(
    st.binary(max_size=300),
    st.sampled_from([b"fLaC", b"OggS", b"ID3\x04", b"\x1aE\xdf\xa3", b"\xff\xfb\x90\x64", b""]),
)
def test_any_bytes_have_a_pace(content: bytes, mark: bytes) -> None:
    encoding_of(mark + content)
    assert bytes_per_second(io.BytesIO(mark + content)) > 0
