import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.analyses.insights import ANALYSIS, Insights
from services.analysis.measures.counted import LabelCount
from services.analysis.measures.trend import Direction
from services.analysis.segment import Meaning, Segment

MINUTE = 60_000_000_000


def session(*segments: tuple[str, float, float, Meaning | None]) -> Insights:
    """Of text, minute of begin, minutes of length and annotations."""
    accumulator = Insights()
    for text, start, length, meaning in segments:
        begin = round(start * MINUTE)
        accumulator.accept(Segment.of(text, begin, begin + round(length * MINUTE), meaning=meaning))
    return accumulator


def risky(risks: int, sentiment: float) -> Meaning:
    return Meaning(risks=("churn_risk",) * risks, sentiment=sentiment)


def test_a_session_that_gets_worse_by_hand() -> None:
    found = session(
        ("we like it here a lot", 0, 0.05, risky(0, 0.5)),  # 120 words a minute
        ("um it is not so good", 1, 0.05, risky(1, 0.0)),
        ("um uh I will um leave", 2, 0.05, risky(2, -0.5)),
    ).measure()
    assert found.results == 3
    assert found.speech_rate_consistency == 1.0
    # hesitations 0, 1/6, 3/6: mean 2/9, deviation sqrt(14/324)
    deviation = ((0 - 2 / 9) ** 2 + (1 / 6 - 2 / 9) ** 2 + (1 / 2 - 2 / 9) ** 2) / 3
    assert found.hesitation_consistency == pytest.approx(1 - 2 * deviation**0.5)
    assert found.sentiment_consistency == pytest.approx(1 - (0.5 / 3) ** 0.5)
    assert found.consistency == pytest.approx(
        (1.0 + found.hesitation_consistency + found.sentiment_consistency) / 3
    )
    assert found.hesitation_trend is not None
    assert found.hesitation_trend.slope_per_minute == pytest.approx(0.25)
    assert found.hesitation_trend.direction is Direction.RISING
    assert found.risk_trend is not None
    assert (found.risk_trend.mean, found.risk_trend.slope_per_minute) == (1.0, pytest.approx(1.0))
    assert found.risks == (LabelCount("churn_risk", 3),)


def test_one_result_is_not_enough() -> None:
    assert ANALYSIS.shortage(session(("hello", 0, 1, None), ("...", 1, 1, None)).amount) == "1 of 2 results"


def test_what_is_not_known_is_absent() -> None:
    found = session(("one", 0, 0, None), ("two", 0, 0, None)).measure()
    assert (found.speech_rate_consistency, found.sentiment_consistency, found.risk_trend) == (
        None,
        None,
        None,
    )
    assert found.consistency == found.hesitation_consistency == 1.0
    assert found.hesitation_trend is not None
    assert found.hesitation_trend.slope_per_minute is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["um", "yes", "um yes no", "a b c d e"]),
            st.integers(0, 100),
            st.integers(0, 3),
            st.none() | st.builds(risky, st.integers(0, 3), st.floats(-1, 1)),
        ),
        min_size=2,
    )
)
def test_consistencies_are_within_0_and_1(segments) -> None:
    found = session(*segments).measure()
    for value in (
        found.consistency,
        found.speech_rate_consistency,
        found.hesitation_consistency,
        found.sentiment_consistency,
    ):
        assert value is None or 0 <= value <= 1
