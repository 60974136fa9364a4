"""The merge: what arrives from the stages, in the order it arrives, becomes events and work for other stages.

A state machine without sockets, clocks or tasks: each call says what happened and returns what to do. The
same calls in the same order give the same actions, and so the same journal (rule 7). Bodies of messages pass
through untouched; new ones come from the factory that it is given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.actions import (
    LAST,
    Action,
    AwaitAnnotation,
    Emit,
    Ended,
    EndInput,
    FeedFailure,
    FeedRevision,
    FeedSegment,
    FeedTurn,
    FeedWatermark,
)
from gateway.failure import Failure
from gateway.ledger import COMPLETE, FAILED, TRUNCATED, Ledger, Result
from gateway.plan import ActiveStage, Contract, Input, StageSpec

TEXT = "text"
"""The source of segments in sessions without audio: the gateway's own joining of text chunks."""
# Stages that owe one result for the whole session, and the kinds of those results.
_ONE_RESULT = frozenset({Contract.ASR, Contract.QUALITY})
_ONE_A_SESSION = frozenset({"transcript_complete", "audio_quality"})
# A stage that was started anew is given at most the segments of its inbox again: far fewer than these.
_REDACTIONS_KEPT = 4096


class EventFactory(Protocol):
    """Makes the bodies of events that no stage makes."""

    def progress(self, step: str, started: bool, done: int, total: int) -> Any: ...
    def analyser_status(
        self, stage: str, state: str, failure: Failure | None, incarnation: int, lost: int
    ) -> Any: ...
    def finalize_ack(self, request: int, closed: int) -> Any: ...
    def warning(self, reason: str, message: str, metadata: dict[str, str]) -> Any: ...
    def error(self, failure: Failure, stage: str, client_sequence: int, field: str, fatal: bool) -> Any: ...
    def terminal(self, last: Result, outcome: int, failure: Failure) -> Result: ...
    def failed(self, stage: ActiveStage, failure: Failure, told: list[Result]) -> list[Result]: ...
    def session_summary(self, ledger: Ledger, end: str) -> Any: ...


@dataclass(slots=True)
class _Stage:
    active: ActiveStage
    up: bool = True
    troubled: bool = False
    input_ended: bool = False
    done: bool = False
    answered: bool = False
    """Its one result of the session has had its terminal."""
    told_whole: bool = False
    """That was no failed one, such as a lost stage gets: a new incarnation has nothing to add."""


@dataclass(slots=True)
class _Awaited:
    transcript: Result
    annotation: Result | None = None
    ready: bool = False


