"""Admission: how many sessions a process takes at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.runtime.errors import AtCapacity, declare

AT_CAPACITY = declare(
    "AT_CAPACITY",
    "RESOURCE_EXHAUSTED",
    "Retry after the delay of RetryInfo, or at another server; nothing was started.",
)


class Admission:
    """A count with a limit: it refuses at once and with a delay, where HTTP/2 would queue silently."""

    def __init__(self, limit: int, retry_after: float = 1.0) -> None:
        self.limit = limit
        self.retry_after = retry_after
        self.active = 0

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Hold one place while the body runs. Raises AtCapacity, with `retry_after`, if there is none."""
        if self.active >= self.limit:
            raise AtCapacity(
                AT_CAPACITY,
                f"at the limit of {self.limit} sessions",
                retry_after=self.retry_after,
                metadata={"limit": str(self.limit)},
            )
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1
