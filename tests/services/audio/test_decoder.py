import io
import tracemalloc
import wave
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audio.decoder import Decoder, open_decoder
from services.audio.errors import AudioContentError, AudioFrameError, Reason
from services.audio.format import AudioFormat, Encoding
from services.audio.samples import SampleCoding, to_linear16

RAW_CODINGS = {
    Encoding.LINEAR16: SampleCoding.SIGNED16,
    Encoding.FLOAT32: SampleCoding.FLOAT32,
    Encoding.MULAW: SampleCoding.MULAW,
    Encoding.ALAW: SampleCoding.ALAW,
}


def pcm(frames: int, channels: int, width: int = 2) -> bytes:
    return np.random.default_rng(frames).bytes(frames * channels * width)


def float_audio(frames: int, channels: int) -> bytes:
    return np.random.default_rng(frames).uniform(-1, 1, frames * channels).astype("<f4").tobytes()


def wav_file(samples: bytes, channels: int, rate: int = 16000, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(samples)
    return file.getvalue()


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def decode(decoder: Decoder, parts: list[bytes]) -> bytes:
    return b"".join([*(decoder.accept(part) for part in parts), decoder.finish()])


def test_linear16_passes_through_uncopied() -> None:
    decoder = open_decoder(AudioFormat(Encoding.LINEAR16, 16000, 2))
    assert (decoder.sample_rate_hertz, decoder.channel_count) == (16000, 2)
    for _ in range(3):
        data = pcm(320, 2)
        assert decoder.accept(data) is data
    assert decoder.accept(b"") == b""
    assert decoder.finish() == b""


@given(
    st.sampled_from(list(RAW_CODINGS)),
    st.integers(1, 8),
    st.integers(0, 300),
    st.lists(st.integers(1, 5000), max_size=12),
)
def test_raw_audio_cut_anywhere(encoding: Encoding, channels: int, frames: int, cuts: list[int]) -> None:
    declared = AudioFormat(encoding, 8000, channels)
    coding = RAW_CODINGS[encoding]
    stream = (
        float_audio(frames, channels)
        if encoding is Encoding.FLOAT32
        else pcm(frames, channels, coding.bytes_per_sample)
    )
    decoded = decode(open_decoder(declared, whole_frames=False), pieces(stream, cuts))
    assert decoded == to_linear16(coding, stream)
    assert len(decoded) == frames * channels * 2


@pytest.mark.parametrize(
    ("declared", "size"),
    [
        (AudioFormat(Encoding.LINEAR16, 16000, 1), 3201),
        (AudioFormat(Encoding.LINEAR16, 16000, 2), 3202),
        (AudioFormat(Encoding.FLOAT32, 16000, 1), 3202),
        (AudioFormat(Encoding.MULAW, 8000, 2), 801),
    ],
)
def test_a_piece_with_a_broken_frame_is_left_out_and_the_stream_goes_on(
    declared: AudioFormat, size: int
) -> None:
    decoder = open_decoder(declared)
    good = bytes(declared.bytes_per_frame * 100)
    before = decoder.accept(good)
    with pytest.raises(AudioFrameError, match=f"{size} bytes are not whole frames") as caught:
        decoder.accept(bytes(size))
    assert caught.value.reason == Reason.ODD_BYTES == "AUDIO_ODD_BYTES"
    assert caught.value.position == len(good)
    assert not caught.value.fatal
    assert decoder.accept(good) == before
    assert decoder.finish() == b""


def test_an_incomplete_last_frame_is_told_after_all_before_it() -> None:
    decoder = open_decoder(AudioFormat(Encoding.LINEAR16, 16000, 2), whole_frames=False)
    assert decoder.accept(b"\1\0\2\0\3\0\4") == b"\1\0\2\0"
    with pytest.raises(AudioFrameError, match="3 of the 4 bytes") as caught:
        decoder.finish()
    assert caught.value.position == 4
    assert decoder.finish() == b""


@pytest.mark.parametrize("encoding", list(RAW_CODINGS))
@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (wav_file(pcm(100, 1), 1), Reason.FORMAT_MISMATCH),
        (b"Good morning, this is a text file and not a call.\n" * 8, Reason.NOT_AUDIO),
    ],
)
def test_a_file_sent_as_raw_audio_is_refused_for_good(
    encoding: Encoding, stream: bytes, reason: Reason
) -> None:
    decoder = open_decoder(AudioFormat(encoding, 16000, 1))
    for _ in range(3):
        with pytest.raises(AudioContentError) as caught:
            decoder.accept(stream)
        assert caught.value.reason == reason
        assert caught.value.fatal
    assert decoder.finish() == b""


@pytest.mark.parametrize("encoding", [*RAW_CODINGS, Encoding.WAV])
def test_an_empty_stream_is_no_error(encoding: Encoding) -> None:
    decoder = open_decoder(AudioFormat(encoding, 16000, 1))
    assert decoder.accept(b"") == b""
    assert decoder.finish() == b""


