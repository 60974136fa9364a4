"""What happens to audio before the channels: rate and channels taken apart, and speech probabilities made.

Synchronous. One front serves all channels of a stream, for they share a resampler.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from services.asr.engine import SAMPLE_RATE_HERTZ
from services.asr.scripted import SCHEDULE_WINDOW, SpeechSchedule

if TYPE_CHECKING:
    from services.audio.vad import SileroModel


class Heard(NamedTuple):
    """What of one channel is ready.

    Attributes:
        pcm: 16-bit mono samples at 16 kHz.
        probabilities: of speech, for the windows now complete.
        last: probability of what fills no window; only at a flush, None if there is none.
    """

    pcm: bytes
    probabilities: Sequence[float]
    last: float | None = None


class Front(Protocol):
    """One stream; not for use from two threads at once.

    Attributes:
        window: samples at 16 kHz of one probability.
        is_cheap: whether any piece may be taken on an event loop.
    """

    @property
    def window(self) -> int: ...

    @property
    def is_cheap(self) -> bool: ...

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        """Take whole frames, 16-bit and interleaved, at the stream's rate; one answer per channel."""

    def flush(self) -> Sequence[Heard]:
        """All that was held back, as if silence followed; one answer per channel. It goes on afterwards."""

    def skip(self, samples: int) -> None:
        """Silence passes, after a flush; samples at 16 kHz."""


class SileroFront:
    """Resamples, and listens with Silero VAD."""

    is_cheap = False

    def __init__(self, model: SileroModel, sample_rate_hertz: int, channel_count: int) -> None:
        # Loaded with the first stream that needs them: a scripted process never does.
        import numpy

        from services.audio import pcm, resample, vad

        self.window = vad.WINDOW_SAMPLES
        self._frames_from_bytes = pcm.frames_from_bytes
        self._contiguous = numpy.ascontiguousarray
        self._rate, self._channel_count = sample_rate_hertz, channel_count
        self._open_resampler = resample.ResampleStream
        self._resampler = self._open_resampler(sample_rate_hertz, SAMPLE_RATE_HERTZ, channel_count)
        self._vads = [vad.VadStream(model) for _ in range(channel_count)]

    def accept(self, pcm: bytes) -> list[Heard]:
        frames = self._resampler.accept(self._frames_from_bytes(pcm, self._channel_count))
        heard = []
        for channel, vad in enumerate(self._vads):
            samples = self._contiguous(frames[:, channel])
            heard.append(Heard(samples.tobytes(), vad.accept(samples).tolist()))
        return heard

    def flush(self) -> list[Heard]:
        frames = self._resampler.finish()
        self._resampler = self._open_resampler(self._rate, SAMPLE_RATE_HERTZ, self._channel_count)
        heard = []
        for channel, vad in enumerate(self._vads):
            samples = self._contiguous(frames[:, channel])
            probabilities = vad.accept(samples).tolist()
            last = vad.finish().tolist()
            heard.append(Heard(samples.tobytes(), probabilities, last[0] if last else None))
        return heard

    def skip(self, samples: int) -> None:
        """Nothing: after a flush it begins anew anyway."""


class ScriptedFront:
    """Counts samples; speech is by schedule, on all channels alike."""

    window = SCHEDULE_WINDOW
    is_cheap = True

    def __init__(self, schedule: SpeechSchedule, sample_rate_hertz: int, channel_count: int) -> None:
        self._schedule = schedule
        self._rate = sample_rate_hertz
        self._channel_count = channel_count
        self._frames = 0
        self._given = 0
        self._passes_through = sample_rate_hertz == SAMPLE_RATE_HERTZ and channel_count == 1

    def accept(self, pcm: bytes) -> list[Heard]:
        if self._passes_through:
            return [Heard(pcm, self._schedule.accept(len(pcm) // 2))]
        self._frames += len(pcm) // (2 * self._channel_count)
        samples = self._frames * SAMPLE_RATE_HERTZ // self._rate - self._given
        self._given += samples
        return [Heard(bytes(2 * samples), self._schedule.accept(samples))] * self._channel_count

    def flush(self) -> list[Heard]:
        return [Heard(b"", (), self._schedule.flush())] * self._channel_count

    def skip(self, samples: int) -> None:
        self._schedule.skip(samples)
