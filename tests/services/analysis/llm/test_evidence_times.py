"""When a finding was so."""

import pytest
from google.protobuf.duration_pb2 import Duration

from rivermouth.analysis.v1.findings_pb2 import EmotionFindings, SummaryFindings
from services.analysis.llm.evidence_times import set_times
from tests.services.analysis.measured import said

SEGMENTS = [
    said("one", 0, 2, segment_id="a"),
    said("two", 1, 9, segment_id="b"),
    said("three", 3, 4, segment_id="c"),
]


@pytest.mark.parametrize(
    ("named", "start", "end"),
    [(["a"], 0, 2), (["c", "a"], 0, 7), (["a", "b", "c"], 0, 10), (["c", "gone"], 3, 7)],
)
def test_from_the_first_begin_to_the_last_end(named: list[str], start: int, end: int) -> None:
    findings = EmotionFindings()
    span = findings.emotions.add(segment_ids=named)
    set_times(findings, SEGMENTS)
    assert (span.start_offset, span.end_offset) == (Duration(seconds=start), Duration(seconds=end))


@pytest.mark.parametrize("named", [[], ["gone"]])
def test_without_segments_there_are_no_times(named: list[str]) -> None:
    findings = EmotionFindings()
    span = findings.emotions.add(segment_ids=named)
    set_times(findings, SEGMENTS)
    assert not span.HasField("start_offset")
    assert not span.HasField("end_offset")


def test_what_has_no_times_is_left_as_it_is() -> None:
    findings = SummaryFindings(topics=["rent"])
    findings.decisions.add(text="We go.", segment_ids=["a"])
    before = SummaryFindings.FromString(findings.SerializeToString())
    set_times(findings, SEGMENTS)
    assert findings == before
