"""Numbers of payment cards and of bank accounts, written and said; what they check by is services.text's."""

import re
from collections.abc import Iterator

from services.semantics.entity import Entity
from services.semantics.numerals import DIGITS, spoken_digits
from services.semantics.words import Reading
from services.text.check_digits import iban_check, luhn

_CARD = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){12,18}(?![\w%])")
_CARD_DIGITS = range(13, 20)
_IBAN_BEGIN = re.compile(r"\b[A-Za-z]{2} ?\d{2}(?=[ A-Za-z0-9])")
_IBAN_LENGTHS = range(15, 35)
_WIDEST = 34 + 12  # with spaces


def cards(reading: Reading) -> Iterator[Entity]:
    """Card numbers in figures and in words."""
    for match in _CARD.finditer(reading.text):
        digits = re.sub(r"\D", "", match[0])
        if luhn(digits) and int(digits):
            yield Entity("card", match.start(), match.end(), digits)
    for first, last, digits in _spoken(reading.words):
        if len(digits) in _CARD_DIGITS and luhn(digits) and int(digits):
            yield Entity.at(reading, "card", first, last, digits)


def ibans(reading: Reading) -> Iterator[Entity]:
    """Account numbers: two letters, two check digits, and as many letters and digits as make the check
    good."""
    text = reading.text
    for begin in _IBAN_BEGIN.finditer(text):
        found = ""
        for end in range(begin.start(), min(len(text), begin.start() + _WIDEST)):
            character = text[end]
            if not (character == " " or (character.isascii() and character.isalnum())):
                break
            if character == " ":
                continue
            found += character.upper()
            is_whole = end + 1 == len(text) or not text[end + 1].isalnum()
            if len(found) in _IBAN_LENGTHS and is_whole and iban_check(found):
                yield Entity("iban", begin.start(), end + 1, found)
                break
    yield from _spoken_ibans(reading)


def _spoken_ibans(reading: Reading) -> Iterator[Entity]:
    """Account numbers spelled: letters by name, digits as words."""
    words = reading.words
    for first in range(len(words) - 3):
        if not (_is_letter(words[first]) and _is_letter(words[first + 1]) and words[first + 2] in DIGITS):
            continue
        found = ""
        index = first
        while index < len(words) and len(found) < _IBAN_LENGTHS.stop:
            if index > first + 1 and (
                words[index] in DIGITS or words[index] in ("double", "triple", "treble")
            ):
                digits, index = spoken_digits(words, index)
                found += digits
            elif _is_letter(words[index]):
                found += words[index].upper()
                index += 1
            else:
                break
        if len(found) in _IBAN_LENGTHS and iban_check(found):
            yield Entity.at(reading, "iban", first, index, found)


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isascii() and word.isalpha()


def _spoken(words: list[str]) -> Iterator[tuple[int, int, str]]:
    """Rows of digits in words: first word, one past the last, digits."""
    index = 0
    while index < len(words):
        if words[index] in DIGITS or words[index] in ("double", "triple", "treble"):
            digits, last = spoken_digits(words, index)
            if digits:
                yield index, last, digits
            index = max(last, index + 1)
        else:
            index += 1
