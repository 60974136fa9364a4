"""The same client without asyncio: the names of rivermouth.client, as plain calls.

    from rivermouth.client import pcm
    from rivermouth.client.sync import Client

    with Client("127.0.0.1:50051") as client, client.session(pcm(16000)) as session:
        session.feed_file("call.raw")
        for event in session:
            print(event.kind)

A thread of the client's own runs its event loop. Sessions may be sent to from one thread and read from
another.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from rivermouth.analysis.v1.analysis_pb2 import Analysis
from rivermouth.audio.v1.audio_pb2 import AudioFormat
from rivermouth.client import client, session
from rivermouth.client.analysis import AudioInput, TranscriptInput
from rivermouth.client.events import Event
from rivermouth.client.requests import SessionOptions
from rivermouth.session.v1 import service_pb2
from rivermouth.session.v1.config_pb2 import UpdateConfig
from rivermouth.session.v1.events_pb2 import ConfigUpdated, FinalizeAck, SessionStarted, SessionSummary
from rivermouth.transcript.v1.transcript_pb2 import TextChunk

T = TypeVar("T")


class _LoopThread:
    """An event loop in a thread."""

    def __init__(self) -> None:
        ready: Future[asyncio.AbstractEventLoop] = Future()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(ready)), name="rivermouth client", daemon=True
        )
        self._thread.start()
        self._loop = ready.result()

    async def _serve(self, ready: Future[asyncio.AbstractEventLoop]) -> None:
        ready.set_result(asyncio.get_running_loop())
        await self._stop.wait()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs it there and waits for it here; an interrupt here cancels it there."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Stops the loop and waits for its end."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


class Client:
    """As rivermouth.client.Client."""

    def __init__(self, address: str = client.DEFAULT_ADDRESS, **options: Any) -> None:
        self._client = client.Client(address, **options)
        self._thread: _LoopThread | None = None

    @property
    def address(self) -> str:
        """The server."""
        return self._client.address

    def __enter__(self) -> Self:
        self._thread = _LoopThread()
        self._thread.run(self._client.__aenter__())
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        thread, self._thread = self._running(), None
        try:
            thread.run(self._client.__aexit__(exc_type, exc, tb))
        finally:
            thread.close()

    def session(
        self, audio_format: AudioFormat | None = None, **options: Unpack[SessionOptions]
    ) -> "Session":
        """A session of audio in the given format, or without one of text chunks."""
        return Session(self._running(), self._client.session(audio_format, **options))

    def capabilities(self) -> service_pb2.GetCapabilitiesResponse:
        """What this server can do."""
        return self._running().run(self._client.capabilities())

    def get_session(self, session_id: str) -> service_pb2.Session:
        """A session as it is now."""
        return self._running().run(self._client.get_session(session_id))

    def stream_analyze(
        self,
        transcript: TranscriptInput | None = None,
        audio: AudioInput | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> Iterator[Analysis]:
        """The messages of one analysis as they are made, the first partial, the last not."""
        return _iterate(self._running(), self._client.stream_analyze(transcript, audio, meta))

    def analyze(
        self,
        transcript: TranscriptInput | None = None,
        audio: AudioInput | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> Analysis:
        """The last message of `stream_analyze`."""
        return self._running().run(self._client.analyze(transcript, audio, meta))

    def _running(self) -> _LoopThread:
        if self._thread is None:
            raise RuntimeError("the client has not been entered: use `with Client(...)`")
        return self._thread


class Session:
    """As rivermouth.client.Session. Read while you send: with `feed_file`, or from another thread."""

    def __init__(self, thread: _LoopThread, inner: session.Session) -> None:
        self._thread = thread
        self._session = inner

    @property
    def session_id(self) -> str:
        """Known from the first event on."""
        return self._session.session_id

    @property
    def started(self) -> SessionStarted | None:
        """The first event, once it is there."""
        return self._session.started

    @property
    def summary(self) -> SessionSummary | None:
        """The last event, once it is there."""
        return self._session.summary

    def __enter__(self) -> Self:
        self._thread.run(self._session.__aenter__())
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._thread.run(self._session.__aexit__(exc_type, exc, tb))

    def __iter__(self) -> Iterator[Event]:
        return _iterate(self._thread, self._session)

    def send_audio(self, content: bytes) -> None:
        """Sends audio in the session's format."""
        self._thread.run(self._session.send_audio(content))

    def send_file(self, path: str | os.PathLike[str], *, realtime: bool = False) -> None:
        """Sends a file, at its own pace on request."""
        self._thread.run(self._session.send_file(path, realtime=realtime))

    def feed_file(self, path: str | os.PathLike[str], *, realtime: bool = False) -> None:
        """Sends a file beside the reading, then finishes."""

        async def feeding() -> None:  # tasks are made on the loop
            self._session.feed_file(path, realtime=realtime)

        self._thread.run(feeding())

    def send_text(self, text: str, start: float, end: float, speaker: str = "", channel: int = 0) -> None:
        """Sends a chunk of a transcript, times in seconds."""
        self._thread.run(self._session.send_text(text, start, end, speaker, channel))

    def send_text_chunk(self, chunk: TextChunk) -> None:
        """Sends a chunk of a transcript."""
        self._thread.run(self._session.send_text_chunk(chunk))

    def send_silence(self, seconds: float) -> None:
        """Says that there was nothing to hear."""
        self._thread.run(self._session.send_silence(seconds))

    def keep_alive(self) -> None:
        """Says that the client lives."""
        self._thread.run(self._session.keep_alive())

    def finalize(self, channel: int = 0) -> FinalizeAck:
        """Closes what is open on a channel, 0 for all; returns when that is done."""
        return self._thread.run(self._session.finalize(channel))

    def update_config(self, update: UpdateConfig) -> ConfigUpdated:
        """Changes the configuration; returns when that is done."""
        return self._thread.run(self._session.update_config(update))

    def finish(self) -> None:
        """Ends the input."""
        self._thread.run(self._session.finish())


def _iterate(thread: _LoopThread, items: AsyncIterator[T]) -> Iterator[T]:
    async def following() -> T | None:
        return await anext(items, None)

    try:
        while (item := thread.run(following())) is not None:
            yield item
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            thread.run(close())
