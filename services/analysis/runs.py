"""One analysis in one stream: which results it gives, and which messages each result has.

    trigger session   one result: COARSE at the first segment, REFINE at each further one, FINAL at the end
    trigger segment   a result for each segment: COARSE, then FINAL

Both end in exactly one terminal, and answer at least once, also where no segment ever came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from rivermouth.analysis.v1.analysis_pb2 import Analysis as AnalysisMessage
from rivermouth.analysis.v1.analysis_pb2 import AnnotatedSegment
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    Failure,
    Outcome,
)
from services.analysis import reasons
from services.analysis.analysis import Accumulator, Analysis, Segment
from services.analysis.evidence import EvidenceLog, evidence_of
from services.analysis.messages import local_part
from services.runtime.results import OpenResult

Open = Callable[[int], OpenResult]
"""Opens the next result of a channel; 0 stands for the whole session."""

Messages = Iterator[AnalysisMessage]


class Run(Protocol):
    """One analysis in one stream. What it yields is to be sent, in order."""

    def accept(self, segment: Segment, annotated: AnnotatedSegment) -> Messages:
        """The next segment."""

    def skip(self, annotated: AnnotatedSegment, failure: Failure) -> Messages:
        """A segment that is not looked at, because the service is too far behind."""

    def finish(self) -> Messages:
        """No more segments come."""

    def fail(self, failure: Failure) -> Messages:
        """No more segments come, and that is a failure of somebody else."""


class SessionRun:
    """A Run with one result for the session."""

    def __init__(self, analysis: Analysis, open_result: Open) -> None:
        self._analysis = analysis
        self._result = open_result(0)
        self._accumulator = analysis.start()
        self._evidence = EvidenceLog()

    def accept(self, segment: Segment, annotated: AnnotatedSegment) -> Messages:
        self._accumulator.accept(segment)
        self._evidence.add(annotated)
        if not annotated.replayed:  # else the caller is only telling again what led here
            yield self._partial()

    def skip(self, annotated: AnnotatedSegment, failure: Failure) -> Messages:
        self._evidence.skip()
        yield from ()

    def finish(self) -> Messages:
        if not self._result.revision:
            yield self._partial()
        shortage = self._analysis.shortage(self._accumulator.amount)
        if shortage:
            yield self._final(OUTCOME_FAILED, _not_enough(self._analysis, shortage))
        elif self._evidence.skipped:
            yield self._final(OUTCOME_TRUNCATED, self._evidence.errors()[0])
        else:
            yield self._final(OUTCOME_COMPLETE, None)

    def fail(self, failure: Failure) -> Messages:
        yield self._final(OUTCOME_FAILED, failure)

    def _partial(self) -> AnalysisMessage:
        self._result.evidence = self._evidence.message()
        message = _message(self._analysis, self._result, None, None)
        return self._filled(message, is_coarse=message.chunk_index == 0)

    def _final(self, outcome: Outcome, failure: Failure | None) -> AnalysisMessage:
        self._result.evidence = self._evidence.message()
        return self._filled(_message(self._analysis, self._result, outcome, failure), is_coarse=False)

    def _filled(self, message: AnalysisMessage, is_coarse: bool) -> AnalysisMessage:
        _fill(message, self._analysis, self._accumulator, is_coarse)
        message.errors.extend(self._evidence.errors())
        return message


class SegmentRun:
    """A Run with a result for each segment."""

    def __init__(self, analysis: Analysis, open_result: Open) -> None:
        self._analysis = analysis
        self._open = open_result
        self._answered = False

    def accept(self, segment: Segment, annotated: AnnotatedSegment) -> Messages:
        self._answered = True
        if annotated.replayed:  # it got its result from an earlier incarnation
            return
        result = self._open(segment.channel)
        result.evidence = evidence_of(annotated)
        accumulator = self._analysis.start()
        accumulator.accept(segment)
        yield from self._whole(result, accumulator)

    def skip(self, annotated: AnnotatedSegment, failure: Failure) -> Messages:
        self._answered = True
        if annotated.replayed:
            return
        result = self._open(annotated.transcript.channel_tag)
        result.evidence = evidence_of(annotated)
        yield _message(self._analysis, result, OUTCOME_SKIPPED, failure)

    def finish(self) -> Messages:
        if not self._answered:
            yield from self._whole(self._open(0), self._analysis.start())

    def fail(self, failure: Failure) -> Messages:
        yield _message(self._analysis, self._open(0), OUTCOME_FAILED, failure)

    def _whole(self, result: OpenResult, accumulator: Accumulator) -> Messages:
        """Both messages of a result."""
        coarse = _message(self._analysis, result, None, None)
        _fill(coarse, self._analysis, accumulator, is_coarse=True)
        yield coarse
        shortage = self._analysis.shortage(accumulator.amount)
        if shortage:
            final = _message(self._analysis, result, OUTCOME_FAILED, _not_enough(self._analysis, shortage))
        else:
            final = _message(self._analysis, result, OUTCOME_COMPLETE, None)
        _fill(final, self._analysis, accumulator, is_coarse=False)
        yield final


def _message(
    analysis: Analysis, result: OpenResult, outcome: Outcome | None, failure: Failure | None
) -> AnalysisMessage:
    """The next message of a result, its last one if it has an outcome."""
    header = result.partial() if outcome is None else result.final(outcome, failure)
    return AnalysisMessage(header=header, name=analysis.name, chunk_index=header.revision - 1)


def _fill(message: AnalysisMessage, analysis: Analysis, accumulator: Accumulator, is_coarse: bool) -> None:
    """Put in the measures, or what they wait for."""
    shortage = analysis.shortage(accumulator.amount)
    measures = None
    if not shortage:
        measures = accumulator.coarse() if is_coarse else accumulator.measure()
    waiting_for = f"waiting for data: {shortage}" if shortage and message.header.partial else ""
    message.local.CopyFrom(local_part(analysis, measures, waiting_for))


def _not_enough(analysis: Analysis, shortage: str) -> Failure:
    return Failure(reason=reasons.NOT_ENOUGH_DATA, message=f"{analysis.name} had {shortage} that it needs")
