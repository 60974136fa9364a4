import pytest

from rivermouth.analysis.v1.analysis_pb2 import AnnotatedSegment
from rivermouth.result.v1 import result_pb2
from rivermouth.result.v1.result_pb2 import ResultHeader, SegmentRef
from rivermouth.semantics.v1.semantics_pb2 import SemanticAnnotation
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.analysis.evidence import MAX_REFERENCES, EvidenceLog, evidence_of


def segment(ordinal: int, outcome: int | None = result_pb2.OUTCOME_COMPLETE) -> AnnotatedSegment:
    transcript = Transcript(header=ResultHeader(result_id=f"asr/1/{ordinal}", revision=2))
    if outcome is None:
        return AnnotatedSegment(transcript=transcript)
    semantic = SemanticAnnotation(header=ResultHeader(outcome=outcome))
    return AnnotatedSegment(transcript=transcript, semantic=semantic)


def test_segments_in_order() -> None:
    log = EvidenceLog()
    for ordinal in (1, 2):
        log.add(segment(ordinal))
    expected = [SegmentRef(segment_id=f"asr/1/{ordinal}", revision=2) for ordinal in (1, 2)]
    assert list(log.message().segments) == expected
    assert list(log.message().missing) == []
    assert log.errors() == []


@pytest.mark.parametrize(
    ("outcome", "missing"),
    [
        (None, ["semantics"]),
        (result_pb2.OUTCOME_FAILED, ["semantics"]),
        (result_pb2.OUTCOME_SKIPPED, ["semantics"]),
        (result_pb2.OUTCOME_COMPLETE, []),
    ],
)
def test_a_segment_without_annotations_is_told(outcome: int | None, missing: list[str]) -> None:
    assert list(evidence_of(segment(1, outcome)).missing) == missing
    log = EvidenceLog()
    log.add(segment(1, outcome))
    log.add(segment(2))
    assert list(log.message().missing) == missing


def test_a_long_session_names_the_last_segments_and_says_so() -> None:
    log = EvidenceLog()
    for ordinal in range(MAX_REFERENCES):
        log.add(segment(ordinal))
    assert log.errors() == []
    log.add(segment(MAX_REFERENCES))
    named = [each.segment_id for each in log.message().segments]
    assert named == [f"asr/1/{ordinal}" for ordinal in range(1, MAX_REFERENCES + 1)]
    (error,) = log.errors()
    assert error.reason == "EVIDENCE_SHORTENED"
    assert dict(error.metadata) == {"named": "1000", "used": "1001"}


def test_skipped_segments_are_missing() -> None:
    log = EvidenceLog()
    log.skip()
    assert list(log.message().missing) == ["segments"]
    assert [(each.reason, each.metadata["skipped"]) for each in log.errors()] == [("BACKPRESSURE", "1")]
