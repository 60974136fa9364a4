"""A session: what is sent, what comes back, and how it ends."""

import os
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self, cast

from rivermouth.audio.v1.audio_pb2 import AudioChunk, AudioFormat, Silence
from rivermouth.client.audio_file import CHUNKS_A_SECOND, read_pieces
from rivermouth.client.connection import Call, Connection
from rivermouth.client.events import Event
from rivermouth.client.formats import frame_bytes
from rivermouth.client.offsets import duration
from rivermouth.client.pacing import Pacer
from rivermouth.client.requests import Numbering, with_answers
from rivermouth.client.text_chunks import text_chunk
from rivermouth.session.v1.config_pb2 import StreamingConfig, UpdateConfig
from rivermouth.session.v1.events_pb2 import ConfigUpdated, FinalizeAck, SessionStarted, SessionSummary
from rivermouth.session.v1.service_pb2 import Finalize, Finish, KeepAlive, StreamingAnalyzeRequest
from rivermouth.transcript.v1.transcript_pb2 import TextChunk

_CONTAINER_CHUNK_BYTES = 32 * 1024
_MOST_CHUNKS_AT_ONCE = 5  # up to 500 ms go as they are given


class Session:
    """One session. Made by `Client.session`, used as an asynchronous context manager and iterator:

        async with client.session(pcm(16000)) as session:
            session.feed_file("call.raw", realtime=True)
            async for event in session:
                print(event.kind, event.body)

    Sending and reading go on side by side: read while you send (with `feed_file`, `feed` or a task of your
    own), for a server holds a sender back who does not read. At most 256 unread events are kept here; past
    that the server is held back, which coalesces interims and loses nothing.

    Leaving the block after `finish` waits for the rest of the events; leaving it before, or by an exception,
    cancels the session. Every method may raise the RivermouthError that ended the call; `SessionEnded` means
    that the server ended it in good order, and that its last events say why.
    """

    def __init__(self, start: Callable[[], Call], config: StreamingConfig, address: str) -> None:
        self._start = start
        self._config = config
        self._address = address
        self._format = config.audio_format if config.HasField("audio_format") else None
        self._connection: Connection | None = None
        self._finished = False

    @property
    def session_id(self) -> str:
        """Known from the first event on, empty before."""
        return self._running().session_id

    @property
    def started(self) -> SessionStarted | None:
        """The first event, once it is there: what runs, and how the audio is understood."""
        return self._running().started

    @property
    def summary(self) -> SessionSummary | None:
        """The last event, once it is there: how the session ended, and its counts."""
        return self._running().summary

    async def __aenter__(self) -> Self:
        if self._connection is not None:
            raise RuntimeError("a session can be entered once only")
        self._connection = Connection(self._start(), Numbering(self._format), self._address)
        await self._connection.send(StreamingAnalyzeRequest(streaming_config=self._config))
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        connection = self._running()
        try:
            if exc_type is None and self._finished and not connection.told:
                async for _ in self:
                    pass
        finally:
            await connection.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        event = await self._running().receive()
        if event is None:
            raise StopAsyncIteration
        return event

    async def send_audio(self, content: bytes) -> None:
        """Sends audio in the session's format, any length; it is cut in chunks as needed.

        Raises ValueError where PCM does not hold whole frames, or the session has no audio.
        """
        audio_format = self._audio_format()
        frame = frame_bytes(audio_format)
        if frame is None:
            step = _CONTAINER_CHUNK_BYTES
        else:
            if len(content) % frame:
                raise ValueError(f"{len(content)} bytes are no whole frames of {frame} bytes")
            step = max(audio_format.sample_rate_hertz // CHUNKS_A_SECOND, 1) * frame
            if len(content) <= _MOST_CHUNKS_AT_ONCE * step:
                step = max(len(content), 1)
        for begin in range(0, len(content), step):
            chunk = AudioChunk(content=content[begin : begin + step])
            await self._send(StreamingAnalyzeRequest(audio=chunk))

    async def send_file(self, path: str | os.PathLike[str], *, realtime: bool = False) -> None:
        """Sends a file in chunks of 100 ms; in `realtime` each when a microphone would have recorded it.

        Raises OSError where it cannot be read, ValueError where it is not of the session's format.
        """
        audio_format = self._audio_format()
        pacer = Pacer() if realtime else None
        async with aclosing(read_pieces(path, audio_format)) as pieces:
            async for piece in pieces:
                if pacer is not None:
                    await pacer.until(piece.end)
                await self._send(StreamingAnalyzeRequest(audio=AudioChunk(content=piece.content)))

    async def send_text(
        self, text: str, start: float, end: float, speaker: str = "", channel: int = 0
    ) -> None:
        """Sends a chunk of a transcript, times in seconds, in a session without audio."""
        await self.send_text_chunk(text_chunk(text, start, end, speaker, channel))

    async def send_text_chunk(self, chunk: TextChunk) -> None:
        """Sends a chunk of a transcript in a session without audio."""
        if self._format is not None:
            raise ValueError("this session has audio: text chunks need one without")
        await self._send(StreamingAnalyzeRequest(text_chunk=chunk))

    async def send_silence(self, seconds: float) -> None:
        """Says that there was nothing to hear for up to 60 s, without sending it as audio."""
        await self._send(StreamingAnalyzeRequest(silence=Silence(duration=duration(seconds))))

    async def keep_alive(self) -> None:
        """Says that the client lives, where it has nothing else to send for long."""
        await self._send(StreamingAnalyzeRequest(keep_alive=KeepAlive()))

    async def finalize(self, channel: int = 0) -> FinalizeAck:
        """Closes what is open on a channel, 0 for all; returns when that is done and its results are here.

        Events must be read meanwhile. Raises RequestError where the server refuses it.
        """
        request = StreamingAnalyzeRequest(finalize=Finalize(channel_tag=channel))
        return cast(FinalizeAck, await self._open().ask(request))

    async def update_config(self, update: UpdateConfig) -> ConfigUpdated:
        """Changes the configuration; what is absent from `update` stays. Returns when it is done.

        Events must be read meanwhile. Raises UpdateRejected where the server refuses it as a whole.
        """
        request = StreamingAnalyzeRequest(update_config=update)
        if update.HasField("event_filter"):
            request.update_config.event_filter.CopyFrom(with_answers(update.event_filter))
        return cast(ConfigUpdated, await self._open().ask(request))

    async def finish(self) -> None:
        """Ends the input; results go on coming until session_summary. Does nothing the second time."""
        if not self._finished:
            await self._send(StreamingAnalyzeRequest(finish=Finish()))
            self._finished = True

    def feed(self, sending: Coroutine[Any, Any, None]) -> None:
        """Runs a coroutine that sends, beside the reading, until the session is left.

        What it raises is raised to the reader, and ends the session.
        """
        if self._connection is None:
            sending.close()
        self._running().feed(sending)

    def feed_file(self, path: str | os.PathLike[str], *, realtime: bool = False) -> None:
        """Sends a file beside the reading, as `send_file` does, then finishes."""

        async def sending() -> None:
            await self.send_file(path, realtime=realtime)
            await self.finish()

        self.feed(sending())

    async def _send(self, request: StreamingAnalyzeRequest) -> None:
        await self._open().send(request)

    def _open(self) -> Connection:
        if self._finished:
            raise RuntimeError("the input of this session has been finished")
        return self._running()

    def _running(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the session has not been entered: use `async with`")
        return self._connection

    def _audio_format(self) -> AudioFormat:
        if self._format is None:
            raise ValueError("this session has no audio: it was opened without an audio format")
        return self._format
