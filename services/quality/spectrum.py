"""Power spectra of overlapping frames, and what a stream's long-term spectra say.

Frames are 40 ms under a Hann window, one every 20 ms, so that bin k stands at 25 k Hz at every sample rate.
The bins of a frame add up to its mean square under the window (Parseval).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.quality.slices import Float32Array, Float64Array, Slice

BIN_HERTZ = 25.0
FLOOR_FRAMES = 10
"""200 ms: a floor is the least mean power of so many frames."""
SOUNDING_POWER = 1e-9
"""-90 dBFS: below it a frame is digital silence and tells nothing of a line's noise."""
_POWER_FLOOR = 1e-16


class SpectrumTally:
    """Long-term spectra of one stretch, (channels, bins).

    Attributes:
        total: sum of the powers of all frames that sound, `frames` of each channel.
        least: smallest mean of 200 ms that sound throughout.
        floors, floor_count: sum in dB of the `least` of the stretches that were added, and their number.
    """

    def __init__(self, channel_count: int, bins: int) -> None:
        self.total = np.zeros((channel_count, bins))
        self.frames = np.zeros(channel_count)
        self.least = np.full((channel_count, bins), np.inf)
        self.floors = np.zeros((channel_count, bins))
        self.floor_count = np.zeros((channel_count, 1))

    def add(self, other: SpectrumTally) -> None:
        self.total += other.total
        self.frames += other.frames
        floors, count = other.floor_sums()
        self.floors += floors
        self.floor_count += count

    def close(self) -> None:
        """The stretch is over: its floor is one of those that are averaged."""
        self.floors, self.floor_count = self.floor_sums()
        self.least = np.full_like(self.least, np.inf)

    def floor_sums(self) -> tuple[Float64Array, Float64Array]:
        """Sum of floors in dB and their number, its own one included."""
        known = np.isfinite(self.least[:, :1])
        if not known.any():
            return self.floors, self.floor_count
        own = 10 * np.log10(np.maximum(np.where(known, self.least, 1.0), _POWER_FLOOR))
        return self.floors + own, self.floor_count + known

    def mean(self) -> Float64Array:
        """Mean power of the frames that sound, (channels, bins)."""
        return np.asarray(self.total / np.maximum(self.frames, 1)[:, None])

    def floor(self) -> Float64Array | None:
        """What is there all the time, (channels, bins): the mean in dB of the floors of stretches of 2 s."""
        floors, count = self.floor_sums()
        return np.asarray(10 ** (floors / np.maximum(count, 1) / 10)) if count.all() else None


@dataclass(frozen=True, slots=True)
class Spectra:
    """Of some frames: powers, (channels, spectra, bins), and means under the window, (channels, spectra)."""

    powers: Float32Array
    means: Float64Array


class SpectrumGauge:
    """Turns slices into spectra and takes them into a tally."""

    def __init__(self, channel_count: int, frame: int) -> None:
        self._frame = frame
        self.bins = frame + 1
        window = np.hanning(2 * frame + 1)[:-1]
        # Powers of one side of the spectrum: all bins but the first and the last stand for two.
        self._window = (window * np.sqrt(2 / (2 * frame * np.square(window).sum()))).astype(np.float32)
        self._window_sum = float(self._window.sum())
        self._channel_count = channel_count
        self.restart()

    def restart(self) -> None:
        """The next slice comes after a gap."""
        self._last: Float32Array | None = None
        self._partial = np.zeros((self._channel_count, self.bins))
        self._partial_frames = 0
        self._partial_sounds = np.ones(self._channel_count, bool)

    def take(self, piece: Slice, tally: SpectrumTally) -> Spectra:
        """The spectra of the frames that end in the slice."""
        frames = piece.values.astype(np.float32).reshape(self._channel_count, piece.frames, self._frame)
        if self._last is not None:
            frames = np.concatenate((self._last, frames), axis=1)
        self._last = frames[:, -1:]
        spectra = self._transform(frames)
        self._tally(spectra.powers, tally)
        return spectra

    def _transform(self, frames: Float32Array) -> Spectra:
        windows = np.empty((self._channel_count, frames.shape[1] - 1, 2 * self._frame), np.float32)
        np.multiply(frames[:, :-1], self._window[: self._frame], out=windows[:, :, : self._frame])
        np.multiply(frames[:, 1:], self._window[self._frame :], out=windows[:, :, self._frame :])
        spectra = np.fft.rfft(windows, axis=2)
        powers = np.square(spectra.real)
        powers += np.square(spectra.imag)
        powers[:, :, 0] *= 0.5
        powers[:, :, -1] *= 0.5
        return Spectra(powers, spectra[:, :, 0].real.astype(np.float64) / self._window_sum)

    def _tally(self, spectra: Float32Array, tally: SpectrumTally) -> None:
        sounds = spectra.sum(axis=2) >= SOUNDING_POWER
        tally.frames += sounds.sum(axis=1)
        at = 0
        while at < spectra.shape[1]:
            end = min(spectra.shape[1], at + FLOOR_FRAMES - self._partial_frames)
            powers = spectra[:, at:end].sum(axis=1, dtype=np.float64)
            tally.total += powers
            self._partial += powers
            self._partial_sounds &= sounds[:, at:end].all(axis=1)
            self._partial_frames += end - at
            at = end
            if self._partial_frames == FLOOR_FRAMES:
                means = np.where(self._partial_sounds[:, None], self._partial / FLOOR_FRAMES, np.inf)
                np.minimum(tally.least, means, out=tally.least)
                self._partial[:] = 0.0
                self._partial_frames = 0
                self._partial_sounds[:] = True
