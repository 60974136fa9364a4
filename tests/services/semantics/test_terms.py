"""Topics and risks: base lists with their inflections, denial, supposition, everyday senses."""

import pytest

from services.semantics.meaning import Kind
from services.semantics.rules import load_rules

RULES = load_rules()


def hits(text: str, kind: Kind) -> list[tuple[str, str]]:
    return [(each.label, each.text) for each in RULES.annotate(text).found if each.kind is kind]


@pytest.mark.parametrize(
    ("text", "label", "written"),
    [
        ("I want to escalate this", "escalation", "escalate"),
        ("this was ESCALATED", "escalation", "ESCALATED"),
        ("this needs escalation", "escalation", "escalation"),
        ("it's simply unacceptable", "escalation", "unacceptable"),
        ("where is your supervisor", "escalation", "supervisor"),
        ("the manager's two", "escalation", "manager's"),
        ("I have two complaints", "escalation", "complaints"),
        ("it has been cancelled", "churn_risk", "cancelled"),
        ("canceling now", "churn_risk", "canceling"),
        ("a cancellation", "churn_risk", "cancellation"),
        ("they terminated it", "churn_risk", "terminated"),
        ("after the termination", "churn_risk", "termination"),
        ("we are switching", "churn_risk", "switching"),
        ("to a competitor", "churn_risk", "competitor"),
        ("I'm leaving", "churn_risk", "leaving"),
        ("customers churn", "churn_risk", "churn"),
    ],
)
def test_the_base_risks_in_all_inflections(text: str, label: str, written: str) -> None:
    assert (label, written) in hits(text, Kind.RISK)


@pytest.mark.parametrize(
    "text", ["what prices", "our pricing", "it costs", "the budget", "too expensive", "cheaper ones", "cheap"]
)
def test_the_base_topic_of_pricing(text: str) -> None:
    assert {label for label, _ in hits(text, Kind.TOPIC)} == {"pricing"}


@pytest.mark.parametrize(
    "text",
    [
        "we are not going to cancel",
        "I won't terminate anything",
        "we never wanted to switch",
        "there is no need to escalate",
        "No need to escalate this.",
        "nobody cancelled",
        "I don't think we will cancel",
        "not a single complaint",
        "we stayed without a complaint",
    ],
)
def test_what_is_denied_is_no_risk(text: str) -> None:
    assert hits(text, Kind.RISK) == []


@pytest.mark.parametrize(
    "text",
    [
        "what happens to my data if somebody cancels",
        "if you cancelled, you would lose the discount",
        "if we cancel it we will get the money back",
        "would we have to terminate first",
        "what happens when a customer cancels",
        "suppose we terminate it",
    ],
)
def test_what_is_only_supposed_is_no_risk(text: str) -> None:
    assert hits(text, Kind.RISK) == []


@pytest.mark.parametrize(
    "text",
    [
        "if the price does not come down, I will cancel my contract",
        "if the price does not come down i will cancel my contract",
        "how do I cancel my contract?",
        "I will cancel if you don't call me",
        "I'm not happy, I will cancel",
        "I'm not happy and will cancel",
        "unless you fix it we will leave",
        "we can't wait any longer so we're leaving",
    ],
)
def test_a_condition_and_a_question_may_carry_a_risk(text: str) -> None:
    assert {label for label, _ in hits(text, Kind.RISK)} == {"churn_risk"}


def test_a_term_with_a_negation_of_its_own_is_not_taken_away() -> None:
    assert ("churn_risk", "not renew") in hits("we will not renew", Kind.RISK)
    assert hits("I can't pay it", Kind.RISK) == [("payment_risk", "n't pay")]


def test_the_longest_term_of_a_label_stands_for_those_inside() -> None:
    assert hits("cancel my subscription", Kind.RISK) == [("churn_risk", "cancel my subscription")]


def test_words_may_stand_in_a_gap_but_not_too_many() -> None:
    assert ("churn_risk", "close all my old accounts") in hits("I'll close all my old accounts", Kind.RISK)
    assert hits("close the red and blue and green account", Kind.RISK) == []


def test_one_word_may_be_of_two_topics() -> None:
    assert {label for label, _ in hits("our travel insurance", Kind.TOPIC)} == {"insurance", "travel"}


@pytest.mark.parametrize(
    "text", ["we will leave the house at nine", "please leave it open", "I must leave early"]
)
def test_a_phrase_that_bars_a_term_may_go_on_from_it(text: str) -> None:
    assert hits(text, Kind.RISK) == []


@pytest.mark.parametrize("text", ["in the story the man is taken to court", "the king was attacked"])
def test_a_story_carries_no_risk(text: str) -> None:
    assert hits(text, Kind.RISK) == []


def test_who_tells_of_another_is_no_risk_but_who_asks_is() -> None:
    assert hits("I once had a guest who threatened to sue us", Kind.RISK) == []
    assert hits("who is your supervisor", Kind.RISK) == [("escalation", "supervisor")]
