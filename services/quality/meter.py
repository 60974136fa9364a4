"""The meter: levels, clipping, DC offset and silence of 16-bit PCM, in one pass over pieces of any size.

Sums are exact integers, so a stream gives the same figures however it was cut into pieces, at any length,
and the state of a channel is four numbers. 100 ms of stereo at 48 kHz take about 30 µs.
"""

from __future__ import annotations

import math

import numpy as np

from services.audio.pcm import FULL_SCALE, Int16Array, deinterleave, frames_from_bytes
from services.quality.measures import FLOOR_DBFS, Levels, Measurement

SILENCE_DBFS = -60.0
SILENCE_FRAME_SECONDS = 0.020
LARGEST_SAMPLE = 32767
"""Full scale of linear PCM. G.711 reaches less: 32124 in mu-law and 32256 in A-law."""

# Mean square of a sample at -60 dBFS.
_SILENCE_POWER = (FULL_SCALE * 10 ** (SILENCE_DBFS / 20)) ** 2


class Meter:
    """Measures one stream.

    A "frame of silence" is 20 ms whose RMS over all channels is below -60 dBFS. They are cut one after the
    other from the first sample, and anew after a gap; a last one that is not whole is not judged.

    Attributes:
        position: frames (one sample of every channel) so far, gaps included.
    """

    def __init__(
        self, sample_rate_hertz: int, channel_count: int, clipping_level: int = LARGEST_SAMPLE
    ) -> None:
        """`clipping_level` is the magnitude from which on a sample counts as clipped, 1 to 32767."""
        self.position = 0
        self._measured = 0
        self._clipping_level = clipping_level
        self._channels = [_Channel() for _ in range(channel_count)]
        self._silence = _SilenceFrames(round(sample_rate_hertz * SILENCE_FRAME_SECONDS), channel_count)

    def accept(self, pcm: bytes) -> None:
        """Measure interleaved signed 16-bit little-endian samples; `pcm` holds whole frames."""
        samples = deinterleave(frames_from_bytes(pcm, len(self._channels)))
        frames = samples.shape[1]
        if not frames:
            return
        squares = samples.astype(np.float64)
        np.square(squares, out=squares)
        # Whole numbers below 2**53 for any piece of up to 8 million frames, so float64 holds them exactly.
        energies = np.add.reduceat(squares, self._silence.cuts(frames), axis=1)
        self._silence.accept(energies.sum(axis=0), frames)
        for channel, values, energy in zip(self._channels, samples, energies.sum(axis=1), strict=True):
            channel.accept(values, int(energy), self._clipping_level)
        self._measured += frames
        self.position += frames

    def silence(self, frames: int) -> None:
        """Measure that many frames of digital zero, without making them."""
        self._silence.accept_zeros(frames)
        self._measured += frames
        self.position += frames

    def skip(self, frames: int) -> None:
        """Pass over frames that are missing: they count in `position` and are not measured."""
        self._silence.restart()
        self.position += frames

    def measure(self) -> Measurement:
        """All figures of the stream so far."""
        if not self._measured:
            return Measurement(position=self.position, measured=0)
        channels = tuple(channel.levels(self._measured) for channel in self._channels)
        samples = self._measured * len(self._channels)
        return Measurement(
            position=self.position,
            measured=self._measured,
            overall=Levels(
                rms_dbfs=_rms_dbfs(sum(channel.energy for channel in self._channels), samples),
                peak_dbfs=max(levels.peak_dbfs for levels in channels),
                clipping_ratio=sum(channel.clipped for channel in self._channels) / samples,
                dc_offset=max((levels.dc_offset for levels in channels), key=abs),
            ),
            silence_ratio=self._silence.ratio(),
            channels=channels,
        )


class _Channel:
    """The sums of one channel."""

    def __init__(self) -> None:
        self.energy = 0
        self.total = 0
        self.peak = 0
        self.clipped = 0

    def accept(self, values: Int16Array, energy: int, clipping_level: int) -> None:
        low, high = int(values.min()), int(values.max())
        self.energy += energy
        self.total += int(values.sum(dtype=np.int64))
        self.peak = max(self.peak, high, -low)
        if high >= clipping_level:
            self.clipped += int(np.count_nonzero(values >= clipping_level))
        if low <= -clipping_level:
            self.clipped += int(np.count_nonzero(values <= -clipping_level))

    def levels(self, samples: int) -> Levels:
        return Levels(
            rms_dbfs=_rms_dbfs(self.energy, samples),
            peak_dbfs=_dbfs(self.peak / FULL_SCALE),
            clipping_ratio=self.clipped / samples,
            dc_offset=self.total / samples / FULL_SCALE,
        )


class _SilenceFrames:
    """Counts the 20 ms frames, and those of them that are silent; holds the sum of an open one."""

    def __init__(self, size: int, channel_count: int) -> None:
        self._size = size
        self._threshold = _SILENCE_POWER * size * channel_count
        self._count = 0
        self._silent = 0
        self._open_frames = 0
        self._open_energy = 0.0

    def cuts(self, frames: int) -> list[int]:
        """Where to cut the next piece so that each part belongs to one 20 ms frame; begins with 0."""
        cuts = list(range(-self._open_frames % self._size, frames, self._size))
        return cuts if cuts and cuts[0] == 0 else [0, *cuts]

    def accept(self, energies: np.ndarray[tuple[int], np.dtype[np.float64]], frames: int) -> None:
        """Take the energies of the parts between `cuts(frames)`."""
        energies[0] += self._open_energy
        whole, self._open_frames = divmod(self._open_frames + frames, self._size)
        self._count += whole
        self._silent += int(np.count_nonzero(energies[:whole] < self._threshold))
        self._open_energy = float(energies[-1]) if self._open_frames else 0.0

    def accept_zeros(self, frames: int) -> None:
        whole, rest = divmod(self._open_frames + frames, self._size)
        if whole:
            self._count += whole
            self._silent += whole - (self._open_energy >= self._threshold)
            self._open_energy = 0.0
        self._open_frames = rest

    def restart(self) -> None:
        self._open_frames, self._open_energy = 0, 0.0

    def ratio(self) -> float | None:
        return self._silent / self._count if self._count else None


def _rms_dbfs(energy: int, samples: int) -> float:
    return _dbfs(math.sqrt(energy / samples) / FULL_SCALE)


def _dbfs(magnitude: float) -> float:
    """Level of a share of full scale: 1.0 is 0 dBFS."""
    return max(FLOOR_DBFS, 20.0 * math.log10(magnitude)) if magnitude > 0 else FLOOR_DBFS
