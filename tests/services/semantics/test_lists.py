"""The word lists: their own examples, a user's file over them, and what is wrong in one."""

from pathlib import Path

import pytest

from services.semantics.lists import load_lists
from services.semantics.meaning import Intent, Kind
from services.semantics.rules import Rules, load_rules

LISTS = load_lists()
RULES = load_rules()
TERM_LISTS = [
    (kind, label, terms)
    for kind, labels in ((Kind.TOPIC, LISTS.topics), (Kind.RISK, LISTS.risks))
    for label, terms in labels.items()
]


def labels(text: str, kind: Kind, rules: Rules = RULES) -> set[str]:
    return {each.label for each in rules.annotate(text).found if each.kind is kind}


@pytest.mark.parametrize(
    ("kind", "label", "text"),
    [(kind, label, text) for kind, label, terms in TERM_LISTS for text in terms.examples],
)
def test_the_examples_of_a_list_are_met(kind: Kind, label: str, text: str) -> None:
    assert label in labels(text, kind)


@pytest.mark.parametrize(
    ("kind", "label", "text"),
    [(kind, label, text) for kind, label, terms in TERM_LISTS for text in terms.counterexamples],
)
def test_the_counterexamples_of_a_list_are_not(kind: Kind, label: str, text: str) -> None:
    assert label not in labels(text, kind)


def test_each_list_has_examples() -> None:
    assert [label for _, label, terms in TERM_LISTS if len(terms.examples) < 3] == []


@pytest.mark.parametrize(
    ("intent", "text"),
    [(intent, each) for intent, rules in LISTS.intents.items() for each in rules.examples],
)
def test_the_examples_of_an_intent_have_it_first(intent: Intent, text: str) -> None:
    assert RULES.classify_intent(text)[0] is intent


def test_each_intent_has_three_examples() -> None:
    assert {intent: len(rules.examples) for intent, rules in LISTS.intents.items()} == dict.fromkeys(
        Intent, 3
    )


def own(tmp_path: Path, content: str) -> Rules:
    path = tmp_path / "lists.toml"
    path.write_text(content)
    return Rules(load_lists(path))


def test_a_users_terms_are_added(tmp_path: Path) -> None:
    rules = own(tmp_path, '[topics.pricing]\nterms = ["flux"]\n[risks.fire]\nterms = ["burn down"]\n')
    assert labels("the flux and the price", Kind.TOPIC, rules) == {"pricing"}
    assert labels("the flux is high", Kind.TOPIC, rules) == {"pricing"}
    assert labels("it burned down", Kind.RISK, rules) == {"fire"}
    assert labels("I want to cancel", Kind.RISK, rules) == {"churn_risk"}


def test_a_users_terms_name_sets_of_words(tmp_path: Path) -> None:
    rules = own(
        tmp_path,
        '[words]\ncontract = ["season ticket"]\nhall = ["arena", "dome"]\n'
        '[risks.noise]\nterms = ["loud ... <hall>"]\n',
    )
    assert labels("it is so loud in the domes", Kind.RISK, rules) == {"noise"}
    assert labels("I will end my season ticket", Kind.RISK, rules) == {"churn_risk"}
    with pytest.raises(ValueError, match=r"risks\.noise: <hall> is no set of words"):
        own(tmp_path, '[risks.noise]\nterms = ["loud ... <hall>"]\n')


def test_a_users_list_replaces_where_it_says_so(tmp_path: Path) -> None:
    rules = own(tmp_path, '[topics.pricing]\nreplace = true\nterms = ["flux"]\n')
    assert labels("the price of the flux", Kind.TOPIC, rules) == {"pricing"}
    assert labels("the price is high", Kind.TOPIC, rules) == set()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('langauge = "en"', "langauge"),
        ('[intents.bored]\nphrases = ["so what"]', "bored"),
        ('[risks.x]\nadverbs = ["no"]', r"risks\.x\.adverbs"),
        ("[topics.x]\nterms = 3", r"topics\.x\.terms"),
        ("language = ", "not TOML"),
    ],
)
def test_a_bad_file_is_told_what_is_wrong(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "lists.toml"
    path.write_text(content)
    with pytest.raises(ValueError, match=named):
        load_lists(path)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[topics.x]\nterms = ["..."]', r"topics?s?\.x.*no words"),
        ('[topics.x]\nterms = ["close ..."]', "no words"),
        ('[intents.decision]\nphrases = ["!"]', "no words"),
    ],
)
def test_a_term_without_words_is_refused(tmp_path: Path, content: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        own(tmp_path, content)
