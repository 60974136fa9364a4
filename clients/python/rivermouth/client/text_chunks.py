"""Transcripts that a client already has, for sessions without audio."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rivermouth.client.offsets import duration
from rivermouth.transcript.v1.transcript_pb2 import TextChunk

MAX_CHARACTERS = 20_000
_KEYS = {"start", "end", "text", "speaker", "channel"}


def text_chunk(text: str, start: float, end: float, speaker: str = "", channel: int = 0) -> TextChunk:
    """A chunk of a transcript; `start` and `end` in seconds from the begin of the session.

    Raises ValueError for times that are no finite number. Everything else is for the server to judge,
    which answers a bad chunk with an error event and goes on.
    """
    return TextChunk(
        start_offset=duration(start),
        end_offset=duration(end),
        text=text,
        speaker=speaker,
        channel_tag=channel,
    )


def text_chunk_of(entry: Mapping[str, Any]) -> TextChunk:
    """A chunk from a mapping with text, start and end (seconds), and perhaps speaker and channel.

    Raises ValueError naming what is missing, unknown or of the wrong kind.
    """
    if unknown := sorted(set(entry) - _KEYS):
        raise ValueError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    try:
        return text_chunk(
            entry["text"],
            float(entry["start"]),
            float(entry["end"]),
            entry.get("speaker") or "",
            int(entry.get("channel") or 0),
        )
    except KeyError as error:
        raise ValueError(f"{error.args[0]!r} is missing") from None
    except TypeError as error:
        raise ValueError(str(error)) from None


def read_text_chunks(path: str | os.PathLike[str]) -> list[TextChunk]:
    """The chunks of a file of JSON lines: {"start": 0.0, "end": 1.2, "text": "hello", "speaker": "anna"}.

    Raises OSError where it cannot be read, ValueError with the line where it is wrong.
    """
    chunks = []
    with Path(path).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                if not isinstance(entry, dict):
                    raise ValueError("a line must be a JSON object")
                chunks.append(text_chunk_of(entry))
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}") from None
    return chunks


def split_text(text: str) -> Iterator[str]:
    """`text` in pieces of at most MAX_CHARACTERS, cut at white space where there is some."""
    rest = text.strip()
    while len(rest) > MAX_CHARACTERS:
        cut = rest.rfind(" ", 0, MAX_CHARACTERS)
        cut = cut if cut > 0 else MAX_CHARACTERS
        yield rest[:cut]
        rest = rest[cut:].strip()
    if rest:
        yield rest
