"""W3C trace context for a call, so that a session is part of its caller's trace."""

import re
from collections.abc import Callable

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def trace_metadata(traceparent: str | None = None) -> list[tuple[str, str]]:
    """Metadata entries for the given traceparent, else for the current span where OpenTelemetry is installed.

    Raises ValueError where `traceparent` is not of the form of W3C Trace Context, level 1.
    """
    if traceparent is not None:
        if not _TRACEPARENT.fullmatch(traceparent):
            raise ValueError(f"not a W3C traceparent: {traceparent!r}")
        return [("traceparent", traceparent)]
    carrier: dict[str, str] = {}
    if (inject := _injector()) is not None:
        inject(carrier)
    return list(carrier.items())


def _injector() -> Callable[[dict[str, str]], None] | None:
    try:
        from opentelemetry.propagate import inject
    except ImportError:  # tracing is the caller's choice, not a dependency of this library
        return None
    return inject
