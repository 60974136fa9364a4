"""FLAC and MP3 cut into frames: against libav's own demuxers, and over every way to cut the stream."""

import io
from collections.abc import Callable, Iterator

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audio.errors import AudioContentError, AudioFrameError, Reason
from services.audio.flac import FlacFramer
from services.audio.framer import Frame, Framer
from services.audio.mp3 import Mp3Framer
from tests.services.audio.encoded import encode, speech

FRAMERS: dict[str, Callable[[], Framer]] = {"flac": FlacFramer, "mp3": Mp3Framer}
LENGTHS = {"flac": 0.9, "mp3": 1.3}
STREAMS = {
    (name, rate, channels): encode(name, speech(rate, channels, LENGTHS[name]), rate)
    for name in FRAMERS
    for rate in (8_000, 16_000, 44_100)
    for channels in (1, 2)
}
ONE = {name: STREAMS[name, 16_000, 2] for name in FRAMERS}


def cut(framer: Framer, data: bytes, size: int = 1 << 20) -> list[Frame]:
    frames = []
    for at in range(0, len(data), size):
        frames += framer.feed(data[at : at + size])
    return [*frames, *framer.finish()]


def packets(name: str, data: bytes) -> Iterator[bytes]:
    with av.open(io.BytesIO(data), "r", format=name) as opened:
        for packet in opened.demux():
            if packet.size:
                yield bytes(packet)


@pytest.mark.parametrize(("name", "rate", "channels"), list(STREAMS))
def test_frames_are_those_that_libav_finds(name: str, rate: int, channels: int) -> None:
    data = STREAMS[name, rate, channels]
    frames = cut(FRAMERS[name](), data)
    assert [frame.data for frame in frames] == list(packets(name, data))
    assert all(data[frame.position :].startswith(frame.data) for frame in frames)


@pytest.mark.parametrize("name", FRAMERS)
@given(cuts=st.lists(st.integers(1, 4000), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_any_cutting_gives_the_same_frames(name: str, cuts: list[int]) -> None:
    data, framer, frames = ONE[name], FRAMERS[name](), []
    at = index = 0
    while at < len(data):
        size = cuts[index % len(cuts)]
        frames += framer.feed(data[at : at + size])
        at, index = at + size, index + 1
    assert [*frames, *framer.finish()] == cut(FRAMERS[name](), data)


@pytest.mark.parametrize(("name", "held_back"), [("flac", 2), ("mp3", 1)])
def test_no_more_is_held_back_than_the_frame_that_is_not_complete(name: str, held_back: int) -> None:
    """FLAC does not say how long a frame is: one is complete when the next one's header is there."""
    whole = cut(FRAMERS[name](), ONE[name])
    framer, given_out = FRAMERS[name](), 0
    for at, byte in enumerate(ONE[name]):
        given_out += len(list(framer.feed(bytes([byte]))))
        if at > whole[1].position + len(whole[1].data) + 16:
            begun = sum(frame.position + 16 <= at for frame in whole)
            assert given_out >= begun - held_back


@pytest.mark.parametrize("name", FRAMERS)
def test_a_stream_that_ends_early_says_so(name: str) -> None:
    frames = cut(FRAMERS[name](), ONE[name])
    framer = FRAMERS[name]()
    assert list(framer.feed(ONE[name][: frames[0].position])) == []
    with pytest.raises(AudioContentError) as caught:
        list(framer.finish())
    assert (caught.value.reason, caught.value.position) == (Reason.TRUNCATED, frames[0].position)


def test_mp3_cut_amid_a_frame_gives_all_before_it() -> None:
    whole = cut(Mp3Framer(), ONE["mp3"])
    last = whole[-1]
    framer = Mp3Framer()
    frames = list(framer.feed(ONE["mp3"][: last.position + 50]))
    with pytest.raises(AudioFrameError, match="after 50 bytes") as caught:
        list(framer.finish())
    assert frames == whole[:-1]
    assert (caught.value.reason, caught.value.position) == (Reason.TRUNCATED, last.position)


def test_mp3_is_found_amid_junk_and_tags() -> None:
    whole = cut(Mp3Framer(), ONE["mp3"])
    sound = b"".join(frame.data for frame in whole)
    tag = b"ID3\x04\0\0" + bytes([0, 0, 2, 0]) + bytes(256)
    data = b"junk\xff\xfb" * 20 + sound + tag + sound + b"TAG" + bytes(125)
    expected = [frame.data for frame in whole] * 2
    for size in (1, 7, 1 << 20):
        assert [frame.data for frame in cut(Mp3Framer(), data, size)] == expected


@pytest.mark.parametrize("size", [100, 5000, 100_000])
def test_noise_has_no_mp3_frame(size: int) -> None:
    noise = bytes((index * index * 31 + index // 7) % 251 for index in range(size))
    with pytest.raises(AudioContentError, match="no MP3 frame") as caught:
        cut(Mp3Framer(), noise, 1000)
    assert (caught.value.reason, caught.value.position) == (Reason.CORRUPT, 0)


def test_what_an_mp3_encoder_added_is_known() -> None:
    """LAME's delay and a decoder's, 576 + 529 samples here, and what fills the last frame."""
    framer = Mp3Framer()
    frames = cut(framer, ONE["mp3"])
    assert framer.gaps[0] == (0, 1105)
    first, end = framer.gaps[1]
    assert end == 576 * len(frames)
    assert first - 1105 == round(LENGTHS["mp3"] * 16_000)


def test_flac_that_is_overwritten_is_corrupt_where_it_is() -> None:
    whole = cut(FlacFramer(), ONE["flac"])
    third = whole[3].position
    data = ONE["flac"][:third] + bytes(200_000)
    framer, frames = FlacFramer(), []
    with pytest.raises(AudioContentError, match="has no end") as caught:  # noqa: PT012
        for at in range(0, len(data), 5000):
            for frame in framer.feed(data[at : at + 5000]):
                frames.append(frame)
    assert frames == whole[:2]
    assert (caught.value.reason, caught.value.position) == (Reason.CORRUPT, whole[2].position)


def test_flac_without_its_stream_info_is_corrupt() -> None:
    data = bytearray(ONE["flac"])
    data[4] = 4
    with pytest.raises(AudioContentError, match="STREAMINFO") as caught:
        cut(FlacFramer(), bytes(data))
    assert (caught.value.reason, caught.value.position) == (Reason.CORRUPT, 4)


def test_a_picture_in_flac_is_passed_over_unkept() -> None:
    data = ONE["flac"]
    assert not data[4] & 0x80, "STREAMINFO is not the last block"
    picture = bytes([6]) + (10_000_000).to_bytes(3, "big")
    framer = FlacFramer()
    list(framer.feed(data[:42] + picture))
    for _ in range(100):
        assert list(framer.feed(b"\xff\xf8" * 50_000)) == []
        assert len(vars(framer)["_buffer"]) <= 100_000
    frames = [*framer.feed(data[42:]), *framer.finish()]
    assert [frame.data for frame in frames] == [frame.data for frame in cut(FlacFramer(), data)]
