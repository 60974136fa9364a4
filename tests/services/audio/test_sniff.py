import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.audio.containers import name_container
from services.audio.errors import AudioContentError, Reason
from services.audio.format import Encoding
from services.audio.samples import SampleCoding, to_linear16
from services.audio.sniff import check_raw_audio

RAW = [Encoding.LINEAR16, Encoding.FLOAT32, Encoding.MULAW, Encoding.ALAW]
PROSE = b"Dear customer,\nthank you for calling us about the price of your plan. We will call again.\n" * 3


def compand(coding: SampleCoding, samples: NDArray[np.int16]) -> bytes:
    """The nearest code for each sample, by search through the decoder."""
    values = np.frombuffer(to_linear16(coding, bytes(range(256))), "<i2").astype(np.int32)
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    above = np.clip(np.searchsorted(ascending, samples), 1, 255)
    nearer_below = samples - ascending[above - 1] < ascending[above] - samples
    return order[above - nearer_below].astype(np.uint8).tobytes()


def encode(encoding: Encoding, samples: NDArray[np.int16]) -> bytes:
    match encoding:
        case Encoding.LINEAR16:
            return samples.astype("<i2").tobytes()
        case Encoding.FLOAT32:
            return (samples / np.float32(32768)).astype("<f4").tobytes()
        case Encoding.MULAW:
            return compand(SampleCoding.MULAW, samples)
        case _:
            return compand(SampleCoding.ALAW, samples)


def real_audio(speech: NDArray[np.float32]) -> list[NDArray[np.int16]]:
    """Heads of streams: silence, speech from many places, noise, tones, hum, DC offsets, clicks."""
    random = np.random.default_rng(7)
    time = np.arange(1600)
    heads = [np.zeros(1600, np.int16)]
    voice = (speech * 32767).astype(np.int16)
    heads += [voice[start : start + 1600] for start in range(0, voice.size - 1600, 3200)]
    for level in (1, 3, 30, 300, 3000, 12000):
        heads += [np.clip(random.standard_normal(1600) * level, -32768, 32767).astype(np.int16)]
        for offset in (-20000, -8000, -700, -8, -1, 1, 8, 700, 8224, 16705, 20000):
            noisy = offset + random.standard_normal(1600) * level
            heads += [np.clip(noisy, -32768, 32767).astype(np.int16)]
        for hertz in (50, 60, 440, 1000):
            for phase in (0.0, np.pi / 2, np.pi):
                tone = level * 2.7 * np.sin(2 * np.pi * hertz * time / 8000 + phase)
                heads += [tone.astype(np.int16)]
    return heads


@pytest.mark.parametrize("encoding", RAW)
@pytest.mark.parametrize("size", [1600, 160, 80])
def test_real_audio_passes(encoding: Encoding, size: int, speech: NDArray[np.float32]) -> None:
    for head in real_audio(speech):
        check_raw_audio(encoding, encode(encoding, head[:size]))


@pytest.mark.parametrize("encoding", [Encoding.MULAW, Encoding.ALAW])
def test_half_a_period_of_hum_at_any_level_is_not_text(encoding: Encoding) -> None:
    half_period = np.sin(np.pi * np.arange(80) / 80)
    for level in range(10, 32767, 97):
        check_raw_audio(encoding, encode(encoding, (-level * half_period).astype(np.int16)))


@given(st.integers(0, 2**32), st.sampled_from([Encoding.LINEAR16, Encoding.MULAW, Encoding.ALAW]))
def test_white_noise_over_all_bits_passes(seed: int, encoding: Encoding) -> None:
    check_raw_audio(encoding, np.random.default_rng(seed).bytes(320))


@given(st.floats(-40000, 40000), st.floats(0.01, 40000), st.integers(0, 2**32))
def test_float_audio_on_any_usual_scale_passes(offset: float, level: float, seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(200) * level + offset
    check_raw_audio(Encoding.FLOAT32, noise.astype("<f4").tobytes())


@pytest.mark.parametrize("encoding", RAW)
@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        b'{"speaker": "agent", "text": "good morning, how can I help you today", "start": 12.5}\n',
        b"<!doctype html>\n<html lang='en'>\n<head><title>404 Not Found</title></head>\n<body> </body>",
        ("".join(f"{index}, {index * 37 % 1000}\n" for index in range(40))).encode(),
    ],
)
def test_text_is_not_audio(encoding: Encoding, text: bytes) -> None:
    with pytest.raises(AudioContentError) as caught:
        check_raw_audio(encoding, text)
    assert caught.value.reason == Reason.NOT_AUDIO
    assert caught.value.position == 0
    assert caught.value.field == "encoding"


@pytest.mark.parametrize("encoding", RAW)
@pytest.mark.parametrize(
    ("head", "name", "advice"),
    [
        (b"RIFF\x24\x80\x00\x00WAVEfmt ", "WAV", "declare WAV"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "WAV", "declare WAV"),
        (b"RIFF", "WAV", "declare WAV"),
        (b"fLaC\x00\x00\x00\x22", "FLAC", "declare FLAC"),
        (b"OggS\x00\x02", "Ogg", "declare OGG_OPUS"),
        (b"ID3\x04\x00\x00", "MP3", "declare MP3"),
        (b"\x1aE\xdf\xa3\x9f", "WebM", "declare WEBM_OPUS"),
        (b"\x00\x00\x00\x20ftypM4A ", "MP4", "declare CONTAINER"),
        (b"FORM\x00\x00\x00\x24AIFF", "AIFF", "WAV or FLAC"),
    ],
)
def test_a_file_is_named(encoding: Encoding, head: bytes, name: str, advice: str) -> None:
    with pytest.raises(AudioContentError) as caught:
        check_raw_audio(encoding, head)
    assert caught.value.reason == Reason.FORMAT_MISMATCH
    assert caught.value.position == 0
    assert f"({name})" in str(caught.value)
    assert advice in str(caught.value)


@pytest.mark.parametrize("head", [b"", b"RIF", b"RIFF\0\0\0\0AVI ", b"ID3!", b"OggS!", b"fLaC!", bytes(12)])
def test_what_only_resembles_a_file_is_not_named(head: bytes) -> None:
    assert name_container(head) is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([np.nan] * 800, "of the first 800 values 800 are NaN and 0 infinite or beyond 1e+09"),
        ([0.1, np.nan, np.inf, 1e30] * 200, "of the first 800 values 200 are NaN and 400 infinite or beyond"),
    ],
)
def test_floats_that_are_no_samples_are_counted(values: list[float], said: str) -> None:
    with pytest.raises(AudioContentError) as caught:
        check_raw_audio(Encoding.FLOAT32, np.array(values, "<f4").tobytes())
    assert caught.value.reason == Reason.FORMAT_MISMATCH
    assert said in str(caught.value)
    assert "send samples from -1 to 1" in str(caught.value)


def test_linear16_declared_as_float32_is_noticed(speech: NDArray[np.float32]) -> None:
    voice = (speech[8000:9600] * 32767).astype("<i2")
    with pytest.raises(AudioContentError, match="LINEAR16") as caught:
        check_raw_audio(Encoding.FLOAT32, voice.tobytes())
    assert caught.value.reason == Reason.FORMAT_MISMATCH
