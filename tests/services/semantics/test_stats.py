"""Conversation statistics: by hand, and against an oracle that looks at every moment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.stats import Conversation, Stats
from services.semantics.timeline import Timeline
from services.semantics.turns import Speaker, Speech, Turn, Turns

GAP = 20
A, B, C = Speaker(1, "a"), Speaker(2, "b"), Speaker(3, "c")
Said = list[tuple[Speaker, int, int]]


def turns_of(said: Said) -> list[Turn]:
    turns = Turns(GAP)
    speeches = [Speech(start, end, speaker, str(number)) for number, (speaker, start, end) in enumerate(said)]
    ended = [turn for each in sorted(speeches) if (turn := turns.add(each))]
    last = turns.finish()
    return [*ended, last] if last else ended


def measured(said: Said, until: int = 0) -> Stats:
    conversation = Conversation()
    for turn in turns_of(said):
        conversation.add(turn)
    return conversation.stats(until)


def rows(stats: Stats) -> list[tuple[object, ...]]:
    return [
        (
            each.speaker.name,
            each.talk_time,
            each.turns,
            each.mean_turn,
            each.interruptions,
            each.overlap,
            each.latency,
        )
        for each in stats.speakers
    ]


def test_nothing_was_said() -> None:
    assert measured([], 50) == Stats([], 0, 50, 50)


def test_an_answer_after_a_pause() -> None:
    stats = measured([(A, 0, 100), (B, 130, 180), (A, 190, 200)])
    assert rows(stats) == [("a", 110, 2, 55, 0, 0, 10), ("b", 50, 1, 50, 0, 0, 30)]
    assert (stats.overlap, stats.silence, stats.until) == (0, 40, 200)
    assert [each.share for each in stats.speakers] == [110 / 160, 50 / 160]


def test_an_interruption_overlaps_and_has_no_latency() -> None:
    stats = measured([(A, 0, 100), (B, 80, 120)])
    assert rows(stats) == [("a", 100, 1, 100, 0, 20, None), ("b", 40, 1, 40, 1, 20, None)]
    assert (stats.overlap, stats.silence) == (20, 0)


def test_who_begins_at_the_same_time_or_as_the_other_ends_interrupts_nobody() -> None:
    assert [each.interruptions for each in measured([(A, 0, 50), (B, 0, 40)]).speakers] == [0, 0]
    stats = measured([(A, 0, 50), (B, 50, 60)])
    assert [(each.interruptions, each.latency) for each in stats.speakers] == [(0, None), (0, 0)]


def test_a_turn_within_anothers_counts_and_the_next_answers_the_longer_one() -> None:
    stats = measured([(A, 0, 100), (B, 30, 40), (C, 110, 120)])
    assert rows(stats)[1] == ("b", 10, 1, 10, 1, 10, None)
    assert rows(stats)[2] == ("c", 10, 1, 10, 0, 0, 10)


def test_going_on_after_a_pause_of_ones_own_is_no_answer() -> None:
    assert [each.latency for each in measured([(A, 0, 10), (A, 50, 60)]).speakers] == [None]


def test_silence_goes_on_to_the_watermark() -> None:
    assert (measured([(A, 10, 20)], 100).silence, measured([(A, 10, 20)], 5).silence) == (90, 10)


def test_a_speaker_without_name_and_one_name_on_two_channels() -> None:
    stats = measured([(Speaker(1, ""), 0, 10), (Speaker(2, ""), 20, 30), (Speaker(3, "x"), 40, 50)])
    assert [(each.speaker.channel, each.speaker.name) for each in stats.speakers] == [
        (1, ""),
        (2, ""),
        (3, "x"),
    ]


def test_three_at_once_overlap_once() -> None:
    stats = measured([(A, 0, 30), (B, 10, 30), (C, 20, 30)])
    assert stats.overlap == 20
    assert [each.overlap for each in stats.speakers] == [20, 20, 10]


SAID = st.lists(
    st.tuples(st.sampled_from([A, B, C]), st.integers(0, 120), st.integers(0, 30)).map(
        lambda each: (each[0], each[1], each[1] + each[2])
    ),
    max_size=20,
)


def oracle(said: Said, until: int) -> tuple[list[tuple[object, ...]], int, int]:
    """The same from looking at every unit of time. Turns are the only thing taken over."""
    turns = turns_of(said)
    end = max([until, *(end for _, _, end in said)])
    on = [{speaker for speaker, start, last in said if start <= at < last} for at in range(end)]

    def speaks(speaker: Speaker, at: int) -> bool:
        return 0 <= at < end and speaker in on[at]

    found = []
    for speaker in sorted({each.speaker for each in turns}, key=lambda each: (each.name, each.channel)):
        own = [each for each in turns if each.speaker == speaker]
        interruptions, latencies = 0, []
        for turn in own:
            before = turns[: turn.number - 1]  # what was said before, in order of begin
            said_before = [each for one in before for each in one.segments]
            others = {each.speaker for each in said_before} - {speaker}

            def spoke(other: Speaker, at: int, known: list[Speech] = said_before) -> bool:
                return any(each.speaker == other and each.start <= at < each.end for each in known)

            if any(spoke(other, turn.start - 1) and spoke(other, turn.start) for other in others):
                interruptions += 1
                continue
            ends = [
                (at, who)
                for at in range(1, turn.start + 1)
                for who in {*others, speaker}
                if spoke(who, at - 1) and not spoke(who, at)
            ]
            last = max((at for at, _ in ends), default=None)
            if last is not None and any(at == last and who != speaker for at, who in ends):
                latencies.append(turn.start - last)
        length = sum(each.end - each.start for each in own)
        found.append(
            (
                speaker.name,
                sum(speaker in each for each in on),
                len(own),
                length // len(own),
                interruptions,
                sum(speaker in each and len(each) > 1 for each in on),
                sum(latencies) // len(latencies) if latencies else None,
            )
        )
    return found, sum(len(each) > 1 for each in on), sum(not each for each in on)


@given(SAID, st.integers(0, 200))
def test_statistics_are_exact(said: Said, until: int) -> None:
    stats = measured(said, until)
    assert (rows(stats), stats.overlap, stats.silence) == oracle(said, until)
    assert sum(each.share for each in stats.speakers) == pytest.approx(
        1 if stats.silence < stats.until else 0
    )


@given(SAID, st.randoms(use_true_random=False))
def test_a_timeline_does_not_depend_on_order(said: Said, chance) -> None:
    shuffled = list(said)
    chance.shuffle(shuffled)
    timelines = []
    for each in (said, shuffled):
        timeline = Timeline()
        for speaker, start, end in each:
            timeline.add(speaker, start, end)
        timelines.append(
            (timeline.talk, timeline.overlapped, timeline.spoken, timeline.overlap, timeline.end)
        )
    assert timelines[0] == timelines[1]
