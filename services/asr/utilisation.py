"""How busy the decoders are, and how rare interims become by it. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection

_MEMORY = 3.0  # seconds: the time constant of the average; some passes long, shorter than an utterance
# Up to this load nobody waits for long. Above it interims come less often, up to the last factor at full
# load: the load settles where demand and thinning meet, below 1 for as long as interims are what is too much.
_FREE_LOAD = 0.6
_THINNEST = 8.0


class Utilisation:
    """The share of the workers' time that is spent decoding, 0 to 1, smoothed exponentially."""

    def __init__(self, workers: int, now: float) -> None:
        self._workers = workers
        self._running = 0
        self._value = 0.0
        self._at = now

    def change(self, running: int, now: float) -> None:
        """From now on so many workers decode."""
        self._value = self.value(now)
        self._at = max(self._at, now)
        self._running = running

    def value(self, now: float) -> float:
        """The average now."""
        share = 1.0 - math.exp(-max(0.0, now - self._at) / _MEMORY)
        return self._value + (self._running / self._workers - self._value) * share


def thinning(load: float) -> float:
    """By how much longer the time between two interims is at this load: 1 to 8."""
    above = min(max(0.0, load - _FREE_LOAD) / (1.0 - _FREE_LOAD), 1.0)
    return 1.0 + (_THINNEST - 1.0) * above


def real_time_load(load: float, paces: Collection[float]) -> float:
    """The load that would be left if no stream sent its audio faster than it was spoken: recordings take what
    there is, give way to others, and must not shut them out. `paces`: seconds of audio a second, by stream.
    """
    return load * len(paces) / sum(max(1.0, pace) for pace in paces) if paces else 0.0
