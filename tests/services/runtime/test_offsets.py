"""Nanoseconds go into a Duration and come back, also where a field is written in place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.offsets import duration, nanoseconds, set_duration

OFFSETS = st.integers(0, 10**18)


@given(OFFSETS)
def test_there_and_back(offset: int) -> None:
    assert nanoseconds(duration(offset)) == offset


@given(OFFSETS, OFFSETS)
def test_a_field_written_in_place_is_there_and_is_the_same(before: int, offset: int) -> None:
    transcript = Transcript(start_offset=duration(before))
    set_duration(transcript.start_offset, offset)
    set_duration(transcript.end_offset, offset)
    assert transcript == Transcript(start_offset=duration(offset), end_offset=duration(offset))


def test_zero_written_in_place_is_not_absent() -> None:
    transcript = Transcript()
    set_duration(transcript.start_offset, 0)
    assert transcript.HasField("start_offset")
