"""How long to wait before the next attempt."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential, with jitter over half of it: clients that failed together do not come back together.

    After M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("equal jitter").

    Attributes:
        initial: upper bound of the first wait, in seconds; it doubles with each attempt.
        maximum: largest upper bound, in seconds.
        draw: a number from 0 to 1.
    """

    initial: float = 0.25
    maximum: float = 5.0
    draw: Callable[[], float] = random.random

    def delay(self, attempt: int) -> float:
        """Seconds before attempt number `attempt` is repeated, counted from 1."""
        bound = min(self.maximum, self.initial * 2.0 ** min(attempt - 1, 32))
        # Half of the bound is certain: a wait near zero would be none at all.
        return bound * (1 + self.draw()) / 2
