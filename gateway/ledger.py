"""The ledger of results: which are open, that each keeps its rules, and how many there were. Pure.

It holds rule 2 of the contract against every stage, also a faulty one: within one result_id the revision
grows, phases never go back, and exactly one terminal ends it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import Any

COARSE, REFINE, FINAL = 1, 2, 3
"""Phases, as numbered in rivermouth.result.v1.Phase."""
COMPLETE, FAILED, SKIPPED, TRUNCATED = 1, 2, 3, 4
"""Outcomes, as numbered in rivermouth.result.v1.Outcome."""

# Ids that have ended are remembered to refuse a second terminal; a stage that repeats an older one than
# these is beyond what the ledger proves.
_REMEMBERED = 4096
# The longest pre-roll of the contract, in nanoseconds: a recogniser that was started anew may reach back that
# far into what its predecessor has said.
_PRE_ROLL = 1_000_000_000


@dataclass(slots=True)
class Result:
    """One message of a result, as the merge sees it."""

    kind: str
    """Name of the event, such as "transcript"."""
    stage: str
    service: str
    result_id: str
    revision: int
    phase: int
    outcome: int
    channel: int
    end: int | None
    """End of what it is about, nanoseconds on the session's clock; None where it has no time."""
    body: Any
    """The message itself, never changed."""
    segment_id: str = ""
    """The segment it is, or is about, for transcripts and annotations."""
    latency: Any = None
    start: int | None = None
    """Begin of what it is about, for transcripts."""
    final: bool = field(init=False)
    is_text: bool = field(init=False)
    """Whether it is the final text of a segment."""

    def __post_init__(self) -> None:
        self.final = self.phase == FINAL
        self.is_text = self.final and self.kind == "transcript" and self.outcome == COMPLETE


@dataclass(slots=True)
class ServiceCounts:
    """Messages of one service's results, by phase, and its terminals that did not end complete."""

    coarse: int = 0
    refine: int = 0
    final: int = 0
    dropped: int = 0
    failed: int = 0
    skipped: int = 0
    truncated: int = 0


@dataclass(slots=True)
class Usage:
    """What language models were asked to do, as the last messages of results say."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def add(self, part: Any) -> None:
        """Count a model's part of a result."""
        self.calls += part.calls
        self.input_tokens += part.input_tokens
        self.output_tokens += part.output_tokens


@dataclass(slots=True)
class Ledger:
    """Counts of one session and its open results."""

    services: dict[str, ServiceCounts] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)
    segments_partial: int = 0
    segments_final: int = 0
    _open: dict[str, Result] = field(default_factory=dict)
    _ended: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _said_until: dict[int, int] = field(default_factory=dict)

    def admit(self, result: Result) -> str | None:
        """Book a message of a result. Returns what is wrong with it (then it must not be sent), or None."""
        if result.result_id in self._ended:
            return "comes after the terminal of its result"
        before = self._open.get(result.result_id)
        if before is not None and result.revision <= before.revision:
            return f"revision {result.revision} does not follow {before.revision}"
        if before is not None and result.phase < before.phase:
            return f"phase {result.phase} goes back from {before.phase}"
        if result.phase not in (COARSE, REFINE, FINAL) or not result.result_id:
            return "has no phase or no result_id"
        if (result.outcome != 0) != result.final:
            return "has an outcome without being final, or the reverse"
        if before is not None and (before.stage, before.kind) != (result.stage, result.kind):
            return f"has the result_id of a {before.kind} of {before.stage}"
        if result.kind == "transcript" and self._is_said(result):
            return "is about time whose text is final already on its channel"
        self._book(result)
        return None

    def _is_said(self, result: Result) -> bool:
        """Whether it says again what is final: finals of a channel come in order, without overlap."""
        said = self._said_until.get(result.channel)
        if said is None or result.start is None or result.end is None or result.outcome > COMPLETE:
            return False
        return result.start < said and (result.start < said - _PRE_ROLL or result.end <= said)

    def _book(self, result: Result) -> None:
        counts = self.counts(result.service)
        if result.phase == COARSE:
            counts.coarse += 1
        elif result.phase == REFINE:
            counts.refine += 1
        else:
            counts.final += 1
            counts.failed += result.outcome == FAILED
            counts.skipped += result.outcome == SKIPPED
            counts.truncated += result.outcome == TRUNCATED
            part = getattr(result.body, "llm", None)
            if part is not None:
                self.usage.add(part)
        if result.is_text and result.end is not None:
            self._said_until[result.channel] = result.end
        if result.kind == "transcript":
            self.segments_final += result.final
            self.segments_partial += not result.final
        if result.final:
            self._open.pop(result.result_id, None)
            self._ended[result.result_id] = None
            if len(self._ended) > _REMEMBERED:
                self._ended.popitem(last=False)
        else:
            self._open[result.result_id] = result

    def counts(self, service: str) -> ServiceCounts:
        """The counts of one service, to read or to add to."""
        counts = self.services.get(service)
        if counts is None:
            counts = self.services[service] = ServiceCounts()
        return counts

    def open_results(self, stage: str) -> list[Result]:
        """The last message of each result of a stage that has had no terminal, oldest first."""
        return [result for result in self._open.values() if result.stage == stage]
