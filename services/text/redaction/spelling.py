"""Letters and digits as they are said: "double five", "oh", "forty two", "two sevens", "b as in bravo".

Names of letters: ICAO Annex 10, volume II, 5.2.1.3, with common spellings.
"""

from typing import NamedTuple

from services.text.redaction.scan import Scan, word_set

UNITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1", "two": "2",
    "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9",
}  # fmt: skip
_TEENS = {
    word: str(number)
    for number, word in enumerate(
        (
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ),
        10,
    )
}
_TENS = {
    word: str(number)
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2
    )
}
_TENS["fourty"] = "4"
_REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_PLURALS = {
    "zeros": "0", "zeroes": "0", "ohs": "0", "ones": "1", "twos": "2", "threes": "3", "fours": "4",
    "fives": "5", "sixes": "6", "sevens": "7", "eights": "8", "nines": "9",
}  # fmt: skip
_COUNTS = frozenset("123456789")
NUMBER_WORDS = frozenset([*UNITS, *_TEENS, *_TENS, *_REPEATS])
"""Words that a spoken row of digits begins with."""

_LETTERS = {
    word: word[0]
    for word in word_set(
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november "
        "oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu zee zed"
    )
}


LETTER_WORDS = frozenset([*_LETTERS, "double"])
"""Words that begin a letter's name, letters themselves excepted."""


class Spelled(NamedTuple):
    """Digits or a letter, and one past the last token that says them."""

    characters: str
    last: int


def digits_at(scan: Scan, index: int) -> Spelled | None:
    """Digits that begin at a token: figures, or one number below a hundred in words, or a digit said to be
    repeated, or a digit and "hundred"."""
    word = scan.word(index)
    if word[:1].isdecimal():
        if word in _COUNTS and scan.word(index + 1) in _PLURALS and not scan.is_glued(index + 1):
            return Spelled(_PLURALS[scan.word(index + 1)] * int(word), index + 2)
        return Spelled(word, index + 1)
    if word in UNITS:
        following = scan.word(index + 1)
        if following in _PLURALS and UNITS[word] != "0":
            return Spelled(_PLURALS[following] * int(UNITS[word]), index + 2)
        if following == "hundred" and UNITS[word] != "0":
            return Spelled(UNITS[word] + "00", index + 2)
        return Spelled(UNITS[word], index + 1)
    if word in _TEENS:
        return Spelled(_TEENS[word], index + 1)
    if word in _TENS:
        return _tens(scan, index)
    if word in _REPEATS:
        return _repeated(scan, index)
    return None


def _tens(scan: Scan, index: int) -> Spelled:
    following = index + 1
    if scan.word(following) == "-" and scan.is_glued(following) and scan.is_glued(following + 1):
        following += 1
    unit = UNITS.get(scan.word(following), "0")
    if unit == "0" or scan.word(following + 1) in ("hundred", *_PLURALS):
        return Spelled(_TENS[scan.words[index]] + "0", index + 1)
    return Spelled(_TENS[scan.words[index]] + unit, following + 1)


def _repeated(scan: Scan, index: int) -> Spelled | None:
    following = index + 1 + (scan.word(index + 1) == "-")
    word = scan.word(following)
    digit = UNITS.get(word, word if len(word) == 1 and word.isdecimal() else "")
    return Spelled(digit * _REPEATS[scan.words[index]], following + 1) if digit else None


def letter_at(scan: Scan, index: int) -> Spelled | None:
    """A letter that begins at a token: itself or by its name, with what it is said to be as in."""
    word = scan.word(index)
    if word == "double" and scan.word(index + 1) in ("u", "you"):
        return Spelled("w", index + 2)
    if len(word) == 1 and "a" <= word <= "z":
        if scan.word(index + 1) == "as" and scan.word(index + 2) == "in" and scan.word(index + 3):
            return Spelled(word, index + 4)
        if scan.word(index + 1) in ("for", "like") and scan.word(index + 2).startswith(word):
            return Spelled(word, index + 3)
        return Spelled(word, index + 1)
    return Spelled(_LETTERS[word], index + 1) if word in _LETTERS else None
