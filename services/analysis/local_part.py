"""What is computed here for one result, guarded against crashes: the segments it is from, its measures, and
what they lack."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable

from rivermouth.result.v1.result_pb2 import Failure
from services.analysis import reasons
from services.analysis.acoustics.heard import Heard, Sound
from services.analysis.analysis import MeasuredAnalysis, Measures
from services.analysis.evidence import EvidenceLog
from services.analysis.messages import Renaming
from services.analysis.segment import Segment
from services.analysis.threads import off_loop
from services.runtime.crash import log_crash

_log = logging.getLogger(__name__)


class LocalMeasures:
    """Measures of one result."""

    def __init__(
        self, analysis: MeasuredAnalysis, result_ids: Iterable[str] = (), is_session: bool = False
    ) -> None:
        self._analysis = analysis
        self._is_session = is_session
        self._accumulator = analysis.start()
        self._lost: Failure | None = None
        """Why a segment was left out, for the first one."""
        self._crash: Failure | None = None
        """Why there are no measures just now."""
        # Bounded by what may wait to be measured.
        self._listening: deque[tuple[Segment, Sound]] = deque()
        self._unmoved: set[str] = set()
        """Segments that count under a former speaker."""
        self.evidence = EvidenceLog(result_ids)

    async def take(self, segment: Segment) -> bool:
        """Take the next segment; where the analysis crashes, it is left out, and this is False."""
        try:
            await off_loop(len(segment.text), lambda: self._accumulator.accept(segment))
        except Exception as error:
            self.skip(self._crashed(error, segment.segment_id))
            return False
        self.evidence.add(segment)
        if self._analysis.hears and segment.sound is not None:
            self._listening.append((segment, segment.sound))
        return True

    @property
    def is_listening(self) -> bool:
        """Whether the sound of a segment is still being measured."""
        self._hear()
        return bool(self._listening)

    async def listen(self) -> None:
        """Wait for the sound of all segments."""
        for _, sound in self._listening:
            await sound.wait()

    def stop_listening(self) -> None:
        """There is no room to wait for it."""
        heard = Heard(reason=reasons.BACKPRESSURE, message="too many results wait for sound already")
        while self._listening:
            self._take_sound(self._listening.popleft()[0], heard)

    def _hear(self) -> None:
        """Take what has been measured, in the order of segments."""
        while self._listening and (heard := self._listening[0][1].heard) is not None:
            self._take_sound(self._listening.popleft()[0], heard)

    def _take_sound(self, segment: Segment, heard: Heard) -> None:
        self.evidence.hear(bool(heard.reason))
        try:
            self._accumulator.hear(segment, heard)
        except Exception as error:
            self._lost = self._lost or self._crashed(error, segment.segment_id)

    def rename(self, renaming: Renaming) -> None:
        """Segments that were taken have another speaker; where they cannot be moved, `errors` says so."""
        is_moved = False
        try:
            is_moved = self._accumulator.rename(renaming.segment_ids, renaming.speaker)
        except Exception as error:
            self._crashed(error)
        if not is_moved:
            self._unmoved |= renaming.segment_ids

    def skip(self, failure: Failure) -> None:
        """A segment that is not looked at, and why."""
        self.evidence.skip()
        self._lost = self._lost or failure

    def shortage(self, is_last: bool) -> str:
        """How much there is and is needed; empty where that is enough."""
        self._hear()
        return self._analysis.shortage(self._accumulator.amount, self._is_session and not is_last)

    def measure(self, is_coarse: bool = False) -> Measures | None:
        """The measures of what there is; None where the analysis crashes."""
        self._crash = None
        self._hear()
        try:
            return self._accumulator.coarse() if is_coarse else self._accumulator.measure()
        except Exception as error:
            self._crash = self._crashed(error)
            return None

    def failure(self, upstream: Failure | None) -> Failure | None:
        """Why they are not complete at the end; None if they are."""
        for failure in (upstream, self._crash, self._lost):
            if failure is not None:
                return failure
        shortage = self.shortage(is_last=True)
        return self._not_enough(shortage) if shortage else None

    def errors(self) -> list[Failure]:
        """What does not work, while the rest does."""
        evidence = self.evidence
        errors = [failure for failure in (self._crash, self._lost) if failure is not None]
        if self._analysis.reads_annotations and 0 < evidence.annotated < evidence.used:
            count = evidence.used - evidence.annotated
            message = f"{count} of {evidence.used} segments had no annotations"
            counts = {"segments": str(count)}
            errors.append(Failure(reason=reasons.ANNOTATIONS_MISSING, message=message, metadata=counts))
        errors += [
            Failure(reason=note.reason, message=note.message, metadata=note.metadata)
            for note in self._accumulator.notes()
        ]
        if self._unmoved:
            count = len(self._unmoved)
            message = f"{count} segments got another speaker after they were counted by speaker"
            counts = {"segments": str(count)}
            errors.append(Failure(reason=reasons.SPEAKER_NOT_MOVED, message=message, metadata=counts))
        return errors + evidence.shortened()

    def _not_enough(self, shortage: str) -> Failure:
        name, evidence = self._analysis.name, self.evidence
        if self._analysis.reads_annotations and evidence.used and not evidence.annotated:
            message = f"{name} counts annotations, and none of {evidence.used} segments had any"
            return Failure(reason=reasons.ANNOTATIONS_MISSING, message=message)
        return Failure(reason=reasons.NOT_ENOUGH_DATA, message=f"{name} had {shortage} that it needs")

    def _crashed(self, error: Exception, segment_id: str = "") -> Failure:
        log_crash(_log, f"analysis {self._analysis.name}", error)
        where = f" on segment {segment_id}" if segment_id else ""
        message = f"{self._analysis.name} crashed{where}: {type(error).__name__}"
        metadata = {"segment_id": segment_id} if segment_id else {}
        return Failure(reason=reasons.ANALYSIS_CRASHED, message=message, metadata=metadata)
