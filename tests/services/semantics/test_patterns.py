"""The language of terms: alternatives, sets, gaps, wildcards, brackets, words as they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.patterns import GAP, Patterns

SETS = {"boss": ("=manager", "chief")}


def stem(word: str) -> str:
    return word.removesuffix("s")


def found(term: str, text: str, breaks: frozenset[int] = frozenset()) -> list[tuple[str, str]]:
    """What is met, and what of it is not in brackets."""
    patterns: Patterns[str] = Patterns(stem, SETS)
    patterns.add(term, "label")
    words = text.split()
    return sorted(
        (" ".join(words[each.first : each.last]), " ".join(words[each.start : each.last]))
        for each in patterns.matches(words, [stem(word) for word in words], breaks)
    )


def whole(*texts: str) -> list[tuple[str, str]]:
    return [(text, text) for text in texts]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("close the account", "we closes the accounts now", ["closes the accounts"]),
        ("close the account", "close an account", []),
        ("close/end my/the account", "end the account", ["end the account"]),
        ("tell the <boss>", "tell the chiefs", ["tell the chiefs"]),
        ("tell the <boss>", "tell the manager", ["tell the manager"]),
        ("tell the <boss>", "tell the managers", []),
        ("=leaves", "leave leaves", ["leaves"]),
        ("can't pay", "can not pay", ["can not pay"]),
        ("close ... account", "close account", ["close account"]),
        ("close ... account", "close all our old account", ["close all our old account"]),
        ("close ... account", "close all our very old account", []),
        ("not ... make ... rent", "not be able make the next rent", ["not be able make the next rent"]),
        ("close...account", "close my account", ["close my account"]),
        ("leave *", "we leave home", ["leave home"]),
        ("leave *", "we leave", []),
        ("* leave", "we leave", ["we leave"]),
        ("* leave", "leave home", []),
        ("* leave *", "we leave home", ["we leave home"]),
    ],
)
def test_terms(term: str, text: str, expected: list[str]) -> None:
    assert found(term, text) == whole(*expected)


def test_words_in_brackets_must_stand_there_but_are_not_found() -> None:
    assert found("(we/i will) leave", "then we will leave") == [("we will leave", "leave")]
    assert found("(we/i will) leave", "they will leave") == []


@pytest.mark.parametrize(
    ("term", "text", "last"),
    [
        ("close account", "close account", 1),
        ("close ... account", "close my account", 2),
        ("leave *", "leave home", 1),
    ],
)
def test_no_punctuation_stands_in_a_term(term: str, text: str, last: int) -> None:
    assert found(term, text) == whole(text)
    assert found(term, text, frozenset([last])) == []


def test_a_wildcard_before_passes_no_punctuation() -> None:
    assert found("* leave", "home leave", frozenset([1])) == []


@pytest.mark.parametrize("term", ["", " ", "...", "close ...", "... account", "*", "!", "()", "close / the"])
def test_a_term_without_words_is_refused(term: str) -> None:
    with pytest.raises(ValueError, match="no words"):
        found(term, "close the account")


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(ValueError, match="<bosses> is no set of words"):
        found("tell the <bosses>", "tell the manager")


def test_rows_and_what_the_list_says_of_a_match() -> None:
    patterns: Patterns[int] = Patterns(stem, {})
    assert patterns.add("(we) close/end ... accounts", 7) == [
        ("we", "close", "...", "accounts"), ("we", "end", "...", "accounts"),
    ]  # fmt: skip
    words = ["we", "ends", "all", "account"]
    (match,) = patterns.matches(words, [stem(word) for word in words], frozenset())
    assert (match.label, match.words, match.exact) == (7, ("end", "...", "accounts"), 0)


WORDS = st.lists(st.sampled_from("abc"), max_size=9)


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3),
    st.lists(st.sampled_from("abc"), max_size=2),
    WORDS,
)
def test_every_place_is_found(head: list[str], tail: list[str], words: list[str]) -> None:
    patterns: Patterns[None] = Patterns(stem, {})
    patterns.add(" ".join([*head, "...", *tail] if tail else head), None)
    expected = set()
    for first in range(len(words) - len(head) + 1):
        last = first + len(head)
        if words[first:last] != head:
            continue
        if not tail:
            expected.add((first, last))
        for begin in range(last, last + GAP + 1):
            if tail and words[begin : begin + len(tail)] == tail:
                expected.add((first, begin + len(tail)))
    met = patterns.matches(words, words, frozenset())
    assert {(each.first, each.last) for each in met} == expected
    assert len(met) == len(expected)
