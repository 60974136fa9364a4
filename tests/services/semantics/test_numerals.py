from decimal import Decimal

import pytest

from services.semantics.numerals import cardinal, ordinal, plain, spoken_digits, written


@pytest.mark.parametrize(
    ("words", "value", "count"),
    [
        ("five", 5, 1),
        ("forty five", 45, 2),
        ("a hundred and twenty", 120, 4),
        ("thirty eight thousand", 38_000, 3),
        ("one thousand two hundred and forty nine", 1249, 7),
        ("two million three hundred thousand", 2_300_000, 5),
        ("twelve hundred", 1200, 2),
        ("twelve point five", Decimal("12.5"), 3),
        ("four and a half", Decimal("4.5"), 4),
        ("forty two fifty", 42, 2),
        ("one two three", 1, 1),
        ("twenty and more", 20, 1),
    ],
)
def test_cardinals(words: str, value: Decimal, count: int) -> None:
    number = cardinal(words.split(), 0)
    assert number is not None
    assert (number.value, number.last) == (value, count)


@pytest.mark.parametrize("words", ["a", "and", "hundred", "oh five", "first"])
def test_no_cardinal(words: str) -> None:
    assert cardinal(words.split(), 0) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [("first", (1, 1)), ("twenty first", (21, 2)), ("thirtieth", (30, 1)), ("twenty two", None), ("x", None)],
)
def test_ordinals(words: str, expected: tuple[int, int] | None) -> None:
    assert ordinal(words.split(), 0) == expected


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("five double oh one", "5001"),
        ("triple two", "222"),
        ("oh seven seven hundred nine hundred", "07700900"),
        ("five twenty two fifteen", "52215"),
        ("nought nil 12", "0012"),
        ("hello", ""),
    ],
)
def test_spoken_digits(words: str, digits: str) -> None:
    assert spoken_digits(words.split(), 0)[0] == digits


@pytest.mark.parametrize(
    ("figures", "value"),
    [
        ("1,249.99", "1249.99"),
        ("12,50", "12.50"),
        ("18.000,00", "18000.00"),
        ("18,000", "18000"),
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("4.5", "4.5"),
        ("7", "7"),
        ("x", None),
    ],
)
def test_written(figures: str, value: str | None) -> None:
    assert written(figures) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(("value", "text"), [("4.50", "4.5"), ("1E+2", "100"), ("100", "100"), ("0.0", "0")])
def test_plain(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
