from rivermouth.result.v1.result_pb2 import SegmentRef
from services.analysis.evidence import MAX_REFERENCES, EvidenceLog
from services.analysis.segment import Meaning, Segment


def segment(ordinal: int, is_annotated: bool = True) -> Segment:
    meaning = Meaning() if is_annotated else None
    return Segment.of("hello", segment_id=f"asr/1/{ordinal}", revision=2, meaning=meaning)


def log_of(*segments: Segment) -> EvidenceLog:
    log = EvidenceLog(["turn/1"])
    for each in segments:
        log.add(each)
    return log


def test_segments_in_order() -> None:
    told = log_of(segment(1), segment(2)).message()
    assert list(told.segments) == [SegmentRef(segment_id=f"asr/1/{each}", revision=2) for each in (1, 2)]
    assert (list(told.result_ids), list(told.missing)) == (["turn/1"], [])


def test_segments_without_annotations_are_told() -> None:
    log = log_of(segment(1, is_annotated=False), segment(2))
    assert list(log.message().missing) == ["semantics"]
    assert (log.used, log.annotated) == (2, 1)


def test_a_long_session_names_the_last_segments_and_says_so() -> None:
    log = log_of(*map(segment, range(MAX_REFERENCES)))
    assert log.shortened() == []
    log.add(segment(MAX_REFERENCES))
    named = [each.segment_id for each in log.message().segments]
    assert named == [f"asr/1/{ordinal}" for ordinal in range(1, MAX_REFERENCES + 1)]
    (error,) = log.shortened()
    assert error.reason == "EVIDENCE_SHORTENED"
    assert dict(error.metadata) == {"named": "1000", "used": "1001"}


def test_skipped_segments_are_missing() -> None:
    log = log_of()
    log.skip()
    assert list(log.message().missing) == ["segments"]
    assert log.skipped == 1
