"""What a quality engine is, and the figures that it gives."""

from dataclasses import dataclass
from typing import Protocol

FLOOR_DBFS = -120.0
"""Stands for digital silence, whose level has no finite value."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Of one channel, or of all together.

    Attributes:
        rms_dbfs: root mean square, -120 to 0; a full-scale square wave is 0, a sine -3.01.
        peak_dbfs: largest sample, -120 to 0.
        clipping_ratio: share of samples at full scale, 0 to 1.
        dc_offset: mean sample, -1 to 1; of all channels, that of the channel where it is largest in size.
    """

    rms_dbfs: float
    peak_dbfs: float
    clipping_ratio: float
    dc_offset: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """A stream so far. What could not be measured is None or empty.

    Attributes:
        position: frames so far, gaps included.
        measured: frames that were measured, at most `position`.
        overall: of all channels together.
        silence_ratio: share of whole 20 ms frames below -60 dBFS, 0 to 1.
        channels: channel by channel.
    """

    position: int
    measured: int
    overall: Levels | None = None
    silence_ratio: float | None = None
    channels: tuple[Levels, ...] = ()

    @property
    def measured_share(self) -> float:
        """Share of the stream that was measured, 0 to 1."""
        return self.measured / self.position if self.position else 0.0


class QualityEngine(Protocol):
    """Measures one stream; takes decoded PCM, in pieces of any size. Pure and synchronous."""

    @property
    def position(self) -> int:
        """Frames so far, gaps included."""

    def accept(self, pcm: bytes) -> None:
        """Take interleaved signed 16-bit little-endian samples, whole frames."""

    def silence(self, frames: int) -> None:
        """Take that many frames of digital zero."""

    def skip(self, frames: int) -> None:
        """Pass over that many frames that are missing."""

    def measure(self) -> Measurement:
        """All figures of the stream so far."""
