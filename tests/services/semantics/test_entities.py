"""Entities, written and said, with their values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.semantics.entities import entities
from services.semantics.words import Reading

WEDNESDAY = date(2026, 3, 4)


def found(text: str, held_on: date | None = WEDNESDAY) -> list[tuple[str, str, str]]:
    return [
        (each.type, text[each.start : each.end], each.normalized) for each in entities(Reading(text), held_on)
    ]


CASES = [
    # Money.
    ("the price went up by forty dollars", "money", "forty dollars", "40.00 USD"),
    ("it is $1,249.99 in all", "money", "$1,249.99", "1249.99 USD"),
    ("12,50 euro each", "money", "12,50 euro", "12.50 EUR"),
    ("€18.000,50 left", "money", "€18.000,50", "18000.50 EUR"),
    ("a hundred and twenty pounds", "money", "a hundred and twenty pounds", "120.00 GBP"),
    ("nine dollars fifty per seat", "money", "nine dollars fifty", "9.50 USD"),
    ("nine dollars and fifty cents", "money", "nine dollars and fifty cents", "9.50 USD"),
    ("the late one is forty two fifty", "money", "forty two fifty", "42.50"),
    ("it costs ninety a month", "money", "ninety", "90.00"),
    ("$5 million", "money", "$5 million", "5000000.00 USD"),
    ("EUR 40 a day", "money", "EUR 40", "40.00 EUR"),
    ("fifty cents", "money", "fifty cents", "0.50 USD"),
    # Dates.
    ("until the twenty first of may", "date", "the twenty first of may", "--05-21"),
    ("on March 9th", "date", "March 9th", "--03-09"),
    ("on 5 February", "date", "5 February", "--02-05"),
    ("on Monday, March 9th at", "date", "Monday, March 9th", "--03-09"),
    ("May 21, 2026", "date", "May 21, 2026", "2026-05-21"),
    ("the first of june twenty twenty seven", "date", "the first of june twenty twenty seven", "2027-06-01"),
    ("on 2026-05-21", "date", "2026-05-21", "2026-05-21"),
    ("on 5/21", "date", "5/21", "--05-21"),
    ("on 21.05.2026", "date", "21.05.2026", "2026-05-21"),
    ("on the fourth instead", "date", "the fourth", "---04"),
    ("see you tomorrow", "date", "tomorrow", "2026-03-05"),
    ("the day after tomorrow", "date", "the day after tomorrow", "2026-03-06"),
    ("next tuesday", "date", "next tuesday", "2026-03-10"),
    ("by wednesday", "date", "wednesday", "2026-03-11"),
    ("since saturday", "date", "saturday", "2026-02-28"),
    ("it was high on sunday", "date", "sunday", "2026-03-01"),
    # Times.
    ("at 10:30 a.m. sharp", "time", "10:30 a.m.", "10:30"),
    ("at half past three", "time", "half past three", "03:30"),
    ("a quarter to six", "time", "a quarter to six", "05:45"),
    ("six forty in the morning", "time", "six forty in the morning", "06:40"),
    ("nine in the evening", "time", "nine in the evening", "21:00"),
    ("seven p m", "time", "seven p m", "19:00"),
    ("at noon", "time", "noon", "12:00"),
    ("we meet at nine", "time", "nine", "09:00"),
    ("12 am", "time", "12 am", "00:00"),
    # Lengths, shares.
    ("within 5 working days", "duration", "5 working days", "P5D"),
    ("ninety minutes", "duration", "ninety minutes", "PT90M"),
    ("half an hour", "duration", "half an hour", "PT30M"),
    ("one and a half hours", "duration", "one and a half hours", "PT90M"),
    ("for a year", "duration", "a year", "P1Y"),
    ("every six hours", "duration", "six hours", "PT6H"),
    ("a 30-day trial", "duration", "30-day", "P30D"),
    ("interest of 4.5%", "percent", "4.5%", "4.5"),
    ("three and a half percent", "percent", "three and a half percent", "3.5"),
    # Contacts.
    ("to J.Marlow@example.org, please", "email", "J.Marlow@example.org", "j.marlow@example.org"),
    ("anna at example dot com", "email", "anna at example dot com", "anna@example.com"),
    ("it's j dot smith two at mail dot example dot org", "email",
     "j dot smith two at mail dot example dot org", "j.smith2@mail.example.org"),
    ("see www.example.com/help.", "url", "www.example.com/help", "www.example.com/help"),
    ("at history dot example dot org slash mills", "url", "history dot example dot org slash mills",
     "history.example.org/mills"),
    ("use (555) 010-7733 instead", "phone", "(555) 010-7733", "5550107733"),
    ("call +44 20 7946 0958", "phone", "+44 20 7946 0958", "+442079460958"),
    ("call me on five five five oh one double four", "phone", "five five five oh one double four", "5550144"),
    ("plus four four seven seven hundred nine hundred four one eight", "phone",
     "plus four four seven seven hundred nine hundred four one eight", "+44770090041" "8"),
    # Numbers with checks.
    ("it's 5421 0775 5283 3467.", "card", "5421 0775 5283 3467", "5421077552833467"),
    ("four five three two seven five three oh double one two eight double three nine oh", "card",
     "four five three two seven five three oh double one two eight double three nine oh", "4532753011283390"),
    ("to DE02 3708 0142 0061 7339 58 with my name", "iban", "DE02 3708 0142 0061 7339 58",
     "DE02370801420061733958"),
    ("d e oh two three seven oh eight oh one four two oh oh six one seven three three nine five eight",
     "iban",
     "d e oh two three seven oh eight oh one four two oh oh six one seven three three nine five eight",
     "DE02370801420061733958"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "type_", "written", "value"), CASES)
def test_entities(text: str, type_: str, written: str, value: str) -> None:
    assert found(text) == [(type_, written, value)]


@pytest.mark.parametrize(
    "text",
    [
        "we are 24 people and 3 dogs", "chapter 12", "order number 445 667 8899", "around eighteen forty",
        "they were eight years old", "give me a second", "every hour", "three times a day", "from day three",
        "the fourth floor", "the second one", "five to ten people", "error five hundred",
        "on page eighty two", "4532 7530 1128 3391", "DE03 3708 0142 0061 7339 58 x", "8/45",
    ],
)  # fmt: skip
def test_what_names_nothing(text: str) -> None:
    assert found(text) == []


def test_without_the_day_of_the_talk_a_relative_day_has_no_value() -> None:
    (entity,) = entities(Reading("see you tomorrow"), None)
    assert (entity.normalized, entity.attributes) == ("", {"relative": "tomorrow"})
    assert found("on the twenty first of may", None)[0][2] == "--05-21"


def test_several_in_one_text_do_not_overlap() -> None:
    text = "I'll pay $40 on 5/21 at 10:30, call 020 7946 0958 or mail anna@example.com within two weeks"
    assert [type_ for type_, _, _ in found(text)] == ["money", "date", "time", "phone", "email", "duration"]


PIECES = (
    "twenty first of may forty dollars at half past nine dot com five oh double a hundred and the 12 3.50 $ "
    "% 2026-05-21 10:30 +44 . , / @ x.org tomorrow monday euro hours"
)


@given(
    st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES.split(" ")), max_size=25).map(" ".join))
)
def test_whatever_is_found_is_where_it_says(text: str) -> None:
    last = 0
    for entity in entities(Reading(text), WEDNESDAY):
        assert last <= entity.start < entity.end <= len(text)
        assert text[entity.start : entity.end].strip() == text[entity.start : entity.end] != ""
        last = entity.end
