"""From the messages of a stream to its engine: decoding, gaps, silence.

What costs more than a few microseconds, measuring above all, is handed to `run`, a second of audio at a time:
for 48 kHz stereo that is 4 ms of work, of which an event loop would feel every one, and the hand-over takes
0.1 ms. Where a result is due every second it is handed over with the audio.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

from services.audio.decoder_pool import DecoderPool
from services.audio.format import AudioFormat
from services.quality.measures import Measurement, QualityEngine
from services.runtime.offsets import SECOND, from_frames, to_frames

MAX_SILENCE = 60 * SECOND
MAX_GAP = 24 * 3600 * SECOND
"""A larger jump of sample_offset is a fault of the sender, not audio that was dropped."""
_LARGEST_BACKLOG = 1.2
"""Seconds."""

T = TypeVar("T")
OpenEngine = Callable[[int, int], QualityEngine]
"""Makes an engine for a sample rate in Hz and a number of channels."""


class Run(Protocol):
    """Calls a function where it holds nobody up, and gives its result."""

    def __call__(self, function: Callable[[], T], /) -> Awaitable[T]: ...


class OffsetError(ValueError):
    """The sender's fault: a chunk begins before the end of what was taken, or absurdly far after it."""


class Intake:
    """Takes one stream, from one task; `close` it.

    Its rate in Hz and its channels are 0 until a container's header tells them.
    """

    def __init__(
        self, audio_format: AudioFormat, decoders: DecoderPool, open_engine: OpenEngine, run: Run
    ) -> None:
        self.sample_rate_hertz = 0
        self.channel_count = 0
        self._decoder = decoders.open(audio_format)
        self._has_offsets = not audio_format.encoding.is_container
        self._open_engine = open_engine
        self._run = run
        self._engine: QualityEngine | None = None
        self._early_silence = 0  # nanoseconds of it that came before a container's header
        self._open()

    @property
    def position(self) -> int:
        """Audio so far, gaps included, in nanoseconds."""
        return from_frames(self._engine.position, self.sample_rate_hertz) if self._engine else 0

    async def accept(self, content: bytes, sample_offset: int | None) -> None:
        """Take a chunk; what is missing before it counts as a gap. Containers have no sample offsets.

        Raises OffsetError, or AudioError as the decoder does; the chunk, or its rest, was left out.
        """
        gap = self._gap_before(sample_offset)
        at_once = None if gap else self._decoder.accept_at_once(content)
        if at_once is not None:
            if at_once:
                await self._take(at_once)
            return
        async for pcm in self._decoder.accept(content):
            if gap and self._engine is not None:
                await self._run(partial(self._engine.skip, gap))
                gap = 0
            await self._take(pcm)

    async def silence(self, length: int) -> None:
        """Take that many nanoseconds of digital zero."""
        if self._engine is None:
            self._early_silence += length
        else:
            self._engine.silence(to_frames(length, self.sample_rate_hertz))
            await self._work_off(self._engine)

    async def finish(self) -> None:
        """Take the end of the stream. Raises AudioError as the decoder does; what was taken stays."""
        try:
            async for pcm in self._decoder.finish():
                await self._take(pcm)
        finally:
            if self._engine is not None:
                await self._run(self._engine.finish)

    def close(self) -> None:
        """Nothing more comes, or nobody wants it."""
        self._decoder.close()

    async def measure(self, *, recent: bool) -> Measurement | None:
        """The figures so far, or of the newest 10 to 12 s; None while the format is not known."""
        engine = self._engine
        if engine is None:
            return None

        def up_to_now() -> Measurement:
            engine.process()
            return engine.measure(recent=recent)

        return await self._run(up_to_now)

    async def _take(self, pcm: bytes) -> None:
        engine = self._open()
        if engine is not None:
            engine.accept(pcm)
            await self._work_off(engine)

    async def _work_off(self, engine: QualityEngine) -> None:
        if engine.backlog >= _LARGEST_BACKLOG * self.sample_rate_hertz:
            await self._run(engine.process)

    def _gap_before(self, sample_offset: int | None) -> int:
        if sample_offset is None or self._engine is None or not self._has_offsets:
            return 0
        gap = sample_offset - self._engine.position
        if not 0 <= gap <= to_frames(MAX_GAP, self.sample_rate_hertz):
            raise OffsetError(
                f"sample_offset is {sample_offset}, but {self._engine.position} frames came before"
            )
        return gap

    def _open(self) -> QualityEngine | None:
        rate, channel_count = self._decoder.sample_rate_hertz, self._decoder.channel_count
        if self._engine is None and rate is not None and channel_count is not None:
            self.sample_rate_hertz, self.channel_count = rate, channel_count
            self._engine = self._open_engine(rate, channel_count)
            self._engine.silence(to_frames(self._early_silence, rate))
        return self._engine
