import pytest

from services.semantics.rules import load_rules
from services.semantics.sentiment import NEUTRAL, sentiment_of

RULES = load_rules()


def score(text: str) -> float:
    sentiment = RULES.annotate(text).sentiment
    assert sentiment is not None
    return sentiment.score


@pytest.mark.parametrize(
    "text",
    ["that would be lovely", "you've been really helpful", "perfect", "I'm so relieved", "not bad at all"],
)
def test_good(text: str) -> None:
    assert score(text) > NEUTRAL


@pytest.mark.parametrize(
    "text", ["that is unacceptable", "I'm not happy with it", "this is a nightmare", "it's driving me mad"]
)
def test_bad(text: str) -> None:
    assert score(text) < -NEUTRAL


@pytest.mark.parametrize(
    "text", ["", "the meeting is at nine", "thanks", "good morning", "I'm sorry about that"]
)
def test_neither(text: str) -> None:
    assert abs(score(text)) <= NEUTRAL


def test_an_intensifier_makes_it_stronger_and_a_negation_turns_it_round() -> None:
    assert score("very happy") > score("happy") > score("slightly happy") > 0 > score("not happy")


def test_good_and_bad_cancel_out_but_stay_strong() -> None:
    sentiment = RULES.annotate("the staff is wonderful and the food is horrible").sentiment
    assert sentiment is not None
    assert abs(sentiment.score) < NEUTRAL
    assert sentiment.magnitude > 4


def test_the_score_stays_within_its_range() -> None:
    assert -1 < score("horrible " * 1000) < -0.99
    assert sentiment_of(0.0, 0.0) == (sentiment_of(0.0, 0.0).__class__)(0.0, 0.0)
