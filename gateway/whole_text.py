"""The whole text of a session, whichever incarnations of its recogniser said it."""

from __future__ import annotations

from gateway.ledger import COMPLETE, Result
from gateway.reasons import RECOGNITION_INCOMPLETE
from rivermouth.result.v1 import result_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.offsets import SECOND


class WholeText:
    """Gathers final texts as they are sent."""

    def __init__(self) -> None:
        self._finals: list[tuple[int, str, str]] = []  # start in nanoseconds, segment id, text
        self._failed = 0

    def note(self, final: Result) -> None:
        """The final text of a segment was sent."""
        if final.body.text:
            self._finals.append((final.start or 0, final.segment_id, final.body.text))

    def note_failed(self) -> None:
        """The recogniser has failed at a segment. (One that it left open is said again.)"""
        self._failed += 1

    def fill(self, complete: transcript_pb2.TranscriptComplete) -> None:
        """Have it say all that was final."""
        finals = sorted(self._finals)
        complete.text = " ".join(text for _, _, text in finals)
        complete.segment_ids[:] = [segment_id for _, segment_id, _ in finals]
        complete.word_count = len(complete.text.split())

    def completed(
        self, last: transcript_pb2.TranscriptComplete, lost: int
    ) -> transcript_pb2.TranscriptComplete:
        """What the last of several incarnations says of the whole, which it does not know. `lost`:
        nanoseconds of audio that none of them was given."""
        complete = transcript_pb2.TranscriptComplete()
        complete.CopyFrom(last)
        self.fill(complete)
        missing = [f"{self._failed} segments could not be recognised"] if self._failed else []
        if lost:
            missing.append(f"{lost / SECOND:g} s of audio were forgotten while the recogniser was away")
        if missing and complete.header.outcome == COMPLETE:
            complete.header.outcome = result_pb2.OUTCOME_TRUNCATED
            failure = result_pb2.Failure(reason=RECOGNITION_INCOMPLETE, message="; ".join(missing))
            complete.header.failure.CopyFrom(failure)
        return complete
