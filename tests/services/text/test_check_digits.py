"""Check digits, of numbers that are examples in standards and of those with a mistake in them."""

import pytest

from services.text.check_digits import iban_check, luhn


@pytest.mark.parametrize(("digits", "is_good"), [("79927398713", True), ("79927398710", False), ("0", True)])
def test_luhn(digits: str, is_good: bool) -> None:
    assert luhn(digits) is is_good


@pytest.mark.parametrize(
    ("iban", "is_good"), [("GB82WEST12345698765432", True), ("GB82WEST12345698765433", False)]
)
def test_iban(iban: str, is_good: bool) -> None:
    assert iban_check(iban) is is_good
