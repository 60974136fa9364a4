"""Questions to models, in one stream: each is composed by the egress, asked, and heard part by part.

The only place here that asks models. What a text becomes before it leaves is the egress' business, which
vendor answers is services.llm's.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from services.analysis import reasons
from services.analysis.llm import live_hearing
from services.analysis.llm.course import Course, Event, Said
from services.analysis.llm.egress import Egress, Outgoing
from services.analysis.llm.llm_task import LlmTask
from services.analysis.segment import Segment
from services.analysis.settings import AnalysisSettings
from services.analysis.threads import off_loop
from services.llm.answers import Whole, ask
from services.llm.failure import ModelFailure
from services.llm.live.describe import Description
from services.llm.llm import Llm
from services.llm.request import Audio
from services.runtime.crash import log_crash
from services.text.context import Line

_log = logging.getLogger(__name__)

_LINE_COST = 10
"""Characters that take as long as a line without its text."""
_PIECE_DELAY = 0.1
"""Seconds before each piece but the first."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for one result.

    Attributes:
        task: the question, and the type of its answer.
        segments: what it is about, in order.
        context: what was said before it.
        facts: what is known of it already, a line each.
        instruction: to be used in place of the task's.
        audio: how it sounded, for providers that hear.
    """

    task: LlmTask
    segments: tuple[Segment, ...] = field(repr=False)
    context: tuple[Line, ...] = field(default=(), repr=False)
    facts: str = field(default="", repr=False)
    instruction: str = ""
    audio: Audio | None = None


class Asking:
    """Asks models for one stream, so many questions at once as the settings say; the others wait."""

    def __init__(
        self,
        llm: Llm,
        egress: Egress,
        *,
        session: str,
        tenant: str,
        order: Sequence[str],
        settings: AnalysisSettings,
        cached: bool = False,
    ) -> None:
        """`session`, `tenant`: whose budgets it is charged to. `order`: the providers, instead of the
        settings'. `cached`: whether answers may be kept, and given again."""
        self._llm = llm
        self._egress = egress
        self._session = session
        self._tenant = tenant
        self._order = tuple(order)
        self._cached = cached
        self._timeout = settings.llm_timeout
        self._finish_timeout = settings.llm_finish_timeout
        self._until = math.inf
        """When, by the loop's clock, nothing is asked any more."""
        self._places = asyncio.Semaphore(settings.llm_calls_at_once)
        self._composing = asyncio.Lock()  # what is redacted gets its name in order
        self._describer = llm.describer(
            live_hearing.INSTRUCTION, session=session, tenant=tenant, order=self._order
        )

    @property
    def configured(self) -> bool:
        """Whether any provider of the order is configured."""
        known = self._llm.configured
        return any(name in known for name in self._order or known)

    async def ask(self, question: Question) -> AsyncGenerator[Said]:
        """Ask, and say what is known now whenever that has changed; the last one is whole.

        It has `llm_timeout` seconds, without what it waits for others and what the consumer takes, and none
        once `finish` was long ago. Raises ModelFailure; what was said of usage before that holds.
        """
        async with self._places, aclosing(self._answer(question)) as answer:
            while True:
                failure: ModelFailure | None = None
                try:
                    said = await anext(answer)
                except StopAsyncIteration:
                    return
                except ModelFailure as failed:
                    failure = failed
                except Exception as error:
                    log_crash(_log, "a question to a model", error)
                    message = f"the question crashed: {type(error).__name__}"
                    failure = ModelFailure(reasons.ANALYSIS_CRASHED, message, retryable=False)
                if failure is not None:
                    raise failure
                yield said

    def finish(self) -> None:
        """No more questions come up; those that are still to be asked have `llm_finish_timeout` in all."""
        self._until = min(self._until, asyncio.get_running_loop().time() + self._finish_timeout)

    async def aclose(self) -> None:
        """The stream is over, and nothing is asked any more."""
        if self._describer is not None:
            await self._describer.close()

    async def _answer(self, question: Question) -> AsyncGenerator[Said]:
        clock = asyncio.get_running_loop().time
        began = clock()
        self._check_time()
        heard = await self._describe(question)
        left = self._timeout - (clock() - began)
        course = Course(await self._compose(question, heard), heard)
        if heard is not None:
            yield course.said
        events = ask(
            self._llm,
            course.outgoing.request,
            question.task.findings,
            session=self._session,
            tenant=self._tenant,
            order=self._order,
            cached=self._cached,
            clean=self._egress.clean_answer,
        )
        async with aclosing(events):
            while True:
                before = clock()
                event = await self._within(left, events)
                left -= clock() - before
                if event is None:
                    return
                if isinstance(event, Whole):
                    for number, piece in enumerate(course.pieces()):
                        if number:
                            await asyncio.sleep(_PIECE_DELAY)
                        yield piece
                course.take(event)
                yield course.said

    async def _describe(self, question: Question) -> Description | None:
        """What is heard in a question's sound, in half of the time at most; None where there is none, or
        nobody to describe it."""
        audio = self._egress.sound(question.audio)
        if audio is None or self._describer is None:
            return None
        return await self._describer.describe(audio, self._timeout / 2)

    async def _compose(self, question: Question, heard: Description | None) -> Outgoing:
        task = question.task
        told = live_hearing.facts_of(heard)
        audio = question.audio if not told and self._llm.hears(self._order) else None
        facts = "\n\n".join(filter(None, (told, question.facts)))
        said = [segment.text for segment in question.segments] + [line.text for line in question.context]
        characters = len(facts) + sum(map(len, said)) + _LINE_COST * len(said)
        async with self._composing:
            return await off_loop(
                characters,
                lambda: self._egress.compose(
                    question.instruction or task.instruction,
                    question.segments,
                    context=question.context,
                    facts=facts,
                    max_output_tokens=task.max_output_tokens,
                    audio=audio,
                ),
            )

    async def _within(self, seconds: float, events: AsyncGenerator[Event]) -> Event | None:
        """The next event; None after the last. Raises ModelFailure where it does not come in time."""
        left = self._until - asyncio.get_running_loop().time()
        scope = asyncio.timeout(min(seconds, left))
        try:
            async with scope:
                return await anext(events, None)
        except TimeoutError:
            if not scope.expired():
                raise
        self._check_time()
        message = f"no whole answer within {self._timeout:g} s, all attempts included"
        raise ModelFailure(reasons.LLM_TIMEOUT, message, retryable=True)

    def _check_time(self) -> None:
        """Raises ModelFailure where the stream has waited long enough."""
        if asyncio.get_running_loop().time() >= self._until:
            message = f"the input ended more than {self._finish_timeout:g} s ago"
            raise ModelFailure(reasons.LLM_TIMEOUT, message, retryable=True)
