"""The rules of the stream, as an independent reader checks them (see service.proto)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from rivermouth.result.v1 import result_pb2
from rivermouth.session.v1 import service_pb2

Event = service_pb2.StreamingAnalyzeResponse
PRE_ROLL = 1_000_000_000
_OUTCOMES = {
    result_pb2.OUTCOME_FAILED: "failed",
    result_pb2.OUTCOME_SKIPPED: "skipped",
    result_pb2.OUTCOME_TRUNCATED: "truncated",
}
_PHASES = {
    result_pb2.PHASE_COARSE: "coarse",
    result_pb2.PHASE_REFINE: "refine",
    result_pb2.PHASE_FINAL: "final",
}


def results(events: Iterable[Event]) -> Iterator[tuple[str, Any]]:
    """Kind and body of every event that is a message of a result."""
    for event in events:
        kind = str(event.WhichOneof("event"))
        body = getattr(event, kind)
        if hasattr(body, "header"):
            yield kind, body


def check(events: list[Event], whole: bool = True) -> None:
    """Rules 1 to 6, and that progress never goes back. `whole`: nothing was left out on the way."""
    check_sequence(events, whole)
    check_results(events)
    check_finals(events)
    check_progress(events)
    check_summary(events, whole)


def check_sequence(events: list[Event], whole: bool = True) -> None:
    """Rule 1: a reader finds sequence = last + 1 + skipped."""
    last = 0
    for event in events:
        assert event.sequence == last + 1 + event.skipped, (last, event.sequence, event.skipped)
        assert event.epoch == 1
        last = event.sequence
    if whole:
        assert last == len(events)


def check_results(events: list[Event]) -> None:
    """Rule 2: within a result_id the revision grows, phases never go back, one terminal is the last."""
    seen: dict[str, Any] = {}
    for kind, body in results(events):
        header = body.header
        before = seen.get(header.result_id)
        assert header.result_id
        assert header.partial == (header.phase != result_pb2.PHASE_FINAL)
        assert (header.outcome == result_pb2.OUTCOME_UNSPECIFIED) == header.partial
        assert header.HasField("failure") == (header.outcome in _OUTCOMES)
        if before is not None:
            assert before.phase != result_pb2.PHASE_FINAL, f"{header.result_id} goes on after its terminal"
            assert header.revision > before.revision
            assert header.phase >= before.phase
        if kind == "transcript":
            assert body.is_final == (not header.partial)
        seen[header.result_id] = header
    open_ids = [each.result_id for each in seen.values() if each.phase != result_pb2.PHASE_FINAL]
    assert not open_ids, f"without a terminal: {open_ids}"


def check_finals(events: list[Event]) -> None:
    """Rule 3: finals of one channel come in order and do not overlap in time.

    But for the pre-roll of a recogniser that was started anew.
    """
    ends: dict[int, int] = {}
    for kind, body in results(events):
        if kind == "transcript" and body.header.outcome == result_pb2.OUTCOME_COMPLETE:
            before = ends.get(body.channel_tag, 0)
            start, end = body.start_offset.ToNanoseconds(), body.end_offset.ToNanoseconds()
            assert start >= before - PRE_ROLL
            assert end >= before
            ends[body.channel_tag] = end


def check_progress(events: list[Event]) -> None:
    """Each step is begun and ended once, and the count never goes back."""
    begun: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    done = 0
    for event in events:
        if event.HasField("progress"):
            progress = event.progress
            (begun if progress.state == progress.STATE_STARTED else ended)[progress.step] += 1
            assert progress.steps_done >= done
            done = progress.steps_done
            assert progress.percentage == 100 * done // progress.steps_total
    assert set(ended) == set(begun)
    assert all(count == 1 for count in (begun + ended - begun).values())


def check_summary(events: list[Event], whole: bool = True) -> None:
    """Rule 6: the summary is last, and counts what was journaled."""
    assert events[0].WhichOneof("event") == "session_started"
    assert [e.sequence for e in events if e.HasField("session_summary")] == [events[-1].sequence]
    summary = events[-1].session_summary
    assert sum(summary.events.values()) == events[-1].sequence
    if not whole:
        return
    assert dict(summary.events) == dict(Counter(str(event.WhichOneof("event")) for event in events))
    counts: dict[str, Counter[str]] = {}
    for _, body in results(events):
        service = counts.setdefault(body.header.source.service, Counter())
        service[_PHASES[body.header.phase]] += 1
        if body.header.outcome in _OUTCOMES:
            service[_OUTCOMES[body.header.outcome]] += 1
    fields = ("coarse", "refine", "final", "failed", "skipped", "truncated")
    told = {
        each.service: {field: getattr(each, field) for field in fields if getattr(each, field)}
        for each in summary.services
    }
    assert {name: each for name, each in told.items() if each} == {k: dict(v) for k, v in counts.items()}
    transcripts = [body for kind, body in results(events) if kind == "transcript"]
    assert summary.segments_final == sum(body.is_final for body in transcripts)
    assert summary.segments_partial == sum(not body.is_final for body in transcripts)
