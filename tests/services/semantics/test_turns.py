"""Turns: table of the rule, and equal results in whatever order the channels come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.turns import Speaker, Speech, SpeechOrder, Turn, Turns

S = 1_000_000_000
GAP = 2 * S
A, B = Speaker(1, "agent"), Speaker(2, "customer")


def speech(speaker: Speaker, start: float, end: float, number: int = 0) -> Speech:
    return Speech(round(start * S), round(end * S), speaker, f"{speaker.channel}/{number or start}")


def joined(*speeches: Speech) -> list[Turn]:
    turns = Turns(GAP)
    ended = [turn for each in speeches if (turn := turns.add(each))]
    last = turns.finish()
    return [*ended, last] if last else ended


@pytest.mark.parametrize(
    ("speeches", "expected"),
    [
        ([], []),
        ([(A, 0, 1)], [(A, 0, 1, 1)]),
        ([(A, 0, 1), (A, 2.9, 4)], [(A, 0, 4, 2)]),  # a gap of 1.9 s
        ([(A, 0, 1), (A, 3, 4)], [(A, 0, 1, 1), (A, 3, 4, 1)]),  # 2 s is not under 2 s
        ([(A, 0, 1), (B, 1.5, 2), (A, 2.2, 3)], [(A, 0, 1, 1), (B, 1.5, 2, 1), (A, 2.2, 3, 1)]),
        ([(A, 0, 5), (A, 1, 2), (A, 6, 7)], [(A, 0, 7, 3)]),  # the latest end counts
        ([(A, 0, 1), (Speaker(2, "agent"), 1, 2)], [(A, 0, 1, 1), (Speaker(2, "agent"), 1, 2, 1)]),
        ([(A, 0, 0), (A, 0, 0)], [(A, 0, 0, 2)]),
    ],
)
def test_turns(speeches, expected) -> None:
    turns = joined(*(speech(*each) for each in speeches))
    assert [(each.speaker, each.start / S, each.end / S, len(each.segments)) for each in turns] == expected
    assert [each.number for each in turns] == list(range(1, len(turns) + 1))


def test_a_turn_ends_when_nothing_can_join_it_any_more() -> None:
    turns = Turns(GAP)
    turns.add(speech(A, 0, 1))
    assert turns.advance(round(2.9 * S)) is None
    ended = turns.advance(3 * S)
    assert ended is not None
    assert (ended.start, ended.end) == (0, S)
    assert turns.advance(9 * S) is None
    assert turns.finish() is None


def test_without_watermarks_segments_go_on_as_they_come() -> None:
    order = SpeechOrder(has_watermarks=False)
    late, early = speech(A, 5, 6), speech(B, 1, 2)
    assert order.add(late) == [late]
    assert order.add(early) == [early]
    assert order.advance(S) == []
    assert order.add(speech(A, 7, 8)) == []  # from the first watermark on they wait


def test_with_watermarks_a_segment_waits_for_all_channels() -> None:
    order = SpeechOrder(has_watermarks=True)
    late, early = speech(A, 5, 6), speech(B, 1, 2)
    assert order.add(late) == []
    assert order.add(early) == []
    assert order.advance(S) == []  # one that begins at 1 s may still come
    assert order.advance(S + 1) == [early]
    assert order.advance(0) == []  # a watermark never goes back
    assert order.add(speech(B, 0.5, 1)) != []
    assert order.flush() == [late]


def test_what_waits_has_a_bound(monkeypatch) -> None:
    monkeypatch.setattr("services.semantics.turns.MAX_WAITING", 2)
    order = SpeechOrder(has_watermarks=True)
    speeches = [speech(A, start, start + 1) for start in (3, 1, 2)]
    assert [order.add(each) for each in speeches] == [[], [], [speeches[1]]]


SCHEDULE = st.lists(
    st.tuples(st.sampled_from([A, B, Speaker(3, "")]), st.integers(0, 40), st.integers(0, 12)), max_size=25
)


@given(SCHEDULE, st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_order_of_arrival_makes_no_difference(schedule, chance, batch: int) -> None:
    """Any order gives the same turns, if no segment begins before the watermark that was sent."""
    speeches = [
        Speech(start * S, (start + length) * S, speaker, f"{number}")
        for number, (speaker, start, length) in enumerate(schedule)
    ]
    expected = joined(*sorted(speeches))
    waiting = sorted(speeches)
    order, turns, found = SpeechOrder(True), Turns(GAP), []

    def take(ready: list[Speech]) -> None:
        found.extend(turn for each in ready if (turn := turns.add(each)))

    while waiting:
        # The next few in time come in any order; then all channels have passed what has not come yet.
        arriving, waiting = waiting[:batch], waiting[batch:]
        chance.shuffle(arriving)
        for each in arriving:
            take(order.add(each))
        if waiting:
            take(order.advance(waiting[0].start))
            if (ended := turns.advance(order.watermark)) is not None:
                found.append(ended)
    take(order.flush())
    if (last := turns.finish()) is not None:
        found.append(last)
    assert found == expected
