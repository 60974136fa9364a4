import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.analysis import Segment
from services.analysis.quantitative import ANALYSIS, Quantitative, QuantitativeMeasures

SECOND = 1_000_000_000


def measured(*segments: tuple[str, float]) -> QuantitativeMeasures:
    accumulator = Quantitative()
    for text, seconds in segments:
        accumulator.accept(Segment.of(text, length=round(seconds * SECOND)))
    return accumulator.measure()


def test_counts_and_rates() -> None:
    found = measured(("Um, the plan is the best", 2.0), ("uh I mean THE plan", 2.0))
    assert found == QuantitativeMeasures(
        words=11,
        unique_words=8,
        segments=2,
        hesitations=2,
        words_per_minute=165.0,
        type_token_ratio=pytest.approx(8 / 11),
        mean_word_length=pytest.approx(32 / 11),
    )


@pytest.mark.parametrize("word", ["um", "uh", "er", "ah", "Um", "ummm", "uhhh", "erm", "aah", "uhm"])
def test_hesitations(word: str) -> None:
    assert measured((f"{word}, yes", 1.0)).hesitations == 1


@pytest.mark.parametrize("text", ["umbrella", "her", "are", "uh-huh", "a", "e", "mm"])
def test_what_is_no_hesitation(text: str) -> None:
    assert measured((text, 1.0)).hesitations == 0


def test_segments_without_a_length_do_not_change_the_rate() -> None:
    timed = measured(("one two three", 1.5))
    mixed = measured(("one two three", 1.5), ("four five", 0.0))
    assert timed.words_per_minute == mixed.words_per_minute == 120.0
    assert mixed.words == 5


def test_what_cannot_be_computed_is_absent() -> None:
    assert measured(("one", 0.0)).words_per_minute is None
    assert measured(("...", 1.0)) == QuantitativeMeasures(0, 0, 1, 0, words_per_minute=0.0)
    assert measured() == QuantitativeMeasures(0, 0, 0, 0)


def test_letters_and_digits_are_counted_not_punctuation() -> None:
    assert measured(("don't 3.50", 1.0)).mean_word_length == 3.5


TEXTS = st.lists(st.tuples(st.text("ab um-'.", max_size=20), st.floats(0, 10)), max_size=10)


@given(TEXTS)
def test_measures_are_within_their_ranges(segments: list[tuple[str, float]]) -> None:
    found = measured(*segments)
    assert 0 <= found.unique_words <= found.words
    assert 0 <= found.hesitations <= found.words
    assert (found.type_token_ratio is None) == (found.words == 0)
    if found.type_token_ratio is not None:
        assert 0 < found.type_token_ratio <= 1


@given(TEXTS, st.randoms())
def test_order_does_not_matter(segments: list[tuple[str, float]], random) -> None:
    shuffled = list(segments)
    random.shuffle(shuffled)
    assert measured(*shuffled) == measured(*segments)


@given(TEXTS)
def test_coarse_is_the_counts(segments: list[tuple[str, float]]) -> None:
    accumulator = Quantitative()
    for text, seconds in segments:
        accumulator.accept(Segment.of(text, length=round(seconds * SECOND)))
    coarse, full = accumulator.coarse(), accumulator.measure()
    assert coarse == QuantitativeMeasures(full.words, full.unique_words, full.segments, full.hesitations)
    assert accumulator.amount == full.words


def test_one_word_is_enough() -> None:
    assert ANALYSIS.shortage(0) == "0 of 1 words"
    assert ANALYSIS.shortage(1) == ""