@dataclass(slots=True)
class Merge:
    """One session's merge."""

    stages: tuple[ActiveStage, ...]
    make: EventFactory
    ledger: Ledger
    ended: bool = False
    _states: dict[str, _Stage] = field(init=False)
    _steps_done: int = 0
    _input_ended: bool = False
    _segments_ended: bool = False
    _upstream: Failure | None = None
    _last_awaited: bool = False
    _last_overdue: bool = False
    _awaited: dict[str, _Awaited] = field(default_factory=dict)
    _finalizes: dict[int, None] = field(default_factory=dict)
    _redactions: dict[str, int] = field(default_factory=dict)
    """The latest revision of each segment's, of the newest that had any."""

    def __post_init__(self) -> None:
        self._states = {stage.name: _Stage(stage) for stage in self.stages}

    # What the session does.

    def start(self, started: Any) -> list[Action]:
        """The first events: session_started, then the begin of each step."""
        actions: list[Action] = [self._emit("session_started", started)]
        for stage in self.stages:
            for step in stage.steps:
                actions.append(self._emit("progress", self.make.progress(step, True, 0, self._steps_total)))
        return actions

    def input_ended(self) -> list[Action]:
        """The client has sent all."""
        if self._input_ended or self.ended:
            return []
        self._input_ended = True
        if self._recogniser is None:
            self._segments_ended = True
        return self._propagate() + self._conclude()

    def finalize_requested(self, request: int) -> None:
        """The client asked to close what is open; the session has told the recogniser."""
        self._finalizes[request] = None

    def finalized(self, request: int, closed: int) -> list[Action]:
        """What was open is closed and has been sent."""
        if request not in self._finalizes or self.ended:
            return []
        del self._finalizes[request]
        return [self._emit("finalize_ack", self.make.finalize_ack(request, closed))]

    def stop(self, end: str, failure: Failure | None, fatal: bool = True) -> list[Action]:
        """End the session here: what is open is closed as truncated, then the summary."""
        if self.ended:
            return []
        actions: list[Action] = []
        if failure is not None:
            actions.append(self._emit("error", self.make.error(failure, "", 0, "", fatal)))
        reason = failure or Failure("SESSION_STOPPED", "the session ended before this result did")
        for state in self._states.values():
            if not state.done:
                actions += self._close_open(state.active.name, TRUNCATED, reason)
                actions += self._finish(state)
        for last in self.ledger.open_results(TEXT):
            actions += self._admit(self.make.terminal(last, TRUNCATED, reason))
        return [*actions, *self._summarise(end)]

    # What stages do.

    def result(self, result: Result) -> list[Action]:
        """A message of a result."""
        if self.ended:
            return []
        if result.kind in _ONE_A_SESSION and self._states[result.stage].told_whole:
            return []  # a predecessor of the stage has told it to its end
        actions = self._admit(result)
        if not actions or not isinstance(actions[0], Emit) or actions[0].result is None:
            return actions
        if result.kind == "transcript":
            if result.final and result.outcome == COMPLETE:
                actions += self._segment(result)
        elif result.kind == "semantic" and result.final:
            actions += self._annotated(result)
        elif result.kind == "turn" and result.final and result.outcome == COMPLETE:
            for taker in self._takers(Input.ANNOTATIONS):
                if taker.active.spec.takes_turns:
                    actions.append(FeedTurn(taker.active.name, result.body))
        return actions

    def note(self, kind: str, body: Any, channel: int = 0) -> list[Action]:
        """An event that is no result, such as speech_activity. A redaction is told once, also where its stage
        was started anew and is given the same segments again."""
        if self.ended or (kind == "redaction" and not self._is_news(body)):
            return []
        return [self._emit(kind, body, channel)]

    def speaker_revised(self, revision: Any, channel: int) -> list[Action]:
        """Final segments have another speaker; analysis counts by speaker."""
        actions = self.note("speaker_revision", revision, channel)
        if actions:
            for taker in self._takers(Input.ANNOTATIONS):
                if taker.active.spec.contract is Contract.ANALYSIS:
                    actions.append(FeedRevision(taker.active.name, revision))
        return actions

    def _is_news(self, redaction: Any) -> bool:
        """Whether a redaction says more of its segment than the one before."""
        is_news: bool = redaction.revision > self._redactions.get(redaction.segment_id, 0)
        if is_news:
            self._redactions.pop(redaction.segment_id, None)
            self._redactions[redaction.segment_id] = redaction.revision
            if len(self._redactions) > _REDACTIONS_KEPT:
                del self._redactions[next(iter(self._redactions))]
        return is_news

    def input_refused(self, stage: str, failure: Failure) -> list[Action]:
        """A stage could not use a piece of its input, and goes on."""
        return self.note("error", self.make.error(failure, stage, 0, "", False))

    def annotation_overdue(self, segment_id: str) -> list[Action]:
        """The annotation takes too long: analysis goes on without."""
        if segment_id == LAST:
            self._last_overdue = True
            return self._propagate()
        awaited = self._awaited.get(segment_id)
        if awaited is None or awaited.ready or self.ended:
            return []
        awaited.ready = True
        return self._release()

    def settled(self, position: int) -> list[Action]:
        """All has been said about the input up to `position`, on every channel."""
        return [
            FeedWatermark(state.active.name, position)
            for state in self._states.values()
            if state.active.spec.contract is Contract.SEMANTICS and not state.input_ended
        ]

    def stage_running(self, stage: str, incarnation: int, lost: int = 0) -> list[Action]:
        """A stage works; told in the stream only where it did not before. `lost` is input, in nanoseconds."""
        state = self._states[stage]
        if not state.troubled or state.done:
            return []
        state.up, state.troubled = True, False
        return [self._status(stage, "RUNNING", None, incarnation, lost)]

    def stage_stalled(self, stage: str, failure: Failure, incarnation: int) -> list[Action]:
        """A stage takes nothing for too long; the others go on."""
        state = self._states[stage]
        if state.done:
            return []
        state.troubled = True
        return [self._status(stage, "STALLED", failure, incarnation)]

    def stage_lost(self, stage: str, failure: Failure, incarnation: int) -> list[Action]:
        """A stage is gone and will be tried again: its open results end here."""
        state = self._states[stage]
        if state.done:
            return []
        actions: list[Action] = []
        if state.up:  # else this is one more try that failed, and the state is the same
            actions.append(self._status(stage, "RECONNECTING", failure, incarnation))
        state.up, state.troubled = False, True
        actions += self._close_open(stage, FAILED, failure)
        return actions + self._flush_awaited(stage)

    def stage_given_up(self, stage: str, failure: Failure, incarnation: int) -> list[Action]:
        """A stage is gone for good: each thing that was asked of it gets one explicit error."""
        state = self._states[stage]
        if state.done:
            return []
        state.up = False
        actions = [self._status(stage, "UNAVAILABLE", failure, incarnation)]
        actions += self._close_owed(state, failure)
        actions += self._flush_awaited(stage)
        if state.active.spec.contract is Contract.ASR:
            self._upstream = Failure(
                "TRANSCRIPTION_UNAVAILABLE",
                f"there is no transcript to work on: {failure.message}",
                failure.retryable,
                (("cause", failure.reason), ("stage", stage)),
            )
        return actions + self._stage_over(state)

    def stage_ended(self, stage: str) -> list[Action]:
        """A stage has answered everything."""
        state = self._states[stage]
        if state.done:
            return []
        left_open = Failure("STAGE_LEFT_OPEN", f"stage {stage} ended without a terminal for this result")
        if state.active.spec.contract in _ONE_RESULT:
            actions = self._close_owed(state, left_open)
        else:
            actions = self._close_open(stage, FAILED, left_open)
        actions += self._flush_awaited(stage)
        return actions + self._stage_over(state)

    # How it works inside.

    @property
    def _steps_total(self) -> int:
        return sum(len(stage.steps) for stage in self.stages)

    @property
    def _recogniser(self) -> _Stage | None:
        for state in self._states.values():
            if state.active.spec.contract is Contract.ASR:
                return state
        return None

    def _annotator(self) -> _Stage | None:
        for state in self._states.values():
            if state.active.spec.contract is Contract.SEMANTICS:
                return state if state.up and not state.done else None
        return None

    def _takers(self, wanted: Input) -> Iterable[_Stage]:
        return (s for s in self._states.values() if wanted in s.active.spec.inputs and not s.input_ended)

    def _emit(self, kind: str, body: Any, channel: int = 0, result: Result | None = None) -> Emit:
        """An event, counted: each that is made is emitted, and the summary counts those before it."""
        self.ledger.events[kind] += 1
        return Emit(kind, body, channel, result)

    def _status(
        self, stage: str, state: str, failure: Failure | None, incarnation: int, lost: int = 0
    ) -> Action:
        body = self.make.analyser_status(stage, state, failure, incarnation, lost)
        return self._emit("analyser_status", body)

    def _admit(self, result: Result) -> list[Action]:
        problem = self.ledger.admit(result)
        if problem is None:
            if result.final and result.kind in _ONE_A_SESSION:
                self._states[result.stage].answered = True
                self._states[result.stage].told_whole |= result.outcome != FAILED
            return [self._emit(result.kind, result.body, result.channel, result)]
        about = {"stage": result.stage, "result_id": result.result_id}
        message = f"a message of {result.result_id} was left out: it {problem}"
        return [self._emit("warning", self.make.warning("STAGE_BROKE_RULES", message, about))]

    def _segment(self, transcript: Result) -> list[Action]:
        actions: list[Action] = []
        for taker in self._takers(Input.SEGMENTS):
            actions.append(FeedSegment(taker.active.name, transcript, None))
        if any(self._takers(Input.ANNOTATIONS)):
            annotator = self._annotator()
            self._awaited[transcript.segment_id] = _Awaited(transcript, ready=annotator is None)
            if annotator is not None:
                actions.append(AwaitAnnotation(transcript.segment_id))
            actions += self._release()
        return actions

    def _annotated(self, annotation: Result) -> list[Action]:
        awaited = self._awaited.get(annotation.segment_id)
        if awaited is None or awaited.ready:
            return []
        awaited.ready = True
        awaited.annotation = annotation if annotation.outcome == COMPLETE else None
        return self._release()

    def _release(self) -> list[Action]:
        """Hand over what is ready, in the order in which segments became final."""
        actions: list[Action] = []
        while self._awaited:
            segment_id, head = next(iter(self._awaited.items()))
            if not head.ready:
                break
            del self._awaited[segment_id]
            for taker in self._takers(Input.ANNOTATIONS):
                actions.append(FeedSegment(taker.active.name, head.transcript, head.annotation))
        if self._segments_ended:
            actions += self._propagate()
        return actions

    def _flush_awaited(self, stage: str) -> list[Action]:
        if self._states[stage].active.spec.contract is not Contract.SEMANTICS:
            return []
        for awaited in self._awaited.values():
            awaited.ready = True
        return self._release()

    def _close_open(self, stage: str, outcome: int, failure: Failure) -> list[Action]:
        actions: list[Action] = []
        for last in self.ledger.open_results(stage):
            actions += self._admit(self.make.terminal(last, outcome, failure))
        return actions

    def _close_owed(self, state: _Stage, failure: Failure) -> list[Action]:
        """One failed terminal for each thing that was asked of a stage and has none."""
        open_results = self.ledger.open_results(state.active.name)
        actions = self._close_open(state.active.name, FAILED, failure)
        if not state.answered:
            for result in self.make.failed(state.active, failure, open_results):
                actions += self._admit(result)
        return actions

    def _stage_over(self, state: _Stage) -> list[Action]:
        actions = self._finish(state)
        if state.active.spec.contract is Contract.ASR:
            self._segments_ended = True
            actions += self._acknowledge_finalizes()
        return actions + self._propagate() + self._conclude()

    def _finish(self, state: _Stage) -> list[Action]:
        state.done = state.input_ended = True
        actions: list[Action] = []
        for step in state.active.steps:
            self._steps_done += 1
            body = self.make.progress(step, False, self._steps_done, self._steps_total)
            actions.append(self._emit("progress", body))
        return actions

    def _acknowledge_finalizes(self) -> list[Action]:
        return [action for request in list(self._finalizes) for action in self.finalized(request, 0)]

    def _propagate(self) -> list[Action]:
        """End the input of every stage whose sources have all ended."""
        actions: list[Action] = []
        for state in self._states.values():
            spec = state.active.spec
            if state.input_ended:
                continue
            if spec.takes_audio and not self._input_ended:
                continue
            if spec.takes_segments and not self._segments_ended:
                continue
            if Input.ANNOTATIONS in spec.inputs and (self._awaited or self._awaits_last(spec, actions)):
                continue
            state.input_ended = True
            if self._upstream is not None and spec.takes_segments:
                actions.append(FeedFailure(state.active.name, self._upstream))
            actions.append(EndInput(state.active.name))
        return actions

    def _awaits_last(self, spec: StageSpec, actions: list[Action]) -> bool:
        """Whether a stage has to wait for the last turn, which semantic annotation tells at its end."""
        if not spec.takes_turns or self._last_overdue or self._annotator() is None:
            return False
        if not self._last_awaited:
            self._last_awaited = True
            actions.append(AwaitAnnotation(LAST))
        return True

    def _conclude(self) -> list[Action]:
        """The summary, once the input has ended and every stage is done."""
        if self.ended or not self._input_ended or not all(each.done for each in self._states.values()):
            return []
        return self._summarise("FINISHED")

    def _summarise(self, end: str) -> list[Action]:
        actions = self._acknowledge_finalizes()
        self.ended = True
        summary = self._emit("session_summary", self.make.session_summary(self.ledger, end))
        return [*actions, summary, Ended()]
