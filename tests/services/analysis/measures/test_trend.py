import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.trend import Direction, Series

MINUTE = 60_000_000_000


def series(*values: tuple[float, float]) -> Series:
    """Of minutes and values."""
    found = Series()
    for minutes, value in values:
        found.add(round(minutes * MINUTE), value)
    return found


@pytest.mark.parametrize(
    ("values", "slope", "direction"),
    [
        ([(0, 1), (1, 2), (2, 3)], 1.0, Direction.RISING),
        ([(0, 3), (2, 2), (4, 1)], -0.5, Direction.FALLING),
        ([(0, 2), (1, 2), (2, 2)], 0.0, Direction.STEADY),
        # a zigzag: slope .2 with an error of .49
        ([(0, 0), (1, 1), (2, 0), (3, 1)], 0.2, Direction.STEADY),
        ([(0, 0), (1, 1)], 1.0, Direction.UNSPECIFIED),
        ([(1, 0), (1, 5), (1, 7)], None, Direction.UNSPECIFIED),
    ],
)
def test_lines_by_hand(values, slope: float | None, direction: Direction) -> None:
    trend = series(*values).trend()
    assert trend is not None
    assert trend.slope_per_minute == (None if slope is None else pytest.approx(slope, abs=1e-12))
    assert (trend.direction, trend.values) == (direction, len(values))


def test_nothing_to_go_by() -> None:
    assert series().trend() is None
    assert series((0, 1)).trend() is None
    assert series().deviation == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 6000), st.floats(-1e3, 1e3)),
        min_size=2,
        max_size=30,
        unique_by=lambda v: v[0],
    )
)
def test_as_the_formulas_of_the_textbook(values) -> None:
    seconds = [(at / 60, value) for at, value in values]
    found = series(*seconds)
    ys = [value for _, value in seconds]
    assert found.mean == pytest.approx(statistics.fmean(ys), abs=1e-6)
    assert found.deviation == pytest.approx(statistics.pstdev(ys), abs=1e-6)
    line = statistics.linear_regression([at for at, _ in seconds], ys)
    trend = found.trend()
    assert trend is not None
    assert trend.slope_per_minute is not None
    assert trend.slope_per_minute == pytest.approx(line.slope, rel=1e-6, abs=1e-4 * max(map(abs, ys)) + 1e-9)
    assert math.isfinite(trend.slope_per_minute)
