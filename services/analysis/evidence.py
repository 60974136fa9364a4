"""What a result was computed from: the last segments by name, the others by number."""

from collections import deque

from rivermouth.analysis.v1.analysis_pb2 import AnnotatedSegment
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    Evidence,
    Failure,
    SegmentRef,
)
from services.analysis import reasons

MAX_REFERENCES = 1000


class EvidenceLog:
    """The segments used for a result, at most the last `MAX_REFERENCES` of them by name."""

    def __init__(self) -> None:
        self._used = 0
        self._skipped = 0
        self._lacks_semantics = False
        self._references: deque[SegmentRef] = deque(maxlen=MAX_REFERENCES)

    @property
    def skipped(self) -> int:
        """Segments that should have been used and were not."""
        return self._skipped

    def add(self, segment: AnnotatedSegment) -> None:
        """This segment was used."""
        header = segment.transcript.header
        self._used += 1
        self._references.append(SegmentRef(segment_id=header.result_id, revision=header.revision))
        self._lacks_semantics |= not _is_annotated(segment)

    def skip(self) -> None:
        """A segment was not used."""
        self._skipped += 1

    def message(self) -> Evidence:
        """As a result carries it."""
        missing = [
            name
            for name, is_missing in (("segments", self._skipped), ("semantics", self._lacks_semantics))
            if is_missing
        ]
        return Evidence(segments=self._references, missing=missing)

    def errors(self) -> list[Failure]:
        """What the evidence does not show, or not have."""
        errors = []
        if self._skipped:
            message = f"{self._skipped} segments were skipped while the service was behind"
            skipped = {"skipped": str(self._skipped)}
            errors.append(Failure(reason=reasons.BACKPRESSURE, message=message, metadata=skipped))
        if self._used > MAX_REFERENCES:
            message = f"evidence names the last {MAX_REFERENCES} of {self._used} segments"
            counts = {"named": str(MAX_REFERENCES), "used": str(self._used)}
            errors.append(Failure(reason=reasons.EVIDENCE_SHORTENED, message=message, metadata=counts))
        return errors


def evidence_of(segment: AnnotatedSegment) -> Evidence:
    """The evidence of a result about one segment."""
    log = EvidenceLog()
    log.add(segment)
    return log.message()


def _is_annotated(segment: AnnotatedSegment) -> bool:
    outcome = segment.semantic.header.outcome
    return segment.HasField("semantic") and outcome not in (OUTCOME_FAILED, OUTCOME_SKIPPED)
