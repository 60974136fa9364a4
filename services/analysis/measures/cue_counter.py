"""What analyses that count cues have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection

from services.analysis.analysis import Accumulator, Note
from services.analysis.measures.coverage import Coverage
from services.analysis.measures.cues import CueLog
from services.analysis.segment import Segment


class CueCounter(Accumulator):
    """Keeps how many words there were, in which language, and what was found in them."""

    def __init__(self) -> None:
        self._coverage = Coverage()
        self._log = CueLog()

    @property
    def amount(self) -> int:
        return self._coverage.words

    def accept(self, segment: Segment) -> None:
        if self._coverage.take(segment):
            self._look(segment)

    @abstractmethod
    def _look(self, segment: Segment) -> None:
        """Look for cues in a segment of the lists' language."""

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        self._log.rename(segment_ids, speaker)
        return True

    def notes(self) -> tuple[Note, ...]:
        return self._coverage.notes()
