"""Money, percentages and durations, in figures and in words. Values are decimal, never rounded."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.semantics.entity import Entity
from services.semantics.numerals import Numeral, cardinal, plain, tens, written
from services.semantics.words import Reading, word_set

_SIGNS = {"$": "USD", "\u00a3": "GBP", "\u20ac": "EUR", "\u00a5": "JPY"}
CURRENCIES = {
    **dict.fromkeys(["dollar", "dollars", "buck", "bucks", "usd"], "USD"),
    **dict.fromkeys(["pound", "pounds", "quid", "gbp"], "GBP"),
    **dict.fromkeys(["euro", "euros", "eur"], "EUR"),
    **dict.fromkeys(["franc", "francs", "chf"], "CHF"),
    **dict.fromkeys(["yen", "jpy"], "JPY"),
}
_CENTS = {**dict.fromkeys(["cent", "cents"], ""), **dict.fromkeys(["penny", "pence"], "GBP")}
_NUMBER = r"\d{1,3}(?:[ \u00a0]\d{3})+(?:[.,]\d{1,2})?|\d[\d.,]*\d|\d"
_FIGURES = re.compile(
    rf"(?P<sign>[$\u00a3\u20ac\u00a5]|\b(?:USD|EUR|GBP|CHF|JPY)\b)?[ \u00a0]?(?<![\w.,])(?P<number>{_NUMBER})"
    r"(?P<scale>[kKmM](?!\w)|[ \u00a0](?:hundred|thousand|million|billion)\b)?"
    r"(?:[ \u00a0-]?(?P<unit>[$\u00a3\u20ac\u00a5%]|[A-Za-z]+))?(?P<then>(?:[ -][A-Za-z]+)?)"
)
_LONGEST_NUMBER = 24  # characters
_SCALES = {"k": 10**3, "m": 10**6, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_UNITS = {
    "second": "PT{}S", "minute": "PT{}M", "min": "PT{}M", "hour": "PT{}H", "day": "P{}D", "week": "P{}W",
    "month": "P{}M", "year": "P{}Y",
}  # fmt: skip
_HALVES = {"minute": "PT30S", "hour": "PT30M", "day": "PT12H", "year": "P6M"}
UNIT_FORMS = {form: unit for unit in _UNITS for form in (unit, f"{unit}s")}
_OF_WORK = frozenset(
    ["working", "business", "calendar", "full", "whole", "more", "extra", "further", "additional"]
)
# "a year" is a length after these, and a rate after a price.
_BEFORE_LENGTHS = word_set(
    "for in within after takes take took about around over nearly almost lasts lasted last than spend "
    "need needs only under roughly just every least until before up wait waited waiting another like be "
    "is was are were give gives gave had have has or and of since get got within him her it least each "
    "already same"
)
_WEIGHING = word_set("lost gained weigh weighs weighed weight put lose gain lifting lift")
_NO_LENGTHS = word_set("off trip pass ticket job out nurse shift")
# Where a plain number is an amount.
_COST_WORDS = word_set(
    "cost costs costing pay paid paying charge charged charges owe owes price fee rent offer offered "
    "salary quoted quote comes come makes total deposit premium deductible excess budget earn worth "
    "deducted transferred refunded save"
)
_PER_UNITS = word_set("month year week day hour night person seat head user unit piece item kilo")
_AFTER_AMOUNTS = word_set(
    "and but or so for if each more less extra plus then now instead altogether total in per a an is was "
    "to with that which because please right only including"
)
_TIME_CUES = word_set("at by until till before after from around about past to since between o'clock")


def figures(reading: Reading) -> Iterator[Entity]:
    """Everything whose number is in figures."""
    for match in _FIGURES.finditer(reading.text):
        value = written(match["number"].rstrip(".,")) if len(match["number"]) <= _LONGEST_NUMBER else None
        if value is None:
            continue
        number_end = match.start("number") + len(match["number"].rstrip(".,"))
        if number_end != match.end("number") and (match["unit"] or match["scale"]):
            continue  # a mark stands between the number and what follows
        if match["scale"]:
            value *= _SCALES[match["scale"].strip().lower()]
            number_end = match.end("scale")
        yield from _of_figures(reading, match, value, number_end)


def _of_figures(reading: Reading, match: re.Match[str], value: Decimal, number_end: int) -> Iterator[Entity]:
    unit = (match["unit"] or "").lower()
    if match["sign"]:
        yield Entity(
            "money", match.start("sign"), number_end, _money(value, _SIGNS.get(match["sign"], match["sign"]))
        )
    elif unit in _SIGNS or unit in CURRENCIES:
        currency = _SIGNS.get(unit) or CURRENCIES[unit]
        yield Entity("money", match.start("number"), match.end("unit"), _money(value, currency))
    elif unit in _CENTS:
        yield Entity(
            "money", match.start("number"), match.end("unit"), _money(value / 100, _CENTS[unit] or "USD")
        )
    elif unit in ("%", "percent") or (unit == "per" and match["then"].strip().lower() == "cent"):
        end = match.end("then") if unit == "per" else match.end("unit")
        yield Entity("percent", match.start("number"), end, plain(value))
    else:
        first = reading.word_at(number_end - 1) + 1
        last = _unit(reading.words, first)
        if last and not match["scale"]:
            length = _length(value, UNIT_FORMS[reading.words[last - 1]])
            yield Entity("duration", match.start("number"), reading.ends[last - 1], length)


def spoken(reading: Reading) -> Iterator[Entity]:
    """Everything whose number is in words."""
    words = reading.words
    index = 0
    while index < len(words):
        entity, index = _spoken_at(reading, words, index)
        if entity is not None:
            yield entity


def _spoken_at(reading: Reading, words: Sequence[str], index: int) -> tuple[Entity | None, int]:
    """What begins at a word, if anything, and where to look next."""
    if words[index] == "half" and tuple(words[index + 1 : index + 2]) in (("a",), ("an",)):
        unit = UNIT_FORMS.get(words[index + 2]) if index + 2 < len(words) else None
        if unit in _HALVES:
            return Entity.at(reading, "duration", index, index + 3, _HALVES[unit]), index + 3
        return None, index + 1
    number = cardinal(words, index)
    if number is None:
        if words[index] in ("a", "an") and (index == 0 or words[index - 1] in _BEFORE_LENGTHS):
            return _article(reading, words, index)
        return None, index + 1
    return _with_number(reading, words, number)


def _article(reading: Reading, words: Sequence[str], index: int) -> tuple[Entity | None, int]:
    last = _unit(words, index + 1)
    if not last or words[last - 1] in ("second", "seconds") or _is_age(words, last):
        return None, index + 1
    if words[last : last + 1] and words[last] in _NO_LENGTHS:
        return None, index + 1
    unit = UNIT_FORMS[words[last - 1]]
    if tuple(words[last : last + 3]) == ("and", "a", "half") and unit == "hour":
        return Entity.at(reading, "duration", index, last + 3, "PT90M"), last + 3
    return Entity.at(reading, "duration", index, last, _length(Decimal(1), unit)), last


def _with_number(reading: Reading, words: Sequence[str], number: Numeral) -> tuple[Entity | None, int]:
    first, last, value = number.first, number.last, number.value
    word = words[last] if last < len(words) else ""
    if word in CURRENCIES and not (word in ("pound", "pounds") and _is_weight(words, first)):
        value, end = _with_cents(words, last + 1, value)
        return Entity.at(reading, "money", first, end, _money(value, CURRENCIES[word])), end
    if word in _CENTS:
        return Entity.at(
            reading, "money", first, last + 1, _money(value / 100, _CENTS[word] or "USD")
        ), last + 1
    if word == "percent":
        return Entity.at(reading, "percent", first, last + 1, plain(value)), last + 1
    if word == "per" and words[last + 1 : last + 2] == ["cent"]:
        return Entity.at(reading, "percent", first, last + 2, plain(value)), last + 2
    if (end := _unit(words, last)) and not _is_age(words, end):
        if words[end - 1] in ("second", "seconds") and value == 1:
            return None, end
        return Entity.at(reading, "duration", first, end, _length(value, UNIT_FORMS[words[end - 1]])), end
    return _bare(reading, words, number)


def _with_cents(words: Sequence[str], first: int, value: Decimal) -> tuple[Decimal, int]:
    """ "nine dollars fifty", "nine dollars and fifty cents"; the value and one past the last word."""
    has_and = first < len(words) and words[first] == "and"
    rest = tens(words, first + has_and)
    if rest is None:
        return value, first
    cents, last = rest
    says_cents = last < len(words) and words[last] in _CENTS
    if says_cents:
        return value + Decimal(cents) / 100, last + 1
    if has_and or cents < 10 or not _ends_amount(words, last):
        return value, first
    return value + Decimal(cents) / 100, last


def _bare(reading: Reading, words: Sequence[str], number: Numeral) -> tuple[Entity | None, int]:
    """An amount without its currency: "forty two fifty", "it costs ninety", "ninety a month"."""
    first, last, value = number.first, number.last, number.value
    before = words[first - 1] if first else ""
    cents = tens(words, last)
    if cents is not None and cents[0] >= 10 and value < 1000 and _ends_amount(words, cents[1]):
        is_clock = value < 24 and cents[0] < 60
        if (before not in _TIME_CUES or not is_clock) and not _is_years(value, cents[0]):
            amount = value + Decimal(cents[0]) / 100
            return Entity.at(reading, "money", first, cents[1], _money(amount)), cents[1]
        return None, cents[1]
    is_rate = last + 1 < len(words) and words[last] in ("a", "an", "per") and words[last + 1] in _PER_UNITS
    costs = not _COST_WORDS.isdisjoint(words[max(0, first - 4) : first]) and _ends_amount(words, last)
    if (is_rate and value >= 5) or (costs and value >= 5 and cents is None):
        return Entity.at(reading, "money", first, last, _money(value)), last
    is_large = value >= 1000 and not 1900 <= value <= 2100 and cents is None and _ends_amount(words, last)
    if is_large and before not in ("page", "room", "number", "code", "error"):
        return Entity.at(reading, "money", first, last, _money(value)), last
    return None, last


def _is_weight(words: Sequence[str], first: int) -> bool:
    return not _WEIGHING.isdisjoint(words[max(0, first - 4) : first])


def _is_years(high: Decimal, low: int) -> bool:
    """Whether a pair is rather a year: "eighteen forty", "twenty twenty six"."""
    return high in (17, 18, 19, 20) and low >= 10


def _ends_amount(words: Sequence[str], index: int) -> bool:
    return index >= len(words) or words[index] in _AFTER_AMOUNTS


def _unit(words: Sequence[str], first: int) -> int:
    """One past a unit of time at a place, as in "working days"; 0 where there is none."""
    if first < len(words) and words[first] in _OF_WORK:
        first += 1
    return first + 1 if first < len(words) and words[first] in UNIT_FORMS else 0


def _is_age(words: Sequence[str], last: int) -> bool:
    return last < len(words) and words[last] in ("old", "older", "younger")


def _length(value: Decimal, unit: str) -> str:
    """ISO 8601 in the unit that was said; one and a half hours are 90 minutes."""
    if unit == "hour" and value % 1:
        return _UNITS["minute"].format(plain(value * 60))
    return _UNITS[unit].format(plain(value))


def _money(value: Decimal, currency: str = "") -> str:
    return f"{value:.2f} {currency}".rstrip()
