"""The one exception that leaves this package, whatever the vendor's SDK or the network raised."""

from __future__ import annotations

_LONGEST = 300


class ModelFailure(Exception):
    """A vendor could not be used. The vendor's fault, the network's, or the operator's; `reason` tells which.

    Attributes:
        reason: declared in reasons.py.
        message: for people; the vendor's own words are in it, shortened, and never a key.
        retryable: whether the same request may succeed later.
        retry_after: seconds that the vendor wants to be left alone; None: it does not say.
        provider: name of the vendor, as in the settings; empty where there is none.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        retryable: bool,
        retry_after: float | None = None,
        provider: str = "",
    ) -> None:
        message = " ".join(message.split())
        if len(message) > _LONGEST:
            message = message[: _LONGEST - 1] + "…"
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.retryable = retryable
        self.retry_after = retry_after
        self.provider = provider
