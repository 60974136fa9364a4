"""Client of Rivermouth: stream speech or text to a server, read one typed stream of events.

    from rivermouth.client import Client, Transcript, audio_format_of

    async with Client("127.0.0.1:50051") as client:
        async with client.session(audio_format_of("call.wav")) as session:
            session.feed_file("call.wav", realtime=True)
            async for event in session:
                match event.body:
                    case Transcript(text=text) if event.is_good:
                        print(text)

Without asyncio: rivermouth.client.sync. The messages are those of the contract, rivermouth.<noun>.v1.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rivermouth.client.audio_file import audio_format_of
    from rivermouth.client.client import Client
    from rivermouth.client.errors import RivermouthError
    from rivermouth.client.events import Event
    from rivermouth.client.formats import pcm, wav
    from rivermouth.client.reducer import Reducer
    from rivermouth.client.session import Session
    from rivermouth.client.text_chunks import text_chunk
    from rivermouth.transcript.v1.transcript_pb2 import Transcript

__all__ = [
    "Client",
    "Event",
    "Reducer",
    "RivermouthError",
    "Session",
    "Transcript",
    "audio_format_of",
    "pcm",
    "text_chunk",
    "wav",
]

# Loaded when first used: the `rivermouth` command lives below this package, and its help needs no gRPC.
_HOMES = {
    "Client": "rivermouth.client.client",
    "Event": "rivermouth.client.events",
    "Reducer": "rivermouth.client.reducer",
    "RivermouthError": "rivermouth.client.errors",
    "Session": "rivermouth.client.session",
    "Transcript": "rivermouth.transcript.v1.transcript_pb2",
    "audio_format_of": "rivermouth.client.audio_file",
    "pcm": "rivermouth.client.formats",
    "text_chunk": "rivermouth.client.text_chunks",
    "wav": "rivermouth.client.formats",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
