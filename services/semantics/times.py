"""Clock times, written and said. Values are "21:15"; where no part of the day is said, the hour is as
said."""

import re
from collections.abc import Iterator, Sequence

from services.semantics.entity import Entity
from services.semantics.numerals import SMALL, tens
from services.semantics.words import Reading, word_set

_HALF_OF_DAY = r"a\.m\.|p\.m\.|am|pm|AM|PM|A\.M\.|P\.M\."
_FIGURES = re.compile(
    r"(?<![\w:.,$\u20ac\u00a3])"
    rf"(?:(\d{{1,2}})(?:[:.]([0-5]\d))?[ \u00a0]?({_HALF_OF_DAY})(?!\w)|(\d{{1,2}}):([0-5]\d)(?![\w:]))"
)
_CUES = word_set("at by until till before after from around about past to since between")
# What makes a pair of numbers ("nine fifteen") a time rather than an amount.
_AFTER_CLOCK = word_set("works suits on tomorrow today tonight sharp is would")
_BEFORE_CLOCK = word_set(
    "does it say at for monday tuesday wednesday thursday friday saturday sunday tomorrow today morning "
    "afternoon evening"
)
_STRONG_CUES = word_set("at by until till before after around since")
_MARKS = ("%", "/", "-", "$", "\u20ac", "\u00a3", "\u00b0")
_HOURS = frozenset(map(str, range(1, 13)))
_TO = ("to", "and", "till", "until")
_POINTS = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}
TIME_WORDS = word_set("noon midday midnight o'clock half quarter past am pm")
_PARTS_OF_DAY = {"morning": 0, "afternoon": 12, "evening": 12}
_AFTER_HOURS = word_set(
    "and but or so then please if on in to till until tomorrow today tonight sharp is works would will "
    "for when because instead it we i you they he she that okay right at again every each with just "
    "monday tuesday wednesday thursday friday saturday sunday next this does do can could not either "
    "already"
)
_NO_HOURS = word_set("least most best first once all")


def times(reading: Reading) -> Iterator[Entity]:
    """Every clock time of a text."""
    for match in _FIGURES.finditer(reading.text):
        hour = int(match[1] or match[4])
        half = (match[3] or "").lower().replace(".", "")
        if hour > (12 if half else 23):
            continue
        last = reading.word_at(match.end() - 1)
        while last < len(reading.words) and reading.starts[last] < match.end():
            last += 1
        later, end = (half == "pm" and hour < 12, match.end())
        if not half:
            part = _part_of_day(reading.words, last, hour)
            later = part is not None and part[0]
            end = reading.ends[part[1] - 1] if part else end
        hour = 0 if half == "am" and hour == 12 else hour + 12 * later
        yield Entity("time", match.start(), end, f"{hour:02}:{match[2] or match[5] or '00'}")
    words = reading.words
    index = 0
    while index < len(words):
        found = _at(reading, words, index)
        if found is None:
            index += 1
            continue
        entity, index = found
        yield entity


def _at(reading: Reading, words: Sequence[str], index: int) -> tuple[Entity, int] | None:
    word = words[index]
    if word in _POINTS:
        return Entity.at(reading, "time", index, index + 1, _POINTS[word]), index + 1
    clock = _relative(words, index) or _absolute(reading, words, index)
    if clock is None:
        return None
    hour, minute, last = clock
    part = _part_of_day(words, last, hour)
    if part is not None:
        hour, last = hour + 12 * part[0], part[1]
    return Entity.at(reading, "time", index, last, f"{hour:02}:{minute:02}"), last


def _relative(words: Sequence[str], index: int) -> tuple[int, int, int] | None:
    """ "half past three", "a quarter to six", "ten past nine", "twenty minutes to five"."""
    at = index + 1 if words[index] == "a" and words[index + 1 : index + 2] == ["quarter"] else index
    if words[at] == "half":
        minutes, following = 30, at + 1
    elif words[at] == "quarter":
        minutes, following = 15, at + 1
    elif words[at] in SMALL and (number := tens(words, at)) and number[0] in (5, 10, 20, 25):
        minutes, following = number
        following += words[following : following + 1] == ["minutes"]
    else:
        return None
    if (
        following + 1 >= len(words)
        or words[following] not in ("past", "to")
        or (words[following] == "to" and minutes == 30)
    ):
        return None
    said = words[following + 1]
    hour = int(said) if said in _HOURS else SMALL.get(said, 0)
    if not 1 <= hour <= 12 or (minutes < 15 and words[max(0, at - 1)] == "from"):
        return None
    last = following + 2 + (words[following + 2 : following + 3] == ["o'clock"])
    if words[following] == "past":
        return hour, minutes, last
    # "five to six people" is no time: what follows must end it.
    if minutes < 15 and last < len(words) and words[last] not in _AFTER_HOURS:
        return None
    return (hour - 1 or 12), 60 - minutes, last


