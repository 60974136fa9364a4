"""K-weighting (ITU-R BS.1770-4, Annex 1) at any sample rate, exact over pieces of any size, in numpy alone.

The two analogue stages, a high shelf of +4 dB from 1500 Hz (the head) and a high-pass at 38 Hz, become
biquads by the bilinear transform as in R. Bristow-Johnson's "Cookbook formulae for audio EQ biquad filter
coefficients". It is the parametrisation of pyloudnorm (Steinmetz and Reiss, AES 150, 2021): at 48 kHz it
reads 0.04 LU below the standard's table of coefficients, within the 0.1 LU that EBU Tech 3341 allows.

A recursive filter is a state-space system. Cut into blocks of L samples it is

    y_k = T x_k + O s_k          T: the first L samples of the impulse response as a Toeplitz matrix
    s_(k+1) = A^L s_k + B x_k    A: 4 x 4

so that all samples take one matrix product, and the states between blocks a scan over doubling distances
(Hillis and Steele, 1986). The result is that of sample-by-sample filtering but for rounding in float64.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Float64Array = NDArray[np.float64]

BLOCK = 32
_ORDER = 4
_ROWS = 192
"""Blocks in one product: from 2**18 multiplications on BLAS takes more threads, which costs time here."""


def high_shelf(
    rate: float, gain_db: float = 4.0, q: float = math.sqrt(0.5), hertz: float = 1500.0
) -> Float64Array:
    """Coefficients (2, 3), numerator and denominator, denominator[0] = 1."""
    a = 10 ** (gain_db / 40)
    w = 2 * math.pi * hertz / rate
    cosine, alpha = math.cos(w), math.sin(w) / (2 * q)
    root = 2 * math.sqrt(a) * alpha
    numerator = [
        a * ((a + 1) + (a - 1) * cosine + root),
        -2 * a * ((a - 1) + (a + 1) * cosine),
        a * ((a + 1) + (a - 1) * cosine - root),
    ]
    denominator = [
        (a + 1) - (a - 1) * cosine + root,
        2 * ((a - 1) - (a + 1) * cosine),
        (a + 1) - (a - 1) * cosine - root,
    ]
    return np.array([numerator, denominator]) / denominator[0]


def high_pass(rate: float, q: float = 0.5, hertz: float = 38.0) -> Float64Array:
    """Coefficients (2, 3), numerator and denominator, denominator[0] = 1."""
    w = 2 * math.pi * hertz / rate
    cosine, alpha = math.cos(w), math.sin(w) / (2 * q)
    numerator = [(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2]
    denominator = [1 + alpha, -2 * cosine, 1 - alpha]
    return np.array([numerator, denominator]) / denominator[0]


class _Blocks:
    """The matrices of both stages in series at one rate, for row vectors."""

    def __init__(self, rate: int) -> None:
        step, entry, exit_, direct = _series(_state_space(high_shelf(rate)), _state_space(high_pass(rate)))
        powers = [np.eye(_ORDER)]
        for _ in range(BLOCK):
            powers.append(powers[-1] @ step)
        response = np.array([direct, *(exit_ @ power @ entry for power in powers[: BLOCK - 1])])
        lag = np.arange(BLOCK)[None, :] - np.arange(BLOCK)[:, None]
        self.toeplitz: Float64Array = np.where(lag >= 0, response[np.maximum(lag, 0)], 0.0)
        """(L, L): input to output."""
        self.observe: Float64Array = np.stack([exit_ @ power for power in powers[:BLOCK]], axis=1)
        """(4, L): state to output."""
        self.drive: Float64Array = np.stack([power @ entry for power in powers[BLOCK - 1 :: -1]])
        """(L, 4): input to the next state."""
        self.powers = [power.T.copy() for power in powers]
        self._leaps = [self.powers[BLOCK]]

    def leap(self, doubling: int) -> Float64Array:
        """What 2**doubling blocks do to a state, (4, 4)."""
        while len(self._leaps) <= doubling:
            self._leaps.append(self._leaps[-1] @ self._leaps[-1])
        return self._leaps[doubling]


@lru_cache(maxsize=16)
def _blocks(rate: int) -> _Blocks:
    return _Blocks(rate)


class KWeighting:
    """Filters one stream of channels; not for use from two threads at once."""

    def __init__(self, sample_rate_hertz: int, channel_count: int) -> None:
        self._blocks = _blocks(sample_rate_hertz)
        self._state: Float64Array = np.zeros((channel_count, _ORDER))

    def restart(self) -> None:
        """Forget everything: the next sample comes after silence."""
        self._state = np.zeros_like(self._state)

    def filter(self, samples: Float64Array) -> Float64Array:
        """(channels, frames) to the same shape; the stream goes on where the last call ended."""
        blocks, (channels, frames) = self._blocks, samples.shape
        count, rest = divmod(frames, BLOCK)
        result = np.empty((channels, frames))
        if count:
            whole = np.ascontiguousarray(samples[:, : count * BLOCK]).reshape(channels, count, BLOCK)
            states = self._scan(whole @ blocks.drive)
            filtered = states[:, :-1] @ blocks.observe
            for at in range(0, count, _ROWS):
                filtered[:, at : at + _ROWS] += whole[:, at : at + _ROWS] @ blocks.toeplitz
            result[:, : count * BLOCK] = filtered.reshape(channels, -1)
            self._state = states[:, -1]
        if rest:
            tail = samples[:, count * BLOCK :]
            result[:, count * BLOCK :] = tail @ blocks.toeplitz[:rest, :rest]
            result[:, count * BLOCK :] += self._state @ blocks.observe[:, :rest]
            self._state = self._state @ blocks.powers[rest] + tail @ blocks.drive[BLOCK - rest :]
        return result

    def _scan(self, driven: Float64Array) -> Float64Array:
        """The states before each block and after the last, (channels, blocks + 1, 4)."""
        states = np.concatenate((self._state[:, None], driven), axis=1)
        distance, doubling = 1, 0
        while distance < states.shape[1]:
            states[:, distance:] += states[:, :-distance] @ self._blocks.leap(doubling)
            distance, doubling = 2 * distance, doubling + 1
        return states


_System = tuple[Float64Array, Float64Array, Float64Array, float]
"""Step (n, n), entry (n,), exit (n,) and direct gain of x' = A x + B u, y = C x + D u."""


def _state_space(coefficients: Float64Array) -> _System:
    """A biquad as a system in transposed direct form II."""
    (b0, b1, b2), (_, a1, a2) = coefficients
    step = np.array([[-a1, 1.0], [-a2, 0.0]])
    return step, np.array([b1 - a1 * b0, b2 - a2 * b0]), np.array([1.0, 0.0]), float(b0)


def _series(first: _System, second: _System) -> _System:
    """The second system fed by the first."""
    (a1, b1, c1, d1), (a2, b2, c2, d2) = first, second
    step = np.block([[a1, np.zeros((2, 2))], [np.outer(b2, c1), a2]])
    return step, np.concatenate((b1, b2 * d1)), np.concatenate((d2 * c1, c2)), d1 * d2
