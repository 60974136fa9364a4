import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audio.errors import AudioContentError, Reason
from services.audio.samples import SampleCoding
from services.audio.wav import MAX_HEADER_BYTES, WavHeader, WavHeaderParser

PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    pad = b"\0" if len(body) % 2 and size is None else b""
    return name + struct.pack("<I", len(body) if size is None else size) + body + pad


def fmt(
    tag: int = PCM, channels: int = 1, rate: int = 16000, bits: int = 16, frame: int | None = None
) -> bytes:
    frame = channels * -(-bits // 8) if frame is None else frame
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits))


def extensible(tag: int, channels: int, bits: int, tail: bytes = SUBFORMAT_TAIL) -> bytes:
    frame = channels * bits // 8
    body = struct.pack("<HHIIHH", EXTENSIBLE, channels, 48000, 48000 * frame, frame, bits)
    return chunk(b"fmt ", body + struct.pack("<HHIH", 22, bits, 0, tag) + tail)


def riff(*chunks: bytes, mark: bytes = b"RIFF") -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return mark + struct.pack("<I", len(body) if mark == b"RIFF" else 0xFFFFFFFF) + body


def parse(*pieces: bytes) -> tuple[WavHeader, bytes]:
    parser = WavHeaderParser()
    rest = b""
    for piece in pieces:
        rest += parser.feed(piece) if parser.header is None else piece
    parser.finish()
    assert parser.header is not None
    assert parser.header.data_position == parser.position
    return parser.header, rest


def refusal(*pieces: bytes) -> AudioContentError:
    with pytest.raises(AudioContentError) as caught:
        parse(*pieces)
    return caught.value


@pytest.mark.parametrize(
    ("chunks", "coding"),
    [
        (fmt(bits=8), SampleCoding.UNSIGNED8),
        (fmt(bits=12), SampleCoding.SIGNED16),
        (fmt(bits=16), SampleCoding.SIGNED16),
        (fmt(bits=24), SampleCoding.SIGNED24),
        (fmt(bits=32), SampleCoding.SIGNED32),
        (fmt(FLOAT, bits=32), SampleCoding.FLOAT32),
        (fmt(MULAW, bits=8), SampleCoding.MULAW),
        (fmt(ALAW, bits=8), SampleCoding.ALAW),
        (extensible(PCM, 2, 24), SampleCoding.SIGNED24),
        (extensible(FLOAT, 8, 32), SampleCoding.FLOAT32),
    ],
)
def test_codings(chunks: bytes, coding: SampleCoding) -> None:
    header, rest = parse(riff(chunks, chunk(b"data", b"", size=96)), b"samples")
    assert header.coding is coding
    assert header.data_bytes == 96
    assert rest == b"samples"


def test_what_the_header_says() -> None:
    header, _ = parse(riff(fmt(channels=2, rate=44100), chunk(b"data", b"", size=400)))
    assert header == WavHeader(SampleCoding.SIGNED16, 44100, 2, data_bytes=400, data_position=44)
    assert header.bytes_per_frame == 4


LONG_HEADER = riff(
    chunk(b"JUNK", b"x" * 27),
    chunk(b"bext", b""),
    extensible(PCM, 3, 16),
    chunk(b"LIST", b"INFOISFT" + b"y" * 101),
    chunk(b"data", b"", size=600),
)


@given(st.lists(st.integers(1, len(LONG_HEADER) + 3), max_size=30))
def test_other_chunks_are_skipped_wherever_the_header_is_cut(cuts: list[int]) -> None:
    stream = LONG_HEADER + b"rest"
    edges = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(edges)]
    header, rest = parse(*pieces)
    assert header == WavHeader(SampleCoding.SIGNED16, 48000, 3, 600, len(LONG_HEADER))
    assert rest == b"rest"


def test_byte_by_byte() -> None:
    header, rest = parse(*(bytes([byte]) for byte in LONG_HEADER))
    assert header.channel_count == 3
    assert rest == b""


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFF000, 0x80000000, 0xFFFFFFFF - 36])
def test_a_size_that_a_streaming_writer_could_not_know(size: int) -> None:
    header, _ = parse(riff(fmt(), chunk(b"data", b"", size=size)))
    assert header.data_bytes is None


