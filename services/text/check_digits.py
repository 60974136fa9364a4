"""Numbers that check themselves: of payment cards, and of bank accounts."""


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_check(iban: str) -> bool:
    """Whether the two digits after the country check the rest (ISO 13616, by ISO/IEC 7064 MOD 97-10).

    ASCII letters and digits, at least five, without spaces; how many a country has is not looked at.
    """
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1
