"""The rules as a whole: spans, kinds, long and strange texts."""

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.lists import WordLists
from services.semantics.meaning import Intent, Kind
from services.semantics.pieces import pieces
from services.semantics.rules import Rules, load_rules

RULES = load_rules()


def test_a_segment_of_everything() -> None:
    text = "I'll cancel it on Monday, the price is $40. Can you send the papers to anna@example.com?"
    found = {(each.kind, each.label, each.text) for each in RULES.annotate(text).found}
    assert found >= {
        (Kind.RISK, "churn_risk", "cancel"),
        (Kind.TOPIC, "pricing", "price"),
        (Kind.ENTITY, "date", "Monday"),
        (Kind.ENTITY, "money", "$40"),
        (Kind.ENTITY, "email", "anna@example.com"),
        (Kind.QUESTION, "", "Can you send the papers to anna@example.com"),
        (Kind.ACTION_ITEM, "", "Can you send the papers to anna@example.com"),
        (Kind.KEYWORD, "price", "price"),
    }


def test_with_and_without_punctuation_and_capitals() -> None:
    written = RULES.annotate("Let's go with the new price. I'll send the contract on Monday. Is that okay?")
    spoken = RULES.annotate("let's go with the new price i'll send the contract on monday is that okay")
    assert written.intents == spoken.intents == (Intent.QUESTION, Intent.COMMITMENT, Intent.DECISION)
    for kind in (Kind.TOPIC, Kind.ENTITY, Kind.COMMITMENT, Kind.DECISION, Kind.QUESTION):
        assert [each.text.lower() for each in written.found if each.kind is kind] == [
            each.text.lower() for each in spoken.found if each.kind is kind
        ]


def test_other_word_lists_can_be_used() -> None:
    lists = WordLists.model_validate({"risks": {"fire": {"terms": ["burn"]}}})
    meaning = Rules(lists).annotate("the price burned")
    assert [(each.kind, each.label) for each in meaning.found if each.kind is not Kind.KEYWORD] == [
        (Kind.RISK, "fire")
    ]
    assert meaning.intents == (Intent.GENERAL,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "...",
        "我想取消合同。多少钱\uff1f",
        "Я хочу отменить договор.",
        "أريد إلغاء العقد",
        "\u0130\u0130",
        "a" * 9000,
        "\ud7ff",
    ],
)
def test_strange_texts_are_read(text: str) -> None:
    check_places(text)


WORDS = (
    "price I'll cancelled what is it we should let me agree ? . , é not if please send by friday forty "
    "dollars at example dot com 5/21 $3 right and the"
)


@given(
    st.one_of(st.text(max_size=100), st.lists(st.sampled_from(WORDS.split(" ")), max_size=25).map(" ".join))
)
def test_whatever_is_found_is_where_it_says(text: str) -> None:
    check_places(text)


def check_places(text: str) -> None:
    meaning = RULES.annotate(text)
    assert meaning.intents == RULES.classify_intent(text)
    assert list(meaning.intents) == [each for each in Intent if each in meaning.intents]
    assert (Intent.GENERAL in meaning.intents) == (meaning.intents == (Intent.GENERAL,))
    written = text.split()
    for found in meaning.found:
        span = found.span
        assert text[span.start_char : span.end_char] == found.text != ""
        covered = "".join(written[span.start_word : span.end_word])
        assert "".join(found.text.split()) in covered
    starts = [each.span.start_char for each in meaning.found]
    assert starts == sorted(starts)
    assert meaning.sentiment is not None
    assert -1 <= meaning.sentiment.score <= 1


SENTENCE = "I'll cancel the plan if it costs 40 dollars. Can you send it to me by Friday? "


def test_a_long_text_is_found_as_its_sentences_are() -> None:
    one = [each for each in RULES.annotate(SENTENCE).found if each.kind is not Kind.KEYWORD]
    many = [each for each in RULES.annotate(SENTENCE * 500).found if each.kind is not Kind.KEYWORD]
    assert len(many) == 500 * len(one)
    text = SENTENCE * 500
    written = text.split()
    for found in many:
        assert text[found.span.start_char : found.span.end_char] == found.text
        assert found.text.split()[0] in written[found.span.start_word]


@pytest.mark.parametrize(
    "unit",
    [
        SENTENCE,
        "i will cancel and then we should send it to you by friday ",
        "what is it? ",
        "1 2 3 4 ",
        "a dot a dot ",
        "not cancel ",
        "if ",
        "twenty ",
        "?!., ",
        "a@",
        "a-b.",
    ],
)
def test_time_grows_with_the_length_of_the_text(unit: str) -> None:
    """Ten times the text takes about ten times as long, and twenty on a busy machine: far from the hundred
    of a square. The collector is held off: what it costs grows with all that the process holds.
    """
    costs = []
    gc.collect()
    gc.disable()
    try:
        for words in (4_000, 40_000):
            text = unit * (words // max(1, len(unit.split())))
            begin = time.thread_time()
            RULES.annotate(text)
            costs.append(time.thread_time() - begin)
    finally:
        gc.enable()
    assert costs[1] < 20 * costs[0] + 0.2


def test_a_hundred_thousand_words() -> None:
    meaning = RULES.annotate(SENTENCE * (100_000 // len(SENTENCE.split())))
    assert sum(each.kind is Kind.RISK for each in meaning.found) == 100_000 // len(SENTENCE.split())


@given(st.text(alphabet=st.sampled_from("ab. \n"), max_size=400))
def test_pieces_make_up_the_text(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.semantics.pieces.WORDS", 5)
        patch.setattr("services.semantics.pieces._PATIENCE", 2)
        found = list(pieces(text))
    assert "".join(piece.text for piece in found) == text[: len(text) if found else 0]
    for piece in found:
        assert piece.characters == sum(len(each.text) for each in found[: found.index(piece)])
        assert piece.words == len(text[: piece.characters].split())
