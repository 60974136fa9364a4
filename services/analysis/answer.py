"""One result from its first message to its terminal: measured, guarded against crashes, and put into
messages.

    COARSE   at the first occasion: what can be said already, or what is waited for
    REFINE   while more comes; an analysis of many chunks adds one for each chunk that is complete
    FINAL    the whole, or why there is none, or what there was when the segments ended too early
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

from rivermouth.analysis.v1.analysis_pb2 import Analysis as AnalysisMessage
from rivermouth.analysis.v1.analysis_pb2 import LlmPart, Summary, WorkflowResult, WorkflowRouted
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_TRUNCATED,
    Failure,
    Outcome,
)
from services.analysis import reasons, summary
from services.analysis.analysis import MeasuredAnalysis, Measures
from services.analysis.evidence import EvidenceLog
from services.analysis.fill import fill
from services.analysis.segment import Segment
from services.runtime.results import OpenResult

Message = AnalysisMessage | Summary | WorkflowRouted | WorkflowResult
"""What a run has to say."""

_log = logging.getLogger(__name__)
_LONGEST_INLINE = 2000
"""Characters that take at most about 1 ms; a thread costs 80 µs."""

_R = TypeVar("_R")


async def off_loop(characters: int, call: Callable[[], _R]) -> _R:
    """Make a call that costs as much as so many characters of text: a long one in a thread."""
    return call() if characters <= _LONGEST_INLINE else await asyncio.to_thread(call)


class Told:
    """Analyses of a stream that have said that they have no language model: each says it once."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def first(self, name: str) -> bool:
        """Whether it is for this one to say."""
        is_first = name not in self._names
        self._names.add(name)
        return is_first


class Answer:
    """One result of a measured analysis."""

    def __init__(
        self,
        analysis: MeasuredAnalysis,
        result: OpenResult,
        told: Told,
        result_ids: Iterable[str] = (),
        is_session: bool = False,
    ) -> None:
        self._analysis = analysis
        self._result = result
        self._told = told
        self._is_session = is_session
        self._accumulator = analysis.start()
        self._lost: Failure | None = None
        """Why a segment was left out, for the first one."""
        self._crash: Failure | None = None
        """Why there are no measures just now."""
        self.evidence = EvidenceLog(result_ids)

    @property
    def has_begun(self) -> bool:
        """Whether anything was said."""
        return self._result.revision > 0

    async def take(self, segment: Segment) -> None:
        """Take the next segment. Where the analysis crashes, the segment is left out and the result says
        so."""
        try:
            await off_loop(len(segment.text), lambda: self._accumulator.accept(segment))
        except Exception as error:
            self.skip(self._crashed(error, segment.segment_id))
        else:
            self.evidence.add(segment)

    def skip(self, failure: Failure) -> None:
        """A segment that is not looked at, and why."""
        self.evidence.skip()
        self._lost = self._lost or failure

    def partial(self) -> Message:
        """The next message that is not the last."""
        shortage = self._shortage(self._is_session)
        measures = None if shortage else self._measured(is_coarse=not self.has_begun)
        return self._message(None, None, measures, f"waiting for data: {shortage}" if shortage else "")

    async def finish(self, upstream: Failure | None = None) -> AsyncIterator[Message]:
        """The rest of the messages, at least two in all. `upstream`: no more segments come, through a
        failure."""
        if not self.has_begun:
            yield self.partial()
        measures: Measures | None = None
        shortage = self._shortage()
        if not shortage and self._analysis.has_chunks:
            self._crash = None
            try:
                async for measures in self._accumulator.chunks():
                    yield self._message(None, None, measures)
            except Exception as error:
                self._crash = self._crashed(error)
        elif not shortage:
            measures = self._measured(is_coarse=False)
        failure = self._failure(upstream, shortage)
        outcome = OUTCOME_COMPLETE
        if failure is not None:
            outcome = OUTCOME_FAILED if measures is None else OUTCOME_TRUNCATED
        yield self._message(outcome, failure, measures)

    def end(self, outcome: Outcome, failure: Failure) -> Message:
        """The only message of a result that was not tried."""
        return self._message(outcome, failure, None)

    def _failure(self, upstream: Failure | None, shortage: str) -> Failure | None:
        """Why the result is not complete; None if it is."""
        for failure in (upstream, self._crash, self._lost):
            if failure is not None:
                return failure
        return self._not_enough(shortage) if shortage else None

    def _not_enough(self, shortage: str) -> Failure:
        name, evidence = self._analysis.name, self.evidence
        if self._analysis.reads_annotations and evidence.used and not evidence.annotated:
            message = f"{name} counts annotations, and none of {evidence.used} segments had any"
            return Failure(reason=reasons.ANNOTATIONS_MISSING, message=message)
        return Failure(reason=reasons.NOT_ENOUGH_DATA, message=f"{name} had {shortage} that it needs")

    def _shortage(self, is_early: bool = False) -> str:
        return self._analysis.shortage(self._accumulator.amount, is_early)

    def _measured(self, is_coarse: bool) -> Measures | None:
        self._crash = None
        try:
            return self._accumulator.coarse() if is_coarse else self._accumulator.measure()
        except Exception as error:
            self._crash = self._crashed(error)
            return None

    def _crashed(self, error: Exception, segment_id: str = "") -> Failure:
        _log.error("analysis %s crashed", self._analysis.name, exc_info=error)
        where = f" on segment {segment_id}" if segment_id else ""
        message = f"{self._analysis.name} crashed{where}: {type(error).__name__}"
        metadata = {"segment_id": segment_id} if segment_id else {}
        return Failure(reason=reasons.ANALYSIS_CRASHED, message=message, metadata=metadata)

    def _errors(self, is_last: bool) -> list[Failure]:
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
        errors += evidence.shortened()
        if is_last and self._analysis.has_llm_part and self._told.first(self._analysis.name):
            errors.append(llm_not_configured())
        return errors

    def _message(
        self,
        outcome: Outcome | None,
        failure: Failure | None,
        measures: Measures | None,
        waiting_for: str = "",
    ) -> Message:
        """The next message, the last one if it has an outcome."""
        result = self._result
        result.evidence = self.evidence.message()
        header = result.partial() if outcome is None else result.final(outcome, failure)
        errors = self._errors(is_last=outcome is not None)
        llm = LlmPart() if self._analysis.has_llm_part else None
        chunk = header.revision - 1
        if self._analysis.name == summary.NAME:
            told = Summary(header=header, chunk_index=chunk, waiting_for=waiting_for, llm=llm, errors=errors)
            if measures is not None:
                fill(told, measures)
            return told
        name = self._analysis.name
        message = AnalysisMessage(header=header, name=name, chunk_index=chunk, llm=llm, errors=errors)
        message.local.waiting_for = waiting_for
        if measures is not None:
            part = getattr(message.local, name)
            part.SetInParent()
            fill(part, measures)
        return message


def llm_not_configured() -> Failure:
    """What every part says that a language model would have."""
    return Failure(
        reason=reasons.LLM_NOT_CONFIGURED,
        message="no language model is configured",
    )
