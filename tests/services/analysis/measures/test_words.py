import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analysis.measures.words import (
    Sentences,
    is_latin,
    is_spaced,
    sentences_of,
    shortened,
    words_of,
    written_out,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("?! ... - \u2014", []),
        ("Hello there", ["hello", "there"]),
        ("It's 3.50, well-known - really!", ["it's", "3.50", "well-known", "really"]),
        ("(\"quoted\") 'so' ...", ["quoted", "so"]),
        ("  ÜBER\tNaïve\n", ["über", "naïve"]),
        ("don\u2019t", ["don't"]),
        ("wait...what\u2014no/yes--ok\u2026so", ["wait", "what", "no", "yes", "ok", "so"]),
        ("anna@example.com costs $3,000.50", ["anna@example.com", "costs", "3,000.50"]),
        ("Привет, как дела?", ["привет", "как", "дела"]),
        ("नमस्ते दुनिया", ["नमस्त", "दुनिय"]),  # signs at the end are marks; the words are two
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text(max_size=100))
def test_each_written_word_with_a_letter_gives_at_least_one(text: str) -> None:
    written = [each for each in text.lower().split() if any(map(str.isalnum, each))]
    assert len(words_of(text)) >= len(written)


@given(st.lists(st.from_regex(r"[a-z]{1,8}('[a-z]{1,3})?", fullmatch=True), max_size=20))
def test_plain_words_come_back(words: list[str]) -> None:
    assert words_of(" ".join(words)) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("...", []),
        ("no marks at all", [("no marks at all", False)]),
        ("One. Two! Three?", [("One.", False), ("Two!", False), ("Three?", True)]),
        ("It is 3.50 in all. Yes", [("It is 3.50 in all.", False), ("Yes", False)]),
        ("Dr. Smith of the U.S. team came.", [("Dr. Smith of the U.S. team came.", False)]),
        ('He said "really?" Then left.', [('He said "really?"', True), ("Then left.", False)]),
        ("What?! ... No.", [("What?!", True), ("No.", False)]),
        ("Где он? Там.", [("Где он?", True), ("Там.", False)]),
        ("أين هو؟ هناك", [("أين هو؟", True), ("هناك", False)]),
    ],
)
def test_sentences(text: str, expected: list[tuple[str, bool]]) -> None:
    found = [(text[begin:end].strip(), asks) for begin, end, asks in sentences_of(text)]
    assert [(sentence.lstrip(". "), asks) for sentence, asks in found] == expected


@given(st.text("ab .?!", max_size=60))
def test_every_word_is_in_one_sentence(text: str) -> None:
    assert [word for begin, end, _ in sentences_of(text) for word in words_of(text[begin:end])] == words_of(
        text
    )
    sentences = Sentences(text)
    for begin, end, _ in sentences_of(text):
        assert sentences.at(begin) == text[begin:end].strip() == sentences.at(end - 1)


def test_a_place_outside_of_any_sentence_stands_for_the_whole_text() -> None:
    assert Sentences("One. Two").at(99) == "One. Two"


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [("short", 5, "short"), ("a longer text", 11, "a longer…"), ("unbreakable", 5, "unbr…")],
)
def test_shortened(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short
    assert len(short) <= most


@pytest.mark.parametrize("text", ["你好世界", "こんにちは", "ស្វាយ", "สวัสดี", "ok 你好"])
def test_scripts_without_spaces(text: str) -> None:
    assert not is_spaced(text)


@pytest.mark.parametrize("text", ["", "hello", "Привет", "안녕 하세요", "مرحبا"])
def test_scripts_with_spaces(text: str) -> None:
    assert is_spaced(text)


@pytest.mark.parametrize(
    ("word", "latin"), [("hello", True), ("über", True), ("3.50", True), ("привет", False)]
)
def test_latin_words(word: str, latin: bool) -> None:
    assert is_latin(word) is latin


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I'm sure you're right", "i am sure you are right"),
        ("don't won't can't cannot shan't", "do not will not can not can not shall not"),
        ("let's go, they'd've gone", "let us go they would have gone"),
        ("it's Anna's and who's there", "it is anna's and who is there"),
        ("they\u2019ll 've n't 's", "they will ve n't s"),
        ("o'clock rock'n'roll", "o'clock rock'n'roll"),
    ],
)
def test_contractions_written_out(text: str, words: str) -> None:
    assert " ".join(written_out(words_of(text))) == words


@given(st.lists(st.sampled_from(["i", "i'm", "n't", "'s", "it's", "can't", "d've", "a'b", "x'd've"])))
def test_written_out_words_stay_as_they_are(words: list[str]) -> None:
    once = written_out(words)
    assert written_out(once) == once
    assert len(once) >= len(words)
