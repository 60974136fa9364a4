import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.keywords import MAX_KEYWORDS, SessionKeywords
from services.semantics.meaning import Kind
from services.semantics.rules import load_rules

RULES = load_rules()


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("", []),
        ("I don't know what it's about", []),
        ("?!", []),
        ("the plans, my plan and the invoice", ["plan", "invoice"]),
        ("invoice then plan then plan", ["plan", "invoice"]),
        ("they cancelled it and will cancel again", ["cancel"]),
        ("call 12345 in 2026 about the B2 refund", ["call", "refund"]),
        # Degree: the words of a phrase rank above one that stands alone.
        ("the weather and the travel insurance", ["travel", "insurance", "weather"]),
    ],
)
def test_keywords(text: str, keywords: list[str]) -> None:
    assert list(RULES.extract_keywords(text)) == keywords


def test_there_are_not_too_many() -> None:
    text = " and ".join(letter * 4 for letter in "abcdefghijk")
    assert RULES.extract_keywords(text) == tuple(letter * 4 for letter in "abcdefghijk"[:MAX_KEYWORDS])


def test_a_keyword_stands_at_its_first_place_with_count_and_rank() -> None:
    (found,) = [
        each for each in RULES.annotate("the plans are the same plan").found if each.kind is Kind.KEYWORD
    ]
    assert (found.label, found.text, found.span.start_char, found.span.start_word) == ("plan", "plans", 4, 1)
    assert found.attributes == {"count": "2", "score": "2", "rank": "1"}


def test_a_session_ranks_by_all_that_was_said() -> None:
    keywords = SessionKeywords()
    assert keywords.add("plan", "plan", 1, 1) == (1, 1)
    assert keywords.add("price", "price", 1, 2) == (1, 1)
    assert keywords.add("plan", "plan", 2, 3) == (1, 3)
    assert keywords.top(2) == [("plan", 3, 4), ("price", 1, 2)]


def test_a_session_forgets_the_lowest(monkeypatch) -> None:
    monkeypatch.setattr("services.semantics.keywords._MAX_REMEMBERED", 3)
    keywords = SessionKeywords()
    for number in range(10):
        keywords.add(f"w{number}", f"w{number}", 1, 10 - number)
    assert [label for label, _, _ in keywords.top(10)] == ["w0", "w1", "w2"]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 5)), max_size=40))
def test_ranks_are_those_of_the_sums(said: list[tuple[str, int]]) -> None:
    keywords = SessionKeywords()
    totals: dict[str, int] = {}
    for word, degree in said:
        totals[word] = totals.get(word, 0) + degree
        ranked = sorted(totals, key=lambda each: (-totals[each], list(totals).index(each)))
        assert keywords.add(word, word, 1, degree)[0] == ranked.index(word) + 1
    assert [label for label, _, _ in keywords.top(5)] == sorted(
        totals, key=lambda each: (-totals[each], list(totals).index(each))
    )
