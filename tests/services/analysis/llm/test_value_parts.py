"""Words that were said as part of a value only."""

import pytest

from services.analysis.llm.replaced import Replaced
from services.analysis.llm.value_parts import Parts
from services.text.redaction.kinds import Kind

TEXT = "Jane here, write to jane.marlowe@osprey.example.com 2079 please"
VALUE = Replaced(TEXT.index("jane."), TEXT.index(" 2079"), Kind.EMAIL, "[EMAIL_1]", 31)


def parts(text: str = TEXT, *replaced: Replaced) -> Parts:
    made = Parts()
    made.add(text, replaced)
    return made


@pytest.mark.parametrize(
    ("told", "masked"),
    [
        ("keywords.marlowe: 1", "keywords.[redacted]: 1"),
        ("MARLOWE", "[redacted]"),
        ("marlow", "[redacted]"),  # base forms
        ("mar", "mar"),
        ("ospreys", "ospreys"),
        ("jane", "jane"),
        ("write please", "write please"),
        ("count: 2079", "count: 2079"),
        ("[EMAIL_1] of [redacted]", "[EMAIL_1] of [redacted]"),
    ],
)
def test_they_are_masked_where_words_are_quoted(told: str, masked: str) -> None:
    assert parts(TEXT, VALUE).masked(told) == masked


def test_pseudonyms_stay_whole() -> None:
    text = "email@example.org"
    assert parts(text, Replaced(0, len(text), Kind.EMAIL, "[EMAIL_1]", 17)).masked("[EMAIL_1]") == "[EMAIL_1]"


def test_a_word_that_is_said_otherwise_later_is_none() -> None:
    made = parts(TEXT, VALUE)
    made.add("The osprey is a bird.", ())
    assert made.masked("osprey, marlowe") == "osprey, [redacted]"


def test_what_turns_out_to_be_a_value_is_part_of_one() -> None:
    made = parts(TEXT)
    assert made.masked("marlowe") == "marlowe"
    made.remove(TEXT, ())
    made.add(TEXT, [VALUE])
    assert made.masked("marlowe") == "[redacted]"
