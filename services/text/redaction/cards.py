"""Numbers of payment cards: the check digit of ISO/IEC 7812-1 (Luhn), and a length that the issuer uses.

Ranges of issuers as the networks publish them. A number with a right check digit but of no known issuer is a
card only where it is said to be one: one number in ten has a right check digit by chance.
"""

from collections.abc import Iterator

from services.text.check_digits import luhn
from services.text.redaction.cues import CARDS, is_cued
from services.text.redaction.kinds import Found, Kind
from services.text.redaction.rows import Row, rows
from services.text.redaction.scan import Scan

_SHORTEST, _LONGEST = 13, 19
_USUAL_FIRST = (16, 15, 14, 19, 18, 17, 13)

# First digits, from and to, with the lengths in use.
_ISSUERS = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)), ("2221", "2720", (16,)),  # Mastercard
    ("34", "34", (15,)), ("37", "37", (15,)),  # American Express
    ("300", "305", (14, 16)), ("3095", "3095", (14, 16)), ("36", "36", (14, 16)),  # Diners
    ("38", "39", (14, 16)),
    ("6011", "6011", (16, 19)), ("644", "659", (16, 19)),  # Discover
    ("3528", "3589", (16, 19)),  # JCB
    ("62", "62", (16, 17, 18, 19)), ("81", "82", (16,)),  # UnionPay, RuPay
    ("50", "50", (16, 18, 19)), ("56", "58", (16, 18, 19)), ("60", "69", (16, 18, 19)),  # Maestro, RuPay
    ("2200", "2204", (16, 17, 18, 19)), ("9792", "9792", (16,)),  # Mir, Troy
)  # fmt: skip
_RANGES = {
    length: tuple((low, high) for low, high, lengths in _ISSUERS if length in lengths)
    for length in range(_SHORTEST, _LONGEST + 1)
}


def is_issued(digits: str) -> bool:
    """Whether a card network has numbers of this length that begin so."""
    return any(low <= digits[: len(low)] <= high for low, high in _RANGES[len(digits)])


def cards(scan: Scan) -> Iterator[Found]:
    """Card numbers, in figures and in words."""
    for row in rows(scan):
        if len(row.digits) < _SHORTEST:
            continue
        taken = 0
        while (place := _next(scan, row, taken)) is not None:
            begin, taken = place
            part = row.part(begin, taken)
            yield Found(Kind.CARD, scan.starts[part.first], scan.ends[part.last - 1], part.digits)


def _next(scan: Scan, row: Row, begin: int) -> tuple[int, int] | None:
    """The groups of the first card from the group `begin` on: the whole rest if it is one, else the first
    that can be."""
    rest = _ends(row, begin)
    if len(row.groups) in rest.values() and _is_card(scan, row.part(begin, len(row.groups))):
        return begin, len(row.groups)
    for first in range(begin, len(row.groups)):
        ends = _ends(row, first)
        for length in _USUAL_FIRST:
            if length in ends and _is_card(scan, row.part(first, ends[length])):
                return first, ends[length]
    return None


def _ends(row: Row, first: int) -> dict[int, int]:
    """Of each length that a card can have the group before which it ends."""
    ends: dict[int, int] = {}
    length = 0
    for place in range(first, len(row.groups)):
        length += len(row.groups[place].digits)
        if length > _LONGEST:
            break
        if length >= _SHORTEST:
            ends.setdefault(length, place + 1)
    return ends


def _is_card(scan: Scan, part: Row) -> bool:
    digits = part.digits
    if not (is_issued(digits) or is_cued(scan, part.first, CARDS)):
        return False
    return luhn(digits) and digits.strip("0") != "" and not _is_fraction(scan, part)


def _is_fraction(scan: Scan, part: Row) -> bool:
    """Whether it is a decimal number, "2.718281828459045", or the places of one."""
    if part.gaps == ["."]:
        return True
    return (
        len(part.groups) == 1
        and scan.word(part.first - 1) == "."
        and scan.is_glued(part.first)
        and scan.is_glued(part.first - 1)
        and scan.word(part.first - 2).isdecimal()
    )
