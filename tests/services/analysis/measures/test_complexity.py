import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.complexity import complexity, syllables

SYLLABLES = {
    1: "the make makes moved used hour fire queue you young don't we'll they've hmm привет",
    2: "table little wanted changes being beyond buying create quiet didn't isn't well-known café",
    3: "radio idea customer",
    4: "absolutely cancellation 2026",
    6: "responsibility",
}


@pytest.mark.parametrize(
    ("word", "count"), [(word, count) for count, words in SYLLABLES.items() for word in words.split()]
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("words", "sentences", "count", "expected"),
    [
        (6, 1, 6, 0.0),  # "the cat sat on the mat": ease 116.1, beyond the scale
        (10, 1, 15, 100 - (206.835 - 10.15 - 126.9)),  # 30.215
        (100, 4, 170, 100 - (206.835 - 25.375 - 143.82)),  # 62.36
        (1, 1, 6, 100.0),  # "responsibility" alone: ease below 0
    ],
)
def test_reading_ease_by_hand(words: int, sentences: int, count: int, expected: float) -> None:
    assert complexity(words, sentences, count) == pytest.approx(expected)


@given(st.integers(1, 1000), st.integers(1, 50), st.integers(1, 5))
def test_within_its_range(words: int, sentences: int, each: int) -> None:
    assert 0 <= complexity(words, sentences, words * each) <= 100
    assert complexity(words, sentences, words * each) <= complexity(words, sentences, words * (each + 1))


@given(st.text(max_size=30))
def test_every_word_has_one(text: str) -> None:
    assert syllables(text.lower()) >= 1
