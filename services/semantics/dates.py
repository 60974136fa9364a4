"""Names of days: calendar dates, days of the month, weekdays, and days as seen from today.

Values are ISO 8601: "2026-05-21"; without a year "--05-21" and "---15" (ISO 8601:2000, 5.2.1.3). A weekday,
and "tomorrow", get a date where the day of the conversation is known; else they have no value, and `relative`
says which day is meant.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.semantics.entity import Entity
from services.semantics.numerals import ORDINALS, SMALL, ordinal, tens
from services.semantics.words import Reading, word_set

_MONTHS = {
    name: number
    for number, names in enumerate(
        ["january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"], 1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    )
}
_DAYS_FROM_NOW = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
DATE_WORDS = frozenset([*_MONTHS, *_WEEKDAYS, *_DAYS_FROM_NOW])
_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])")
_SLASHES = re.compile(r"(?<![\w/.])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\w/])")
_DOTS = re.compile(r"(?<![\w.])(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?![\w])")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?$")
_ORDINAL_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_BEFORE_DAYS = word_set("on by until till from before after since through to for between and does would")
_AFTER_DAYS = word_set(
    "and but or so at in if is was works would will then please instead to till until through because "
    "when with i we you he she it they that this just again right okay a an as was were has had can could "
    "should must may might do does did for from by with about around after before instead either already "
    "latest sharp not my our your which where what how"
)
_LOOKING_BACK = word_set(
    "was were did had went came got been since last said told took made saw called wrote ago"
)
_LOOKING_AHEAD = word_set(
    "will would can could going shall should by until till before next please let may might"
)
_PARTING = word_set("and but so because if then or")
_AROUND = 8  # words on either side that tell whether a weekday is past


def dates(reading: Reading, held_on: date | None) -> Iterator[Entity]:
    """Every date of a text, in order of place within each form."""
    if any(map(str.isdigit, reading.text)):
        yield from _figures(reading.text)
    words = reading.words
    index = 0
    while index < len(words):
        found = _at(reading, index, held_on)
        if found is None:
            index += 1
            continue
        entity, index = found
        yield entity


def _figures(text: str) -> Iterator[Entity]:
    for match in _ISO.finditer(text):
        year, month, day = map(int, match.groups())
        if _exists(month, day, year):
            yield Entity("date", match.start(), match.end(), match[0])
    for match in _SLASHES.finditer(text):  # month first, unless that cannot be
        first, second = int(match[1]), int(match[2])
        month, day = (first, second) if first <= 12 else (second, first)
        yield from _of_figures(match, month, day, match[3])
    for match in _DOTS.finditer(text):
        yield from _of_figures(match, int(match[2]), int(match[1]), match[3])


def _of_figures(match: re.Match[str], month: int, day: int, year: str | None) -> Iterator[Entity]:
    whole = int(year) + (2000 if len(year) == 2 else 0) if year else None
    if _exists(month, day, whole):
        yield Entity("date", match.start(), match.end(), _iso(whole, month, day))


def _at(reading: Reading, index: int, held_on: date | None) -> tuple[Entity, int] | None:
    """The date that begins at a word, and one past its last word."""
    words = reading.words
    word = words[index]
    if word in _WEEKDAYS:
        return _weekday(reading, index, index, held_on)
    if (
        word in ("next", "this", "last", "coming")
        and index + 1 < len(words)
        and words[index + 1] in _WEEKDAYS
    ):
        return _weekday(reading, index, index + 1, held_on)
    if word in _DAYS_FROM_NOW:
        return _relative(reading, index, index + 1, _DAYS_FROM_NOW[word], held_on)
    if word == "the" and (days := _TURNS.get(tuple(words[index + 1 : index + 4]))) is not None:
        return _relative(reading, index, index + 4, days, held_on)
    if word == "day" and (days := _TURNS.get(tuple(words[index : index + 3]))) is not None:
        return _relative(reading, index, index + 3, days, held_on)
    whole = _calendar(words, index)
    if whole is not None:
        return Entity.at(reading, "date", index, whole[1], whole[0]), whole[1]
    return _bare_day(reading, index)


_TURNS: dict[tuple[str, ...], int] = {("day", "after", "tomorrow"): 2, ("day", "before", "yesterday"): -2}


def _weekday(reading: Reading, first: int, index: int, held_on: date | None) -> tuple[Entity, int]:
    """A weekday, with the date that may stand after it: "Monday, March 9th", "monday the ninth"."""
    words = reading.words
    following = _calendar(words, index + 1) if index + 1 < len(words) else None
    if following is not None:
        return Entity.at(reading, "date", first, following[1], following[0]), following[1]
    bare = _day_of_month(words, index + 2) if words[index + 1 : index + 2] == ["the"] else None
    if bare is not None and bare[1] <= len(words):
        return Entity.at(reading, "date", first, bare[1], f"---{bare[0]:02}"), bare[1]
    weekday = _WEEKDAYS[words[index]]
    if held_on is None:
        value = ""
    elif words[first] == "last" or (first == index and _is_past(words, index)):
        value = (held_on - timedelta((held_on.weekday() - weekday - 1) % 7 + 1)).isoformat()
    else:
        value = (held_on + timedelta((weekday - held_on.weekday() - 1) % 7 + 1)).isoformat()
    entity = Entity.at(reading, "date", first, index + 1, value)
    entity.attributes["relative"] = reading.phrase(first, index + 1)
    return entity, index + 1


def _is_past(words: Sequence[str], index: int) -> bool:
    if index and words[index - 1] in ("since", "last"):
        return True
    if index and (words[index - 1] in _LOOKING_AHEAD or words[index - 1] in ("to", "for")):
        return False
    around = set(_clause(words, index))
    looks_back = not _LOOKING_BACK.isdisjoint(around) or any(
        len(word) > 4 and word.endswith("ed") and word != "need" for word in around
    )
    return looks_back and _LOOKING_AHEAD.isdisjoint(around)


def _clause(words: Sequence[str], index: int) -> Sequence[str]:
    """The words around a place, as far as no conjunction parts them from it."""
    first = last = index
    while first > max(0, index - _AROUND) and words[first - 1] not in _PARTING:
        first -= 1
    while last < min(len(words), index + 5) and words[last] not in _PARTING:
        last += 1
    return words[first:last]


def _relative(reading: Reading, first: int, last: int, days: int, held_on: date | None) -> tuple[Entity, int]:
    value = (held_on + timedelta(days)).isoformat() if held_on else ""
    entity = Entity.at(reading, "date", first, last, value)
    entity.attributes["relative"] = reading.phrase(first, last)
    return entity, last


def _calendar(words: Sequence[str], first: int) -> tuple[str, int] | None:
    """A date with its month: its value, and one past its last word."""
    index = first
    if index < len(words) and words[index] == "the":
        index += 1
    if index >= len(words):
        return None
    if (month := _MONTHS.get(words[index])) is not None:
        day = _month_first(words, index)
    else:
        day = _day_of_month(words, index)
        if day is None:
            return None
        index = day[1] + (words[day[1] : day[1] + 1] == ["of"])
        month = _MONTHS.get(words[index]) if index < len(words) else None
        if month is None:
            return None
        day = day[0], index + 1
    if day is None or not _exists(month, day[0], None):
        return None
    year = _year(words, day[1])
    if year is not None and _exists(month, day[0], year[0]):
        return _iso(year[0], month, day[0]), year[1]
    return _iso(None, month, day[0]), day[1]


def _month_first(words: Sequence[str], index: int) -> tuple[int, int] | None:
    """The day after a month: "March 9th", "march the ninth", "march nine"."""
    following = index + 1 + (words[index + 1 : index + 2] == ["the"])
    day = _day_of_month(words, following)
    # "may" and "march" are verbs as well: "it may one day".
    if day is not None and words[index] in ("may", "march") and not _is_exact(words[following]):
        return None
    return day


def _is_exact(word: str) -> bool:
    return word in ORDINALS or word[0].isdigit() or word in ("twenty", "thirty")


def _day_of_month(words: Sequence[str], index: int) -> tuple[int, int] | None:
    if index >= len(words):
        return None
    if (figures := _DAY.match(words[index])) is not None:
        return (int(figures[1]), index + 1) if 1 <= int(figures[1]) <= 31 else None
    found = ordinal(words, index) or (tens(words, index) if words[index] in SMALL else None)
    return found if found is not None and 1 <= found[0] <= 31 else None


def _year(words: Sequence[str], index: int) -> tuple[int, int] | None:
    if index >= len(words):
        return None
    if _YEAR.match(words[index]):
        return int(words[index]), index + 1
    if tuple(words[index : index + 2]) == ("two", "thousand"):
        following = index + 2 + (words[index + 2 : index + 3] == ["and"])
        rest = tens(words, following)
        return (2000 + rest[0], rest[1]) if rest else (2000, index + 2)
    if words[index] in ("nineteen", "twenty") and (rest := tens(words, index + 1)) and rest[0] >= 10:
        return SMALL[words[index]] * 100 + rest[0], rest[1]
    return None


def _bare_day(reading: Reading, index: int) -> tuple[Entity, int] | None:
    """A day of the month alone: "on the fourth", where no noun follows."""
    words = reading.words
    if words[index] != "the" or index == 0 or words[index - 1] not in _BEFORE_DAYS or index + 1 >= len(words):
        return None
    figures = _ORDINAL_DAY.match(words[index + 1])
    found = _day_of_month(words, index + 1) if figures else ordinal(words, index + 1)
    if found is None or not 1 <= found[0] <= 31:
        return None
    ends = found[1] in reading.breaks or words[found[1]] in _AFTER_DAYS or words[found[1]] in _DAYS_FROM_NOW
    if not ends:
        return None
    return Entity.at(reading, "date", index, found[1], f"---{found[0]:02}"), found[1]


def _exists(month: int, day: int, year: int | None) -> bool:
    try:
        date(year or 2024, month, day)  # a leap year, for a date without one may be 29 February
    except ValueError:
        return False
    return True


def _iso(year: int | None, month: int, day: int) -> str:
    return f"{year:04}-{month:02}-{day:02}" if year else f"--{month:02}-{day:02}"
