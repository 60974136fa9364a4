"""Dropped work, finished later: asked about in batches, as far as models can be had."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.analysis.llm.asking import Asking, Question
from services.analysis.llm.course import Said
from services.analysis.llm.egress import Egress
from services.analysis.llm.findings.workflow import TASKS, BatchFindings, QuestionFindings
from services.analysis.segment import Segment
from services.analysis.settings import AnalysisSettings
from services.analysis.workflow.logged_work import LoggedWork, work_item_of
from services.analysis.workflow.routing import QUEUES, Batch, context_of, segment_of
from services.llm import reasons
from services.llm.failure import ModelFailure
from services.llm.llm import Llm

MOST_TOGETHER = 16
"""Work items of one session and queue that are asked about at once."""

_OF_THE_WORK = {
    reasons.LLM_NOT_CONFIGURED,
    reasons.LLM_BUDGET,
    reasons.LLM_REQUEST_REFUSED,
    reasons.LLM_TRUNCATED,
    reasons.LLM_TOO_LARGE,
    reasons.LLM_INVALID_OUTPUT,
    reasons.LLM_REFUSED,
}
"""Failures that say nothing of how other work will fare."""


@dataclass(frozen=True, slots=True)
class Done:
    """A work item that is finished; `result` is an object for one line of JSON."""

    work: LoggedWork
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """A work item that could not be finished, and why."""

    work: LoggedWork
    failure: ModelFailure

    @property
    def is_general(self) -> bool:
        """Whether other work would hardly fare better now, such as without a network."""
        return self.failure.reason not in _OF_THE_WORK


class Finisher:
    """Asks models about dropped work, one question after the other. What is logged was redacted already where
    its session redacts, and goes to providers that its session asked for."""

    def __init__(self, llm: Llm, settings: AnalysisSettings) -> None:
        self._llm = llm
        self._settings = settings

    async def finish(self, works: Sequence[LoggedWork]) -> AsyncGenerator[Done | Left]:
        """Ask about works of one group, at once if that goes well, else one by one."""
        try:
            said = await self._ask(works)
        except ModelFailure as failure:
            if len(works) == 1 or failure.reason not in _OF_THE_WORK:
                for work in works:
                    yield Left(work, failure)
                return
            said = None  # one of them may be to blame for all
        texts = {} if said is None else _texts(said, len(works))
        for number, work in enumerate(works, 1):
            if said is not None and number in texts:
                yield Done(work, _result(work, texts[number], said, len(works)))
            elif len(works) == 1:
                message = "the model said nothing of it"
                yield Left(work, ModelFailure(reasons.LLM_INVALID_OUTPUT, message, retryable=False))
            else:
                async with aclosing(self.finish([work])) as alone:
                    async for each in alone:
                        yield each

    async def _ask(self, works: Sequence[LoggedWork]) -> Said:
        """The whole answer. Raises ModelFailure."""
        first = works[0]
        asking = Asking(
            self._llm,
            Egress(),
            session=first.session_id,
            tenant=first.tenant,
            order=first.providers,
            settings=self._settings,
        )
        async with aclosing(asking.ask(_question(works))) as news:
            return [said async for said in news][-1]


def groups(works: Iterable[LoggedWork]) -> Iterator[list[LoggedWork]]:
    """Works that follow one another and can be asked about at once; questions alone."""
    group: list[LoggedWork] = []
    for work in works:
        fits = len(group) < MOST_TOGETHER and QUEUES[work.queue].is_batched
        if group and not (fits and _kind(work) == _kind(group[0])):
            yield group
            group = []
        group.append(work)
    if group:
        yield group


def _kind(work: LoggedWork) -> tuple[object, ...]:
    return work.session_id, work.tenant, work.queue, work.providers


def _question(works: Sequence[LoggedWork]) -> Question:
    batch = Batch(works[0].queue, tuple(map(work_item_of, works)))
    segments, context = tuple(map(segment_of, batch.items)), context_of(batch)
    if not QUEUES[batch.queue].is_batched:
        # What was said before it is all there is of the conversation that the question is about.
        said = [Segment(line.text, speaker=line.speaker, start=line.start, end=line.end) for line in context]
        segments, context = (*said, *segments), ()
    return Question(TASKS[batch.queue], segments, context)


def _texts(said: Said, works: int) -> dict[int, dict[str, Any]]:
    """What a result says, by the place of its work, from 1 to `works`."""
    match said.findings:
        case QuestionFindings(answer=answer, answered=answered):
            return {1: {"text": answer, "answered": answered}}
        case BatchFindings(notes=notes):
            before = works - len(said.segments)  # the first ones, which found no room
            return {before + note.line: {"text": note.text} for note in reversed(notes)}
    return {}


def _result(work: LoggedWork, text: dict[str, Any], said: Said, together: int) -> dict[str, Any]:
    return {
        "id": work.id,
        "session_id": work.session_id,
        "tenant": work.tenant,
        "work_id": work.work_id,
        "segment_id": work.segment_id,
        "queue": work.queue.value,
        **text,
        "done_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "provider": said.provider,
        "model": said.model,
        # Of the question, which may have been about others too.
        "asked_together": together,
        "input_tokens": said.input_tokens,
        "output_tokens": said.output_tokens,
    }
