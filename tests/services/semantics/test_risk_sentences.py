"""Risks in single sentences: what carries one, and what only looks like it."""

import tomllib
from pathlib import Path

import pytest

from services.semantics.meaning import Kind
from services.semantics.rules import Rules

RULES = Rules()
SENTENCES = tomllib.loads(Path(__file__).with_name("risk_sentences.toml").read_text("utf-8"))
LABELS = ("escalation", "churn_risk", "legal_threat", "payment_risk", "safety")


def risks(text: str) -> set[str]:
    return {each.label for each in RULES.annotate(text).found if each.kind is Kind.RISK}


@pytest.mark.parametrize(("text", "label"), [(text, label) for label in LABELS for text in SENTENCES[label]])
def test_a_sentence_carries_a_risk(text: str, label: str) -> None:
    assert risks(text) == {label}


@pytest.mark.parametrize(
    ("text", "labels"), [(each["text"], set(each["labels"])) for each in SENTENCES["several"]]
)
def test_a_sentence_carries_several(text: str, labels: set[str]) -> None:
    assert risks(text) == labels


@pytest.mark.parametrize("text", SENTENCES["none"])
def test_a_sentence_carries_none(text: str) -> None:
    assert risks(text) == set()
