"""Series of values over time: how steady they are, and where they go. Sums only, nothing is kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

_MINUTE = 60_000_000_000
# A slope of twice its standard error is more than chance in 19 of 20 cases, for long series.
_SIGNIFICANT = 2.0
_LEAST_VALUES = 3


class Direction(StrEnum):
    """Where a series goes."""

    UNSPECIFIED = "unspecified"
    STEADY = "steady"
    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Trend:
    """As Trend in the contract."""

    mean: float
    slope_per_minute: float | None
    direction: Direction
    values: int


class Series:
    """Values at times, nanoseconds. Means and squares are kept as in Welford, Note on a method for
    calculating corrected sums of squares and products, Technometrics 4 (1962), which loses no digits; the
    line is the least squares one, the error of its slope as in Draper & Smith, Applied Regression Analysis,
    1.4."""

    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self._time = 0.0
        self._squares = 0.0
        self._time_squares = 0.0
        self._products = 0.0

    def add(self, at: int, value: float) -> None:
        """The next value."""
        self.count += 1
        time = at / _MINUTE
        from_mean, from_time = value - self.mean, time - self._time
        self.mean += from_mean / self.count
        self._time += from_time / self.count
        self._squares += from_mean * (value - self.mean)
        self._time_squares += from_time * (time - self._time)
        self._products += from_time * (value - self.mean)

    @property
    def deviation(self) -> float:
        """Standard deviation of the values as they are, from 0."""
        return math.sqrt(max(0.0, self._squares) / self.count) if self.count else 0.0

    def trend(self) -> Trend | None:
        """The line through the values; None for fewer than two."""
        if self.count < 2:
            return None
        if self._time_squares <= 0:
            return Trend(self.mean, None, Direction.UNSPECIFIED, self.count)
        slope = self._products / self._time_squares
        return Trend(self.mean, slope, self._direction(slope), self.count)

    def _direction(self, slope: float) -> Direction:
        if self.count < _LEAST_VALUES:
            return Direction.UNSPECIFIED
        residual = max(0.0, self._squares - slope * self._products)
        error = math.sqrt(residual / (self.count - 2) / self._time_squares)
        # Values on a level line differ from it by rounding only, and have no error to speak of either.
        level = 1e-9 * (1.0 + abs(self.mean)) / math.sqrt(self._time_squares)
        if abs(slope) <= max(_SIGNIFICANT * error, level):
            return Direction.STEADY
        return Direction.RISING if slope > 0 else Direction.FALLING
