import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.words import sentences, span_of, tokenize


def test_tokens_have_characters_and_written_words() -> None:
    text = "Well, I'll e-mail  anna@example.com."
    found = [(each.norm, text[each.start : each.end], each.word) for each in tokenize(text)]
    assert found == [
        ("well", "Well", 0),
        ("i'll", "I'll", 1),
        ("e", "e", 2),
        ("mail", "mail", 2),
        ("anna", "anna", 3),
        ("example", "example", 3),
        ("com", "com", 3),
    ]


def test_a_typographic_apostrophe_is_one() -> None:
    assert [each.norm for each in tokenize("We\N{RIGHT SINGLE QUOTATION MARK}ll go")] == ["we'll", "go"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no punctuation at all", [("no punctuation at all", False)]),
        ("Hello. How are you? Fine", [("Hello", False), ("How are you", True), ("Fine", False)]),
        ("it costs 3.50 a month", [("it costs 3.50 a month", False)]),
        ('he said "really?" and left', [('he said "really', True), ("and left", False)]),
        ("what?!", [("what", True)]),
        ("... - !", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[tuple[str, bool]]) -> None:
    tokens = tokenize(text)
    found = []
    for sentence in sentences(text, tokens):
        span = span_of(tokens, sentence.first, sentence.last)
        found.append((text[span.start_char : span.end_char], sentence.asks))
    assert found == expected


@given(
    st.text(alphabet=st.sampled_from("aB1'\N{RIGHT SINGLE QUOTATION MARK} .?!\n\t-éß\U0001d4b3"), max_size=60)
)
def test_sentences_share_out_all_tokens_in_order(text: str) -> None:
    tokens = tokenize(text)
    edges = [(each.first, each.last) for each in sentences(text, tokens)]
    assert [index for first, last in edges for index in range(first, last)] == list(range(len(tokens)))


@given(st.text(max_size=80))
def test_spans_are_exact(text: str) -> None:
    written = text.split()
    for index, token in enumerate(tokens := tokenize(text)):
        span = span_of(tokens, index, index + 1)
        assert text[span.start_char : span.end_char] in written[span.start_word]
        assert span.end_word == span.start_word + 1
        assert token.norm
