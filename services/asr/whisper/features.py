"""Whisper's log-mel frames, computed once for each 10 ms of audio however often a window is decoded.

The numbers are those of faster-whisper's FeatureExtractor (a test compares them), which takes 15 ms for 3 s
of audio because it computes each window whole and lets BLAS start its threads for a small matrix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HOP = 160
"""Samples from one frame to the next: 10 ms."""

REACH = 200
"""Samples that a frame looks at before and after its centre."""

# OpenBLAS starts its threads above 2**18 multiplications: 80 bands, 201 bins, 16 frames lie below that, and
# the product costs a twentieth.
_BLOCK = 16
_FLOOR = 1e-10

Frames = NDArray[np.float32]


class LogMel:
    """The filter bank of one model; safe for use from several threads."""

    def __init__(self, bands: int) -> None:
        """`bands`: 80, or 128 for large-v3."""
        from faster_whisper.feature_extractor import FeatureExtractor

        self.bands = bands
        filters = FeatureExtractor(feature_size=bands).mel_filters
        self._filters = np.ascontiguousarray(filters.T.astype(np.float32))
        self._window = np.hanning(2 * REACH + 1)[:-1].astype(np.float32)

    def frames(self, samples: NDArray[np.int16], first: int, count: int) -> Frames:
        """Frames `first` to `first + count` of the samples as (frames, bands), in log10 of power.

        Frame n is centred at sample n * HOP. What lies before the first sample is its reflection, as in
        faster-whisper; what lies after the last is silence.
        """
        begin, end = first * HOP - REACH, (first + count - 1) * HOP + REACH
        piece = samples[max(begin, 0) : max(end, 0)].astype(np.float32) / np.float32(32_768.0)
        if begin < 0:
            before = samples[1 : 1 - begin][::-1].astype(np.float32) / np.float32(32_768.0)
            piece = np.concatenate([np.zeros(-begin - len(before), np.float32), before, piece])
        piece = np.pad(piece, (0, max(end - begin - len(piece), 0)))
        cut = np.lib.stride_tricks.sliding_window_view(piece, 2 * REACH)[::HOP]
        spectrum = np.fft.rfft(cut * self._window)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        mel = np.empty((count, self.bands), np.float32)
        for row in range(0, count, _BLOCK):
            np.matmul(power[row : row + _BLOCK], self._filters, out=mel[row : row + _BLOCK])
        logarithm: Frames = np.log10(np.maximum(mel, np.float32(_FLOOR)))
        return logarithm


def whole_frames(samples: int) -> int:
    """How many frames see no sample beyond so many: these do not change when more audio comes."""
    return max((samples - REACH) // HOP + 1, 0)


def normalised(frames: Frames, length: int) -> NDArray[np.float32]:
    """What the encoder takes, as (bands, length): 80 dB below the loudest is the floor, the rest is 0.

    A window is filled with 0, not with silence, because faster-whisper does so.
    """
    features = np.zeros((frames.shape[1], length), np.float32)
    frames = frames[:length]
    if len(frames):
        features[:, : len(frames)] = (np.maximum(frames, frames.max() - 8.0).T + 4.0) / 4.0
    return features
