import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.words import Disfluencies, Reading

APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
FLUENT = Disfluencies(frozenset(["um"]), frozenset(["the"]))
LETTERS = st.sampled_from(f"aB1'{APOSTROPHE} .?!,\n\t-éß\U0001d4b3。")


def test_words_have_characters_and_written_words() -> None:
    text = "Well, I'll e-mail  anna@example.com."
    reading = Reading(text)
    found = [
        (word, text[start:end], reading.span_of_characters(start, end).start_word)
        for word, start, end in zip(reading.words, reading.starts, reading.ends, strict=True)
    ]
    assert found == [
        ("well", "Well", 0),
        ("i", "I", 1),
        ("will", "'ll", 1),
        ("e", "e", 2),
        ("mail", "mail", 2),
        ("anna", "anna", 3),
        ("example", "example", 3),
        ("com", "com", 3),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"We{APOSTROPHE}ll go", ["we", "will", "go"]),
        ("don't can't won't isn't", ["do", "not", "can", "not", "will", "not", "is", "not"]),
        ("let's gonna cannot", ["let", "us", "going", "to", "can", "not"]),
        ("it's the agent's", ["it", "is", "the", "agent"]),
        ("I'm they're you've he'd", ["i", "am", "they", "are", "you", "have", "he", "would"]),
        ("um the the plan the plan", ["the", "plan", "the", "plan"]),
        ("", []),
        ("... - !", []),
    ],
)
def test_contractions_are_written_out_and_fillers_left_out(text: str, words: list[str]) -> None:
    assert Reading(text, FLUENT).words == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no punctuation at all", [("no punctuation at all", False)]),
        ("Hello. How are you? Fine", [("Hello", False), ("How are you", True), ("Fine", False)]),
        ("it costs 3.50 a month", [("it costs 3.50 a month", False)]),
        ('he said "really?" and left', [('he said "really', True), ("and left", False)]),
        ("Ask Dr. Shaw at 9 a.m. tomorrow", [("Ask Dr. Shaw at 9 a.m. tomorrow", False)]),
        ("what?!", [("what", True)]),
        ("... - !", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[tuple[str, bool]]) -> None:
    reading = Reading(text)
    found = []
    for sentence in reading.sentences:
        span = reading.span(sentence.first, sentence.last)
        found.append((text[span.start_char : span.end_char], sentence.asks))
    assert found == expected


def test_breaks_stand_where_punctuation_does() -> None:
    assert Reading("yes, I do - well: 3.50 it is").breaks == {1, 4, 8}


@given(st.text(alphabet=LETTERS, max_size=60))
def test_sentences_share_out_all_words_in_order(text: str) -> None:
    reading = Reading(text)
    edges = [(each.first, each.last) for each in reading.sentences]
    assert [index for first, last in edges for index in range(first, last)] == list(range(len(reading)))
    assert all(last in reading.breaks for _, last in edges)


@given(st.one_of(st.text(max_size=80), st.text(alphabet=LETTERS, max_size=80)))
def test_spans_are_exact(text: str) -> None:
    written = text.split()
    reading = Reading(text)
    for index, word in enumerate(reading.words):
        span = reading.span(index, index + 1)
        assert text[span.start_char : span.end_char] in written[span.start_word]
        assert span.end_word == span.start_word + 1
        assert word
    assert reading.starts == sorted(reading.starts)
