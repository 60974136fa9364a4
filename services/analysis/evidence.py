"""What a result was computed from: the last segments by name, the others by number."""

from collections import deque
from collections.abc import Iterable

from rivermouth.result.v1.result_pb2 import Evidence, Failure, SegmentRef
from services.analysis import reasons
from services.analysis.segment import Segment

MAX_REFERENCES = 1000


class EvidenceLog:
    """The segments used for a result, at most the last `MAX_REFERENCES` of them by name."""

    def __init__(self, result_ids: Iterable[str] = ()) -> None:
        self.used = 0
        """Segments that were used."""
        self.annotated = 0
        """Those of them that had annotations."""
        self.skipped = 0
        """Segments that should have been used and were not."""
        self._unheard = 0
        self._references: deque[SegmentRef] = deque(maxlen=MAX_REFERENCES)
        self._result_ids = tuple(result_ids)

    def add(self, segment: Segment) -> None:
        """This segment was used."""
        self.used += 1
        self.annotated += segment.meaning is not None
        self._references.append(SegmentRef(segment_id=segment.segment_id, revision=segment.revision))

    def hear(self, is_missing: bool) -> None:
        """The sound of a segment was used, or should have been."""
        self._unheard += is_missing

    def skip(self) -> None:
        """A segment was not used."""
        self.skipped += 1

    def message(self) -> Evidence:
        """As a result carries it."""
        missing = []
        if self.skipped:
            missing.append("segments")
        if self.annotated < self.used:
            missing.append("semantics")
        if self._unheard:
            missing.append("audio")
        return Evidence(segments=self._references, result_ids=self._result_ids, missing=missing)

    def shortened(self) -> list[Failure]:
        """Says so where more segments were used than are named."""
        if self.used <= MAX_REFERENCES:
            return []
        message = f"evidence names the last {MAX_REFERENCES} of {self.used} segments"
        counts = {"named": str(MAX_REFERENCES), "used": str(self.used)}
        return [Failure(reason=reasons.EVIDENCE_SHORTENED, message=message, metadata=counts)]
