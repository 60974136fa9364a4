from pathlib import Path

import pytest

from services.semantics.lists import Phrases, load_lists
from services.semantics.meaning import Kind


def test_every_form_leads_to_its_base() -> None:
    terms = load_lists().terms()
    assert terms["cancelled"] == ((Kind.RISK, "churn_risk", "cancel"),)
    assert terms["left"] == ((Kind.RISK, "churn_risk", "leave"),)
    assert terms["managers"] == ((Kind.RISK, "escalation", "manager"),)
    assert terms["pricing"] == ((Kind.TOPIC, "pricing", "pricing"),)
    assert terms["priced"] == ((Kind.TOPIC, "pricing", "price"),)


def test_the_longest_phrase_wins() -> None:
    phrases = Phrases(["I can", "I can not", "we"])
    words = ["i", "can", "not", "we"]
    assert [phrases.at(words, index) for index in range(4)] == [3, 0, 0, 1]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('langauge = "en"', "langauge"),
        ('language = "en"\n[intents.bored]\nphrases = ["so what"]', "bored"),
        ('language = "en"\n[risks.x]\nadverbs = ["no"]', "adverbs"),
        ("language = ", "Invalid value"),
    ],
)
def test_a_bad_file_is_told_what_is_wrong(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "lists.toml"
    path.write_text(content)
    with pytest.raises(ValueError, match=named):
        load_lists(path)


def test_a_phrase_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'\.\.\.' has no words"):
        Phrases(["..."])
