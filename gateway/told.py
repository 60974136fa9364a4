"""What a stage has said of each segment: what is owed if the stage is lost, and what would be said twice.

A new incarnation is given the segments before it again. Those that nothing is owed of it only takes into
account (`replayed`); the others it answers, and what its predecessors had said of them already is left out.
What a lost stage had begun to say counts as said: it has had its terminal, a failed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from gateway.contracts import Output, StageContract
from gateway.ledger import COMPLETE, TRUNCATED, Result
from gateway.plan import Contract
from gateway.reasons import HISTORY_FORGOTTEN
from rivermouth.analysis.v1.analysis_pb2 import TRIGGER_SEGMENT
from rivermouth.result.v1.result_pb2 import OUTCOME_TRUNCATED, Failure

_WORKFLOW = "workflow"
_WORK = "work/"
"""What the id of a segment's work item begins with."""
_SEGMENTS = "segments"
"""What evidence calls them where they are missing."""
_ROUTED, _WORKED_ON = "workflow_routed", "workflow_result"


@dataclass(slots=True)
class Told:
    """What one stage has told, of segments by id.

    Attributes:
        owed: what it tells of each segment.
        is_by_name: whether it tells of each without fail: one keeps its room in an inbox until then.
    """

    owed: frozenset[str] = frozenset()
    is_by_name: bool = False
    _told: dict[str, set[str]] = field(default_factory=dict)
    _before: dict[str, frozenset[str]] = field(default_factory=dict)
    """What was told before the stage was started anew."""
    _ended: set[str] = field(default_factory=set)
    """What is about the whole session, and was told to its end."""
    _ended_before: frozenset[str] = frozenset()
    _forgotten: int = 0
    _missing: int = 0
    """Segments that the stage, started anew, was not given again."""

    def expect(self, segment_id: str) -> None:
        """A segment that the stage is given."""
        self._told[segment_id] = set()

    def forget(self, segment_id: str) -> None:
        """A segment that will not be given again."""
        self._forgotten += self._told.pop(segment_id, None) is not None

    def owes(self, segment_id: str) -> bool:
        """Whether something about a segment is still to be told. A work item that is worked on once more
        would have two results: it is not, whatever else is owed."""
        told = self._told.get(segment_id, self.owed)
        return _WORKED_ON not in told and not self.owed <= told

    def start_anew(self) -> None:
        """What was told by now is not to be told again."""
        self._before = {each: frozenset(told) for each, told in self._told.items() if told}
        self._ended_before = frozenset(self._ended)
        self._missing = self._forgotten

    def is_news(self, output: Output) -> bool:
        """Note what a stage says; False where a predecessor has told just that."""
        what, segment_ids = self._subject(output)
        for each in segment_ids:
            if each in self._told:
                self._told[each].add(what)
        if segment_ids:
            return any(what not in self._before.get(each, ()) for each in segment_ids)
        if output.result is None or not self._is_about_all(output.result):
            return True
        if output.result.final:
            self._ended.add(what)
        return what not in self._ended_before

    def as_far_as_known(self, result: Result) -> Result:
        """The same, but that a result about the whole session says so where the stage knows a part of it."""
        if not self._missing or result.outcome != COMPLETE or not self._is_about_all(result):
            return result
        body = type(result.body)()
        body.CopyFrom(result.body)  # a message handed over is never changed
        message = f"the service was started anew, and {self._missing} segments were not kept for it"
        counts = {"segments": str(self._missing)}
        failure = Failure(reason=HISTORY_FORGOTTEN, message=message, metadata=counts)
        body.header.outcome = OUTCOME_TRUNCATED
        body.header.failure.CopyFrom(failure)
        if _SEGMENTS not in body.header.evidence.missing:
            body.header.evidence.missing.append(_SEGMENTS)
        return replace(result, body=body, outcome=TRUNCATED)

    def _is_about_all(self, result: Result) -> bool:
        if result.kind in ("analysis", "summary"):
            is_of_a_turn = bool(result.body.header.evidence.result_ids)
            return not is_of_a_turn and _name(result) not in self.owed
        return result.kind == "conversation_stats"

    def _subject(self, output: Output) -> tuple[str, Sequence[str]]:
        """What is said, and of which segments; of none where it is not said of each."""
        if output.note is not None:
            kind, body, _ = output.note
            return kind, [body.segment_id] if kind == _ROUTED else ()
        if output.result is None:
            return "", ()
        kind, body = output.result.kind, output.result.body
        match kind:
            case "semantic":
                return kind, [body.segment_id] if body.segment_id else ()
            case "turn":
                return kind, body.segment_ids
            case "workflow_result":
                return kind, [each.removeprefix(_WORK) for each in body.work_ids]
            case "analysis" | "summary":
                name, used = _name(output.result), body.header.evidence.segments
                return name, [each.segment_id for each in used] if name in self.owed else ()
        return kind, ()


def _name(result: Result) -> str:
    """What the analysis of a result is asked for by."""
    return str(getattr(result.body, "name", result.kind))


def told_by(contract: StageContract) -> Told:
    """What a stage has to tell in a session: nothing yet."""
    kind = contract.stage.spec.contract
    if kind is Contract.SEMANTICS:
        return Told(frozenset({"semantic"}), is_by_name=True)
    if kind is Contract.ANALYSIS:
        return Told(frozenset(_of_each_segment(contract)))
    return Told()  # of a stage of one's own nobody knows


def _of_each_segment(contract: StageContract) -> Iterable[str]:
    triggers = {each.name: each.trigger for each in contract.setup.config.analysers}
    for name in contract.stage.analysers:
        if name == _WORKFLOW:
            yield _WORKED_ON
        elif triggers.get(name) == TRIGGER_SEGMENT:
            yield name
