"""Cursors never go back; an arrival is that of the input which ends at or after an offset."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import Clock

times = st.integers(0, 10_000)


@given(st.lists(st.one_of(times, st.tuples(times, times, times), st.none())))
def test_cursors_never_go_back(steps: list[int | tuple[int, int, int] | None]) -> None:
    clock = Clock()
    before = (0, 0, 0, 0)
    for step in steps:
        if step is None:
            clock.finish()
        elif isinstance(step, int):
            clock.receive(step, 0.0)
        else:
            clock.advance(*step)
        after = (clock.received, clock.accepted, clock.interim, clock.final)
        assert all(a >= b for a, b in zip(after, before, strict=True))
        before = after


def test_recognition_is_never_ahead_of_what_was_received() -> None:
    clock = Clock()
    clock.receive(100, 0.0)
    clock.advance(500, 400, 300)
    assert (clock.accepted, clock.interim, clock.final) == (100, 100, 100)


def test_finish_says_that_all_was_said() -> None:
    clock = Clock()
    clock.receive(700, 1.0)
    clock.advance(300, 200, 100)
    clock.finish()
    assert (clock.accepted, clock.interim, clock.final) == (700, 700, 700)


def test_arrival_is_of_the_input_that_holds_the_offset() -> None:
    clock = Clock()
    for index in range(1, 6):
        clock.receive(index * 100, float(index))
    assert clock.arrival(1) == 1.0
    assert clock.arrival(100) == 1.0
    assert clock.arrival(101) == 2.0
    assert clock.arrival(500) == 5.0
    assert clock.arrival(501) is None


def test_old_arrivals_are_forgotten() -> None:
    clock = Clock()
    for index in range(1, 5001):
        clock.receive(index, float(index))
    assert clock.arrival(1) != 1.0
    assert clock.arrival(5000) == 5000.0