@given(
    st.sampled_from([1, 2, 3, 4]),
    st.integers(1, 8),
    st.integers(1, 200),
    st.lists(st.integers(1, 3000), max_size=12),
)
def test_wav_cut_anywhere(width: int, channels: int, frames: int, cuts: list[int]) -> None:
    coding = list(SampleCoding)[width - 1]
    samples = pcm(frames, channels, width)
    stream = wav_file(samples, channels, 44100, width)
    decoder = open_decoder(AudioFormat(Encoding.WAV))
    assert decoder.sample_rate_hertz is None
    assert decode(decoder, pieces(stream, cuts)) == to_linear16(coding, samples)
    assert (decoder.sample_rate_hertz, decoder.channel_count) == (44100, channels)


def test_a_wav_file_read_by_the_standard_library_agrees() -> None:
    stream = wav_file(pcm(1000, 2), 2, 48000)
    decoded = decode(open_decoder(AudioFormat(Encoding.WAV, 48000, 2)), pieces(stream, [10, 300]))
    with wave.open(io.BytesIO(stream)) as reader:
        assert decoded == reader.readframes(1000)


@pytest.mark.parametrize(
    ("rate", "channels", "field"), [(16000, 0, "sample_rate_hertz"), (0, 1, "channel_count")]
)
def test_a_header_that_contradicts_what_was_declared(rate: int, channels: int, field: str) -> None:
    decoder = open_decoder(AudioFormat(Encoding.WAV, rate, channels))
    for _ in range(2):
        with pytest.raises(AudioContentError) as caught:
            decoder.accept(wav_file(pcm(100, 2), 2, 48000))
        assert caught.value.reason == Reason.FORMAT_MISMATCH == "AUDIO_FORMAT_MISMATCH"
        assert caught.value.field == field
        found = {"sample_rate_hertz": 48000, "channel_count": 2}[field]
        assert f"declare {found}, or 0 to take it from the header" in str(caught.value)
    assert decoder.sample_rate_hertz is None
    assert decoder.finish() == b""


def test_what_follows_the_samples_is_ignored() -> None:
    samples = pcm(50, 1)
    stream = wav_file(samples, 1) + b"LIST\x08\0\0\0INFOISFT" + bytes(1001)
    assert decode(open_decoder(AudioFormat(Encoding.WAV)), pieces(stream, [143, 147, 200])) == samples


def test_a_header_that_claims_4_gib_takes_no_memory() -> None:
    stream = wav_file(b"", 1)[:40] + b"\xff\xff\xff\xff"
    samples = pcm(8000, 1)
    decoder = open_decoder(AudioFormat(Encoding.WAV))
    tracemalloc.start()
    try:
        assert decoder.accept(stream) == b""
        decoded = decoder.accept(samples)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert decoded is samples
    assert peak < 100_000
    assert decoder.finish() == b""


def test_a_wav_stream_that_ends_within_a_frame() -> None:
    """Whole frames are missing as well, but one error is told."""
    stream = wav_file(pcm(50, 2), 2)[:-7]
    decoder = open_decoder(AudioFormat(Encoding.WAV))
    assert len(decoder.accept(stream)) == 48 * 4
    with pytest.raises(AudioFrameError) as caught:
        decoder.finish()
    assert (caught.value.reason, caught.value.position) == (Reason.ODD_BYTES, 44 + 48 * 4)
    assert decoder.finish() == b""


@pytest.mark.parametrize("frames", [0, 30])
def test_a_wav_stream_that_ends_before_its_header_says(frames: int) -> None:
    samples = pcm(50, 2)
    decoder = open_decoder(AudioFormat(Encoding.WAV))
    assert decoder.accept(wav_file(samples, 2)[: 44 + 4 * frames]) == samples[: 4 * frames]
    with pytest.raises(AudioFrameError) as caught:
        decoder.finish()
    assert (caught.value.reason, caught.value.position) == (Reason.TRUNCATED, 44 + 4 * frames)
    assert f"{200 - 4 * frames} of the 200 bytes" in str(caught.value)
    assert decoder.finish() == b""


def test_text_as_wav() -> None:
    decoder = open_decoder(AudioFormat(Encoding.WAV))
    for _ in range(3):
        with pytest.raises(AudioContentError) as caught:
            decoder.accept(b"Good morning, this is a text file.")
        assert (caught.value.reason, caught.value.position) == (Reason.NOT_WAV, 0)


def test_repeated_refusals_do_not_grow() -> None:
    decoder = open_decoder(AudioFormat(Encoding.WAV))
    depths = []
    for _ in range(4):
        with pytest.raises(AudioContentError) as caught:
            decoder.accept(b"Good morning, this is a text file.")
        depths.append(len(caught.traceback))
    assert len(set(depths[1:])) == 1


def test_a_wav_stream_that_ends_within_its_header() -> None:
    decoder = open_decoder(AudioFormat(Encoding.WAV))
    assert decoder.accept(wav_file(b"", 1)[:30]) == b""
    with pytest.raises(AudioContentError, match="ends before the first sample") as caught:
        decoder.finish()
    assert (caught.value.reason, caught.value.position) == (Reason.NOT_WAV, 30)
