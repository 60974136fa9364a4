"""What a quality engine is, and the figures that it gives."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

FLOOR_DBFS = -120.0
"""Stands for digital silence, whose level has no finite value."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Of one channel, or of all together.

    Attributes:
        rms_dbfs: root mean square, -120 to 0; a full-scale square wave is 0, a sine -3.01.
        peak_dbfs: largest sample, -120 to 0.
        true_peak_dbtp: largest value between samples too, -120 to about 6.
        clipping_ratio: share of samples at full scale or in flat tops, 0 to 1.
        dc_offset: mean sample, -1 to 1; of all channels, that of the channel where it is largest in size.
    """

    rms_dbfs: float
    peak_dbfs: float
    true_peak_dbtp: float
    clipping_ratio: float
    dc_offset: float


@dataclass(frozen=True, slots=True)
class Speech:
    """Of one channel, or of all together; see `noise` and `clarity`.

    Attributes:
        noise_dbfs: level of what is there all the time and is no tone, -120 to 0.
        snr_db: what is not noise, while it sounds, over it, -20 to 80; None where there is neither.
        clarity: 0 to 100; None where nothing comes and goes as speech does.
    """

    noise_dbfs: float
    snr_db: float | None
    clarity: float | None


@dataclass(frozen=True, slots=True)
class Loudness:
    """Of all channels together, LUFS; None where all is below -70 LUFS or too little was heard.

    Attributes:
        momentary_lufs, short_term_lufs: of the last 400 ms and 3 s.
        integrated_lufs: of all, gated.
        range_lu: loudness range, LU from 0.
        max_momentary_lufs, max_short_term_lufs: their largest values.
    """

    momentary_lufs: float | None = None
    short_term_lufs: float | None = None
    integrated_lufs: float | None = None
    range_lu: float | None = None
    max_momentary_lufs: float | None = None
    max_short_term_lufs: float | None = None


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """Frequencies in Hz.

    Attributes:
        hertz: the highest one with content.
        signal_hertz: the highest one with content that stands above the noise, 0 where none does.
        content_rate_hertz: the sample rate that would hold it all; None where the content fills the stream's
            own rate, or fades out as sound does.
    """

    hertz: float
    signal_hertz: float
    content_rate_hertz: int | None


@dataclass(frozen=True, slots=True)
class Hum:
    """Mains hum.

    Attributes:
        mains_hertz: 50 or 60.
        hertz: its frequency as measured.
        dbfs: level of all its lines.
        harmonics: level in dBFS of each multiple of the mains that was found, the first is 1.
    """

    mains_hertz: int
    hertz: float
    dbfs: float
    harmonics: dict[int, float]


class InterruptionKind(Enum):
    """What interrupts sound."""

    DROPOUT = "dropout"  # cut out of the audio
    GAP = "gap"  # audio that never came


@dataclass(frozen=True, slots=True)
class Interruption:
    """`channel` counts from 1 and is 0 for a gap, which is of all; position and length in frames."""

    kind: InterruptionKind
    channel: int
    position: int
    frames: int


class ChannelProblemKind(Enum):
    """What is wrong with the channels."""

    SILENT = "silent"
    IDENTICAL = "identical"
    INVERTED = "inverted"


@dataclass(frozen=True, slots=True)
class ChannelProblem:
    """Channels count from 1; `other` is 0 where the problem is of one alone."""

    kind: ChannelProblemKind
    channel: int
    other: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel."""

    levels: Levels
    speech: Speech | None


class Rating(Enum):
    """The score in a word."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class ScorePart:
    """Points of 100 that one thing costs, at most `most`."""

    name: str
    lost: float
    most: float


@dataclass(frozen=True, slots=True)
class Score:
    """100 less what each part costs, at least 0."""

    points: float
    rating: Rating
    parts: tuple[ScorePart, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was found in what was measured, at least one sample. What could not be measured is None.

    Attributes:
        overall: of all channels together.
        silence_ratio: share of whole 20 ms frames below -60 dBFS, 0 to 1.
        consistency: how even the volume is, 0 to 100.
        dropouts, gaps: their numbers; `interruptions` holds the first 100 of both.
        lost_ratio: share of the time that was lost in them, 0 to 1.
        warnings: what to do, for a person.
    """

    overall: Levels
    silence_ratio: float | None = None
    loudness: Loudness = Loudness()
    consistency: float | None = None
    speech: Speech | None = None
    bandwidth: Bandwidth | None = None
    hum: Hum | None = None
    dropouts: int = 0
    gaps: int = 0
    lost_ratio: float = 0.0
    interruptions: tuple[Interruption, ...] = ()
    problems: tuple[ChannelProblem, ...] = ()
    channels: tuple[Channel, ...] = ()
    score: Score | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measurement:
    """A stream so far.

    Attributes:
        position: frames so far, gaps included.
        start: first frame of what the figures are of; it reaches to the newest that was measured.
        measured: frames that the figures were computed from, at most `position`.
        figures: None before the first sample.
    """

    position: int
    start: int
    measured: int
    figures: Figures | None = None

    @property
    def measured_share(self) -> float:
        """Share of the stream that the figures were computed from, 0 to 1."""
        return self.measured / self.position if self.position else 0.0


class QualityEngine(Protocol):
    """Measures one stream; takes decoded PCM, in pieces of any size. Pure and synchronous."""

    @property
    def position(self) -> int:
        """Frames so far, gaps and backlog included."""

    @property
    def backlog(self) -> int:
        """Frames that were accepted and wait for `process`."""

    def accept(self, pcm: bytes) -> None:
        """Take interleaved signed 16-bit little-endian samples, whole frames. Cheap."""

    def silence(self, frames: int) -> None:
        """Take that many frames of digital zero. Cheap."""

    def skip(self, frames: int) -> None:
        """Pass over that many frames that are missing; processes what came before them."""

    def process(self) -> None:
        """Measure the backlog but for less than 20 ms."""

    def finish(self) -> None:
        """The end of the stream: measure all of the backlog."""

    def measure(self, *, recent: bool = False) -> Measurement:
        """All figures of what was processed, or of the last 10 to 12 s of it."""
