"""Which sequences have been seen, and in which epoch, in little memory."""

from bisect import bisect_right, insort
from dataclasses import dataclass, field


@dataclass(slots=True, order=True)
class _Run:
    first: int
    last: int = field(compare=False)
    epoch: int = field(compare=False)


class Seen:
    """Sequences from 1 on, kept as runs: a stream without gaps is a single one."""

    def __init__(self, last: int = 0) -> None:
        self.last = last
        """The largest sequence seen, or where reading began."""
        self.count = 0
        """How many were seen."""
        self._runs: list[_Run] = []

    @property
    def missing(self) -> int:
        """How many up to `last` were not seen."""
        return self.last - self.count

    def epoch_of(self, sequence: int) -> int | None:
        """The epoch in which it was seen; None where it was not."""
        at = bisect_right(self._runs, sequence, key=lambda run: run.first) - 1
        if at < 0 or self._runs[at].last < sequence:
            return None
        return self._runs[at].epoch

    def add(self, sequence: int, epoch: int) -> None:
        """Notes a sequence that was not seen before."""
        self.count += 1
        newest = self._runs[-1] if self._runs else None
        if newest and newest.last + 1 == sequence and newest.epoch == epoch:
            newest.last = sequence
        else:
            insort(self._runs, _Run(sequence, sequence, epoch))
        self.last = max(self.last, sequence)
