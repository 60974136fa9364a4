"""One analysis in one stream: which results it gives, and when.

    trigger session   one result: COARSE at the first segment, REFINE when there is more, FINAL at the end
    trigger segment   a result for each segment: COARSE, then FINAL
    trigger turn      a result for each turn: COARSE, then FINAL

All end in exactly one terminal for each result, and answer at least once, also where no segment ever came.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from rivermouth.result.v1.result_pb2 import OUTCOME_SKIPPED, Failure
from services.analysis import reasons
from services.analysis.analysis import MeasuredAnalysis
from services.analysis.answer import Answer, Message, Told
from services.analysis.messages import TurnRef
from services.analysis.segment import Segment
from services.runtime.results import OpenResult

Open = Callable[[int], OpenResult]
"""Opens the next result of a channel; 0 stands for the whole session."""

Messages = AsyncIterator[Message]

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

    def skip(self, segment: Segment, failure: Failure) -> Messages:
        """A segment that is not looked at, because the service is too far behind."""

    def finish(self, upstream: Failure | None) -> Messages:
        """No more segments come; `upstream` is the failure of somebody else that is to blame for it."""


class SessionRun:
    """A Run with one result for the session. `every` segments it is refined, 0: when there is enough more."""

    def __init__(self, analysis: MeasuredAnalysis, open_result: Open, told: Told, every: int = 0) -> None:
        self._answer = Answer(analysis, open_result(0), told, is_session=True)
        self._every = every
        self._due = every

    async def accept(self, segment: Segment) -> Messages:
        await self._answer.take(segment)
        used = self._answer.evidence.used + self._answer.evidence.skipped
        if used >= self._due and not segment.is_replay:  # else the caller is only telling again what led here
            self._due = used + (self._every or 1 + used // _GROWTH)
            yield self._answer.partial()

    def turn(self, turn: TurnRef) -> Messages:
        return nothing()

    def skip(self, segment: Segment, failure: Failure) -> Messages:
        self._answer.skip(failure)
        return nothing()

    def finish(self, upstream: Failure | None) -> Messages:
        return self._answer.finish(upstream)


class SegmentRun:
    """A Run with a result for each segment."""

    def __init__(self, analysis: MeasuredAnalysis, open_result: Open, told: Told) -> None:
        self._analysis = analysis
        self._open = open_result
        self._told = told
        self._has_answered = False

    async def accept(self, segment: Segment) -> Messages:
        self._has_answered = True
        if segment.is_replay:  # it got its result from an earlier incarnation
            return
        answer = Answer(self._analysis, self._open(segment.channel), self._told)
        await answer.take(segment)
        async for message in answer.finish():
            yield message

    def turn(self, turn: TurnRef) -> Messages:
        return nothing()

    async def skip(self, segment: Segment, failure: Failure) -> Messages:
        self._has_answered = True
        if segment.is_replay:
            return
        answer = Answer(self._analysis, self._open(segment.channel), self._told)
        answer.evidence.add(segment)
        yield answer.end(OUTCOME_SKIPPED, failure)

    async def finish(self, upstream: Failure | None) -> Messages:
        if upstream is not None or not self._has_answered:
            async for message in Answer(self._analysis, self._open(0), self._told).finish(upstream):
                yield message


class TurnRun:
    """A Run with a result for each turn. Turns name segments, which may come a little later than the turn."""

    def __init__(self, analysis: MeasuredAnalysis, open_result: Open, told: Told) -> None:
        self._analysis = analysis
        self._open = open_result
        self._told = told
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

    def skip(self, segment: Segment, failure: Failure) -> Messages:
        return nothing()

    async def finish(self, upstream: Failure | None) -> Messages:
        for turn in self._waiting:
            async for message in self._answer(turn):
                yield message
        if upstream is not None or not self._has_answered:
            async for message in Answer(self._analysis, self._open(0), self._told).finish(upstream):
                yield message

    def _is_whole(self, turn: TurnRef) -> bool:
        return all(segment_id in self._segments for segment_id in turn.segment_ids)

    async def _answer(self, turn: TurnRef) -> Messages:
        self._has_answered = True
        answer = Answer(self._analysis, self._open(turn.channel), self._told, [turn.turn_id])
        absent = [segment_id for segment_id in turn.segment_ids if segment_id not in self._segments]
        for segment_id in absent:
            why = f"segment {segment_id} of turn {turn.turn_id} did not come"
            answer.skip(Failure(reason=reasons.SEGMENTS_MISSING, message=why))
        for segment_id in turn.segment_ids:
            if segment_id in self._segments:
                await answer.take(self._segments.pop(segment_id))
        async for message in answer.finish():
            yield message
