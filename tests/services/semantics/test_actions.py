"""Action items: who, what, when."""

import pytest

from services.semantics.meaning import Kind, Situation
from services.semantics.rules import load_rules

RULES = load_rules()
SITUATION = Situation(names=frozenset(["leo"]))


def items(text: str) -> list[tuple[str, str, str | None]]:
    found = RULES.annotate(text, SITUATION).found
    return [
        (each.attributes["who"], each.attributes["what"], each.attributes.get("when"))
        for each in found
        if each.kind is Kind.ACTION_ITEM
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("please send me the contract by friday", [("you", "send me the contract", "by friday")]),
        ("Could you check it tomorrow?", [("you", "check it", "tomorrow")]),
        ("Tom, update the plan by Monday.", [("Tom", "update the plan", "by Monday")]),
        ("Tom will send the slides.", [("Tom", "send the slides", None)]),
        ("leo see me after the lesson", [("leo", "see me", "after the lesson")]),
        ("we need to find a cheaper one", [("we", "find a cheaper one", None)]),
        ("make sure the refund goes out", [("you", "make sure the refund goes out", None)]),
        ("don't take the tablets", [("you", "don't take the tablets", None)]),
        ("Fill in the form and sign it.", [("you", "Fill in the form", None), ("you", "sign it", None)]),
        (
            "you need to read the chapter and write one page until next tuesday",
            [
                ("you", "read the chapter", "until next tuesday"),
                ("you", "write one page", "until next tuesday"),
            ],
        ),
        ("if it gets worse call us right away", [("you", "call us", "right away")]),
        ("to the office or call me on five", [("you", "call me on five", None)]),
        ("can one of you bring a projector", [("one of you", "bring a projector", None)]),
        ("by friday send me the draft", [("you", "send me the draft", None)]),
        ("why don't you send it by mail", [("you", "send it by mail", None)]),
        (
            "it's online fill it in and send it back",
            [("you", "fill it in", None), ("you", "send it back", None)],
        ),
    ],
)
def test_items(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert items(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "hold on a moment please",
        "tell me more about that",
        "have a safe trip",
        "don't worry about it",
        "could you say that again",
        "let me look that up",
        "my boss has to sign it",
        "I'll bring the papers.",
        "we went there and took pictures",
        "give me a second",
        "could you give me your number",
        "see you on monday",
        "what would you do with a guest",
        "you don't need to bring anything",
        "do we need to bring anything",
        "he will look at it and send the report",
        "i'll check and call you back",
        "test results come on friday",
    ],
)
def test_what_only_runs_the_talk_or_is_said_of_others_is_none(text: str) -> None:
    assert items(text) == []


def test_a_name_in_lower_case_is_one_of_who_takes_part() -> None:
    assert items("leo bring the red book") == [("leo", "bring the red book", None)]
