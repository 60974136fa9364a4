"""The scores of recognition, on screens made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.benches.asr_scores import Aligner, Said, Score, Screen, score
from deploy.local.score import word_errors

TRUTH = [Said("who", 0.5, 0.7), Said("will", 0.7, 0.9), Said("test", 0.9, 1.2), Said("it", 1.2, 1.4)]
WORDS = st.lists(st.sampled_from("abc"), max_size=8)


def screen(at: float, text: str, final: int = 0) -> Screen:
    return Screen(at, tuple(text.split()), final)


def test_a_word_is_as_late_as_the_message_in_which_it_is_final() -> None:
    result = score(
        TRUTH,
        [screen(1.0, "who will"), screen(1.3, "who will test", 2), screen(2.0, "who will test it", 4)],
    )
    assert result.final_lags == pytest.approx((0.6, 0.4, 0.8, 0.6))
    assert result.interim_lags == pytest.approx((0.3, 0.1, 0.1, 0.6))
    assert (result.word_error_rate, result.lost, result.changed_share) == (0, 0, 0)


def test_a_word_heard_by_half_is_changed_and_only_the_right_one_counts_as_shown() -> None:
    result = score(TRUTH[:1], [screen(0.6, "do"), screen(0.9, "who"), screen(1.0, "who", 1)])
    assert result.interim_lags == pytest.approx((0.2,))
    assert (result.shown, result.changed) == (2, 1)


def test_a_word_that_goes_and_comes_again_was_changed() -> None:
    result = score(TRUTH, [screen(1, "who will"), screen(1.1, "who"), screen(1.2, "who will", 2)])
    assert (result.shown, result.changed) == (3, 1)


def test_a_word_put_in_between_changes_none_of_the_others() -> None:
    result = score(TRUTH, [screen(1.5, "who test it"), screen(2, "who will test it")])
    assert (result.shown, result.changed) == (4, 0)


def test_a_word_shown_before_its_end_has_a_lag_below_zero() -> None:
    assert score(TRUTH, [screen(0.65, "who")]).interim_lags == pytest.approx((-0.05,))


def test_a_word_that_nobody_has_begun_to_say_is_not_the_one_that_is_shown() -> None:
    said = [Said("the", 0.0, 0.2), Said("plan", 0.2, 0.6), Said("the", 2.0, 2.2)]
    result = score(said, [screen(0.5, "a the"), screen(2.5, "the plan the", 3)])
    assert result.interim_lags == pytest.approx((0.3, 1.9, 0.3))


def test_what_was_final_before_a_word_was_begun_is_another_word() -> None:
    said = [Said("two", 0.0, 0.3), Said("plan", 0.3, 0.6), Said("two", 1.0, 1.3)]
    assert score(said, [screen(0.9, "a plan two", 3)]).final_lags == pytest.approx((0.3,))


def test_words_that_repeat_are_told_apart() -> None:
    said = [Said("two", 0.0, 0.3), Said("two", 0.3, 0.6), Said("two", 0.6, 0.9)]
    result = score(said, [screen(0.4, "two", 1), screen(1.0, "two two", 2), screen(1.2, "two two two", 3)])
    assert result.final_lags == pytest.approx((0.1, 0.4, 0.3))


def test_what_never_became_final_is_lost() -> None:
    result = score(TRUTH, [screen(1.5, "who will test it", 2)])
    assert (result.lost, result.errors) == (2, 2)
    assert len(result.final_lags) == 2
    assert len(result.interim_lags) == 4


def test_a_wrong_word_is_an_error_and_not_lost() -> None:
    result = score(TRUTH, [screen(1.5, "do will test it now", 5)])
    assert (result.lost, result.errors) == (0, 2)
    assert result.word_error_rate == 0.5


def test_a_final_word_that_changes_is_told_and_counts_from_then() -> None:
    result = score(TRUTH[:2], [screen(1.0, "do will", 2), screen(3.0, "who will", 2)])
    assert result.broken == 2  # the second with it: it is the word after another one now
    assert result.final_lags == pytest.approx((2.3, 2.1))


def test_scores_add_up() -> None:
    one = score(TRUTH, [screen(2.0, "who will test it", 4)])
    other = score(TRUTH, [screen(2.0, "who will", 2)])
    both = one + other
    assert (both.said, both.lost, both.errors) == (8, 2, 2)
    assert both.final_lags == one.final_lags + other.final_lags
    assert sum((one, other), Score()) == both


def test_nothing_was_heard() -> None:
    result = score(TRUTH, [])
    assert (result.word_error_rate, result.lost, result.changed_share) == (1, 4, 0)


@given(st.lists(WORDS, min_size=1, max_size=5), WORDS)
def test_what_is_kept_of_the_text_before_does_not_change_an_alignment(
    texts: list[list[str]], reference: list[str]
) -> None:
    kept = Aligner(reference)
    for text in texts:
        pairs = kept.pairs(text, len(reference))
        assert pairs == Aligner(reference).pairs(text, len(reference))
        wrong = sum(reference[i] != text[j] for i, j in pairs)
        assert len(reference) + len(text) - 2 * len(pairs) + wrong == word_errors(reference, text)
        assert pairs == sorted(pairs)


@given(WORDS, WORDS, st.integers(0, 8))
def test_an_open_end_leaves_out_what_has_not_been_said_yet(
    reference: list[str], text: list[str], length: int
) -> None:
    length = min(length, len(reference))
    pairs = Aligner(reference).pairs(text, length, open_end=True)
    wrong = sum(reference[i] != text[j] for i, j in pairs)
    last = max((i for i, _ in pairs), default=-1) + 1
    least = min(word_errors(reference[:end], text) for end in range(length + 1))
    assert last + len(text) - 2 * len(pairs) + wrong == least
