"""Leaves a vendor alone that fails again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from services.llm import reasons
from services.llm.failure import ModelFailure

# What tells nothing about whether the vendor works: the request's own faults, and ours.
_NOT_ITS_FAULT = {
    reasons.LLM_REQUEST_REFUSED,
    reasons.LLM_REFUSED,
    reasons.LLM_TOO_LARGE,
    reasons.LLM_INVALID_OUTPUT,
    reasons.LLM_BUDGET,
    reasons.LLM_MODEL_UNKNOWN,
}


class Breaker:
    """Closed, it lets all through. After so many failures in a row it opens for a while; then one may try.

    If that goes well it closes, else it stays open for as long again.
    After M. Nygard, "Release It!", 2nd edition, "Circuit Breaker".
    """

    def __init__(self, failures: int, pause: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`pause` in seconds, as the clock's."""
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._failures = 0
        self._last = ""
        self._open_until: float | None = None
        self._trial: Passage | None = None

    @property
    def is_open(self) -> bool:
        """Whether the next call would be turned away."""
        if self._open_until is None:
            return False
        return self._trial is not None or self._clock() < self._open_until

    def enter(self) -> Passage:
        """A call begins, and is over when the context is left. Raises ModelFailure while open."""
        if self.is_open:
            left = max(0.0, (self._open_until or 0.0) - self._clock())
            message = (
                f"left alone for {left:.1f} s more, after {self._failures} failures in a row: {self._last}"
            )
            raise ModelFailure(reasons.LLM_BREAKER_OPEN, message, retryable=True, retry_after=left)
        passage = Passage(self)
        if self._open_until is not None:
            self._trial = passage
        return passage

    def succeed(self) -> None:
        """A call went well."""
        self._failures = 0
        self._open_until = None
        self._trial = None  # one that still runs decides nothing any more

    def leave(self, passage: Passage, error: BaseException | None) -> None:
        """A call is over; one that was given up tells nothing."""
        tried = self._trial is passage
        if tried:
            self._trial = None
        if isinstance(error, ModelFailure) and error.reason not in _NOT_ITS_FAULT:
            self._failures += 1
            self._last = str(error)
            if tried or self._failures >= self._most:
                self._open_until = self._clock() + self._pause


class Passage:
    """One call that was let through."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def __enter__(self) -> Self:
        return self

    def succeed(self) -> None:
        """The call went well."""
        self._breaker.succeed()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._breaker.leave(self, error)
