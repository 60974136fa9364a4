"""One result from its first message to its terminal.

COARSE   at the first occasion: what can be said already, or what is waited for
REFINE   while more comes; where a model has a part, the complete local part, then one for each object
FINAL    the whole, or why there is none, or what there was when the segments ended too early
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from rivermouth.analysis.v1.analysis_pb2 import Analysis as AnalysisMessage
from rivermouth.analysis.v1.analysis_pb2 import Summary, WorkflowResult, WorkflowRouted
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_TRUNCATED,
    Failure,
    Outcome,
)
from services.analysis import reasons
from services.analysis.analyses import summary
from services.analysis.analysis import MeasuredAnalysis, Measures
from services.analysis.evidence import EvidenceLog
from services.analysis.fill import fill
from services.analysis.later import Later
from services.analysis.llm.asking import Asking, Question
from services.analysis.llm.egress import MOST_CHARACTERS
from services.analysis.llm.facts import facts_of
from services.analysis.llm.llm_part import ModelPart, failure_of
from services.analysis.llm.newest import NewestSegments
from services.analysis.local_part import LocalMeasures
from services.analysis.messages import Renaming
from services.analysis.segment import Segment
from services.llm.request import Audio
from services.runtime.results import OpenResult
from services.text.context import Line

Message = AnalysisMessage | Summary | WorkflowRouted | WorkflowResult
"""What a run has to say."""


class Told:
    """Analyses of a stream that have said that they have no language model: each says it once."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def first(self, name: str) -> bool:
        """Whether it is for this one to say."""
        is_first = name not in self._names
        self._names.add(name)
        return is_first


@dataclass(frozen=True, slots=True)
class Models:
    """What a run needs for what comes later: who asks models, None where none is configured; who sends what
    they answer, and what waits for sound to be measured; the sound that models may be given; and what was
    known before the session."""

    asking: Asking | None
    later: Later[Message]
    audio: Callable[[Sequence[Segment]], Audio | None] | None = None
    background: str = ""