@pytest.mark.parametrize("mark", [b"RF64", b"BW64"])
@pytest.mark.parametrize(
    ("stated", "expected"), [(5 << 32, 5 << 32), (0, None), (2**63 - 1, None), (2**64 - 1, None)]
)
def test_rf64_keeps_the_size_apart(mark: bytes, stated: int, expected: int | None) -> None:
    ds64 = chunk(b"ds64", struct.pack("<QQQI", 0, stated, 0, 0))
    header, _ = parse(riff(ds64, fmt(), chunk(b"data", b"", size=0xFFFFFFFF), mark=mark))
    assert header.data_bytes == expected


@pytest.mark.parametrize(
    "stream",
    [
        b"Dear customer, thank you for calling.",
        b"fLaC\x00\x00\x00\x22" + bytes(34),
        bytes(640),
        b"hello",
        b"RIFA",
    ],
)
def test_not_wav_is_told_at_byte_0(stream: bytes) -> None:
    error = refusal(stream)
    assert error.reason == Reason.NOT_WAV == "AUDIO_NOT_WAV"
    assert error.position == 0
    assert error.field == "encoding"


def test_a_flac_file_is_named() -> None:
    assert "FLAC" in str(refusal(b"fLaC\x00\x00\x00\x22" + bytes(34)))


@pytest.mark.parametrize(
    ("stream", "position"),
    [
        (b"RIFF\x24\0\0\0AVI LIST", 8),
        (riff(chunk(b"data", b"", size=4)), 12),
        (riff(chunk(b"fmt ", bytes(14))), 12),
        (riff(fmt(), chunk(b"JUNK", b"", size=MAX_HEADER_BYTES)), 36),
        (riff(fmt()), 36),
        (riff(fmt(), b"da"), 38),
        (b"RI", 2),
    ],
)
def test_broken_structure(stream: bytes, position: int) -> None:
    error = refusal(stream)
    assert error.reason == Reason.NOT_WAV
    assert error.position == position


def test_the_search_for_samples_is_bounded() -> None:
    junk = chunk(b"JUNK", bytes((1 << 16) - 8))
    data = chunk(b"data", b"", size=4)
    fit = MAX_HEADER_BYTES // len(junk) - 1
    header, _ = parse(riff(fmt()), *[junk] * fit, data)
    assert header.data_position > MAX_HEADER_BYTES - 2 * len(junk)
    error = refusal(riff(fmt()), *[junk] * (fit + 1), data)
    assert "no samples within" in str(error)


@pytest.mark.parametrize(
    ("chunks", "field"),
    [
        (fmt(tag=0x0055, bits=0), "encoding"),
        (fmt(bits=0), "encoding"),
        (fmt(bits=64), "encoding"),
        (fmt(FLOAT, bits=64), "encoding"),
        (fmt(rate=96000), "sample_rate_hertz"),
        (fmt(rate=0), "sample_rate_hertz"),
        (fmt(channels=9), "channel_count"),
        (fmt(channels=0), "channel_count"),
        (fmt(frame=3), None),
        (extensible(PCM, 2, 16, tail=bytes(14)), None),
        (fmt(tag=EXTENSIBLE), None),
    ],
)
def test_unsupported(chunks: bytes, field: str | None) -> None:
    error = refusal(riff(chunks, chunk(b"data", b"", size=4)))
    assert error.reason == Reason.WAV_UNSUPPORTED == "AUDIO_WAV_UNSUPPORTED"
    assert error.position == 12
    assert error.field == field


def test_big_endian_is_named() -> None:
    error = refusal(b"RIFX\0\0\0\x24WAVE")
    assert error.reason == Reason.WAV_UNSUPPORTED
    assert "big-endian" in str(error)


def test_an_empty_stream_is_no_error() -> None:
    parser = WavHeaderParser()
    parser.finish()
    assert parser.header is None


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_end_in_a_header_or_a_refusal(data: bytes, begins_well: bool) -> None:
    stream = (riff(fmt()) if begins_well else b"") + data
    parser = WavHeaderParser()
    position: int | None = None
    try:
        parser.feed(stream)
        parser.finish()
    except AudioContentError as error:
        position = error.position
    if position is None:
        assert parser.header is not None or not stream
    else:
        assert 0 <= position <= len(stream)
