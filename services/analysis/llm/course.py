"""What becomes of one question to a model: attempt by attempt, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.analysis.llm.egress import Outgoing
from services.analysis.segment import Segment
from services.llm.answers import Grown, Whole
from services.llm.events import Answering, Attempt, Usage
from services.llm.failure import ModelFailure
from services.llm.live.describe import Description
from services.llm.typed import Completed

Event = Attempt | Answering | Usage | Grown | Whole[Any]
"""What `ask` yields."""

_PIECES = 5
"""In so many pieces, at most, is shown what a model could say only whole."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said so far, and what that cost.

    Attributes:
        segments: line n of the findings is segments[n-1].
        left_out: segments that were too many to be sent.
        provider, model, attempt, fallback_from, cached, repaired, simulated: as LlmPart has them, of whom the
            findings are from; while there are none, of who is asked.
        calls, input_tokens, output_tokens: for this question, over all attempts.
        findings: the parts that are complete so far, by field; once it is whole, of the task's type.
        parts: how many; they do not become fewer before it is whole.
        is_whole: the answer is valid, and nothing follows.
        unheard: why the sound was not described, where a model that listens was to do so.
    """

    segments: tuple[Segment, ...] = field(default=(), repr=False)
    left_out: int = 0
    provider: str = ""
    model: str = ""
    attempt: int = 0
    fallback_from: str = ""
    cached: bool = False
    repaired: bool = False
    simulated: bool = False
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    findings: Any = field(default_factory=dict, repr=False)
    parts: int = 0
    is_whole: bool = False
    unheard: ModelFailure | None = None


class Course:
    """How one question goes: the attempt that is being made, and what is known of all of them."""

    def __init__(self, outgoing: Outgoing, heard: Description | None) -> None:
        self.outgoing = outgoing
        self.said = Said(outgoing.segments, outgoing.left_out)
        if heard is not None:
            self.said = replace(
                self.said,
                calls=heard.calls,
                input_tokens=heard.input_tokens,
                output_tokens=heard.output_tokens,
                unheard=heard.failure,
            )
        self._made = self.said
        """The same, for the attempt that is being made."""
        self._is_streamed = True
        self._completed: list[Completed] = []

    def take(self, event: Event) -> None:
        """What happened."""
        made = self._made
        match event:
            case Attempt():
                self._is_streamed, self._completed = True, []
                is_repair = made.attempt > 0 and event.number == 1
                self._made = replace(
                    made,
                    provider=event.provider,
                    model=event.model,
                    attempt=made.attempt + 1,
                    fallback_from=event.fallback_from,
                    cached=event.is_cached,
                    repaired=made.repaired or is_repair,
                    findings={},
                    parts=0,
                    calls=made.calls + (not event.is_cached),
                )
            case Answering():
                self._is_streamed = event.is_streamed
                is_simulated = not event.is_streamed and not made.cached
                self._made = replace(made, model=event.model, simulated=is_simulated)
            case Usage():
                self._made = replace(
                    made,
                    input_tokens=made.input_tokens + event.input_tokens,
                    output_tokens=made.output_tokens + event.output_tokens,
                )
            case Grown():
                self._completed += event.completed
                found = event.partial if self._is_streamed else {}
                self._made = replace(made, findings=found, parts=_count(found))
            case Whole():
                parts = len(self._completed)
                self._made = replace(made, findings=event.value, parts=parts, is_whole=True)
        made = self._made
        if made.is_whole or made.parts >= self.said.parts:
            self.said = made
        else:  # what an attempt before has found stands, until this one has as much
            self.said = replace(
                self.said,
                calls=made.calls,
                input_tokens=made.input_tokens,
                output_tokens=made.output_tokens,
            )

    def pieces(self) -> Iterator[Said]:
        """What came whole, in pieces: each has all parts of the one before, the last has all."""
        completed = self._completed
        count = 0 if self._is_streamed or self._made.cached else min(_PIECES, len(completed))
        for number in range(1, count + 1):
            found = _partial(completed[: len(completed) * number // count])
            parts = _count(found)
            if parts > self.said.parts:
                self.said = replace(self._made, findings=found, parts=parts)
                yield self.said


def _partial(completed: Sequence[Completed]) -> dict[str, Any]:
    """Parts by field, those of lists as lists."""
    found: dict[str, Any] = {}
    for each in completed:
        name = str(each.path[0])
        if len(each.path) > 1:
            found.setdefault(name, []).append(each.value)
        else:
            found[name] = each.value
    return found


def _count(found: Mapping[str, Any]) -> int:
    return sum(len(part) if isinstance(part, list) else 1 for part in found.values())
