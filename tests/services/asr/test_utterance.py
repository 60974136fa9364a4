"""Endpointing: any probabilities give ordered utterances inside the bounds, however they are cut."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.asr.utterance import Begin, Cause, End, Endpointer, Endpointing, Event

WINDOW = 512
PROBABILITIES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.5, 0.9, 1.0]), st.integers(1, 60)).map(
        lambda run: [run[0]] * run[1]
    ),
    max_size=25,
).map(lambda runs: [probability for run in runs for probability in run])
SETTINGS = st.builds(
    Endpointing,
    end_silence=st.integers(1_600, 80_000),
    min_speech=st.integers(0, 16_000),
    pre_roll=st.integers(0, 16_000),
    max_utterance=st.integers(32_000, 160_000),
    threshold=st.floats(0.05, 0.95),
)


def listen(endpointer: Endpointer, probabilities: Sequence[float]) -> list[Event]:
    return [event for each in probabilities for event in endpointer.accept(each, WINDOW)]


def whole(settings: Endpointing, probabilities: Sequence[float]) -> list[Event]:
    endpointer = Endpointer(settings)
    return [*listen(endpointer, probabilities), *endpointer.close(Cause.END_OF_AUDIO)]


@given(SETTINGS, PROBABILITIES)
def test_utterances_come_in_order_without_overlap_inside_the_audio(settings, probabilities) -> None:
    events = whole(settings, probabilities)
    assert [type(event) for event in events] == [Begin, End] * (len(events) // 2)
    boundary = 0
    for begin, end in zip(events[::2], events[1::2], strict=True):
        assert isinstance(begin, Begin)
        assert isinstance(end, End)
        assert boundary <= begin.start <= begin.onset <= end.end <= end.boundary <= end.close
        assert begin.onset - begin.start <= settings.pre_roll
        assert end.close - begin.start <= max(settings.max_utterance, begin.onset - begin.start + WINDOW)
        assert 0 <= end.mean_probability <= 1
        boundary = end.boundary
    assert boundary <= WINDOW * len(probabilities)


@given(SETTINGS, PROBABILITIES)
def test_an_utterance_that_continues_is_followed_without_a_gap(settings, probabilities) -> None:
    events = whole(settings, probabilities)
    for position, event in enumerate(events):
        if isinstance(event, End) and event.continues:
            following = events[position + 1]
            assert event.cause is Cause.MAX_DURATION
            assert following == Begin(event.close, event.close, continued=True)


@given(SETTINGS, PROBABILITIES)
def test_audio_that_an_utterance_needs_was_never_given_up(settings, probabilities) -> None:
    endpointer = Endpointer(settings)
    given_up = 0
    for probability in probabilities:
        for event in endpointer.accept(probability, WINDOW):
            if isinstance(event, Begin):
                assert event.start >= given_up
        if not endpointer.is_open:
            assert endpointer.needed_from >= given_up
            given_up = endpointer.needed_from


@given(SETTINGS, PROBABILITIES, st.integers(0, 200_000), st.integers(0, 200_000))
def test_silence_may_be_cut_anywhere(settings, probabilities, first, second) -> None:
    at_once, in_two = Endpointer(settings), Endpointer(settings)
    listen(at_once, probabilities)
    listen(in_two, probabilities)
    events = at_once.silence(first + second)
    assert in_two.silence(first) + in_two.silence(second) == events
    assert at_once.position == in_two.position == WINDOW * len(probabilities) + first + second
    if first + second >= settings.end_silence + settings.max_utterance:
        assert not at_once.is_open


def test_an_utterance_begins_with_its_pre_roll_and_ends_after_the_silence() -> None:
    settings = Endpointing(end_silence=5 * WINDOW, min_speech=2 * WINDOW, pre_roll=3 * WINDOW)
    events = whole(settings, [0.0] * 10 + [0.9] * 20 + [0.0] * 10)
    assert events == [
        Begin(onset=10 * WINDOW, start=7 * WINDOW, continued=False),
        End(
            30 * WINDOW, 35 * WINDOW, 35 * WINDOW - 5 * WINDOW // 2, Cause.SILENCE, pytest.approx(0.9), False
        ),
    ]


def test_speech_shorter_than_min_speech_begins_nothing() -> None:
    assert whole(Endpointing(min_speech=4 * WINDOW), ([0.9] * 3 + [0.0] * 3) * 10) == []


def test_a_wavering_voice_stays_one_utterance() -> None:
    events = whole(Endpointing(threshold=0.5), [0.9] * 5 + [0.4] * 50 + [0.9] * 5)
    assert [type(event) for event in events] == [Begin, End]


def test_close_to_its_limit_a_short_pause_ends_it() -> None:
    settings = Endpointing(max_utterance=100 * WINDOW, end_silence=20 * WINDOW, pre_roll=0)
    early = whole(settings, [0.9] * 50 + [0.0] * 5 + [0.9] * 20)
    late = whole(settings, [0.9] * 80 + [0.0] * 5 + [0.9] * 20)
    assert [event.cause for event in early if isinstance(event, End)] == [Cause.END_OF_AUDIO]
    assert [event.cause for event in late if isinstance(event, End)] == [
        Cause.MAX_DURATION,
        Cause.END_OF_AUDIO,
    ]
    assert late[1].end == 80 * WINDOW


def test_closing_takes_effect_at_once() -> None:
    endpointer = Endpointer(Endpointing())
    listen(endpointer, [0.9] * 10)
    (end,) = endpointer.close(Cause.FINALIZE)
    assert isinstance(end, End)
    assert (end.cause, end.close, end.boundary) == (Cause.FINALIZE, 10 * WINDOW, 10 * WINDOW)
    assert endpointer.close(Cause.FINALIZE) == ()
