"""text_audio_features: pauses, rates and fillers by hand."""

import pytest

from tests.services.analysis.measured import SECOND, measured, said

NAME = "text_audio_features"


def timed(text: str, *times: tuple[float, float], start: float = 0.0, length: float = 4.0):
    return said(
        text, start, length, word_times=tuple((round(a * SECOND), round(b * SECOND)) for a, b in times)
    )


def test_pauses_between_words() -> None:
    # 0.5 s and 1 s; 0.2 s is none
    found = measured(NAME, timed("a b c d", (0.0, 0.5), (1.0, 1.5), (1.7, 2.0), (3.0, 4.0)))
    pauses = found.pauses
    assert (pauses.count, pauses.total, pauses.mean, pauses.longest) == (
        2,
        1_500_000_000,
        750_000_000,
        SECOND,
    )
    assert pauses.per_minute == pytest.approx(2 * 60 / 4)
    assert found.words_per_minute == pytest.approx(4 * 60 / 4)
    assert found.articulation_rate == pytest.approx(4 * 60 / 2.5)
    assert found.has_word_times


def test_pauses_between_segments_of_one_speaker() -> None:
    # 1 s is a pause in anna's turn, 2 s ends it; what ben says in between is none
    found = measured(
        NAME,
        said("one two", 0.0, 1.0, "anna"),
        said("three", 2.0, 1.0, "anna"),
        said("four", 5.0, 1.0, "anna"),
        said("five", 6.5, 1.0, "ben"),
        said("six", 8.0, 1.0, "anna"),
    )
    assert (found.pauses.count, found.pauses.total) == (1, SECOND)
    assert not found.has_word_times
    assert found.words_per_minute == pytest.approx(6 * 60 / (5 + 1))
    assert found.articulation_rate == pytest.approx(6 * 60 / 5)


def test_channels_are_apart() -> None:
    found = measured(
        NAME,
        said("one", 0.0, 1.0, "anna", channel=1),
        said("two", 0.2, 1.0, "anna", channel=2),
        said("three", 1.5, 1.0, "anna", channel=1),
    )
    assert (found.pauses.count, found.pauses.longest) == (1, SECOND // 2)


def test_fillers_and_syllables() -> None:
    # um; you know, basically
    found = measured(NAME, said("Um you know it is basically done", 0.0, 3.0))
    assert (found.hesitations, found.fillers) == (1, 2)
    assert found.fillers_per_minute == pytest.approx(3 * 60 / 3)
    # um you know it is ba-si-cal-ly done
    assert found.syllables_per_second == pytest.approx((1 + 1 + 1 + 1 + 1 + 4 + 1) / 3)


def test_nothing_without_times() -> None:
    assert measured(NAME, said("one two three", 0.0, 0.0)).words == 0


def test_rates_move_both_ways() -> None:
    def rate(length: float) -> float:
        return measured(NAME, said("one two three four", 0.0, length)).words_per_minute

    assert rate(1.0) > rate(2.0) > rate(4.0)


def test_times_of_words_beyond_their_segment_do_not_make_time_negative() -> None:
    found = measured(NAME, timed("a b", (0.0, 0.1), (9.0, 9.5), length=1.0))
    assert found.articulation_rate is None
    assert found.syllables_per_second is None


def test_without_pauses_their_mean_is_absent() -> None:
    found = measured(NAME, "one two")
    assert (found.pauses.count, found.pauses.mean, found.pauses.longest) == (0, None, None)
