"""One analysis in one stream: which results it gives, and when.

    trigger session   one result: COARSE at the first segment, REFINE when there is more, FINAL at the end
    trigger segment   a result for each segment: COARSE, then FINAL
    trigger turn      a result for each turn: COARSE, then FINAL

All end in exactly one terminal for each result, and answer at least once, also where no segment ever came.
Where a model has a part, what waits for it comes later than what a run yields, by `Models.later`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Protocol

from rivermouth.result.v1.result_pb2 import OUTCOME_SKIPPED, Failure
from services.analysis import reasons
from services.analysis.analysis import MeasuredAnalysis
from services.analysis.answer import Answer, Message, Models, Told
from services.analysis.llm.egress import line_of
from services.analysis.messages import Renaming, TurnRef
from services.analysis.segment import Segment
from services.runtime.results import OpenResult
from services.text.context import ContextWindow, Line

Open = Callable[[int], OpenResult]
"""Opens the next result of a channel; 0 stands for the whole session."""

Messages = AsyncGenerator[Message, None]

_GROWTH = 50
"""A session's result is refined when it has grown by a part in so many: each time at first, and so rarely in
a long session that all messages together name a number of segments in proportion to it."""
_KEPT_FOR_TURNS = 1000
_WAITING_TURNS = 16


async def nothing() -> Messages:
    """No messages."""
    none: tuple[Message, ...] = ()
    for message in none:
        yield message


class Run(Protocol):
    """One analysis in one stream. What it yields is to be sent, in order."""

    def accept(self, segment: Segment) -> Messages:
        """The next segment."""

    def turn(self, turn: TurnRef) -> Messages:
        """A turn ended."""

    def rename(self, renaming: Renaming) -> None:
        """Segments accepted before have another speaker: what is not final yet counts them under that one."""

    def skip(self, segment: Segment, failure: Failure) -> Messages:
        """A segment that is not looked at, because the service is too far behind."""

    def finish(self, upstream: Failure | None) -> Messages:
        """No more segments come; `upstream` is the failure of somebody else that is to blame for it."""


class SessionRun:
    """A Run with one result for the session. `every` segments it is refined, 0: when there is enough more;
    every `llm_every` a model is asked what it finds so far, 0: only at the end."""

    def __init__(
        self,
        analysis: MeasuredAnalysis,
        open_result: Open,
        told: Told,
        every: int = 0,
        llm_every: int = 0,
        models: Models | None = None,
    ) -> None:
        self._answer = Answer(analysis, open_result(0), told, is_session=True, models=models)
        self._every = every
        self._due = every
        self._llm_every = llm_every
        self._llm_due = llm_every

    async def accept(self, segment: Segment) -> Messages:
        await self._answer.take(segment)
        used = self._answer.evidence.used + self._answer.evidence.skipped
        if segment.is_replay:  # the caller is only telling again what led here
            return
        if used >= self._due:
            self._due = used + (self._every or 1 + used // _GROWTH)
            yield self._answer.partial()
        if self._llm_every and used >= self._llm_due:
            self._llm_due = used + self._llm_every
            self._answer.ask_meanwhile()

    def turn(self, turn: TurnRef) -> Messages:
        return nothing()

    def rename(self, renaming: Renaming) -> None:
        self._answer.rename(renaming)

    def skip(self, segment: Segment, failure: Failure) -> Messages:
        self._answer.skip(failure)
        return nothing()

    def finish(self, upstream: Failure | None) -> Messages:
        return self._answer.finish(upstream)


class SegmentRun:
    """A Run with a result for each segment."""

    def __init__(
        self, analysis: MeasuredAnalysis, open_result: Open, told: Told, models: Models | None = None
    ) -> None:
        self._analysis = analysis
        self._open = open_result
        self._told = told
        self._models = models
        self._before = _Before(models)
        self._has_answered = False

    async def accept(self, segment: Segment) -> Messages:
        self._has_answered = True
        context = self._before.lines
        self._before.add(segment)
        if segment.is_replay:  # it got its result from an earlier incarnation
            return
        answer = Answer(
            self._analysis, self._open(segment.channel), self._told, models=self._models, context=context
        )
        await answer.take(segment)
        async for message in answer.finish():
            yield message

    def turn(self, turn: TurnRef) -> Messages:
        return nothing()

    def rename(self, renaming: Renaming) -> None:
        """Nothing: what it was asked for is final, or on its way."""

    async def skip(self, segment: Segment, failure: Failure) -> Messages:
        self._has_answered = True
        self._before.add(segment)
        if segment.is_replay:
            return
        answer = Answer(self._analysis, self._open(segment.channel), self._told, models=self._models)
        answer.evidence.add(segment)
        yield answer.end(OUTCOME_SKIPPED, failure)

    async def finish(self, upstream: Failure | None) -> Messages:
        if upstream is not None or not self._has_answered:
            answer = Answer(self._analysis, self._open(0), self._told, models=self._models)
            async for message in answer.finish(upstream):
                yield message


class TurnRun:
    """A Run with a result for each turn. Turns name segments, which may come a little later than the turn."""

    def __init__(
        self, analysis: MeasuredAnalysis, open_result: Open, told: Told, models: Models | None = None
    ) -> None:
        self._analysis = analysis
        self._open = open_result
        self._told = told
        self._models = models
        self._before = _Before(models)
        self._has_answered = False
        # Overflow: the oldest segment is forgotten, which then is missing in its turn.
        self._segments: OrderedDict[str, Segment] = OrderedDict()
        # Overflow: the oldest turn is measured with what is there.
        self._waiting: list[TurnRef] = []

    async def accept(self, segment: Segment) -> Messages:
        self._segments[segment.segment_id] = segment
        if len(self._segments) > _KEPT_FOR_TURNS:
            self._segments.popitem(last=False)
        for turn in [each for each in self._waiting if self._is_whole(each)]:
            self._waiting.remove(turn)
            async for message in self._answer(turn):
                yield message

    async def turn(self, turn: TurnRef) -> Messages:
        self._waiting.append(turn)
        late = self._waiting[:-_WAITING_TURNS]
        for each in late or ([turn] if self._is_whole(turn) else []):
            self._waiting.remove(each)
            async for message in self._answer(each):
                yield message

    def rename(self, renaming: Renaming) -> None:
        for segment_id in renaming.segment_ids & self._segments.keys():
            self._segments[segment_id] = replace(self._segments[segment_id], speaker=renaming.speaker)

    def skip(self, segment: Segment, failure: Failure) -> Messages:
        return nothing()

    async def finish(self, upstream: Failure | None) -> Messages:
        for turn in self._waiting:
            async for message in self._answer(turn):
                yield message
        if upstream is not None or not self._has_answered:
            answer = Answer(self._analysis, self._open(0), self._told, models=self._models)
            async for message in answer.finish(upstream):
                yield message

    def _is_whole(self, turn: TurnRef) -> bool:
        return all(segment_id in self._segments for segment_id in turn.segment_ids)

    async def _answer(self, turn: TurnRef) -> Messages:
        self._has_answered = True
        answer = Answer(
            self._analysis,
            self._open(turn.channel),
            self._told,
            [turn.turn_id],
            models=self._models,
            context=self._before.lines,
        )
        absent = [segment_id for segment_id in turn.segment_ids if segment_id not in self._segments]
        for segment_id in absent:
            why = f"segment {segment_id} of turn {turn.turn_id} did not come"
            answer.skip(Failure(reason=reasons.SEGMENTS_MISSING, message=why))
        for segment_id in turn.segment_ids:
            if segment_id in self._segments:
                segment = self._segments.pop(segment_id)
                self._before.add(segment)
                await answer.take(segment)
        async for message in answer.finish():
            yield message


class _Before:
    """What was said before a result, where a model is told of it."""

    def __init__(self, models: Models | None) -> None:
        is_asked = models is not None and models.asking is not None
        self._window = ContextWindow() if is_asked else None

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._window.lines if self._window is not None else ()

    def add(self, segment: Segment) -> None:
        if self._window is not None:
            self._window.add(line_of(segment))
