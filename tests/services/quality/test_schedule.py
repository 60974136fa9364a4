import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.quality.schedule import FIRST_RESULT, SECOND, ResultSchedule


@pytest.mark.parametrize(
    ("interval", "due"),
    [
        (SECOND, [0.5, 1, 2, 3]),
        (SECOND // 4, [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3]),
        (2 * SECOND, [0.5, 2]),
    ],
)
def test_first_at_half_a_second_then_every_interval(interval: int, due: list[float]) -> None:
    schedule = ResultSchedule(interval)
    steps = [round(step * SECOND / 20) for step in range(61)]  # every 50 ms up to 3 s
    assert [at / SECOND for at in steps if schedule.passes(at)] == due


def test_a_long_silence_owes_one_result() -> None:
    schedule = ResultSchedule(SECOND)
    assert schedule.passes(60 * SECOND)
    assert not schedule.passes(60 * SECOND)
    assert not schedule.passes(61 * SECOND - 1)
    assert schedule.passes(61 * SECOND)


@given(st.integers(SECOND // 4, 60 * SECOND), st.lists(st.integers(1, 5 * SECOND), max_size=50))
def test_no_more_than_one_result_an_interval(interval: int, steps: list[int]) -> None:
    schedule = ResultSchedule(interval)
    position = passed = 0
    for step in steps:
        position += step
        passed += schedule.passes(position)
    assert passed <= position // interval + 1
    assert (passed > 0) == (position >= FIRST_RESULT)
