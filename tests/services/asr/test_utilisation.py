"""How busy the decoders were lately, and what interims pay for it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.asr.utilisation import Utilisation, real_time_load, thinning


def test_it_follows_what_runs() -> None:
    busy = Utilisation(2, 10.0)
    assert busy.value(20.0) == 0.0
    busy.change(1, 20.0)
    assert busy.value(23.0) == pytest.approx(0.5 * (1 - math.exp(-1)))
    assert busy.value(80.0) == pytest.approx(0.5)
    busy.change(2, 80.0)
    assert busy.value(140.0) == pytest.approx(1.0)
    busy.change(0, 140.0)
    assert busy.value(200.0) == pytest.approx(0.0, abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-1.0, 5.0)), max_size=30))
def test_it_is_a_share_whatever_the_clock_does(steps: list[tuple[int, float]]) -> None:
    busy, now = Utilisation(3, 0.0), 0.0
    for running, seconds in steps:
        now += seconds
        busy.change(running, now)
        assert 0.0 <= busy.value(now) <= 1.0


@given(st.floats(-1, 2), st.floats(-1, 2))
def test_thinning_is_bounded_and_grows_with_the_load(one: float, other: float) -> None:
    assert 1.0 <= thinning(one) <= 8.0
    if one <= other:
        assert thinning(one) <= thinning(other)


def test_thinning_begins_when_there_is_something_to_wait_for() -> None:
    assert [thinning(load) for load in (0.0, 0.6, 1.0)] == [1.0, 1.0, 8.0]
    assert thinning(0.8) == pytest.approx(4.5)


def test_a_recording_that_takes_all_there_is_leaves_room_for_people() -> None:
    assert real_time_load(0.9, [1.0] * 10) == pytest.approx(0.9)
    assert real_time_load(0.9, [0.0, 0.5]) == pytest.approx(0.9)
    assert real_time_load(1.0, [20.0]) == pytest.approx(0.05)
    assert real_time_load(1.0, [1.0, 19.0]) == pytest.approx(0.1)
    assert real_time_load(0.5, []) == 0.0
