import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.outliers import OutlierMethod, compare


@pytest.mark.parametrize(
    ("value", "baseline", "method", "score", "is_outlier"),
    [
        # (180 - 150) / 10
        (180.0, {"x": 150.0, "x.deviation": 10.0}, OutlierMethod.Z_SCORE, 3.0, False),
        (115.0, {"x": 150.0, "x.deviation": 10.0}, OutlierMethod.Z_SCORE, -3.5, True),
        # 0.6745 * 30 / 5
        (180.0, {"x": 150.0, "x.mad": 5.0}, OutlierMethod.MAD, 4.047, True),
        # 0.6745 * -25 / 5, and the deviation is not asked
        (125.0, {"x": 150.0, "x.mad": 5.0, "x.deviation": 100.0}, OutlierMethod.MAD, -3.3725, False),
    ],
)
def test_by_hand(value: float, baseline, method, score: float, is_outlier: bool) -> None:
    (found,) = compare({"x": value}, baseline)
    assert (found.measure, found.value, found.usual, found.method) == ("x", value, 150.0, method)
    assert found.score == pytest.approx(score)
    assert found.is_outlier == is_outlier


@pytest.mark.parametrize(
    "baseline",
    [
        {},
        {"x": 1.0},
        {"x.deviation": 1.0},
        {"x": 1.0, "x.deviation": 0.0},
        {"x": 1.0, "x.mad": -1.0},
        {"x": math.nan, "x.deviation": 1.0},
        {"x": 1.0, "x.deviation": math.inf, "x.mad": math.nan},
        {"x": 1e300, "x.mad": 1e-300},
        {"x": 1.0, "x.deviation": 1e-320},
        {"x": -math.inf, "x.deviation": 1.0},
        {"y": 1.0, "y.deviation": 1.0, "z": 1.0, "z.deviation": 1.0},
    ],
)
def test_what_cannot_be_compared_is_passed_over(baseline: dict[str, float]) -> None:
    assert list(compare({"x": 5.0, "y": None}, baseline)) == []


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_farther_away_is_never_less_unusual(value: float, usual: float, stray: float) -> None:
    farther = usual + 2 * (value - usual)
    for suffix in ("deviation", "mad"):
        near, far = (
            next(compare({"x": each}, {"x": usual, f"x.{suffix}": stray})) for each in (value, farther)
        )
        assert abs(far.score) >= abs(near.score)
        assert far.is_outlier >= near.is_outlier
