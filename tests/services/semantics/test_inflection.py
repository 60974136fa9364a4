import pytest

from services.semantics.inflection import adjective_forms, noun_forms, singular, verb_forms


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("cancel", ["cancel", "cancels", "cancelled", "canceled", "cancelling", "canceling"]),
        ("terminate", ["terminate", "terminates", "terminated", "terminating"]),
        ("switch", ["switch", "switches", "switched", "switching"]),
        ("leave", ["leave", "leaves", "leaving"]),
        ("escalate", ["escalates", "escalated", "escalating"]),
        ("apply", ["applies", "applied", "applying"]),
        ("play", ["plays", "played", "playing"]),
    ],
)
def test_verbs(base: str, forms: list[str]) -> None:
    assert verb_forms(base) >= set(forms)


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("manager", {"manager", "managers", "manager's"}),
        ("company", {"company", "companies", "company's"}),
        ("tax", {"tax", "taxes", "tax's"}),
    ],
)
def test_nouns(base: str, forms: set[str]) -> None:
    assert noun_forms(base) == forms


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("cheap", ["cheap", "cheaper", "cheapest", "cheaply"]),
        ("unacceptable", ["unacceptable", "unacceptably"]),
        ("pricey", ["pricey"]),
        ("happy", ["happier", "happiest"]),
    ],
)
def test_adjectives(base: str, forms: list[str]) -> None:
    assert adjective_forms(base) >= set(forms)


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("plans", "plan"),
        ("companies", "company"),
        ("classes", "class"),
        ("boxes", "box"),
        ("services", "service"),
        ("agent's", "agent"),
        ("status", "status"),
        ("boss", "boss"),
        ("analysis", "analysis"),
        ("bus", "bus"),
        ("ties", "tie"),
    ],
)
def test_singular(word: str, base: str) -> None:
    assert singular(word) == base
