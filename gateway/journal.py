"""The journal: the event log of a session, behind an interface that a durable store can take over.

Appending is cheap and never waits; what was appended in one turn of the event loop is committed together at
its end at the latest, and only what is committed is shown to readers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(slots=True)
class Entry:
    """One event, written."""

    sequence: int
    kind: str
    event: bytes
    result_id: str = ""
    final: bool = True
    """False for a coarse or refined message of a result, which may be coalesced."""
    overtaken: bool = False
    """A later message of the same result is in the journal."""


class Journal(Protocol):
    """What a session and its connections need of a journal."""

    @property
    def tail(self) -> int:
        """The last sequence committed, 0 for none."""

    @property
    def oldest(self) -> int:
        """The first sequence still kept."""

    @property
    def closed(self) -> bool:
        """True once the last event is committed."""

    def append(self, entry: Entry) -> None:
        """Add the next event; it is committed by the end of this turn of the loop."""

    def close(self) -> None:
        """Nothing follows."""

    def read(self, after: int, limit: int) -> list[Entry]:
        """The committed entries with a sequence above `after`, in order, at most `limit`."""

    def watch(self, committed: Callable[[], None]) -> Callable[[], None]:
        """Have `committed` called after each commit; returns what ends that."""


class MemoryJournal:
    """A journal in this process's memory: it ends with the process. To append is to commit.

    It keeps the newest `capacity` events (overflow: the oldest are forgotten). A connection may lag less than
    that, since a session takes no input while its reader is too far behind.
    """

    def __init__(self, capacity: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=capacity)
        self._open: dict[str, Entry] = {}
        self.tail = 0
        self.closed = False
        self._watchers: list[Callable[[], None]] = []

    @property
    def oldest(self) -> int:
        return self.tail - len(self._entries) + 1

    def append(self, entry: Entry) -> None:
        if entry.sequence != self.tail + 1 or self.closed:
            raise AssertionError(f"sequence {entry.sequence} does not follow {self.tail}")
        self.tail = entry.sequence
        self._entries.append(entry)
        if entry.result_id:
            if (before := self._open.pop(entry.result_id, None)) is not None:
                before.overtaken = True
            if not entry.final:
                self._open[entry.result_id] = entry
        self._tell()

    def close(self) -> None:
        self.closed = True
        self._tell()

    def read(self, after: int, limit: int) -> list[Entry]:
        first = max(0, after - self.oldest + 1)
        end = min(len(self._entries), first + limit)
        return [self._entries[index] for index in range(first, end)]

    def watch(self, committed: Callable[[], None]) -> Callable[[], None]:
        self._watchers.append(committed)
        return lambda: self._watchers.remove(committed)

    def _tell(self) -> None:
        for committed in self._watchers:
            committed()
