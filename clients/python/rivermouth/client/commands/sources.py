"""What `rivermouth stream` sends: recordings and transcripts, checked before anything is sent."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rivermouth.audio.v1.audio_pb2 import AudioFormat
from rivermouth.client.audio_file import audio_format_of
from rivermouth.client.formats import Encoding, pcm
from rivermouth.client.offsets import seconds
from rivermouth.client.pacing import Pacer
from rivermouth.client.session import Session
from rivermouth.client.text_chunks import read_text_chunks
from rivermouth.transcript.v1.transcript_pb2 import TextChunk

ENCODINGS: dict[str, Encoding] = {
    "linear16": "LINEAR16",
    "float32": "FLOAT32",
    "mulaw": "MULAW",
    "alaw": "ALAW",
}


class UsageError(Exception):
    """The command line asks for what cannot be; the message says what and what to do."""


class Source(Protocol):
    """The input of one session."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def audio_format(self) -> AudioFormat | None:
        """To open the session with."""

    async def send(self, session: Session, realtime: bool) -> None:
        """Sends all of it."""


@dataclass(frozen=True)
class Recording:
    """An audio file."""

    path: Path
    audio_format: AudioFormat

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    async def send(self, session: Session, realtime: bool) -> None:
        """Sends it in chunks."""
        await session.send_file(self.path, realtime=realtime)


@dataclass(frozen=True)
class TextTranscript:
    """A file of text chunks."""

    path: Path
    chunks: Sequence[TextChunk]
    audio_format: None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    async def send(self, session: Session, realtime: bool) -> None:
        """Sends chunk by chunk; in realtime each when it has been said."""
        pacer = Pacer() if realtime else None
        for chunk in self.chunks:
            if pacer is not None:
                await pacer.until(seconds(chunk.end_offset))
            await session.send_text_chunk(chunk)


def sources_of(args: argparse.Namespace) -> list[Source]:
    """The sessions that a command line asks for, in its order. Raises UsageError."""
    sources: list[Source] = [_recording(Path(path), args) for path in args.files]
    sources += [_transcript(Path(path)) for path in args.text]
    if not sources:
        raise UsageError("name a recording to stream, or a transcript with --text FILE.jsonl")
    return sources


def _recording(path: Path, args: argparse.Namespace) -> Recording:
    _check_readable(path)
    if args.encoding:
        if not args.rate:
            raise UsageError("raw samples need --rate as well, such as --rate 16000")
        return Recording(path, pcm(args.rate, args.channels, ENCODINGS[args.encoding]))
    try:
        return Recording(path, audio_format_of(path))
    except ValueError as error:
        raise UsageError(
            f"{path}: {error}. For raw samples say --encoding linear16 --rate 16000 --channels 1; "
            "convert anything else to WAV, FLAC, Opus or MP3"
        ) from None


def _transcript(path: Path) -> TextTranscript:
    _check_readable(path)
    try:
        return TextTranscript(path, read_text_chunks(path))
    except ValueError as error:
        text = str(error)
        raise UsageError(text if text.startswith(str(path)) else f"{path}: {text}") from None


def _check_readable(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a directory")
    try:
        os.stat(path)
        with path.open("rb"):
            pass
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
