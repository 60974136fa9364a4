"""One decoder process, seen from its owner. It decodes one stream and ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Self

from services.audio.decoder_pipe import CONSUMED, FORMAT, HEADER, Kind, Order, unpack_error
from services.audio.errors import AudioContentError, AudioDecoderError, Reason

_PIECE = 1 << 16
"""Bytes sent at once: what waits for a process that is at work."""
_EXIT_TIME = 5.0
"""Seconds for a process to exit that has said its last."""


class DecoderProcess:
    """A process that has loaded libav.

    Attributes:
        format: sample rate in Hz and channel count of what it decodes, None before the first sample.
    """

    def __init__(self, process: asyncio.subprocess.Process, stall_timeout: float) -> None:
        self.format: tuple[int, int] | None = None
        self.pid = process.pid
        self._process = process
        self._stall_timeout = stall_timeout
        self._sent = 0
        self._consumed = 0
        self._ended = False

    @classmethod
    async def start(cls, start_timeout: float, stall_timeout: float) -> Self:
        """Start a process and wait until it has loaded, both in seconds.

        Raises:
            AudioDecoderError: AUDIO_DECODER_DIED, it could not be started.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.audio.decoder_worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        except OSError as error:
            raise _died(f"could not be started: {error.strerror}") from None
        worker = cls(process, stall_timeout)
        try:
            async with asyncio.timeout(start_timeout):
                await worker._read_frame()
        except TimeoutError:
            await worker.end()
            raise _died("took too long to load") from None
        except BaseException:
            await worker.end()
            raise
        return worker

    @property
    def lives(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None

    def order(self, order: Order) -> None:
        """Say what will come; once, before the first bytes."""
        self._write(order.pack())

    async def decode(self, data: bytes) -> AsyncIterator[bytes]:
        """Send the next bytes of the stream; gives PCM until they are worked off.

        Raises:
            AudioError: as told by the process; AUDIO_DECODER_DIED or AUDIO_DECODER_LIMIT if it is no more.
        """
        for begin in range(0, len(data), _PIECE):
            piece = data[begin : begin + _PIECE]
            self._sent += len(piece)
            self._write(piece)
            async for pcm in self._read_pcm():
                yield pcm

    async def finish(self) -> AsyncIterator[bytes]:
        """Send the end of the stream; gives the rest of the PCM. Raises as `decode` does."""
        self._sent += 1  # never consumed: not hunger ends this, but the end
        assert self._process.stdin is not None
        self._process.stdin.close()
        async for pcm in self._read_pcm():
            yield pcm

    def kill(self) -> None:
        """End the process, at once, unless it is ending by itself; `end` waits for it."""
        # A kill collects a process that has just died, and asyncio would not learn how it did.
        if not self._ended and self._process.returncode is None:
            self._process.kill()

    async def end(self) -> int:
        """Wait until the process is gone, killed if need be; returns its exit code."""
        self.kill()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        # A pipe of which nothing is read never ends, and asyncio waits for that too.
        with contextlib.suppress(RuntimeError):  # another task reads it, then
            while await self._process.stdout.read(_PIECE):
                pass
        try:
            async with asyncio.timeout(_EXIT_TIME):
                return await asyncio.shield(self._process.wait())
        except TimeoutError:
            self._process.kill()
            return await asyncio.shield(self._process.wait())

    async def _read_pcm(self) -> AsyncIterator[bytes]:
        while not self._ended and self._consumed < self._sent:
            try:
                async with asyncio.timeout(self._stall_timeout):
                    kind, payload = await self._read_frame()
            except TimeoutError:
                self.kill()
                raise _died(f"stood still for {self._stall_timeout:g} s", self._consumed) from None
            match kind:
                case Kind.FORMAT:
                    rate, channel_count = FORMAT.unpack(payload)
                    self.format = rate, channel_count
                case Kind.PCM:
                    yield payload
                case Kind.HUNGRY:
                    (self._consumed,) = CONSUMED.unpack(payload)
                case Kind.END:
                    self._ended = True
                case Kind.ERROR:
                    self._ended = True
                    raise unpack_error(payload)

    async def _read_frame(self) -> tuple[Kind, bytes]:
        reader = self._process.stdout
        assert reader is not None
        try:
            kind, size = HEADER.unpack(await reader.readexactly(HEADER.size))
            return Kind(kind), await reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._why_dead() from None

    async def _why_dead(self) -> AudioContentError | AudioDecoderError:
        self._ended = True
        code = await self.end()
        if code == -signal.SIGXCPU:
            return AudioContentError(
                Reason.DECODER_LIMIT,
                "decoding takes more CPU time than so many bytes are given",
                self._consumed,
            )
        return _died(f"ended with code {code}", self._consumed)

    def _write(self, data: bytes) -> None:
        # At most a piece waits in the transport, so there is nothing to drain. A write to a process that is
        # gone is dropped; the read that follows tells of it.
        assert self._process.stdin is not None
        self._process.stdin.write(data)


def _died(what: str, position: int | None = None) -> AudioDecoderError:
    return AudioDecoderError(Reason.DECODER_DIED, f"the decoder {what}", position)
