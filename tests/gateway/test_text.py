"""Text chunks become transcripts with one id from the first interim to the final; bad ones change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from hypothesis import given
from hypothesis import strategies as st

from gateway.intake import InputRefused
from gateway.ledger import Ledger
from gateway.speakers import Speakers
from gateway.text import MAX_CHARACTERS, TextIntake
from rivermouth.session.v1 import config_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.offsets import duration, from_seconds


def intake(**fields: Any) -> TextIntake:
    return TextIntake("s", config_pb2.StreamingConfig(**fields), Speakers())


def chunk(start: float, end: float, text: str = "word", **fields: Any) -> transcript_pb2.TextChunk:
    return transcript_pb2.TextChunk(
        start_offset=duration(from_seconds(start)),
        end_offset=duration(from_seconds(end)),
        text=text,
        **fields,
    )


def told(results: list[Any]) -> list[tuple[str, int, str, bool]]:
    return [(each.result_id, each.revision, each.body.text, each.final) for each in results]


def test_a_segment_has_one_id_and_growing_revisions() -> None:
    text = intake()
    assert told(text.accept(chunk(0, 1, "one"))) == [("text/0/1", 1, "one", False)]
    assert told(text.accept(chunk(1, 2, "two"))) == [("text/0/1", 2, "one two", False)]
    assert told(text.accept(chunk(9, 10, "three"))) == [
        ("text/0/1", 3, "one two", True),
        ("text/0/2", 1, "three", False),
    ]
    assert told(text.flush()) == [("text/0/2", 2, "three", True)]
    assert text.flush() == []


def test_transcripts_look_like_those_of_a_recogniser() -> None:
    text = intake(recognition={"language_code": "en-GB"})
    (partial,) = text.accept(chunk(1, 2.5, "hello", speaker="anna", channel_tag=2))
    body = partial.body
    assert (body.channel_tag, body.speaker, body.language_code) == (2, "anna", "en-GB")
    assert (body.start_offset, body.end_offset) == (
        Duration(seconds=1),
        Duration(seconds=2, nanos=500_000_000),
    )
    assert body.header.partial
    assert body.header.source.service == "text"
    assert not body.is_final


def test_max_gap_of_the_configuration() -> None:
    text = intake(segmentation={"max_gap": Duration()})
    text.accept(chunk(0, 1))
    assert len(text.accept(chunk(1.001, 2))) == 2


@pytest.mark.parametrize(
    ("bad", "reason", "field"),
    [
        (chunk(-1, 2), "TEXT_TIME_INVALID", "start_offset"),
        (chunk(0, -2), "TEXT_TIME_INVALID", "end_offset"),
        (chunk(8, 7), "TEXT_TIME_INVALID", "end_offset"),
        (chunk(4, 9), "TEXT_OUT_OF_ORDER", "start_offset"),
        (chunk(8 * 24 * 3600, 9 * 24 * 3600), "TEXT_TIME_INVALID", "start_offset"),
        (chunk(6, 7, ""), "TEXT_EMPTY", "text"),
        (chunk(6, 7, " \t"), "TEXT_EMPTY", "text"),
        (chunk(6, 7, "x" * (MAX_CHARACTERS + 1)), "TEXT_TOO_LONG", "text"),
        (chunk(6, 7, channel_tag=9), "TEXT_CHANNEL_INVALID", "channel_tag"),
        (chunk(6, 7, channel_tag=-1), "TEXT_CHANNEL_INVALID", "channel_tag"),
        (
            transcript_pb2.TextChunk(start_offset=Duration(seconds=6, nanos=-1), text="x"),
            "TEXT_TIME_INVALID",
            "start_offset",
        ),
        (
            transcript_pb2.TextChunk(end_offset=Duration(seconds=6, nanos=10**9), text="x"),
            "TEXT_TIME_INVALID",
            "end_offset",
        ),
        (
            transcript_pb2.TextChunk(end_offset=Duration(seconds=2**62), text="x"),
            "TEXT_TIME_INVALID",
            "end_offset",
        ),
    ],
)
def test_bad_chunks(bad: transcript_pb2.TextChunk, reason: str, field: str) -> None:
    text = intake()
    text.accept(chunk(4, 5, "before"))
    with pytest.raises(InputRefused) as refused:
        text.accept(bad)
    assert (refused.value.reason, refused.value.field) == (reason, f"text_chunk.{field}")
    assert told(text.accept(chunk(5, 6, "after"))) == [("text/0/1", 2, "before after", False)]


chunks = st.builds(
    chunk,
    st.floats(0, 20),
    st.floats(0, 20),
    st.sampled_from(["a", "b c", ""]),
    speaker=st.sampled_from(["", "anna"]),
    channel_tag=st.integers(-1, 2),
)


@given(st.lists(st.one_of(chunks, st.integers(0, 2)), max_size=30))
def test_whatever_comes_the_ledger_admits_all_transcripts(steps: list[Any]) -> None:
    text, ledger = intake(), Ledger()
    for step in [*steps, 0]:
        try:
            results = text.flush(step) if isinstance(step, int) else text.accept(step)
        except InputRefused:
            continue
        assert [ledger.admit(each) for each in results] == [None] * len(results)
    assert ledger.open_results("text") == []
