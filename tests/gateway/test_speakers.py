"""Spans name segments by what they cover most; later spans hold, and each change is told once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import speakers as room
from gateway.speakers import Revision, Span, Speakers

S = 1_000_000_000


def learn(known: Speakers, *spans: Span) -> list[Revision]:
    return [revision for step in known.learn(spans) for revision in step]


def span(start: float, end: float, speaker: str, channel: int = 0) -> Span:
    return Span(round(start * S), round(end * S), speaker, channel)


@pytest.mark.parametrize(
    ("start", "end", "channel", "speaker"),
    [
        (0, 1, 1, "anna"),
        (3, 5, 1, "anna"),  # one second each
        (3.5, 5, 1, "ben"),
        (3, 6, 2, "carl"),  # whom only channel 2 knows
        (8, 9, 1, ""),
        (6, 8, 1, "ben"),  # reached by a little of ben only
        (2, 2, 1, ""),  # nothing is covered of what has no length
        (0, 4, 9, ""),
        (0, 4, -1, ""),
    ],
)
def test_who_covers_most(start: float, end: float, channel: int, speaker: str) -> None:
    known = Speakers([span(0, 4, "anna"), span(4, 6.5, "ben"), span(3, 6, "carl", 2)])
    assert known.at(channel, round(start * S), round(end * S)) == speaker


def test_people_who_speak_at_once() -> None:
    known = Speakers([span(0, 10, "anna"), span(4, 6, "ben"), span(5, 9, "ben")])
    assert known.at(1, 4 * S, 9 * S) == "anna"  # as long as ben, whose spans overlap each other
    assert known.at(1, 0, 9 * S) == "anna"
    assert Speakers([span(0, 4, "anna"), span(2, 6, "ben")]).at(1, 3 * S, 6 * S) == "ben"


def test_a_later_span_replaces_what_it_covers_on_its_channel() -> None:
    known = Speakers([span(0, 10, "one")])
    assert learn(known, span(2, 4, "two", 1), span(6, 7, "two", 1)) == []
    assert [known.at(1, at * S, (at + 1) * S) for at in range(10)] == [
        *("one", "one", "two", "two", "one", "one", "two", "one", "one", "one")
    ]
    assert [known.at(2, at * S, (at + 1) * S) for at in range(10)] == ["one"] * 10


def test_changes_are_told_once_by_channel_and_pair_of_names() -> None:
    known = Speakers()
    assert not known.is_known
    for number, (channel, speaker) in enumerate([(1, ""), (1, ""), (2, "guest"), (1, "x"), (1, "")]):
        known.tell(f"s{number}", channel, number * S, (number + 1) * S, speaker)
    spans = [span(0, 4, "anna"), span(2, 3, "gast", 2)]
    assert learn(known, *spans) == [
        Revision(1, "", "anna", ("s0", "s1")),
        Revision(1, "x", "anna", ("s3",)),
        Revision(2, "guest", "anna", ("s2",)),  # as long as gast, and first in the alphabet
    ]
    assert learn(known, *spans) == []
    assert known.now("s0", "") == "anna"
    assert known.now("s4", "") == ""
    assert known.now("never told", "who") == "who"


def test_a_corrected_segment_is_not_revised_any_more() -> None:
    known = Speakers()
    known.tell("quick", 1, 0, S, "")
    known.tell("exact", 1, 0, S, "", ["quick", "unknown"])
    assert learn(known, span(0, 1, "anna")) == [Revision(1, "", "anna", ("exact",))]


def test_a_long_list_is_told_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "STEP", 2)
    known = Speakers()
    for number in range(5):
        known.tell(f"s{number}", 1, number * S, (number + 1) * S, "")
    told = learn(known, span(0, 9, "anna"))
    assert [each.segment_ids for each in told] == [("s0", "s1"), ("s2", "s3"), ("s4",)]


def test_a_segment_that_is_forgotten_between_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "STEP", 1)
    known = Speakers()
    for number in range(2):
        known.tell(f"s{number}", 1, number * S, (number + 1) * S, "")
    steps = filter(None, known.learn([span(0, 9, "anna")]))
    assert [each.segment_ids for each in next(steps)] == [("s0",)]
    known.tell("exact", 1, S, 2 * S, "anna", ["s1"])
    assert not list(steps)


def test_a_segment_that_is_told_between_two_steps_has_its_speaker_once() -> None:
    """Named by what was known of its channel then, and revised where that has changed since."""
    known = Speakers()
    known.tell("early", 1, 0, S, "")
    revised: list[str] = []
    for number, step in enumerate(known.learn([span(0, 99, "anna")])):
        revised += [segment_id for each in step for segment_id in each.segment_ids]
        start = (number + 1) * S
        for channel in (1, 8):
            speaker = known.at(channel, start, start + S)
            known.tell(f"{channel}/{number}", channel, start, start + S, speaker)
    told = {f"{channel}/{each}" for channel in (1, 8) for each in range(number + 1)}
    assert {known.now(each, "") for each in told} == {"anna"}
    assert len(set(revised)) == len(revised)
    assert {"early", "1/0", "8/0"} <= set(revised) < {"early", *told}


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_SEGMENTS", 3)
    monkeypatch.setattr(room, "MAX_PIECES", 3)
    known = Speakers()
    for number in range(5):
        known.tell(f"s{number}", 1, number * S, (number + 1) * S, "")
    told = learn(known, *(span(at, at + 0.9, f"p{at}") for at in range(5)))
    assert [each.segment_ids for each in told] == [("s2",), ("s3",), ("s4",)]
    assert [known.at(1, at * S, (at + 1) * S) for at in range(5)] == ["", "", "p2", "p3", "p4"]


SPANS = st.lists(
    st.builds(
        lambda start, length, speaker, channel: Span(start, start + length, speaker, channel),
        st.integers(0, 30),
        st.integers(0, 12),
        st.sampled_from("abc"),
        st.integers(0, 2),
    ),
    max_size=6,
)


@given(st.lists(SPANS, min_size=1, max_size=5), st.lists(st.integers(0, 9), max_size=6), st.data())
def test_as_a_slow_reading_of_the_rule_has_it(
    updates: list[list[Span]], lengths: list[int], data: st.DataObject
) -> None:
    """Moment by moment: who speaks at each, as the last update that says anything about it has it."""
    known, told, start = Speakers(), {}, 0
    for number, length in enumerate(lengths):
        told[f"s{number}"] = (data.draw(st.integers(0, 2)), start, start + length)
        known.tell(f"s{number}", *told[f"s{number}"], "")
        start += length
    moments: dict[tuple[int, int], set[str]] = {}
    names = dict.fromkeys(told, "")
    for spans in updates:
        laid: dict[tuple[int, int], set[str]] = {}
        for each in spans:
            for channel in (0, 1, 2) if not each.channel else (each.channel,):
                for moment in range(each.start, each.end):
                    laid.setdefault((channel, moment), set()).add(each.speaker)
        moments.update(laid)
        for revision in learn(known, *spans):
            assert len(set(revision.segment_ids)) == len(revision.segment_ids)
            for segment_id in revision.segment_ids:
                assert told[segment_id][0] == revision.channel
                assert names[segment_id] == revision.previous != revision.speaker
                names[segment_id] = revision.speaker
        for segment_id, (channel, begin, end) in told.items():
            covered: dict[str, int] = {}
            for moment in range(begin, end):
                for speaker in moments.get((channel, moment), ()):
                    covered[speaker] = covered.get(speaker, 0) + 1
            wanted = min(covered, key=lambda speaker: (-covered[speaker], speaker), default="")
            assert known.at(channel, begin, end) == wanted
            assert names[segment_id] == wanted == known.now(segment_id, "")


def test_stretches_stay_apart_and_in_order() -> None:
    known = Speakers()
    for at in range(40):
        learn(known, span(at * 7 % 40, at * 7 % 40 + 5, f"p{at % 3}"), span(at, at + 2, "q", at % 3))
    for pieces in known._pieces:
        assert all(before.end <= after.start for before, after in pairwise(pieces))
