"""What comes in as audio: decoded once, cut to pieces of 100 ms, as it is and as recognisers want it.

All of it is cheap enough for the event loop: resampling 100 ms costs 8 to 31 µs, a thread to do it 77 µs.
Compressed containers are decoded in processes, and waited for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from gateway.reasons import AUDIO_OFFSET_MISMATCH, SILENCE_BEFORE_AUDIO, SILENCE_INVALID
from rivermouth.audio.v1 import audio_pb2
from services.audio.decoder_pool import DecoderPool
from services.audio.errors import AudioError
from services.audio.format import AudioFormat, Encoding
from services.audio.framing import Rechunker
from services.audio.pcm import frames_from_bytes
from services.audio.resample import ResampleStream
from services.runtime.offsets import SECOND, from_frames, to_frames

SPEECH_HERTZ = 16_000
_PIECE_SECONDS = 10
"""Pieces a second: 100 ms, where the cost of a message and the delay of waiting for one balance."""


class InputRefused(Exception):
    """A piece of input that cannot be used. Nothing else is lost."""

    def __init__(self, reason: str, field: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field
        self.message = message


class Piece(NamedTuple):
    """About 100 ms of audio; times in nanoseconds from the first sample of the session."""

    start: int
    end: int
    native: bytes
    """LINEAR16 at the native rate, channels interleaved."""
    offset: int
    """Of its first frame, at the native rate."""
    speech: bytes
    """LINEAR16 at 16 kHz, channels interleaved."""


class AudioIntake:
    """The audio of one session. Its times are counted in samples of the native rate, so they never drift."""

    def __init__(self, declared: audio_pb2.AudioFormat, decoders: DecoderPool) -> None:
        encoding = Encoding[audio_pb2.AudioEncoding.Name(declared.encoding).removeprefix("AUDIO_ENCODING_")]
        self._container = encoding.is_container
        self._decoder = decoders.open(
            AudioFormat(encoding, declared.sample_rate_hertz, declared.channel_count)
        )
        self._rate = 0
        self._channels = 0
        self._rechunker: Rechunker | None = None
        self._resampler: ResampleStream | None = None
        self._speech_frames = 0
        self._cut_until = 0  # in nanoseconds
        self._broken: AudioError | None = None
        self.refused = 0
        """Chunks that came after the audio had turned out to be none; told of once, dropped since."""
        if not self._container:
            self._open(declared.sample_rate_hertz, declared.channel_count)

    @property
    def format(self) -> tuple[int, int] | None:
        """Sample rate in Hz and channel count, None until a container's header has been read."""
        return (self._rate, self._channels) if self._rechunker else None

    @property
    def position(self) -> int:
        """Frames received so far."""
        return self._rechunker.position + self._rechunker.pending_frames if self._rechunker else 0

    @property
    def received(self) -> int:
        """The same in nanoseconds."""
        return from_frames(self.position, self._rate) if self._rate else 0

    async def accept(self, chunk: audio_pb2.AudioChunk) -> AsyncIterator[list[Piece]]:
        """The pieces that a chunk completes; a few at a time, so that others can go on between.

        Raises:
            InputRefused: as `accept_at_once` does.
        """
        pieces = self.accept_at_once(chunk)
        if pieces is not None:
            yield pieces
            return
        if self._broken is not None:
            self.refused += 1
            return
        try:
            async for pcm in self._decoder.accept(chunk.content):
                self._open_once_known()
                yield self._pieces(pcm)
        except AudioError as error:
            raise self._refusal(error) from None
        self._open_once_known()

    def accept_at_once(self, chunk: audio_pb2.AudioChunk) -> list[Piece] | None:
        """The pieces that a chunk completes, where that takes no waiting; None where `accept` must be used.

        Raises:
            InputRefused: not whole frames, not the declared format, no audio at all, or an offset that is not
                the next. The last is judged against what was received; a gap must be sent as `silence`.
        """
        if self._broken is not None:
            return None
        if not self._container and chunk.HasField("sample_offset") and chunk.sample_offset != self.position:
            raise InputRefused(
                AUDIO_OFFSET_MISMATCH,
                "audio.sample_offset",
                f"the next frame is {self.position}, the chunk says {chunk.sample_offset}; "
                "send each frame once and in order, and a gap as silence",
            )
        try:
            pcm = self._decoder.accept_at_once(chunk.content)
        except AudioError as error:
            raise self._refusal(error) from None
        if pcm is None:
            return None
        if self._rechunker is None:
            self._open_once_known()
        return self._pieces(pcm)

    def _refusal(self, error: AudioError) -> InputRefused:
        if error.fatal:
            self._broken = error
        where = "" if error.position is None else f" (at byte {error.position} of the stream)"
        return InputRefused(str(error.reason), "audio.content", f"{error.message}{where}")

    def silence(self, nanoseconds: int) -> Iterator[list[Piece]]:
        """The pieces of so much silence, second by second, so that others can go on between."""
        if self._rechunker is None:
            raise InputRefused(SILENCE_BEFORE_AUDIO, "silence", "the header of the audio has not come yet")
        if not 0 < nanoseconds <= 60 * SECOND:
            raise InputRefused(
                SILENCE_INVALID,
                "silence.duration",
                f"is {nanoseconds / SECOND:g} s; above 0 s and at most 60 s",
            )
        frames = to_frames(nanoseconds, self._rate)
        while frames:
            step = min(frames, self._rate)
            frames -= step
            yield self._pieces(bytes(step * self._channels * 2))

    def flush(self) -> list[Piece]:
        """What has not filled a piece yet, so that nothing waits behind a `finalize`."""
        if self._rechunker is None:
            return []
        rest = self._rechunker.flush()
        return [self._piece(rest, self._rechunker.position)] if rest else []

    async def check_end(self) -> AsyncIterator[list[Piece]]:
        """The pieces that the decoder held back.

        Raises:
            InputRefused: a container that ended within its header or within a frame.
        """
        if self._broken is not None:
            return
        try:
            async for pcm in self._decoder.finish():
                self._open_once_known()
                yield self._pieces(pcm)
        except AudioError as error:
            raise InputRefused(str(error.reason), "audio.content", error.message) from None

    def finish(self) -> list[Piece]:
        """The end of the audio: what is left. Comes after `check_end`, be that refused or not."""
        pieces = self.flush()
        if self._resampler is not None and self._rechunker is not None:
            tail = self._resampler.finish()
            if len(tail):
                end = self._rechunker.position
                self._speech_frames += len(tail)
                time = from_frames(end, self._rate)
                pieces.append(Piece(time, time, b"", end, tail.tobytes()))
        return pieces

    def close(self) -> None:
        """No more audio is wanted."""
        self._decoder.close()

    def _open_once_known(self) -> None:
        if self._rechunker is None and self._decoder.sample_rate_hertz and self._decoder.channel_count:
            self._open(self._decoder.sample_rate_hertz, self._decoder.channel_count)

    def _open(self, rate: int, channels: int) -> None:
        self._rate, self._channels = rate, channels
        self._rechunker = Rechunker(2 * channels, rate // _PIECE_SECONDS)
        if rate != SPEECH_HERTZ:
            self._resampler = ResampleStream(rate, SPEECH_HERTZ, channels)

    def _pieces(self, pcm: bytes) -> list[Piece]:
        if self._rechunker is None or not pcm:
            return []
        end = self._rechunker.position
        pieces = []
        for content in self._rechunker.accept(pcm):
            end += len(content) // (2 * self._channels)
            pieces.append(self._piece(content, end))
        return pieces

    def _piece(self, content: bytes, end: int) -> Piece:
        start = end - len(content) // (2 * self._channels)
        speech = content
        if self._resampler is not None:
            speech = self._resampler.accept(frames_from_bytes(content, self._channels)).tobytes()
        begin, self._cut_until = self._cut_until, from_frames(end, self._rate)
        return Piece(begin, self._cut_until, content, start, speech)
