"""The grid of time of the meter: audio waits in a backlog and is measured in slices of whole 20 ms frames.

Because the grid is counted from the first sample of a stretch, and not from the pieces in which audio came,
the figures do not depend on how a stream was cut.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.audio.pcm import FULL_SCALE, Int16Array

Float64Array = NDArray[np.float64]
Float32Array = NDArray[np.float32]

FRAMES_PER_SECOND = 50
PARTS = 4
"""Of 5 ms, in a frame of 20 ms."""


@dataclass(frozen=True)
class Slice:
    """Consecutive audio of one stretch; all gauges read it, none changes it.

    Attributes:
        position: samples of each channel before it, gaps included.
        samples: int16, (channels, samples).
        frame: samples of each channel in a frame of 20 ms.
    """

    position: int
    samples: Int16Array
    frame: int

    @property
    def frames(self) -> int:
        """Whole frames in it: all of it, or none where a stretch ended within a frame."""
        return int(self.samples.shape[1]) // self.frame

    @cached_property
    def values(self) -> Float64Array:
        """(channels, samples), full scale is 1."""
        return np.asarray(self.samples / FULL_SCALE, np.float64)

    @cached_property
    def parts(self) -> Float64Array:
        """Energies (sums of squares, full scale 1) of all 5 ms parts, (channels, 4 * frames)."""
        cuts = part_cuts(self.frame)
        starts = (np.arange(self.frames)[:, None] * self.frame + cuts[:-1]).ravel()
        return np.add.reduceat(np.square(self.values), starts, axis=1)

    @cached_property
    def energies(self) -> Float64Array:
        """Energies of the frames, (channels, frames)."""
        channels = len(self.samples)
        return np.asarray(self.parts.reshape(channels, self.frames, PARTS).sum(axis=2))


def frame_samples(sample_rate_hertz: int) -> int:
    """Samples of a channel in a frame of 20 ms, which is 19.95 ms at 11,025 Hz."""
    return sample_rate_hertz // FRAMES_PER_SECOND


def part_cuts(frame: int) -> NDArray[np.int64]:
    """Where the four parts of a frame begin, and its end; (5,)."""
    return np.arange(PARTS + 1) * frame // PARTS


class Backlog:
    """Audio that waits to be measured: arrays as they came, and silences as their lengths.

    It has no bound of its own: who fills it empties it after half a second of audio.
    """

    def __init__(self, channel_count: int) -> None:
        self.frames = 0
        """Samples of each channel that wait."""
        self._channel_count = channel_count
        self._pieces: deque[Int16Array | int] = deque()

    def put(self, samples: Int16Array) -> None:
        """(frames, channels)."""
        if len(samples):
            self._pieces.append(samples)
            self.frames += len(samples)

    def put_silence(self, frames: int) -> None:
        """That many frames of digital zero."""
        if frames:
            self._pieces.append(frames)
            self.frames += frames

    def take(self, frames: int) -> Int16Array:
        """The oldest `frames`, at most all; (channels, frames), each channel contiguous."""
        self.frames -= frames
        result = np.zeros((self._channel_count, frames), np.int16)
        at = 0
        while at < frames:
            piece = self._pieces.popleft()
            length = min(piece if isinstance(piece, int) else len(piece), frames - at)
            if isinstance(piece, int):
                rest: Int16Array | int = piece - length
            else:
                result[:, at : at + length] = piece[:length].T
                rest = piece[length:]
            if (rest if isinstance(rest, int) else len(rest)) > 0:
                self._pieces.appendleft(rest)
            at += length
        return result
