"""Segment rules: row by row in a table, then as properties over any chunks."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.segments import DEFAULT_MAX_GAP, Chunk, ChunkRefused, Segment, Segmenter

S = 1_000_000_000


def seen(segments: list[Segment]) -> list[tuple[int, str, bool]]:
    return [(each.ordinal, each.text, each.final) for each in segments]


@pytest.mark.parametrize(
    ("gap", "speakers", "joined"),
    [
        (0, ("anna", "anna"), True),
        (DEFAULT_MAX_GAP, ("anna", "anna"), True),
        (DEFAULT_MAX_GAP + 1, ("anna", "anna"), False),
        (0, ("anna", "ben"), False),
        (0, ("anna", ""), False),
        (0, ("", "anna"), False),
        (DEFAULT_MAX_GAP, ("", ""), True),
    ],
    ids=["no gap", "gap inclusive", "gap too long", "other", "none after one", "one after none", "none"],
)
def test_chunk_extends_or_closes(gap: int, speakers: tuple[str, str], joined: bool) -> None:
    segmenter = Segmenter()
    first = segmenter.accept(Chunk(0, S, "one", speakers[0]))
    assert seen(first) == [(1, "one", False)]
    second = segmenter.accept(Chunk(S + gap, 2 * S + gap, "two", speakers[1]))
    if joined:
        assert seen(second) == [(1, "one two", False)]
        assert (second[0].start, second[0].end) == (0, 2 * S + gap)
    else:
        assert seen(second) == [(1, "one", True), (2, "two", False)]


@pytest.mark.parametrize(("max_gap", "gap", "joined"), [(0, 0, True), (0, 1, False), (60 * S, 60 * S, True)])
def test_gap_is_configurable(max_gap: int, gap: int, joined: bool) -> None:
    segmenter = Segmenter(max_gap)
    segmenter.accept(Chunk(0, S, "one"))
    assert len(segmenter.accept(Chunk(S + gap, S + gap, "two"))) == (1 if joined else 2)


@pytest.mark.parametrize(
    ("chunk", "reason", "field"),
    [
        (Chunk(-1, S, "x"), "TEXT_TIME_INVALID", "start_offset"),
        (Chunk(3 * S, 3 * S - 1, "x"), "TEXT_TIME_INVALID", "end_offset"),
        (Chunk(2 * S - 1, 3 * S, "x"), "TEXT_OUT_OF_ORDER", "start_offset"),
        (Chunk(2 * S, 3 * S, " \n"), "TEXT_EMPTY", "text"),
    ],
)
def test_bad_chunk_is_refused_and_changes_nothing(chunk: Chunk, reason: str, field: str) -> None:
    segmenter = Segmenter()
    segmenter.accept(Chunk(0, 2 * S, "one"))
    with pytest.raises(ChunkRefused) as refused:
        segmenter.accept(chunk)
    assert (refused.value.reason, refused.value.field) == (reason, field)
    assert seen(segmenter.accept(Chunk(2 * S, 3 * S, "two"))) == [(1, "one two", False)]


def test_an_end_before_its_start_is_told_with_both() -> None:
    with pytest.raises(ChunkRefused, match=r"end_offset 2\.000 s is before start_offset 3\.500 s"):
        Segmenter().accept(Chunk(7 * S // 2, 2 * S, "x"))


def test_order_message_names_the_rule() -> None:
    segmenter = Segmenter()
    segmenter.accept(Chunk(0, 2 * S, "one"))
    with pytest.raises(ChunkRefused, match="non-decreasing time order"):
        segmenter.accept(Chunk(S, 3 * S, "two"))


def test_channels_are_independent_and_may_overlap() -> None:
    segmenter = Segmenter()
    segmenter.accept(Chunk(0, 5 * S, "left", "anna", 1))
    assert seen(segmenter.accept(Chunk(S, 2 * S, "right", "ben", 2))) == [(1, "right", False)]
    assert seen(segmenter.accept(Chunk(5 * S, 6 * S, "more", "anna", 1))) == [(1, "left more", False)]


def test_flush_closes_and_clears() -> None:
    segmenter = Segmenter()
    segmenter.accept(Chunk(2 * S, 3 * S, "later", "", 1))
    segmenter.accept(Chunk(0, S, "early", "", 2))
    assert [(each.text, each.final) for each in segmenter.flush()] == [("early", True), ("later", True)]
    assert segmenter.flush() == []
    assert seen(segmenter.accept(Chunk(3 * S, 4 * S, "new", "", 1))) == [(2, "new", False)]


def test_flush_of_one_channel_leaves_the_others() -> None:
    segmenter = Segmenter()
    segmenter.accept(Chunk(0, S, "left", "", 1))
    segmenter.accept(Chunk(0, S, "right", "", 2))
    assert [each.text for each in segmenter.flush(1)] == ["left"]
    assert segmenter.flush(1) == []
    assert seen(segmenter.accept(Chunk(S, S, "on", "", 2))) == [(1, "right on", False)]


def test_no_final_overlaps_after_a_flush() -> None:
    segmenter = Segmenter()
    segmenter.accept(Chunk(0, 2 * S, "one"))
    segmenter.flush()
    with pytest.raises(ChunkRefused, match="non-decreasing"):
        segmenter.accept(Chunk(S, 3 * S, "two"))


chunks = st.builds(
    Chunk,
    start=st.integers(-S, 20 * S),
    end=st.integers(-S, 20 * S),
    text=st.sampled_from(["a", " b ", "c d", "", " "]),
    speaker=st.sampled_from(["", "anna", "ben"]),
    channel=st.integers(0, 2),
)


@given(st.lists(st.one_of(chunks, st.integers(0, 2)), max_size=40))
def test_any_chunks_keep_the_rules(steps: list[Chunk | int]) -> None:
    segmenter = Segmenter()
    words: dict[int, list[str]] = {}
    finals: list[Segment] = []
    for step in steps:
        if isinstance(step, int):
            finals += segmenter.flush(step)
            continue
        try:
            changed = segmenter.accept(step)
        except ChunkRefused:
            continue
        words.setdefault(step.channel, []).append(step.text.strip())
        assert [each.final for each in changed] in ([False], [True, False])
        assert all(each.channel == step.channel for each in changed)
        assert changed[-1].end == step.end
        finals += changed[:-1]
    finals += segmenter.flush()
    for channel in range(3):
        own = [each for each in finals if each.channel == channel]
        assert [each.ordinal for each in own] == list(range(1, len(own) + 1))
        assert all(a.end <= b.start for a, b in itertools.pairwise(own))
        assert " ".join(each.text for each in own) == " ".join(words.get(channel, []))
