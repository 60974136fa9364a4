"""A crash in the service's log: where it was, and nothing of what people said."""

from __future__ import annotations

import logging
import traceback

_MOST_CAUSES = 4


def log_crash(log: logging.Logger, what: str, error: BaseException) -> None:
    """Write down that something crashed: the types of the error and of those that led to it, and the places
    that they came through. Their messages stay out: they may quote words, such as the key of a KeyError."""
    chain: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(chain) < _MOST_CAUSES:
        places = "".join(traceback.format_tb(seen.__traceback__))
        chain.append(f"{type(seen).__module__}.{type(seen).__qualname__} at\n{places}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    log.error("%s crashed: %s", what, "which came of ".join(chain).rstrip())
