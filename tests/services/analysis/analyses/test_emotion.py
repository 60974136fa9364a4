import pytest

from services.analysis.analyses.emotion import MAX_SEGMENTS
from services.analysis.measures.trend import Direction
from tests.services.analysis.measured import SECOND, measured, said

NAME = "emotion"


@pytest.mark.parametrize(
    ("valences", "mean", "counts", "direction"),
    [
        ((0.5, -0.5), 0.0, (1, 0, 1), Direction.UNSPECIFIED),
        ((-0.5, 0.0, 0.5), 0.0, (1, 1, 1), Direction.RISING),
        ((0.8, 0.2, -0.4, -1.0), -0.1, (1, 1, 2), Direction.FALLING),
        ((0.25, 0.25, 0.25), 0.25, (3, 0, 0), Direction.STEADY),
    ],
)
def test_by_hand(valences, mean, counts, direction) -> None:
    found = measured(
        NAME, *[said("two words", 60.0 * at, sentiment=each) for at, each in enumerate(valences)]
    )
    assert found.valence == pytest.approx(mean)
    assert (found.positive, found.neutral, found.negative) == counts
    assert found.valence_trend.direction == direction
    assert [each.valence for each in found.course] == list(valences)


def test_the_course_has_times_and_no_arousal_of_text() -> None:
    found = measured(NAME, said("good", 3.0, 2.0, "anna", segment_id="s/1", sentiment=0.6))
    (only,) = found.course
    assert (only.segment_id, only.speaker, only.start_offset, only.end_offset) == (
        "s/1",
        "anna",
        3 * SECOND,
        5 * SECOND,
    )
    assert only.arousal is None
    assert found.valence_trend is None


def test_what_has_no_words_or_no_sentiment_does_not_count() -> None:
    found = measured(NAME, said("", sentiment=0.9), said("not annotated"), said("good", 5.0, sentiment=0.4))
    assert (found.segments, found.valence) == (1, pytest.approx(0.4))


def test_long_sessions_keep_the_last_segments_and_count_all() -> None:
    found = measured(NAME, *[said("x", float(at), sentiment=0.5) for at in range(MAX_SEGMENTS + 5)])
    assert (found.segments, found.positive) == (MAX_SEGMENTS + 5, MAX_SEGMENTS + 5)
    assert [each.start_offset // SECOND for each in found.course] == list(range(5, MAX_SEGMENTS + 5))
