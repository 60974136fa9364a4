import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.sentiment import SentimentMean
from services.analysis.segment import Meaning


def mean_of(*segments: tuple[float | None, float, int]) -> SentimentMean:
    """Of sentiment, magnitude and words of each segment."""
    found = SentimentMean()
    for sentiment, magnitude, words in segments:
        found.add(Meaning(sentiment=sentiment, magnitude=magnitude), words)
    return found


@pytest.mark.parametrize(
    ("segments", "mean", "confidence"),
    [
        ([], None, None),
        ([(None, 0.0, 5)], None, None),
        ([(0.0, 0.0, 5)], 0.0, 0.0),
        ([(0.5, 1.0, 10)], 0.5, 0.5),
        # (10 * .5 - 10 * .5) / 20: in balance, nobody knows
        ([(0.5, 1.0, 10), (-0.5, 1.0, 10)], 0.0, 0.0),
        # (10 * .8 - 30 * .2) / 40 = .05; agreement 2 / 14, evidence 3 / 4
        ([(0.8, 2.0, 10), (-0.2, 1.0, 30)], 0.05, 2 / 14 * 3 / 4),
        # one in three segments has one
        ([(None, 0.0, 90), (0.6, 4.0, 10)], 0.6, 4 / 5),
    ],
)
def test_by_hand(segments, mean: float | None, confidence: float | None) -> None:
    found = mean_of(*segments)
    assert found.mean == (None if mean is None else pytest.approx(mean))
    assert found.confidence == (None if confidence is None else pytest.approx(confidence))


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 100), st.integers(0, 50)), max_size=10))
def test_within_their_ranges(segments) -> None:
    found = mean_of(*segments)
    assert (found.mean is None) == (found.confidence is None) == (not any(words for *_, words in segments))
    if found.mean is not None and found.confidence is not None:
        assert -1 <= found.mean <= 1
        assert 0 <= found.confidence <= 1
