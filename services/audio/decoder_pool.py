"""Decoders of streams for an event loop: raw samples and WAV in place, other containers in processes.

A container has a process to itself, from its first bytes to its end. One more is kept ready once the first
was asked for, so that no stream waits for libav to load; where all are taken, a stream waits for its turn.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from services.audio.containers import HEAD_BYTES, Container, identify
from services.audio.decoder import Decoder, open_decoder
from services.audio.decoder_pipe import Order
from services.audio.decoder_process import DecoderProcess
from services.audio.errors import AudioContentError, AudioDecoderError, AudioError, Reason
from services.audio.format import AudioFormat, Encoding

_LARGEST_INLINE = 64 * 1024
"""Bytes whose decoding in place takes well under 1 ms; a thread costs 80 µs, which the usual 100 ms are not
worth."""


@dataclass(frozen=True, slots=True)
class DecoderLimits:
    """What containers may take.

    Attributes:
        processes: streams decoded at once, each in a process of 20 to 40 MB.
        wait: seconds until a stream that finds no process free is refused.
        max_seconds: of audio in one stream.
        free_seconds, least_bytes_per_second: audio may also last no longer than so many seconds and what
            the bytes give at that rate. Eight hours of silence at 8 kHz in FLAC have 22 bytes a second.
        memory_bytes: beyond what a process has when it has loaded.
        cpu_seconds, cpu_seconds_per_byte: of CPU time.
        stall_timeout: seconds without a sign from a process at work until it is ended.
        start_timeout: seconds for a process to load.
    """

    processes: int = 64
    wait: float = 10.0
    max_seconds: float = 6 * 3600.0
    free_seconds: float = 60.0
    least_bytes_per_second: float = 16.0
    memory_bytes: int = 256 << 20
    cpu_seconds: float = 10.0
    cpu_seconds_per_byte: float = 1e-4
    stall_timeout: float = 10.0
    start_timeout: float = 30.0


class DecoderPool:
    """Use as `async with`: leaving it ends every process.

    Attributes:
        processes: those that decode a stream now.
    """

    def __init__(self, limits: DecoderLimits | None = None) -> None:
        self.limits = limits or DecoderLimits()
        self.processes: set[DecoderProcess] = set()
        self._free = asyncio.Semaphore(self.limits.processes)
        self._spare: asyncio.Task[DecoderProcess] | None = None
        self._endings: set[asyncio.Task[None]] = set()
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        if self._spare is not None:
            self._spare.cancel()
            with contextlib.suppress(asyncio.CancelledError, AudioDecoderError):
                await (await self._spare).end()
        for process in list(self.processes):
            self.release(process)
        while self._endings:
            await asyncio.wait(self._endings)

    def open(self, audio_format: AudioFormat) -> StreamDecoder:
        """A decoder for one stream, to be closed; nothing runs for it before its first bytes."""
        encoding = audio_format.encoding
        if encoding.is_container and encoding is not Encoding.WAV:
            self._make_spare()
        return StreamDecoder(audio_format, self)

    async def acquire(self) -> DecoderProcess:
        """A process for one stream; `release` it.

        Raises:
            AudioDecoderError: AUDIO_DECODERS_BUSY, or AUDIO_DECODER_DIED where none can be started.
        """
        try:
            async with asyncio.timeout(self.limits.wait):
                await self._free.acquire()
        except TimeoutError:
            raise AudioDecoderError(
                Reason.DECODERS_BUSY,
                f"{self.limits.processes} containers are decoded already, as many as this server takes",
            ) from None
        try:
            process = await self._take_spare()
        except BaseException:
            self._free.release()
            raise
        self.processes.add(process)
        self._make_spare()
        return process

    def release(self, process: DecoderProcess) -> None:
        """The stream is over, or nobody wants more of it: the process ends."""
        if process in self.processes:
            self.processes.remove(process)
            process.kill()
            self._later(process)

    def _later(self, process: DecoderProcess) -> None:
        ending = asyncio.get_running_loop().create_task(self._end(process))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _end(self, process: DecoderProcess) -> None:
        try:
            await process.end()
        finally:
            self._free.release()

    def _make_spare(self) -> None:
        if self._spare is None and self._is_open:
            self._spare = asyncio.get_running_loop().create_task(self._start())

    async def _take_spare(self) -> DecoderProcess:
        spare, self._spare = self._spare, None
        if spare is not None:
            with contextlib.suppress(AudioDecoderError):
                process = await spare
                if process.lives:
                    return process
                await process.end()
        return await self._start()

    async def _start(self) -> DecoderProcess:
        return await DecoderProcess.start(self.limits.start_timeout, self.limits.stall_timeout)


class StreamDecoder:
    """Decodes one stream of any format, as services.audio.decoder.Decoder does; but it may have to wait.

    What has to be decoded in a process is decoded when the call returns, so that a sender who waits for it
    is held back by decoding and by whoever takes the PCM. One task calls it, one call at a time.
    """

    def __init__(self, audio_format: AudioFormat, pool: DecoderPool) -> None:
        self._format = audio_format
        self._pool = pool
        self._inline: Decoder | None = None
        self._process: DecoderProcess | None = None
        self._head = b""
        self._failure: AudioError | None = None
        self._known: tuple[int | None, int | None] = (None, None)
        if not audio_format.encoding.is_container or audio_format.encoding is Encoding.WAV:
            self._inline = open_decoder(audio_format)

    @property
    def sample_rate_hertz(self) -> int | None:
        """Of the decoded audio; None while a container's header has not been read."""
        if self._inline is not None:
            return self._inline.sample_rate_hertz
        return self._known[0]

    @property
    def channel_count(self) -> int | None:
        """Of the decoded audio; None while a container's header has not been read."""
        if self._inline is not None:
            return self._inline.channel_count
        return self._known[1]

    def accept_at_once(self, data: bytes) -> bytes | None:
        """What `accept` gives, where that takes no waiting: raw samples and WAV, the usual sizes. Else None,
        and nothing was taken. This is the way of nearly every message; an iterator would cost it 3 µs.

        Raises as `accept` does.
        """
        if self._inline is None or self._failure is not None or len(data) > _LARGEST_INLINE:
            return None
        return self._inline.accept(data)

    async def accept(self, data: bytes) -> AsyncIterator[bytes]:
        """Take the next bytes of the stream; gives the whole frames they complete, in pieces.

        Frames are interleaved signed 16-bit little-endian samples.

        Raises:
            AudioFrameError: a piece of a raw encoding does not hold whole frames; it was left out.
            AudioContentError, AudioDecoderError: the stream cannot be decoded from here on; all before was
                given, and every later call raises the same.
        """
        if self._failure is not None:
            raise self._failure.with_traceback(None)  # else it would grow with each raise
        if self._inline is None and self._process is None:
            self._head += data
            if len(self._head) < HEAD_BYTES:
                return
            await self._begin()
            data, self._head = self._head, b""
        if self._inline is not None:
            if len(data) <= _LARGEST_INLINE:
                pcm = self._inline.accept(data)
            else:
                pcm = await asyncio.to_thread(self._inline.accept, data)
            if pcm:
                yield pcm
        elif self._process is not None:
            async for pcm in self._watch(self._process, self._process.decode(data)):
                yield pcm

    async def finish(self) -> AsyncIterator[bytes]:
        """The end of the stream; gives what was held back, as `accept` does.

        Raises:
            AudioFrameError: the last frame is not complete. All before it was given.
            AudioContentError: a container that ends before its first sample, but for an empty stream.
            AudioDecoderError: as in `accept`.
        """
        if self._failure is not None:
            return
        if self._head:
            container = identify(self._format.encoding, self._head)
            position = len(self._head)
            raise AudioContentError(
                Reason.TRUNCATED, f"the {container} stream ends in its first {position} bytes", position
            )
        if self._inline is not None:
            if rest := self._inline.finish():
                yield rest
        elif self._process is not None:
            async for pcm in self._watch(self._process, self._process.finish()):
                yield pcm
        self.close()

    def close(self) -> None:
        """Nothing more is wanted: gives the process back. May be called at any time, and again."""
        if self._process is not None:
            self._pool.release(self._process)

    async def _begin(self) -> None:
        """The first bytes are there: choose what decodes them."""
        declared = self._format
        try:
            container = identify(declared.encoding, self._head)
            if container is Container.WAV:
                wav = AudioFormat(Encoding.WAV, declared.sample_rate_hertz, declared.channel_count)
                self._inline = open_decoder(wav)
                return
            process = await self._pool.acquire()
        except AudioError as error:
            self._failure = error
            raise
        limits = self._pool.limits
        self._process = process
        process.order(
            Order(
                encoding=declared.encoding,
                container=container,
                sample_rate_hertz=declared.sample_rate_hertz,
                channel_count=declared.channel_count,
                max_seconds=limits.max_seconds,
                free_seconds=limits.free_seconds,
                least_bytes_per_second=limits.least_bytes_per_second,
                memory_bytes=limits.memory_bytes,
                cpu_seconds=limits.cpu_seconds,
                cpu_seconds_per_byte=limits.cpu_seconds_per_byte,
            )
        )

    async def _watch(self, process: DecoderProcess, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        try:
            async for pcm in pieces:
                if process.format is not None:
                    self._known = process.format
                yield pcm
        except AudioError as error:
            self._failure = error
            self.close()
            raise