class Answer:
    """One result of a measured analysis."""

    def __init__(
        self,
        analysis: MeasuredAnalysis,
        result: OpenResult,
        told: Told,
        result_ids: Iterable[str] = (),
        *,
        is_session: bool = False,
        models: Models | None = None,
        context: tuple[Line, ...] = (),
    ) -> None:
        """`context`: what was said before, for models."""
        self._analysis = analysis
        self._result = result
        self._told = told
        self._local = LocalMeasures(analysis, result_ids, is_session)
        asking = models.asking if models is not None and analysis.llm is not None else None
        self._later = models.later if models is not None else None
        self._models = models if asking is not None else None
        self._model = ModelPart(analysis.name, asking) if asking is not None else None
        self._context = context
        self._segments = NewestSegments(MOST_CHARACTERS)
        self._asked = 0
        """Segments up to which the last question went."""
        self._forgotten = 0
        """Those of them that were not kept for it."""
        self._meanwhile: asyncio.Task[None] | None = None
        self._is_next_due = False
        """Whether the model is to be asked again at once: an occasion came while it was being asked."""

    @property
    def evidence(self) -> EvidenceLog:
        """The segments that it is from."""
        return self._local.evidence

    @property
    def has_begun(self) -> bool:
        """Whether anything was said."""
        return self._result.revision > 0

    async def take(self, segment: Segment) -> None:
        """Take the next segment. Where the analysis crashes, the segment is left out and the result says
        so."""
        if await self._local.take(segment) and self._model is not None:
            self._segments.add(segment)

    def rename(self, renaming: Renaming) -> None:
        """Segments that were taken have another speaker."""
        self._local.rename(renaming)
        self._segments.rename(renaming.segment_ids, renaming.speaker)
        self._asked = -1  # with other speakers it is another question

    def skip(self, failure: Failure) -> None:
        """A segment that is not looked at, and why."""
        self._local.skip(failure)

    def partial(self) -> Message:
        """The next message that is not the last."""
        shortage = self._local.shortage(is_last=False)
        measures = None if shortage else self._local.measure(is_coarse=not self.has_begun)
        waiting_for = f"waiting for data: {shortage}" if shortage else ""
        return self._message(self._measured(measures, waiting_for))

    async def finish(self, upstream: Failure | None = None) -> AsyncGenerator[Message]:
        """The rest of the messages, at least two in all. Those that wait for sound to be measured, or for a
        model, come later, the last one too. `upstream`: no more segments come, through a failure."""
        if not self.has_begun:
            yield self.partial()
        if self._local.is_listening:
            yield self.partial()  # all but what is heard
            if self._later is not None and self._later.start(self._finish(upstream)) is not None:
                return
            self._local.stop_listening()
        async for message in self._finish(upstream):
            yield message

    async def _finish(self, upstream: Failure | None) -> AsyncGenerator[Message]:
        await self._local.listen()
        measures = None if self._local.shortage(is_last=True) else self._local.measure()
        local, failure = self._measured(measures), self._local.failure(upstream)
        outcome = OUTCOME_COMPLETE
        if failure is not None:
            outcome = OUTCOME_FAILED if measures is None else OUTCOME_TRUNCATED
        if self._model is not None and self._models is not None:
            # Who counts annotations has nothing to say without them; a model reads the text.
            if measures is not None or self._is_unannotated(failure):
                yield self._message(_copy(local))
                before = self._meanwhile if self._is_asking else asyncio.current_task()
                if self._models.later.start(self._conclude(local, failure), before) is not None:
                    return
                outcome, failure = OUTCOME_TRUNCATED, failure or _no_room()
            self._model.skip(failure or _no_room())
        yield self._message(local, outcome, failure)

    def _is_unannotated(self, failure: Failure | None) -> bool:
        is_why = failure is not None and failure.reason == reasons.ANNOTATIONS_MISSING
        return is_why and self._segments.taken > 0

    def end(self, outcome: Outcome, failure: Failure) -> Message:
        """The only message of a result that was not tried."""
        if self._model is not None:
            self._model.skip(failure)
        return self._message(self._measured(None), outcome, failure)

    def ask_meanwhile(self) -> None:
        """Ask the model what it finds so far, if there is enough; where it is being asked already, after
        that."""
        if self._models is None or self._local.shortage(is_last=False):
            return
        if self._is_asking:
            self._is_next_due = True
        else:
            self._meanwhile = self._models.later.start(self._ask_meanwhile(self._question_so_far()))

    @property
    def _is_asking(self) -> bool:
        """Whether the model is being asked what it finds so far."""
        return self._meanwhile is not None and not self._meanwhile.done()

    def _question_so_far(self) -> Question:
        self._is_next_due = False
        return self._question(self._measured(self._local.measure()))

    async def _ask_meanwhile(self, question: Question) -> AsyncGenerator[Message]:
        assert self._model is not None
        while True:
            async with aclosing(self._model.ask(question, is_last=False)) as news:
                async for _ in news:
                    yield self.partial()
            if not self._is_next_due:
                return
            question = self._question_so_far()

    async def _conclude(self, local: _Measured, failure: Failure | None) -> AsyncGenerator[Message]:
        """What the model says of all of it, and the last message."""
        assert self._model is not None
        self._is_next_due = False
        is_up_to_date = self._asked == self._segments.taken
        if self._meanwhile is not None and not self._meanwhile.done():
            if not is_up_to_date:
                self._model.stop()
            await asyncio.wait([self._meanwhile])
        if is_up_to_date and self._model.is_whole:
            self._model.complete()
        else:
            async with aclosing(self._model.ask(self._question(local), is_last=True)) as news:
                async for _ in news:
                    yield self._message(_copy(local))
        failure = failure or self._model.failure
        yield self._message(local, OUTCOME_COMPLETE if failure is None else OUTCOME_TRUNCATED, failure)

    def _question(self, local: _Measured) -> Question:
        task, segments = self._analysis.llm, self._segments
        assert task is not None
        self._asked, self._forgotten = segments.taken, segments.forgotten
        facts = []
        if task.reads_measures:
            facts.append(facts_of(local if isinstance(local, Summary) else getattr(local.local, local.name)))
        if task.reads_background and self._models is not None:
            facts.append(self._models.background)
        if self._forgotten and isinstance(local, Summary) and self._model is not None:
            facts.append(self._model.earlier_summary)  # of what it is not given any more, too
        give_audio = self._models.audio if task.hears and self._models is not None else None
        audio = give_audio(segments.segments) if give_audio is not None else None
        told = "\n\n".join(filter(None, facts))
        return Question(task, segments.segments, self._context, told, audio=audio)

    def _errors(self, is_last: bool) -> list[Failure]:
        """What does not work, while the rest does."""
        errors = self._local.errors()
        model = self._model
        if model is None:
            if is_last and self._analysis.has_llm_part and self._told.first(self._analysis.name):
                errors.append(llm_not_configured())
            return errors
        if model.unheard is not None:
            errors.append(failure_of(model.unheard))
        if left_out := model.left_out + self._forgotten:
            message = f"the model was given the newest segments; {left_out} older ones found no room"
            counts = {"segments": str(left_out)}
            errors.append(Failure(reason=reasons.LLM_TEXT_SHORTENED, message=message, metadata=counts))
        return errors

    def _measured(self, measures: Measures | None, waiting_for: str = "") -> _Measured:
        """A message with what was computed here, and nothing else."""
        name = self._analysis.name
        if name == summary.NAME:
            told = Summary(waiting_for=waiting_for)
            if measures is not None:
                fill(told, measures)
            return told
        message = AnalysisMessage(name=name)
        message.local.waiting_for = waiting_for
        if measures is not None:
            part = getattr(message.local, name)
            part.SetInParent()
            fill(part, measures)
        return message

    def _message(
        self, local: _Measured, outcome: Outcome | None = None, failure: Failure | None = None
    ) -> Message:
        """The next message, the last one if it has an outcome, made of `local`."""
        result = self._result
        result.evidence = self.evidence.message()
        header = result.partial() if outcome is None else result.final(outcome, failure)
        local.header.CopyFrom(header)
        local.chunk_index = header.revision - 1
        local.errors.extend(self._errors(is_last=outcome is not None))
        if self._model is not None:
            local.llm.CopyFrom(self._model.message)
        elif self._analysis.has_llm_part:
            local.llm.SetInParent()
        return local


_Measured = AnalysisMessage | Summary


def _copy(local: _Measured) -> _Measured:
    copy = type(local)()
    copy.MergeFrom(local)  # type: ignore[arg-type]
    return copy


def llm_not_configured() -> Failure:
    """What every part says that a language model would have."""
    return Failure(
        reason=reasons.LLM_NOT_CONFIGURED,
        message="no language model is configured",
    )


def _no_room() -> Failure:
    message = "too many answers of models are waited for already"
    return Failure(reason=reasons.BACKPRESSURE, message=message)
