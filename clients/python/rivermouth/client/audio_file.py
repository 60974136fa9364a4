"""Audio files cut in chunks for sending."""

import asyncio
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rivermouth.audio.v1.audio_pb2 import AudioEncoding, AudioFormat
from rivermouth.client import container, formats
from rivermouth.client.wav_header import WavHeader, read_wav_header

_HEAD_BYTES = 4096
CHUNKS_A_SECOND = 10  # smaller chunks cost the servers more and bring nothing: they work on 100 ms


@dataclass(frozen=True)
class Piece:
    """A chunk of a file, and where in the recording it ends."""

    content: bytes
    end: float
    """Seconds of audio up to the end of this piece, from frames counted, not from clocks; in compressed
    containers by the share of bytes."""


@dataclass(frozen=True)
class _Plan:
    begin: int
    """First byte to send."""
    first_sample: int
    """First byte of audio; what lies between is a header and takes no time."""
    length: int | None
    """Bytes of audio; None means up to the end of the file."""
    frame_bytes: int
    sample_rate_hertz: float
    """Frames a second; of a compressed container bytes a second."""


def audio_format_of(path: str | os.PathLike[str]) -> AudioFormat:
    """The format to open a session with, so that `path` can be sent as it is: told by its first bytes.

    WAV, FLAC, Ogg Opus, WebM Opus and MP3, and as CONTAINER what else the server may decode. Raises OSError
    where the file cannot be read and ValueError where it is none of these: raw samples do not say what they
    are, so their format must be given with `pcm`.
    """
    with Path(path).open("rb") as file:
        encoding = container.encoding_of(file.read(_HEAD_BYTES))
        if encoding is not None:
            return AudioFormat(encoding=encoding)
        file.seek(0)
        read_wav_header(file)
    return formats.wav()


async def read_pieces(path: str | os.PathLike[str], audio_format: AudioFormat) -> AsyncGenerator[Piece, None]:
    """The file at `path` in pieces of 100 ms, as a session of `audio_format` takes them.

    A session of a container gets the file as it is; a session of bare samples gets those of a WAV file
    without its header, or a raw file whole. Raises ValueError where the file is of another format.
    """
    # Not opened in a thread: whoever is cancelled while waiting for one leaves an open file behind.
    with _open(path) as file:
        plan = _plan(file, audio_format)
        file.seek(plan.begin)
        preamble = file.read(plan.first_sample - plan.begin)
        step = max(int(plan.sample_rate_hertz / CHUNKS_A_SECOND), 1) * plan.frame_bytes
        read = 0
        while True:
            wanted = step if plan.length is None else min(step, plan.length - read)
            # In a thread: a network drive may take its time, and the events go on meanwhile.
            content = await asyncio.to_thread(file.read, wanted) if wanted else b""
            if not formats.is_container(audio_format):
                # A recording that was cut off may end within a frame.
                content = content[: len(content) // plan.frame_bytes * plan.frame_bytes]
            if not content and not preamble:
                return
            read += len(content)
            yield Piece(preamble + content, read / plan.frame_bytes / plan.sample_rate_hertz)
            preamble = b""


def _open(path: str | os.PathLike[str]) -> BinaryIO:
    return Path(path).open("rb")


def _plan(file: BinaryIO, audio_format: AudioFormat) -> _Plan:
    header = _header(file)
    frame = formats.frame_bytes(audio_format)
    if frame is None:
        if header is None:
            if audio_format.encoding == AudioEncoding.AUDIO_ENCODING_WAV:
                raise ValueError("the session expects a WAV file and this file is none")
            return _Plan(0, 0, None, 1, container.bytes_per_second(file))  # the server says what is wrong
        # The whole file, chunks after the samples included: the server reads the header itself.
        return _Plan(0, header.data_offset, None, header.frame_bytes, header.sample_rate_hertz)
    if header is None:
        return _Plan(0, 0, None, frame, audio_format.sample_rate_hertz)
    told = (header.encoding, header.sample_rate_hertz, header.channel_count)
    wanted = (audio_format.encoding, audio_format.sample_rate_hertz, audio_format.channel_count)
    if told != wanted:
        raise ValueError(
            f"the WAV file has {header.sample_rate_hertz} Hz and {header.channel_count} channel(s) of "
            f"{8 * header.frame_bytes // header.channel_count} bits, the session another format"
        )
    return _Plan(header.data_offset, header.data_offset, header.data_bytes, frame, header.sample_rate_hertz)


def _header(file: BinaryIO) -> WavHeader | None:
    is_wav = file.read(4) in (b"RIFF", b"RF64")
    file.seek(0)
    return read_wav_header(file) if is_wav else None
