"""Linear PCM in memory: from bytes to arrays, between int16 and float32, levels.

Arrays of frames have the shape (frames, channels). As float32, full scale is 1.0: int16 divided by 32768.
"""

import math

import numpy as np
from numpy.typing import NDArray

Int16Array = NDArray[np.int16]
Float32Array = NDArray[np.float32]

FULL_SCALE = 32768.0
BYTES_PER_SAMPLE = 2


def frames_from_bytes(data: bytes, channel_count: int) -> Int16Array:
    """Interleaved 16-bit little-endian bytes as (frames, channels): a read-only view, nothing is copied.

    Raises:
        ValueError: the bytes do not make whole frames.
    """
    return np.frombuffer(data, "<i2").reshape(-1, channel_count)


def to_float32(samples: Int16Array) -> Float32Array:
    """int16 to float32 in [-1, 1), exactly; any shape."""
    return samples * np.float32(1 / FULL_SCALE)


def as_float32(samples: Int16Array | Float32Array) -> Float32Array:
    """Either kind of samples as float32; uncopied when they are that already."""
    if samples.dtype == np.int16:
        return to_float32(samples.astype(np.int16, copy=False))
    return samples.astype(np.float32, copy=False)


def from_float32(samples: Float32Array) -> Int16Array:
    """float32 to int16, rounded half to even and clipped; any shape. A NaN becomes 0.

    The inverse of `to_float32`. +1.0 is one step above the largest int16 and is clipped to 32767.
    """
    # Clipped before it is scaled: a huge float would overflow, and the cast of a NaN is undefined.
    scaled = np.clip(samples, -1.0, 1.0)
    not_a_number = np.isnan(scaled)
    if not_a_number.any():
        scaled[not_a_number] = 0.0
    scaled *= np.float32(FULL_SCALE)
    return round_to_int16(scaled)


def round_to_int16(samples: Float32Array) -> Int16Array:
    """Finite float32 on the scale of int16 to int16: rounded half to even and clipped.

    Works in `samples` itself, which is worth nothing afterwards.
    """
    np.rint(samples, out=samples)
    np.clip(samples, -32768.0, 32767.0, out=samples)
    return samples.astype("<i2")


def deinterleave(frames: Int16Array) -> Int16Array:
    """(frames, channels) to (channels, frames), each channel contiguous; a view when there is one channel."""
    return np.ascontiguousarray(frames.T)


def rms_dbfs(samples: Int16Array) -> float:
    """Root mean square in dB relative to int16 full scale: a full-scale square wave is 0, a sine -3.01.

    -inf for digital silence and for no samples at all.
    """
    if samples.size == 0:
        return -math.inf
    values = samples.reshape(-1).astype(np.float64)
    return _to_decibels(math.sqrt(float(np.dot(values, values)) / values.size))


def peak_dbfs(samples: Int16Array) -> float:
    """Largest magnitude in dB relative to int16 full scale; at most 0. -inf for silence and no samples."""
    if samples.size == 0:
        return -math.inf
    return _to_decibels(float(max(int(samples.max()), -int(samples.min()))))


def _to_decibels(magnitude: float) -> float:
    return 20.0 * math.log10(magnitude / FULL_SCALE) if magnitude > 0 else -math.inf
