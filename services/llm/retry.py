"""Attempts and the waits between them: the only place where anything is tried again."""

from __future__ import annotations

from services.llm.backoff import Backoff
from services.llm.failure import ModelFailure
from services.llm.settings import LlmSettings


class RetryPlan:
    """What is done after an attempt failed."""

    def __init__(self, settings: LlmSettings) -> None:
        self._attempts = settings.attempts
        self._longest = settings.backoff_maximum
        self._backoff = Backoff(settings.backoff_initial, settings.backoff_maximum)

    def delay(self, failure: ModelFailure, attempt: int) -> float | None:
        """Seconds until the same provider is asked again after its attempt `attempt`, counted from 1.

        None: not again. A vendor that names a time is never asked before, nor waited for longer than our
        longest wait.
        """
        if not failure.retryable or attempt >= self._attempts:
            return None
        asked = failure.retry_after or 0.0
        if asked > self._longest:
            return None
        return max(asked, self._backoff.delay(attempt))
