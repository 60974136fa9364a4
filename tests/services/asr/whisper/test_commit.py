"""What is settled, what is shown, and what cannot have been heard."""

from __future__ import annotations

from dataclasses import replace

from services.asr.engine import SAMPLE_RATE_HERTZ
from services.asr.whisper.commit import Agreement, CommitPolicy, heard, plausible
from services.asr.whisper.passes import Spoken

POLICY = CommitPolicy()


def words(*parts: tuple[str, float, float, float]) -> tuple[Spoken, ...]:
    """Text, start and end in seconds, probability."""
    return tuple(
        Spoken(text, (), round(start * SAMPLE_RATE_HERTZ), round(end * SAMPLE_RATE_HERTZ), probability)
        for text, start, end, probability in parts
    )


def at(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HERTZ)


def test_a_word_is_settled_when_it_stood_for_long_enough_and_lies_before_the_edge() -> None:
    agreement = Agreement(POLICY)
    said = words(("one", 0.3, 0.6, 1.0), ("two", 0.6, 0.9, 1.0), ("three", 0.9, 1.2, 1.0))
    assert agreement.settled(said[:2], at(0.9), is_begin=False) == 0
    assert agreement.settled(said[:2], at(1.0), is_begin=False) == 0
    assert agreement.settled(said, at(1.1), is_begin=False) == 2
    assert agreement.settled(said[2:], at(1.2), is_begin=False) == 0


def test_a_first_word_that_two_close_passes_agree_on_is_not_settled_half_heard() -> None:
    agreement = Agreement(POLICY)
    half = words(("Do", 0.3, 0.5, 0.9), ("I", 0.5, 0.6, 0.9))
    assert agreement.settled(half, at(0.6), is_begin=True) == 0
    assert agreement.settled(half, at(0.7), is_begin=True) == 0
    whole = words(("Who", 0.3, 0.55, 1.0), ("will", 0.55, 0.8, 1.0), ("go", 0.8, 1.0, 1.0))
    for step in range(8, 11):
        assert agreement.settled(whole, at(step / 10), is_begin=True) == 0
    assert agreement.settled(whole, at(1.1), is_begin=True) == 2


def test_a_doubtful_word_waits_longer() -> None:
    def settled_at(probability: float) -> int:
        agreement = Agreement(POLICY)
        said = words(("one", 0.3, 0.6, probability), ("two", 0.6, 0.9, 1.0))
        return next(step for step in range(7, 60) if agreement.settled(said, at(step / 10), is_begin=False))

    assert settled_at(1.0) == 9
    assert settled_at(0.7) == 10
    assert settled_at(0.3) == 14


def test_a_last_word_waits_longer_and_with_a_mark_until_something_follows() -> None:
    agreement = Agreement(POLICY)
    said = words(("one", 0.3, 0.6, 1.0))
    assert [agreement.settled(said, at(step / 10), is_begin=False) for step in (7, 8, 9)] == [0, 0, 1]
    agreement.clear()
    marked = (replace(said[0], text="one.", mark=0.99),)
    assert [agreement.settled(marked, at(step), is_begin=False) for step in range(1, 6)] == [0] * 5
    following = marked + words(("two", 0.6, 0.9, 1.0))
    assert agreement.settled(following, at(6), is_begin=False) == 1


def test_a_repeated_digit_is_a_word_like_others() -> None:
    agreement = Agreement(POLICY)
    said = words(*((digit, 0.3 * n, 0.3 * n + 0.3, 1.0) for n, digit in enumerate(("six", "eight", "eight"))))
    agreement.settled(said, at(0.9), is_begin=False)
    assert agreement.settled(said, at(1.1), is_begin=False) == 2
    assert plausible(said) == 3


def test_marks_and_capitals_do_not_disagree_but_words_do() -> None:
    agreement = Agreement(POLICY)
    agreement.settled(words(("Well.", 0.0, 0.4, 1.0), ("yes", 0.4, 0.8, 1.0)), at(0.8), is_begin=False)
    same = words(("well,", 0.0, 0.4, 1.0), ("yes", 0.4, 0.8, 1.0))
    assert agreement.settled(same, at(1.0), is_begin=False) == 1
    agreement.clear()
    agreement.settled(same, at(1.2), is_begin=False)
    other = words(("tell", 0.0, 0.4, 1.0), ("yes", 0.4, 0.8, 1.0))
    assert agreement.settled(other, at(1.4), is_begin=False) == 0


def test_a_doubtful_word_is_shown_only_when_it_is_said_again() -> None:
    agreement = Agreement(POLICY)
    said = words(("one", 0.0, 0.4, 1.0), ("two", 0.4, 0.7, 0.5), ("three", 0.7, 1.0, 1.0))
    agreement.settled(said, at(1.0), is_begin=False)
    assert agreement.shown(said, at(1.0)) == 1
    count = agreement.settled(said, at(1.2), is_begin=False)
    assert agreement.shown(said[count:], at(1.2)) == 3 - count


def test_words_without_the_time_to_say_them_were_not_heard() -> None:
    said = words(("The", 0.0, 0.2, 1.0), ("plan", 0.2, 0.5, 1.0))
    repeated = said + words(("The", 0.5, 0.56, 1.0), ("plan", 0.56, 0.56, 1.0), ("is", 0.56, 0.58, 1.0))
    assert plausible(repeated) == 2
    assert heard(repeated, at(1.0)) == said
    assert heard(repeated, at(0.1)) == repeated, "near the edge of the audio it is too early to tell"
    agreement = Agreement(POLICY)
    agreement.settled(repeated, at(1.0), is_begin=False)
    assert agreement.settled(repeated, at(2.0), is_begin=False) == 2
    assert agreement.shown(repeated[2:], at(2.0)) == 0
