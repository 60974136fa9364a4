"""Risks in single sentences: what carries one, and what only looks like it.

A list is one test; it says every sentence of the list that is not as labelled, and what was found in it.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from services.semantics.meaning import Kind
from services.semantics.rules import load_rules

RULES = load_rules()
SENTENCES = tomllib.loads(Path(__file__).with_name("risk_sentences.toml").read_text("utf-8"))
LABELS = ("escalation", "churn_risk", "legal_threat", "payment_risk", "safety")


def test_the_lists_are_those_known_here_and_none_is_empty() -> None:
    assert set(SENTENCES) == {*LABELS, "several", "none"}
    assert all(SENTENCES.values())


@pytest.mark.parametrize("label", LABELS)
def test_a_sentence_carries_a_risk(label: str) -> None:
    check((text, {label}) for text in SENTENCES[label])


def test_a_sentence_carries_several() -> None:
    check((each["text"], set(each["labels"])) for each in SENTENCES["several"])


def test_a_sentence_carries_none() -> None:
    check((text, set()) for text in SENTENCES["none"])


def check(labelled: Iterable[tuple[str, set[str]]]) -> None:
    missed = [
        f"{text!r} has {sorted(found)}, not {sorted(labels)}"
        for text, labels in labelled
        if (found := risks(text)) != labels
    ]
    assert not missed, "\n".join(missed)


def risks(text: str) -> set[str]:
    return {each.label for each in RULES.annotate(text).found if each.kind is Kind.RISK}
