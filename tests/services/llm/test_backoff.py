"""Waits between attempts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm.backoff import Backoff


def test_it_doubles_up_to_its_maximum() -> None:
    latest = Backoff(0.5, 3.0, draw=lambda: 1.0)
    assert [latest.delay(attempt) for attempt in (1, 2, 3, 4, 5, 1_000)] == [0.5, 1.0, 2.0, 3.0, 3.0, 3.0]
    assert Backoff(0.5, 3.0, draw=lambda: 0.0).delay(2) == pytest.approx(0.5)


@given(st.integers(1, 50), st.floats(0, 1))
def test_half_of_it_is_certain(attempt: int, drawn: float) -> None:
    bound = min(5.0, 0.25 * 2 ** (attempt - 1))
    assert bound / 2 <= Backoff(draw=lambda: drawn).delay(attempt) <= bound
