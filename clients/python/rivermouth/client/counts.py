"""Counting what was received, to compare it with what the session says it sent (rule 6)."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from rivermouth.analysis.v1.analysis_pb2 import Analysis, Summary, WorkflowResult
from rivermouth.client.events import RESULT_KINDS, Event
from rivermouth.result.v1.result_pb2 import Outcome, Phase
from rivermouth.session.v1.events_pb2 import SessionSummary

_PHASES = {Phase.PHASE_COARSE: "coarse", Phase.PHASE_REFINE: "refine", Phase.PHASE_FINAL: "final"}
_OUTCOMES = {
    Outcome.OUTCOME_FAILED: "failed",
    Outcome.OUTCOME_SKIPPED: "skipped",
    Outcome.OUTCOME_TRUNCATED: "truncated",
}
_INTERIM = {"coarse", "refine"}
_USAGE = {
    "llm_calls": "calls",
    "llm_input_tokens": "input_tokens",
    "llm_output_tokens": "output_tokens",
}
"""Fields of the summary, and of a model's part of a result."""


class Tally:
    """Counts of the events of one session, in the terms of its summary."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        """Events with a sequence, by kind."""
        self.services: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Messages of results by phase, and terminals by outcome, for each service."""
        self.usage: Counter[str] = Counter()
        """Calls and tokens of language models, as the last messages of results say."""
        self._segments: Counter[bool] = Counter()

    def add(self, event: Event) -> None:
        """Counts an event that has a sequence."""
        self.kinds[event.kind] += 1
        header = event.header
        if header is None:
            return
        service = self.services[header.source.service]
        service[_PHASES.get(header.phase, "unspecified")] += 1
        if event.is_final and header.outcome in _OUTCOMES:
            service[_OUTCOMES[header.outcome]] += 1
        if event.is_final and isinstance(event.body, Analysis | Summary | WorkflowResult):
            for name in _USAGE.values():
                self.usage[name] += getattr(event.body.llm, name)
        if event.kind == "transcript":
            self._segments[event.is_final] += 1

    def differences(self, summary: SessionSummary, missing: int, filtered: bool) -> list[str]:
        """Where these counts and the summary's disagree, in words; empty where they agree.

        `missing` events were left out on the way. Without a filter only interim results may be among them
        (rule 5), so everything else is compared exactly in any case.
        """
        found: list[str] = []
        for kind in sorted({*self.kinds, *summary.events}):
            may_lack = bool(missing) and (filtered or kind in RESULT_KINDS)
            found += _compare(f"events of kind {kind}", self.kinds[kind], summary.events[kind], may_lack)
        if not found and (lacking := sum(summary.events.values()) - self.kinds.total()) != missing:
            found.append(f"{missing} events were said to be left out, and {lacking} are missing")
        told = {counts.service: counts for counts in summary.services}
        for name in sorted({*self.services, *told}):
            for column in ("coarse", "refine", "final", "failed", "skipped", "truncated"):
                received = self.services[name][column] if name in self.services else 0
                sent = getattr(told[name], column) if name in told else 0
                may_lack = bool(missing) and (filtered or column in _INTERIM)
                found += _compare(f"{column} messages of {name}", received, sent, may_lack)
        found += _compare(
            "interim transcripts", self._segments[False], summary.segments_partial, bool(missing)
        )
        found += _compare(
            "final transcripts", self._segments[True], summary.segments_final, bool(missing) and filtered
        )
        for column, name in _USAGE.items():
            sent = getattr(summary, column)
            found += _compare(column, self.usage[name], sent, bool(missing) and filtered)
        return found


def _compare(what: str, received: int, sent: int, may_lack: bool) -> Iterable[str]:
    if received > sent or (received < sent and not may_lack):
        yield f"{what}: {received} received, {sent} in the summary"
