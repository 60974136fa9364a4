"""Questions, with marks and without."""

import pytest

from services.semantics.meaning import Intent, Kind
from services.semantics.rules import load_rules

RULES = load_rules()


def questions(text: str) -> list[str]:
    return [each.text for each in RULES.annotate(text).found if each.kind is Kind.QUESTION]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("It is late?", "It is late"),
        ("Good morning. So what is it? Thanks", "So what is it"),
        ("how long will that last", "how long will that last"),
        ("and how long will that last", "how long will that last"),
        ("I'll send it on monday is there anything else", "is there anything else"),
        ("and you sent it already right", "and you sent it already right"),
        ("you speak spanish correct", "you speak spanish correct"),
        ("it's not broken is it", "it's not broken is it"),
        ("you have my number don't you", "you have my number don't you"),
        ("what does it cost", "what does it cost"),
        ("so how much is that", "how much is that"),
        ("hello is anyone there", "is anyone there"),
        ("i was wondering whether we could try it", "wondering whether we could try it"),
        ("tell me what made you apply", "tell me what made you apply"),
        ("would friday suit you", "would friday suit you"),
        ("that is fine is the heating included", "is the heating included"),
        ("the flat upstairs is it still available", "is it still available"),
        ("thanks does breakfast cost extra", "does breakfast cost extra"),
        ("how much of the deposit do i get back", "how much of the deposit do i get back"),
        ("what brings you here", "what brings you here"),
        ("any allergies", "any allergies"),
        ("cash or card", "cash or card"),
        ("isn't it too late", "isn't it too late"),
        ("I'd like to know how long it takes.", "I'd like to know how long it takes"),
    ],
)
def test_questions(text: str, question: str) -> None:
    assert questions(text) == [question]
    assert RULES.classify_intent(text)[0] is Intent.QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "have a good day",
        "have a good day goodbye",
        "it would last until the twenty first of may",
        "what I want is a refund",
        "when we spoke it was cheaper",
        "what i mean is that the price is too high",
        "the point is that the others pay less",
        "that's right",
        "you are right",
        "turn right",
        "I know what it is",
        "i don't know how that works",
        "do the dishes",
        "have this one",
        "as soon as i can i will",
        "the people who did it by hand",
        "what a pity",
        "should you need help call us",
        "will do",
        "the problem is the router",
        "she did the exam last week",
        "",
        "...",
    ],
)
def test_statements(text: str) -> None:
    assert questions(text) == []
    assert Intent.QUESTION not in RULES.classify_intent(text)


def test_each_sentence_is_a_question_of_its_own() -> None:
    assert questions("Is it late? It is. Are you sure?") == ["Is it late", "Are you sure"]
