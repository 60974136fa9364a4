import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.words import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Hello there", ["hello", "there"]),
        ("It's 3.50, well-known - really!", ["it's", "3.50", "well-known", "really"]),
        ("(\"quoted\") 'so' ...", ["quoted", "so"]),
        ("  ÜBER\tNaïve\n", ["über", "naïve"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text(max_size=100))
def test_at_most_one_word_for_each_written_one(text: str) -> None:
    written = text.lower().split()
    assert len(words_of(text)) == sum(any(map(str.isalnum, each)) or "_" in each for each in written)
