"""The gamma distribution of the power of noise in a band, for the estimate of its mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

_LOW, _HIGH = 0.15, 0.80
"""Quantile that the estimate starts from, and the one that cuts speech off."""


@dataclass(frozen=True, slots=True)
class NoiseShape:
    """The distribution of a band's power over its mean.

    Attributes:
        deviation: its standard deviation.
        low: its 0.15 quantile.
        cut: its 0.80 quantile.
        mean_below: the mean of what lies below `cut`.
    """

    deviation: float
    low: float
    cut: float
    mean_below: float


@lru_cache(maxsize=64)
def noise_shape(bins: int) -> NoiseShape:
    """Of so many bins of white noise under a Hann window, at least 1.

    The power of n independent bins of Gaussian noise has a gamma distribution of shape n (chi-square with
    2 n degrees of freedom). Under a Hann window bins correlate by 2/3 with the next and by 1/6 with the one
    after it (F. J. Harris, "On the use of windows for harmonic analysis", Proc. IEEE 66, 1978), which makes
    the shape n / (1 + 2 (n-1)/n (2/3)^2 + 2 (n-2)/n (1/6)^2).
    """
    spread = 1 + 2 * (bins - 1) / bins * (2 / 3) ** 2 + 2 * max(bins - 2, 0) / bins / 36
    shape = bins / spread
    cut = _quantile(shape, _HIGH)
    # The mean of a gamma distribution below x is its mean times F(k + 1, x) / F(k, x).
    mean_below = _cumulated(shape + 1, cut * shape / (shape + 1)) / _HIGH
    return NoiseShape(1 / math.sqrt(shape), _quantile(shape, _LOW), cut, mean_below)


def _cumulated(shape: float, x: float) -> float:
    """P(X <= x) for mean 1, after Wilson and Hilferty (PNAS 17, 1931): the cube root is nearly normal."""
    return 0.5 * math.erfc((1 - 1 / (9 * shape) - x ** (1 / 3)) * 3 * math.sqrt(shape / 2))


def _quantile(shape: float, share: float) -> float:
    low, high = 1e-6, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _cumulated(shape, middle) < share else (low, middle)
    return (low + high) / 2
