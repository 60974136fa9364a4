"""Why a part of a session does not work, as the rooms of the gateway tell each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a stage does not work."""

    reason: str
    message: str
    retryable: bool = False
    metadata: tuple[tuple[str, str], ...] = ()