def _absolute(reading: Reading, words: Sequence[str], index: int) -> tuple[int, int, int] | None:
    """ "nine o'clock", "six forty in the morning", "at nine", "at seven thirty"."""
    word = words[index]
    hour = SMALL.get(word)
    if hour is None:
        hour = int(word) if word.isdigit() and word.isascii() and len(word) < 3 else None
        if hour is None or (
            index
            and reading.starts[index] - reading.ends[index - 1] == 1
            and (reading.text[reading.ends[index - 1]] in ".,:/-")
        ):
            return None
    if not 0 < hour <= 24:
        return None
    last = index + 1
    if words[last : last + 1] == ["o'clock"]:
        return hour, 0, last + 1
    is_cued = index > 0 and words[index - 1] in _CUES
    minutes = tens(words, last) if last < len(words) and not word.isdigit() else None
    minute = 0
    if minutes is not None:
        is_minute = 10 <= minutes[0] < 60 or words[last] in ("oh", "o")
        if not is_minute or hour > 23:
            return None
        minute, last = minutes
    half = "".join(words[last : last + 2])
    if half[:2] in ("am", "pm") and (words[last] in ("am", "pm") or half in ("am", "pm")):
        last += 1 if words[last] in ("am", "pm") else 2
        return hour % 12 + 12 * (half[0] == "p"), minute, last
    if _part_of_day(words, last, hour) is not None:
        return hour, minute, last
    if (
        minutes is not None
        and minute % 5 == 0
        and (
            (last < len(words) and words[last] in _AFTER_CLOCK)
            or (index and words[index - 1] in _BEFORE_CLOCK)
        )
    ):
        return hour, minute, last
    ends = last in reading.breaks or words[last] in _AFTER_HOURS
    if reading.text[reading.ends[last - 1] : reading.ends[last - 1] + 1] in _MARKS:
        return None
    is_hour = hour <= 12 or minutes is not None
    if is_hour and _is_range(words, index, last, ends):
        return hour, minute, last
    if not (is_cued and ends and is_hour) or (index > 1 and words[index - 2] in _NO_HOURS):
        return None
    cue = words[index - 1]
    if cue not in _STRONG_CUES or (cue != "at" and (hour > 12 or words[last : last + 1] == ["in"])):
        return None
    return hour, minute, last


def _is_range(words: Sequence[str], index: int, last: int, ends: bool) -> bool:
    """Whether a number is one end of "from nine to five" or "between two and four"."""
    before = words[index - 1] if index else ""
    if before in ("from", "between") and words[last : last + 1] and words[last] in _TO:
        following = words[last + 1] if last + 1 < len(words) else ""
        then = words[last + 2] if last + 2 < len(words) else ""
        return _hour(following) and (not then or then in _AFTER_HOURS)
    if before in _TO and ends:
        return not {"from", "between"}.isdisjoint(words[max(0, index - 4) : index - 2]) and _hour(
            words[index - 2]
        )
    return False


def _hour(word: str) -> bool:
    return word in _HOURS or 1 <= SMALL.get(word, 0) <= 12


def _part_of_day(words: Sequence[str], index: int, hour: int) -> tuple[bool, int] | None:
    """Whether 12 hours are to be added, and one past the last word, where a part of the day follows."""
    if (
        words[index : index + 2] == ["in", "the"]
        and index + 2 < len(words)
        and words[index + 2] in _PARTS_OF_DAY
    ):
        return _PARTS_OF_DAY[words[index + 2]] > 0 and hour < 12, index + 3
    if words[index : index + 2] == ["at", "night"]:
        return 5 <= hour < 12, index + 2
    return None
