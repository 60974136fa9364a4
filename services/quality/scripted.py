"""The scripted twin of the meter: counts audio, computes nothing, and always finds the same figures."""

from services.audio.pcm import BYTES_PER_SAMPLE
from services.quality.measures import Channel, Figures, Levels, Measurement

LEVELS = Levels(rms_dbfs=-20.0, peak_dbfs=-6.0, true_peak_dbtp=-5.5, clipping_ratio=0.0, dc_offset=0.0)
SILENCE_RATIO = 0.25


class ScriptedMeter:
    """A QualityEngine whose figures are `LEVELS` and `SILENCE_RATIO`; only its counts are of the audio."""

    backlog = 0

    def __init__(self, channel_count: int) -> None:
        self.position = 0
        self._measured = 0
        self._channel_count = channel_count
        channels = (Channel(LEVELS, None),) * channel_count
        self._figures = Figures(LEVELS, silence_ratio=SILENCE_RATIO, channels=channels)

    def accept(self, pcm: bytes) -> None:
        self.silence(len(pcm) // (BYTES_PER_SAMPLE * self._channel_count))

    def silence(self, frames: int) -> None:
        self._measured += frames
        self.position += frames

    def skip(self, frames: int) -> None:
        self.position += frames

    def process(self) -> None:
        pass

    def finish(self) -> None:
        pass

    def measure(self, *, recent: bool = False) -> Measurement:
        if not self._measured:
            return Measurement(self.position, 0, 0)
        return Measurement(self.position, 0, self._measured, self._figures)
