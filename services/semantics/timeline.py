"""Who spoke when: pieces of time with the speakers of each. Times are nanoseconds, so nothing is rounded."""

from bisect import bisect_left, bisect_right

from services.semantics.turns import Speaker

Speakers = frozenset[Speaker]
_NOBODY: Speakers = frozenset()


class Timeline:
    """Time from 0 on, cut where somebody begins or ends. What was added in which order makes no difference.

    Attributes:
        talk: time in which each speaker spoke.
        overlapped: the part of it in which another spoke as well.
        spoken: time in which anybody spoke.
        overlap: time in which more than one spoke.
    """

    def __init__(self) -> None:
        self.talk: dict[Speaker, int] = {}
        self.overlapped: dict[Speaker, int] = {}
        self.spoken = 0
        self.overlap = 0
        self._end = 0
        self._cuts: list[int] = [0]
        self._pieces: list[Speakers] = [_NOBODY]  # the piece from the cut of the same number to the next

    @property
    def end(self) -> int:
        """Where the last speech ended."""
        return self._end

    def add(self, speaker: Speaker, start: int, end: int) -> None:
        """This speaker spoke; what is known already is not counted again."""
        self.talk.setdefault(speaker, 0)
        self.overlapped.setdefault(speaker, 0)
        self._end = max(self._end, end)
        if end <= start:
            return
        first, last = self._cut(start), self._cut(end)
        for index in range(first, last):
            if speaker not in self._pieces[index]:
                self._count(speaker, self._pieces[index], self._cuts[index + 1] - self._cuts[index])
                self._pieces[index] |= {speaker}

    def others_at(self, moment: int, speaker: Speaker) -> bool:
        """Whether another was speaking at a moment: since before it, and beyond it."""
        index = bisect_left(self._cuts, moment)
        if index == 0:
            return False
        before = self._pieces[index - 1] - {speaker}
        if index < len(self._cuts) and self._cuts[index] == moment:
            return bool(before & self._pieces[index])
        return bool(before)

    def last_before(self, moment: int) -> tuple[int, Speakers]:
        """When the last speech that ended by a moment ended, and whose it was; (0, nobody) if there was
        none."""
        index = bisect_right(self._cuts, moment) - 1
        while index > 0:
            if ended := self._pieces[index - 1] - self._pieces[index]:
                return self._cuts[index], ended
            index -= 1
        return 0, _NOBODY

    def _cut(self, at: int) -> int:
        """The number of the cut at that time, made where there is none."""
        index = bisect_left(self._cuts, at)
        if index == len(self._cuts) or self._cuts[index] != at:
            self._cuts.insert(index, at)
            self._pieces.insert(index, self._pieces[index - 1])
        return index

    def _count(self, speaker: Speaker, others: Speakers, length: int) -> None:
        self.talk[speaker] += length
        if not others:
            self.spoken += length
            return
        self.overlapped[speaker] += length
        if len(others) == 1:
            (other,) = others
            self.overlapped[other] += length
            self.overlap += length
