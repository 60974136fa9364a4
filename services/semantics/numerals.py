"""Numbers in words and in figures. Grammar of the words: Huddleston and Pullum, Cambridge Grammar, 5.7.5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
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
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINAL_UNITS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_ORDINAL_TENS = ["twentieth", "thirtieth"]
SMALL: Mapping[str, int] = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 20 + 10 * index for index, word in enumerate(_TENS)},
}
ORDINALS: Mapping[str, int] = {
    **{word: value for value, word in enumerate(_ORDINAL_UNITS)},
    **{word: 20 + 10 * index for index, word in enumerate(_ORDINAL_TENS)},
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
DIGITS: Mapping[str, str] = {
    **{word: str(value) for value, word in enumerate(_UNITS[:10])},
    "oh": "0",
    "o": "0",
    "nought": "0",
    "nil": "0",
}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
NUMBER_WORDS = frozenset([*SMALL, *_SCALES, *ORDINALS, "oh", "double", "triple", "half", "quarter"])
_MANY_WORDS = 24  # of the longest number that anybody says


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in words from `first` to before `last`."""

    first: int
    last: int
    value: Decimal


def tens(words: Sequence[str], first: int) -> tuple[int, int] | None:
    """A number under 100 and one past its last word: "five", "forty", "forty five", "oh five"."""
    if first >= len(words):
        return None
    word = words[first]
    if word in ("oh", "o") and first + 1 < len(words) and 0 < SMALL.get(words[first + 1], 0) < 10:
        return SMALL[words[first + 1]], first + 2
    value = SMALL.get(word)
    if value is None:
        return None
    if value >= 20 and first + 1 < len(words) and 0 < SMALL.get(words[first + 1], 0) < 10:
        return value + SMALL[words[first + 1]], first + 2
    return value, first + 1


def cardinal(words: Sequence[str], first: int) -> Numeral | None:
    """The longest number in words at a place: "a hundred and twenty", "four and a half", "twelve point five".

    Two numbers side by side are two: "forty two fifty" is 42 and 50.
    """
    end = min(len(words), first + _MANY_WORDS)
    has_article = words[first] == "a" and first + 1 < end and words[first + 1] in _SCALES
    index = first + 1 if has_article else first
    total, current = 0, 1 if has_article else 0
    if not has_article:
        begin = tens(words, index)
        if begin is None or words[index] in ("oh", "o"):
            return None
        current, index = begin
    scale_before = 10**12
    while index < end:
        if (scale := _SCALES.get(words[index])) is not None:
            if scale == 100:
                current *= 100
            elif scale < scale_before:
                total, current, scale_before = total + current * scale, 0, scale
            else:
                break
            index += 1
            continue
        following = index + 1 if words[index] == "and" else index
        rest = tens(words, following)
        is_part = words[index - 1] in _SCALES and rest is not None and words[following] not in ("oh", "o")
        if not is_part or rest is None or (following > index and following >= end):
            break
        current, index = current + rest[0], rest[1]
    value = Decimal(total + current)
    if index + 1 < end and words[index] == "point" and words[index + 1] in DIGITS:
        digits = ""
        index += 1
        while index < end and words[index] in DIGITS:
            digits += DIGITS[words[index]]
            index += 1
        value += Decimal(f"0.{digits}")
    elif tuple(words[index : index + 3]) == ("and", "a", "half"):
        value, index = value + Decimal("0.5"), index + 3
    return Numeral(first, index, value)


def ordinal(words: Sequence[str], first: int) -> tuple[int, int] | None:
    """An ordinal up to 39th and one past its last word: "first", "twenty first"."""
    word = words[first]
    if word in ORDINALS:
        return ORDINALS[word], first + 1
    if word in ("twenty", "thirty") and first + 1 < len(words) and 0 < ORDINALS.get(words[first + 1], 0) < 10:
        return SMALL[word] + ORDINALS[words[first + 1]], first + 2
    return None


def spoken_digits(words: Sequence[str], first: int) -> tuple[str, int]:
    """Digits said one by one, and one past the last word: "five double oh one" is 5001. Pairs ("twenty two",
    "fifteen") may be among them. Empty where there are none."""
    digits = ""
    index = first
    while index < len(words):
        word = words[index]
        times = _TIMES.get(word, 1)
        if times > 1 and index + 1 < len(words) and words[index + 1] in DIGITS:
            digits += DIGITS[words[index + 1]] * times
            index += 2
        elif word in DIGITS:
            digits += DIGITS[word]
            index += 1
            if words[index : index + 1] == ["hundred"]:  # "oh seven seven hundred" is 07700
                digits += "00"
                index += 1
        elif word.isascii() and word.isdigit():
            digits += word
            index += 1
        elif digits and (pair := tens(words, index)) is not None:
            digits += str(pair[0])
            index = pair[1]
        else:
            break
    return digits, index


def written(number: str) -> Decimal | None:
    """A number in figures: "1,249.99", "12,50", "18.000,00". None for what is none.

    A single mark before exactly three digits groups thousands if it is a comma; any other single mark is the
    decimal one.
    """
    figures = number.replace(" ", "").replace("\u00a0", "")
    comma, point = figures.rfind(","), figures.rfind(".")
    if comma >= 0 and point >= 0:
        decimal_mark = "," if comma > point else "."
        figures = figures.replace("." if decimal_mark == "," else ",", "").replace(decimal_mark, ".")
    elif comma >= 0:
        is_group = figures.count(",") > 1 or len(figures) - comma == 4
        figures = figures.replace(",", "" if is_group else ".")
    elif figures.count(".") > 1:
        figures = figures.replace(".", "")
    if not figures.replace(".", "", 1).isascii() or not figures.replace(".", "", 1).isdigit():
        return None
    return Decimal(figures)


def plain(value: Decimal) -> str:
    """Without needless zeros or exponents: 4.50 is "4.5", 1E+2 is "100"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
