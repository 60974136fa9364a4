import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.formality import formality, weigh, weigh_word

SOME = ("the", "of", "i", "you", "don't", "it's", "really", "and", "contract", "3.50", "'", "n't", "'s")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("the", (1, 1)),
        ("of", (1, 1)),
        ("contract", (1, 0)),
        ("i", (1, -1)),
        ("that", (1, -1)),
        ("really", (1, -1)),
        ("not", (1, -1)),
        ("i'll", (2, -2)),
        ("they've", (2, -2)),
        ("don't", (2, -2)),
        ("can't", (2, -2)),
        ("cannot", (2, -2)),
        ("it's", (2, -2)),
        ("customer's", (1, 0)),
        ("let's", (2, -1)),
        ("agents'", (1, 0)),
    ],
)
def test_words(word: str, expected: tuple[int, int]) -> None:
    assert weigh_word(word) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the +1, delivery, of +1, the +1, goods: 3 of 5
        ("the delivery of the goods", 80.0),
        # i -1, do -1, not -1, really -1, know, what -1, it -1, is -1: -7 of 8
        ("i don't really know what it's", 50 - 50 * 7 / 8),
        # customers, pay, invoices: nothing either way
        ("customers pay invoices", 50.0),
    ],
)
def test_by_hand(text: str, expected: float) -> None:
    assert formality(*weigh(text.split())) == pytest.approx(expected)


@given(st.lists(st.sampled_from(SOME), min_size=1))
def test_within_its_range(words: list[str]) -> None:
    count, weight = weigh(words)
    assert count >= len(words)
    assert 0 <= formality(count, weight) <= 100
