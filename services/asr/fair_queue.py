"""In which order works that wait for one model are done. Pure: times come in as arguments.

1. By urgency: a final before a speculative work before an interim. While more urgent works wait, a class
   that holds audio older than `patience` gets one pass in four nevertheless, so that none stands still.
2. Within a class by owner, by start-time fair queueing (Goyal, Vin, Cheng: SIGCOMM 1996) over the seconds
   that decoding took: a work's start tag is the larger of its class's virtual time when it came and the
   finish tag of its owner's work before (start tag plus seconds); the smallest start tag is next.
3. Within one start tag, which is where all stand that did not take more than their share: the oldest audio.

The bound, for one worker: from when a work is first of its owner until it begins, every other owner is
decoded in its class for at most as long as the owner's own last pass took, plus one pass. So one that has
audio without end, a recording sent at once, delays the others by no more than that.

The queue holds at most one work below FINAL for each owner: a newer one takes the place of the one that
waits, with its age and its tag, so that it does not fall back by being renewed. Finals are never dropped.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

Item = TypeVar("Item")

PATIENCE = 1.0
"""Seconds that audio waits before its class may go before more urgent ones."""
_PASSED_OVER = 3


class Urgency(IntEnum):
    """What a work is for; the smaller, the more urgent."""

    FINAL = 0
    SPECULATIVE = 1
    """May become a final: decoded at a pause, before it is known whether the utterance ends there."""
    INTERIM = 2


@dataclass(slots=True, eq=False)
class Entry(Generic[Item]):
    """A work in the queue.

    Attributes:
        arrived: when the oldest audio that it is about arrived, in seconds.
        fixed: not to be replaced by a newer one any more.
        start: its start tag; the queue's own, as is `number`.
    """

    item: Item
    owner: Hashable
    urgency: Urgency
    arrived: float
    fixed: bool = False
    start: float = 0.0
    number: int = 0


class _Class(Generic[Item]):
    """The works of one urgency, and what their owners have used."""

    def __init__(self) -> None:
        self.waiting: dict[Entry[Item], None] = {}
        self.running = 0
        self.passed_over = 0
        self.virtual = 0.0
        self._finish: dict[Hashable, float] = {}

    def add(self, entry: Entry[Item]) -> None:
        entry.start = max(self.virtual, self._finish.get(entry.owner, 0.0))
        self.waiting[entry] = None

    def ordered(self) -> list[Entry[Item]]:
        return sorted(self.waiting, key=lambda each: (each.start, each.arrived, each.number))

    def is_overdue(self, now: float, patience: float) -> bool:
        return self.passed_over >= _PASSED_OVER and any(
            now - each.arrived >= patience for each in self.waiting
        )

    def begin(self, entry: Entry[Item]) -> None:
        del self.waiting[entry]
        self.virtual = max(self.virtual, entry.start)
        self.running += 1

    def charge(self, entry: Entry[Item], seconds: float) -> None:
        finish = max(entry.start + seconds, self._finish.get(entry.owner, 0.0))
        self._finish[entry.owner] = finish
        for each in self.waiting:  # what came while it was decoded
            if each.owner == entry.owner:
                each.start = max(each.start, finish)
        self.running -= 1
        if not self.waiting and not self.running:  # a new time begins: only the last one yields, once
            others = (tag for owner, tag in self._finish.items() if owner != entry.owner)
            self.virtual = max(self.virtual, max(others, default=0.0))
        self._finish = {owner: tag for owner, tag in self._finish.items() if tag > self.virtual}


class FairQueue(Generic[Item]):
    """The works that wait; see the module for their order."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._classes: dict[Urgency, _Class[Item]] = {urgency: _Class() for urgency in Urgency}
        self._renewable: dict[Hashable, Entry[Item]] = {}
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return sum(len(each.waiting) for each in self._classes.values())

    def count(self, urgency: Urgency) -> int:
        """Works of one urgency that wait."""
        return len(self._classes[urgency].waiting)

    def oldest(self) -> float | None:
        """When the oldest audio that waits arrived; None where nothing waits."""
        arrivals = [entry.arrived for each in self._classes.values() for entry in each.waiting]
        return min(arrivals, default=None)

    def add(self, entry: Entry[Item]) -> Entry[Item] | None:
        """Take a work; returns the one that it replaces."""
        entry.number = next(self._numbers)
        replaced = None
        if entry.urgency is not Urgency.FINAL:
            replaced = self._renewable.get(entry.owner)
            if replaced is not None:
                self.remove(replaced)
                entry.arrived = min(entry.arrived, replaced.arrived)
            self._renewable[entry.owner] = entry
        self._classes[entry.urgency].add(entry)
        if replaced is not None and replaced.urgency is entry.urgency:
            entry.start, entry.number = min(entry.start, replaced.start), replaced.number
        return replaced

    def remove(self, entry: Entry[Item]) -> None:
        """Drop a work; nothing happens where it does not wait."""
        self._classes[entry.urgency].waiting.pop(entry, None)
        self._forget(entry)

    def fix(self, entry: Entry[Item]) -> None:
        """Let it wait in its place, not to be replaced."""
        entry.fixed = True
        self._forget(entry)

    def ordered(self, now: float) -> list[Entry[Item]]:
        """All that wait, the next first."""
        order = [entry for each in self._classes.values() for entry in each.ordered()]
        # The least urgent that is overdue goes first: it was passed over by the others, too.
        for each in reversed(self._classes.values()):
            if each.is_overdue(now, self._patience):
                first = each.ordered()[0]
                order.remove(first)
                return [first, *order]
        return order

    def take(self, entries: Sequence[Entry[Item]]) -> None:
        """These begin now, as one pass."""
        for entry in entries:
            self._classes[entry.urgency].begin(entry)
            self._forget(entry)
        served = {entry.urgency for entry in entries}
        most_urgent = min(served)
        for urgency, each in self._classes.items():
            if urgency in served or not each.waiting:
                each.passed_over = 0
            elif urgency > most_urgent:
                each.passed_over += 1

    def charge(self, entry: Entry[Item], seconds: float) -> None:
        """A work that was taken is over; decoding it took this long."""
        self._classes[entry.urgency].charge(entry, seconds)

    def _forget(self, entry: Entry[Item]) -> None:
        if self._renewable.get(entry.owner) is entry:
            del self._renewable[entry.owner]
