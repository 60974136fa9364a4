import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.lists import WordLists, load_lists
from services.semantics.meaning import Intent, Kind
from services.semantics.rules import MAX_KEYWORDS, Rules

RULES = Rules()


def hits(text: str, *kinds: Kind) -> list[tuple[str, str, str]]:
    """Label, written text and normal form of what is found of these kinds."""
    found = RULES.annotate(text).found
    return [(each.label, each.text, each.normalized) for each in found if each.kind in kinds]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want to escalate this", [("escalation", "escalate", "escalate")]),
        ("this was ESCALATED", [("escalation", "ESCALATED", "escalate")]),
        ("it's simply unacceptable", [("escalation", "unacceptable", "unacceptable")]),
        ("the manager's two complaints", [
            ("escalation", "manager's", "manager"), ("escalation", "complaints", "complaint"),
        ]),
        ("your supervisors", [("escalation", "supervisors", "supervisor")]),
        ("it has been cancelled", [("churn_risk", "cancelled", "cancel")]),
        ("canceling now", [("churn_risk", "canceling", "cancel")]),
        ("a cancellation", [("churn_risk", "cancellation", "cancellation")]),
        ("they terminated it after the termination", [
            ("churn_risk", "terminated", "terminate"), ("churn_risk", "termination", "termination"),
        ]),
        ("switching to a competitor", [
            ("churn_risk", "switching", "switch"), ("churn_risk", "competitor", "competitor"),
        ]),
        ("he left, I'm leaving", [("churn_risk", "left", "leave"), ("churn_risk", "leaving", "leave")]),
        ("customers churn", [("churn_risk", "churn", "churn")]),
        ("what prices and costs", [("pricing", "prices", "price"), ("pricing", "costs", "cost")]),
        ("expensive, not cheaper", [("pricing", "expensive", "expensive"), ("pricing", "cheaper", "cheap")]),
        ("our budget and pricing", [("pricing", "budget", "budget"), ("pricing", "pricing", "pricing")]),
        ("priceless discounts in Leavenworth", []),
    ],
)  # fmt: skip
def test_risks_and_pricing(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert hits(text, Kind.RISK, Kind.TOPIC) == expected


@pytest.mark.parametrize(
    "phrase",
    [
        "I will", "I'll", "we will", "we'll", "let me", "we should", "I can", "we can", "I'm going to",
        "we're going to", "I promise",
    ],
)  # fmt: skip
def test_commitments(phrase: str) -> None:
    text = f"okay {phrase} do it"
    assert hits(text, Kind.COMMITMENT) == [("", phrase, phrase.lower())]
    assert Intent.COMMITMENT in RULES.classify_intent(text)
    typographic = text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    assert [normal for _, _, normal in hits(typographic, Kind.COMMITMENT)] == [phrase.lower()]


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("It is late?", ["question"]),
        ("what does it cost", ["question"]),
        ("so and how much is that", ["question"]),
        ("hello is anyone there", ["question"]),
        ("what I want is a refund", ["general"]),
        ("when we spoke it was cheaper", ["general"]),
        ("Fine. Can you help?", ["question"]),
        ("can you clarify that", ["question", "clarification"]),
        ("what do you mean", ["question", "clarification"]),
        ("pardon", ["clarification"]),
        ("please send the bill", ["action_item"]),
        ("we should follow up", ["action_item", "commitment"]),
        ("let me check", ["commitment"]),
        ("we have decided to stay", ["decision"]),
        ("yes I agree", ["agreement"]),
        ("well yes we'll go with that", ["commitment", "agreement"]),
        ("yes is there a discount", ["question", "agreement"]),
        ("the line is bad", ["general"]),
        ("", ["general"]),
        ("...", ["general"]),
        ("um uh", ["general"]),
    ],
)
def test_intents(text: str, intents: list[str]) -> None:
    assert [str(intent) for intent in RULES.classify_intent(text)] == intents


def examples() -> list[tuple[Intent, str]]:
    return [(intent, each) for intent, rules in load_lists().intents.items() for each in rules.examples]


@pytest.mark.parametrize(("intent", "text"), examples())
def test_the_examples_of_the_word_lists(intent: Intent, text: str) -> None:
    assert RULES.classify_intent(text)[0] is intent


def test_each_intent_has_three_examples() -> None:
    counts = {intent: sum(intent is each for each, _ in examples()) for intent in Intent}
    assert counts == dict.fromkeys(Intent, 3)


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("", []),
        ("I don't know what it's about", []),
        ("the plans, my plan and the invoice", ["plan", "invoice"]),
        ("invoice then plan then plan", ["plan", "invoice"]),
        ("they cancelled it and will cancel again", ["cancel"]),
        ("call 12345 in 2026 about the B2 refund", ["call", "refund"]),
        (" ".join(f"{letter}{letter}{letter}" for letter in "abcdefghijk"), None),
    ],
)
def test_keywords(text: str, keywords: list[str] | None) -> None:
    found = RULES.extract_keywords(text)
    if keywords is None:
        assert found == tuple(each * 3 for each in "abcdefgh")
        assert len(found) == MAX_KEYWORDS
    else:
        assert list(found) == keywords


def test_a_keyword_stands_at_its_first_place_with_its_count() -> None:
    (found,) = RULES.annotate("the plan is the same plan").found
    assert (found.kind, found.text, found.span.start_char, found.span.start_word) == (
        Kind.KEYWORD,
        "plan",
        4,
        1,
    )
    assert found.attributes == {"count": "2"}


def test_a_question_is_the_sentence() -> None:
    assert hits("Good morning. So what is it? Thanks", Kind.QUESTION) == [
        ("", "So what is it", "so what is it")
    ]


def test_other_word_lists_can_be_used() -> None:
    lists = WordLists.model_validate({"language": "en", "risks": {"fire": {"verbs": ["burn"]}}})
    meaning = Rules(lists).annotate("the price burned")
    assert [(each.kind, each.label) for each in meaning.found if each.kind is Kind.RISK] == [
        (Kind.RISK, "fire")
    ]
    assert meaning.intents == (Intent.GENERAL,)


WORDS = [
    "price",
    "I'll",
    "cancelled",
    "what",
    "is",
    "it",
    "we",
    "should",
    "let",
    "me",
    "agree",
    "?",
    ".",
    "é",
]


@given(st.one_of(st.text(max_size=100), st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join)))
def test_whatever_is_found_is_where_it_says(text: str) -> None:
    meaning = RULES.annotate(text)
    assert meaning.intents == RULES.classify_intent(text)
    assert list(meaning.intents) == [each for each in Intent if each in meaning.intents]
    assert (Intent.GENERAL in meaning.intents) == (
        len(meaning.intents) == 1 and meaning.intents[0] is Intent.GENERAL
    )
    written = text.split()
    for found in meaning.found:
        span = found.span
        assert text[span.start_char : span.end_char] == found.text
        covered = "".join(written[span.start_word : span.end_word])
        assert "".join(found.text.split()) in covered
    starts = [each.span.start_char for each in meaning.found]
    assert starts == sorted(starts)
