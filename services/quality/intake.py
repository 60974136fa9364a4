"""From the messages of a stream to its engine: decoding, gaps, silence. Synchronous and pure."""

from collections.abc import Callable

from services.audio.decoder import open_decoder
from services.audio.format import AudioFormat
from services.quality.measures import Measurement, QualityEngine
from services.runtime.offsets import SECOND, from_frames, to_frames

MAX_SILENCE = 60 * SECOND
MAX_GAP = 24 * 3600 * SECOND
"""A larger jump of sample_offset is a fault of the sender, not audio that was dropped."""

OpenEngine = Callable[[int, int], QualityEngine]
"""Makes an engine for a sample rate in Hz and a number of channels."""


class OffsetError(ValueError):
    """The sender's fault: a chunk begins before the end of what was taken, or absurdly far after it."""


class Intake:
    """Takes one stream; its rate in Hz and its channels are 0 until a container's header tells them."""

    def __init__(self, audio_format: AudioFormat, open_engine: OpenEngine) -> None:
        self.sample_rate_hertz = 0
        self.channel_count = 0
        self._decoder = open_decoder(audio_format)
        self._has_offsets = not audio_format.encoding.is_container
        self._open_engine = open_engine
        self._engine: QualityEngine | None = None
        self._early_silence = 0  # nanoseconds of it that came before a container's header
        self._open()

    @property
    def position(self) -> int:
        """Audio so far, gaps included, in nanoseconds."""
        return from_frames(self._engine.position, self.sample_rate_hertz) if self._engine else 0

    def accept(self, content: bytes, sample_offset: int | None) -> None:
        """Take a chunk; what is missing before it counts as a gap. Containers have no sample offsets.

        Raises OffsetError, or AudioError as the decoder does; the chunk was left out.
        """
        gap = self._gap_before(sample_offset)
        pcm = self._decoder.accept(content)
        engine = self._open()
        if engine is not None:
            if gap:
                engine.skip(gap)
            engine.accept(pcm)

    def silence(self, length: int) -> None:
        """Take that many nanoseconds of digital zero."""
        if self._engine is None:
            self._early_silence += length
        else:
            self._engine.silence(to_frames(length, self.sample_rate_hertz))

    def finish(self) -> None:
        """Take the end of the stream. Raises AudioError as the decoder does; what was taken stays."""
        self._decoder.finish()

    def measure(self) -> Measurement | None:
        """All figures so far; None while the format is not known."""
        return self._engine.measure() if self._engine else None

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
            self.silence(self._early_silence)
        return self._engine
