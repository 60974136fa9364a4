"""What a model says of one question or one batch of work, as the messages of one result."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from rivermouth.analysis.v1.analysis_pb2 import LlmPart, WorkflowResult
from rivermouth.analysis.v1.findings_pb2 import WorkflowFindings, WorkNote
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    Evidence,
    Failure,
    Outcome,
    SegmentRef,
)
from services.analysis import reasons
from services.analysis.fill import fill_parts
from services.analysis.llm.asking import Asking, Question
from services.analysis.llm.course import Said
from services.analysis.llm.findings.workflow import TASKS, Note
from services.analysis.llm.llm_part import failure_of, head
from services.analysis.llm.newest import NewestSegments
from services.analysis.segment import Segment
from services.analysis.workflow.routing import Batch, Queue, context_of, segment_of, work_ids
from services.llm.failure import ModelFailure
from services.llm.reasons import LLM_BUDGET
from services.runtime.crash import log_crash
from services.runtime.results import OpenResult

_log = logging.getLogger(__name__)


class WorkAnswer:
    """One result: of a question, or of a batch."""

    def __init__(self, batch: Batch, result: OpenResult) -> None:
        self._batch = batch
        self._result = result
        self._own = tuple(map(segment_of, batch.items))
        self._forgotten = 0
        """Segments that the question is about too, and that are not kept any more."""
        self.failure: Failure | None = None
        """Why it is not whole, once it is over."""

    def begin(self) -> WorkflowResult:
        """The first message: it is being asked."""
        return self._message(LlmPart())

    def end(self, outcome: Outcome, failure: Failure) -> WorkflowResult:
        """The last message of one that was not tried."""
        is_told_by_header = failure.reason == reasons.LLM_NOT_CONFIGURED
        part = LlmPart() if is_told_by_header else LlmPart(outcome=outcome, failure=failure)
        return self._message(part, outcome, failure)

    async def messages(self, asking: Asking, spoken: NewestSegments) -> AsyncGenerator[WorkflowResult]:
        """Ask, and tell what comes of it, to the end; a model's failure comes as the last message."""
        if not self._result.revision:
            yield self.begin()
        said, shown = Said(), WorkflowFindings()
        outcome: Outcome = OUTCOME_COMPLETE
        failure: Failure | None = None
        try:
            async with aclosing(asking.ask(self._question(spoken))) as news:
                async for said in news:
                    findings = self._findings(said)
                    if findings != shown and not said.is_whole:
                        shown = findings
                        yield self._told(said, findings)
            shown = self._findings(said)
        except ModelFailure as failed:
            failure = failure_of(failed)
            outcome = OUTCOME_SKIPPED if failed.reason == LLM_BUDGET else OUTCOME_FAILED
            if said.parts:
                outcome = OUTCOME_TRUNCATED
        except Exception as error:
            log_crash(_log, "the answer to a question of workflow", error)
            message = f"the answer crashed: {type(error).__name__}"
            failure, outcome = Failure(reason=reasons.ANALYSIS_CRASHED, message=message), OUTCOME_FAILED
            said = replace(said, findings={}, parts=0)
        yield self._told(said, shown, outcome, failure)

    def _question(self, spoken: NewestSegments) -> Question:
        batch = self._batch
        segments = self._own
        if batch.queue is Queue.QUESTION:
            # It is forgotten if more was said since than can be sent: then its context has to do.
            segments = _until(segments[0], spoken.segments) or segments
            self._forgotten = spoken.forgotten
        return Question(TASKS[batch.queue], segments, context_of(batch))

    def _told(
        self,
        said: Said,
        findings: WorkflowFindings,
        outcome: Outcome | None = None,
        failure: Failure | None = None,
    ) -> WorkflowResult:
        """What a model said so far."""
        part = head(said)
        if said.parts:
            part.findings.workflow.CopyFrom(findings)
        if outcome is not None:
            part.outcome = outcome
        result = self._message(part, outcome, failure, said.segments)
        if outcome is not None and (left_out := said.left_out + self._forgotten):
            result.errors.append(_shortened(left_out))
        return result

    def _findings(self, said: Said) -> WorkflowFindings:
        findings = WorkflowFindings()
        if said.parts and self._batch.queue is Queue.QUESTION:
            fill_parts(findings, said.findings, [segment.segment_id for segment in said.segments])
            # A question is no answer to itself, whatever the model says.
            own = {segment.segment_id for segment in self._own}
            taken_from = [each for each in findings.segment_ids if each not in own]
            del findings.segment_ids[:]
            findings.segment_ids.extend(taken_from)
        elif said.parts:
            findings.notes.extend(self._notes(said))
        return findings

    def _notes(self, said: Said) -> list[WorkNote]:
        """Those that are on an item, the first on each."""
        found = said.findings if isinstance(said.findings, Mapping) else vars(said.findings)
        notes: Iterable[Note] = found.get("notes", ())
        by_line = {note.line: note for note in reversed([*notes])}
        works = dict(
            enumerate(self._batch.items[-len(said.segments) :], 1)
        )  # the oldest may have found no room
        return [
            WorkNote(work_id=works[line].work_id, text=note.text)
            for line, note in sorted(by_line.items())
            if line in works
        ]

    def _message(
        self,
        part: LlmPart,
        outcome: Outcome | None = None,
        failure: Failure | None = None,
        told: Sequence[Segment] = (),
    ) -> WorkflowResult:
        """The next message, the last one if it has an outcome. `told`: the segments that the model knew."""
        findings = part.findings.workflow if part.HasField("findings") else WorkflowFindings()
        if failure is not None and outcome is not None and part.outcome:
            part.failure.CopyFrom(failure)
            self.failure = failure
        used = {segment.segment_id for segment in self._own} | set(findings.segment_ids)
        known = {segment.segment_id: segment for segment in (*told, *self._own) if segment.segment_id in used}
        self._result.evidence = Evidence(
            segments=[
                SegmentRef(segment_id=each.segment_id, revision=each.revision) for each in known.values()
            ]
        )
        header = self._result.partial() if outcome is None else self._result.final(outcome, failure)
        items = self._batch.items
        return WorkflowResult(
            header=header,
            work_id=items[0].work_id,
            queue=self._batch.queue.value,
            text=findings.answer or "\n".join(note.text for note in findings.notes),
            work_ids=work_ids(items),
            llm=part,
        )


def _until(last: Segment, segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Those up to a segment, it last; none where it is not among them."""
    ids = [segment.segment_id for segment in segments]
    return tuple(segments[: ids.index(last.segment_id) + 1]) if last.segment_id in ids else ()


def _shortened(left_out: int) -> Failure:
    message = f"the model was given the newest segments; {left_out} older ones found no room"
    counts = {"segments": str(left_out)}
    return Failure(reason=reasons.LLM_TEXT_SHORTENED, message=message, metadata=counts)
