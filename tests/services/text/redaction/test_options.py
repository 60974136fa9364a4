"""What may be asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.redaction.names import Names
from services.text.redaction.options import KINDS, find_wrong, is_name


@pytest.mark.parametrize(
    ("kinds", "names", "fields"),
    [
        ([], [], []),
        (KINDS, ["Anna Berg", "Zoë", "李"], []),
        (["name"], ["Anna"], []),
        (["email", "mail", "card", "card"], [], ["kinds[1]", "kinds[3]"]),
        (["email"] * 21, [], [*(f"kinds[{index}]" for index in range(1, 20)), "kinds"]),
        (["email"], ["Anna"], ["names"]),
        ([], ["", " ", "-!", "x" * 101, "x" * 100, "a\ufffcb"],
         ["names[0]", "names[1]", "names[2]", "names[3]", "names[5]"]),
        ([], ["a"] * 10_001, ["names"]),
        ([], [""] * 10_000, [*(f"names[{index}]" for index in range(20)), "names"]),
    ],
)  # fmt: skip
def test_every_field_that_is_wrong_is_named(kinds, names, fields):
    assert [wrong.field for wrong in find_wrong(kinds, names)] == fields


def test_no_name_is_quoted():
    secret = "Ottilie" * 20
    (wrong,) = find_wrong([], [secret])
    assert "Ottilie" not in str(wrong)


@given(st.text(max_size=110))
def test_a_name_is_right_if_it_can_be_looked_for(name):
    try:
        Names([name])
    except ValueError:
        assert not is_name(name)
    else:
        assert is_name(name)
