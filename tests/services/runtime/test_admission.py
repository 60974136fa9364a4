"""A place is held while the body runs, however it ends."""

import pytest

from services.runtime.admission import Admission
from services.runtime.errors import AtCapacity


def test_the_limit_holds_and_places_come_back() -> None:
    admission = Admission(2, retry_after=0.5)
    with admission.admit(), admission.admit():
        assert admission.active == 2
        with pytest.raises(AtCapacity) as refused, admission.admit():
            pytest.fail("there was no place")
        assert (refused.value.reason, refused.value.retry_after) == ("AT_CAPACITY", 0.5)
        assert refused.value.metadata == {"limit": "2"}
    assert admission.active == 0


def test_a_failing_session_gives_its_place_back() -> None:
    admission = Admission(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), admission.admit():
            raise ZeroDivisionError
    assert admission.active == 0
