"""Intents: commitments, decisions, agreement, clarification, and the order among them."""

import pytest

from services.semantics.meaning import Intent, Kind
from services.semantics.rules import load_rules

RULES = load_rules()


@pytest.mark.parametrize(
    "phrase",
    [
        "I will", "I'll", "we will", "we'll", "let me", "we should", "I can", "we can", "I'm going to",
        "we're going to", "I promise",
    ],
)  # fmt: skip
def test_the_base_commitments(phrase: str) -> None:
    text = f"okay {phrase} check it"
    found = [each.text for each in RULES.annotate(text).found if each.kind is Kind.COMMITMENT]
    assert found == [f"{phrase} check it"]
    assert Intent.COMMITMENT in RULES.classify_intent(text)
    typographic = text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    assert Intent.COMMITMENT in RULES.classify_intent(typographic)


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("Fine. Can you help?", ["question", "agreement"]),
        ("can you clarify that", ["question", "clarification"]),
        ("what do you mean", ["question", "clarification"]),
        ("pardon", ["clarification"]),
        ("please send the bill", ["action_item"]),
        ("we should follow up", ["action_item", "commitment"]),
        ("let me check", ["commitment"]),
        ("will do", ["commitment", "agreement"]),
        ("we have decided to stay", ["decision"]),
        ("all right let us go with the new price", ["decision", "agreement"]),
        ("okay we'll take the late one", ["decision"]),
        ("thursday at three it is", ["decision"]),
        ("yes I agree", ["agreement"]),
        ("you can and so can she", ["agreement"]),
        ("well yes we'll send it", ["commitment", "agreement"]),
        ("yes is there a discount", ["question", "agreement"]),
        ("the line is bad", ["general"]),
        ("okay", ["general"]),
        ("", ["general"]),
        ("...", ["general"]),
        ("um uh", ["general"]),
    ],
)
def test_intents(text: str, intents: list[str]) -> None:
    assert [str(intent) for intent in RULES.classify_intent(text)] == intents


@pytest.mark.parametrize(
    "text",
    [
        "I can see two payments",
        "I'll be on holiday",
        "we'll be late",
        "I won't be able to come",
        "let me know",
        "let me ask you something",
        "if I can help",
        "what I can do is limited",
        "we won't cancel",
        "I will cancel my contract",
        "And I'll get the money back, yes?",
        "I'm going to the office",
    ],
)
def test_what_binds_nobody(text: str) -> None:
    assert Intent.COMMITMENT not in RULES.classify_intent(text)


@pytest.mark.parametrize(
    "text",
    [
        "we have not decided yet", "should we go with the first one", "if we go with that",
        "the doctor will decide", "let's see", "that's not what we agreed on",
    ],
)  # fmt: skip
def test_what_settles_nothing(text: str) -> None:
    assert Intent.DECISION not in RULES.classify_intent(text)


def test_a_decision_has_its_place() -> None:
    found = [
        each.text
        for each in RULES.annotate("Fine. Let's go with blue, then.").found
        if each.kind is Kind.DECISION
    ]
    assert found == ["Let's go with blue"]
