"""Formats of audio, by the names of the contract."""

from typing import Literal

from rivermouth.audio.v1.audio_pb2 import AudioEncoding, AudioFormat

Encoding = Literal["LINEAR16", "FLOAT32", "MULAW", "ALAW"]

_BY_NAME: dict[Encoding, AudioEncoding] = {
    "LINEAR16": AudioEncoding.AUDIO_ENCODING_LINEAR16,
    "FLOAT32": AudioEncoding.AUDIO_ENCODING_FLOAT32,
    "MULAW": AudioEncoding.AUDIO_ENCODING_MULAW,
    "ALAW": AudioEncoding.AUDIO_ENCODING_ALAW,
}
_SAMPLE_BYTES = {
    AudioEncoding.AUDIO_ENCODING_LINEAR16: 2,
    AudioEncoding.AUDIO_ENCODING_FLOAT32: 4,
    AudioEncoding.AUDIO_ENCODING_MULAW: 1,
    AudioEncoding.AUDIO_ENCODING_ALAW: 1,
}


def pcm(sample_rate_hertz: int, channel_count: int = 1, encoding: Encoding = "LINEAR16") -> AudioFormat:
    """Raw samples: 8000 to 48000 Hz, 1 to 8 interleaved channels. The server checks the ranges."""
    return AudioFormat(
        encoding=_BY_NAME[encoding],
        sample_rate_hertz=sample_rate_hertz,
        channel_count=channel_count,
    )


def wav() -> AudioFormat:
    """A WAV file as it is, header first; rate and channels are what its header says."""
    return AudioFormat(encoding=AudioEncoding.AUDIO_ENCODING_WAV)


def container() -> AudioFormat:
    """A file of any container as it is: WAV, FLAC, Ogg, WebM, MP3, AAC, or MP4 with its index first."""
    return AudioFormat(encoding=AudioEncoding.AUDIO_ENCODING_CONTAINER)


def frame_bytes(audio_format: AudioFormat) -> int | None:
    """Bytes of one frame (one sample of every channel); None for containers, which are not counted here."""
    sample = _SAMPLE_BYTES.get(audio_format.encoding)
    return None if sample is None else sample * max(audio_format.channel_count, 1)


def is_container(audio_format: AudioFormat) -> bool:
    """Whether the bytes are a file with a header rather than bare samples."""
    return audio_format.encoding not in _SAMPLE_BYTES
