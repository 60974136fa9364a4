"""Stems and the table of phrases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.phrases import PhraseTable, variants
from services.semantics.stems import Stems

WORDS = st.lists(st.sampled_from("abc"), max_size=12)


@pytest.mark.parametrize(
    "forms",
    [
        ("cancel", "cancels", "cancelled", "canceled", "cancelling", "canceling", "cancellation"),
        ("terminate", "terminated", "terminating", "termination"),
        ("escalate", "escalates", "escalated", "escalating", "escalation"),
        ("price", "prices", "priced", "pricing"),
        ("leave", "leaves", "leaving"),
        ("manager", "managers"),
        ("pay", "pays", "paid", "paying"),
    ],
)
def test_inflections_share_a_stem(forms: tuple[str, ...]) -> None:
    stems = Stems(irregular={"paid": "pay"})
    assert len(set(stems.of(forms))) == 1
    assert stems.of(forms) == stems.of(forms)  # remembered


def test_many_different_words_are_not_remembered_for_ever(monkeypatch) -> None:
    monkeypatch.setattr("services.semantics.stems._REMEMBERED", 10)
    stems = Stems()
    words = [f"word{index}s" for index in range(100)]
    assert stems.of(words) == Stems().of(words)
    assert len(stems._known) <= 10


def test_alternatives_are_phrases_of_their_own() -> None:
    assert list(variants("close/end my/our account")) == [
        "close my account", "close our account", "end my account", "end our account",
    ]  # fmt: skip


def test_the_longest_phrase_at_a_place() -> None:
    table = PhraseTable([(("i", "can"), 1), (("i", "can", "not"), 2), (("we",), 3)])
    words = ["i", "can", "not", "we"]
    assert [table.at(words, index) for index in range(4)] == [3, 0, 0, 1]
    assert table.at(words, 0, last=2) == 2


def test_a_phrase_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no words"):
        PhraseTable([((), "nothing")])


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), max_size=8), WORDS)
def test_every_phrase_is_found_at_every_place(phrases: list[list[str]], words: list[str]) -> None:
    table = PhraseTable((phrase, tuple(phrase)) for phrase in phrases)
    expected = {
        (first, first + len(phrase), tuple(phrase))
        for phrase in phrases
        for first in range(len(words))
        if words[first : first + len(phrase)] == phrase
    }
    found = table.matches(words)
    assert set(found) == expected
    assert len(found) == len(expected)
    assert [first for first, _, _ in found] == sorted(first for first, _, _ in found)
