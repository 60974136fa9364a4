"""E-mail addresses, web addresses and phone numbers, written ("a@b.org") and said ("a at b dot org")."""

import re
from collections.abc import Iterator

from services.semantics.entity import Entity
from services.semantics.numerals import DIGITS, SMALL, spoken_digits
from services.semantics.words import Reading, word_set

# Lengths are bounded (RFC 5321, 4.5.3.1; RFC 1035, 2.3.4), so that no text takes more than linear time.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
TOP_LEVEL = word_set(
    "com org net edu gov mil int info biz io co ai app dev shop online uk de fr es it nl be at ch ie us "
    "ca au nz eu pl se no dk fi pt in jp cn br mx za example test"
)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']+|(?<![\w.-])(?:[A-Za-z0-9-]{1,63}\.){1,8}(?:"
    + "|".join(sorted(TOP_LEVEL))
    + r")\b(?:/[^\s<>\"']*)?"
)
_CLOSING = ".,;:!?)]}'\""
_PHONE = re.compile(r"(?<![\w.,/$\u20ac\u00a3-])(?:\+|\(|\d)[\d\s().\-/]{5,24}\d(?![\w%])")
_PHONE_DIGITS = range(7, 16)  # 15 is the longest number (ITU-T E.164), 7 a local one

_JOINTS = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+"}
_DOMAIN_JOINTS = {"dot": ".", "dash": "-", "hyphen": "-"}
_PATH_JOINTS = {"slash": "/", "dash": "-", "hyphen": "-", "underscore": "_", "dot": "."}
# What else is numbered: said shortly before digits, they are no phone number.
_OTHER_NUMBERS = word_set(
    "order ticket invoice reference policy claim case account customer booking tracking serial model id "
    "code confirmation card student passport licence license page room flight meter"
)
_PHONE_CUES = word_set("call phone number mobile cell text reach telephone tel ring dial fax whatsapp")
_CUE_DISTANCE = 4
_LONGEST_NAME = 24  # words


def written_addresses(reading: Reading) -> Iterator[Entity]:
    """E-mail and web addresses in figures."""
    text = reading.text
    if "@" in text:
        for match in _EMAIL.finditer(text):
            address = match[0].rstrip(_CLOSING)
            yield Entity("email", match.start(), match.start() + len(address), address.lower())
    if "." in text or "://" in text:
        for match in _URL.finditer(text):
            address = match[0].rstrip(_CLOSING)
            yield Entity("url", match.start(), match.start() + len(address), address)


def spoken_addresses(reading: Reading) -> Iterator[Entity]:
    """E-mail and web addresses in words."""
    words = reading.words
    taken = -1
    for index, word in enumerate(words):
        if word != "dot" or index <= taken or index == 0 or index + 1 >= len(words):
            continue
        first = _back(words, index - 1, _DOMAIN_JOINTS)
        domain, last = _forward(words, first, _DOMAIN_JOINTS)
        if first >= 2 and words[first - 1] == "at":
            begin = _back(words, first - 2, _JOINTS)
            local, end = _forward(words, begin, _JOINTS)
            if end == first - 1 and words[begin] not in _BEFORE_NAMES:
                yield Entity.at(reading, "email", begin, last, f"{local}@{domain}")
                taken = last
                continue
        if domain.rpartition(".")[2] in TOP_LEVEL:
            last_path = last
            if last < len(words) and words[last] == "slash":
                path, last_path = _forward(words, last + 1, _PATH_JOINTS)
                domain = f"{domain}/{path}"
            yield Entity.at(reading, "url", first, last_path, domain)
            taken = last_path


def phones(reading: Reading) -> Iterator[Entity]:
    """Phone numbers, in figures and in words."""
    for match in _PHONE.finditer(reading.text):
        number = match[0]
        digits = re.sub(r"\D", "", number)
        first = reading.word_at(match.start())
        is_marked = number[0] in "+(0" or not number.isdigit()
        if (
            len(digits) in _PHONE_DIGITS
            and (is_marked or _near(reading.words, first, _PHONE_CUES))
            and not _near(reading.words, first, _OTHER_NUMBERS)
        ):
            plus = "+" if number[0] == "+" else ""
            yield Entity("phone", match.start(), match.end(), plus + digits)
    index = 0
    words = reading.words
    while index < len(words):
        if words[index] not in DIGITS and words[index] not in ("double", "triple", "treble"):
            index += 1
            continue
        digits, last = spoken_digits(words, index)
        if len(digits) in _PHONE_DIGITS and not _near(words, index, _OTHER_NUMBERS):
            has_plus = index > 0 and words[index - 1] == "plus"
            first = index - 1 if has_plus else index
            yield Entity.at(reading, "phone", first, last, ("+" if has_plus else "") + digits)
        index = max(last, index + 1)


def _near(words: list[str], index: int, cues: frozenset[str]) -> bool:
    return not cues.isdisjoint(words[max(0, index - _CUE_DISTANCE) : index])


def _written(word: str) -> str:
    if word in DIGITS and word not in ("o",):
        return DIGITS[word]
    return str(SMALL[word]) if word in SMALL else word


def _is_short(word: str) -> bool:
    """Something that is said as a part of a name: a letter, a digit, a number."""
    return len(word) == 1 or word in SMALL or word.isdigit()


def _back(words: list[str], last: int, joints: dict[str, str]) -> int:
    """The first word of a name that ends with the word `last`."""
    first = last
    while first > max(0, last - _LONGEST_NAME):
        if words[first - 1] in joints and first > 1:
            first -= 2
        elif (
            _is_short(words[first])
            and (_is_short(words[first - 1]) or words[first - 1].isalpha())
            and (words[first - 1] not in _BEFORE_NAMES)
        ):
            first -= 1
        else:
            break
    return first


_BEFORE_NAMES = word_set(
    "is it's to at on the my our your a and or as by use are was email address mail under"
)


def _forward(words: list[str], first: int, joints: dict[str, str]) -> tuple[str, int]:
    """A name from its first word on, as it is written, and one past its last word."""
    name = ""
    index = first
    while index < min(len(words), first + 2 * _LONGEST_NAME):
        name += _written(words[index])
        index += 1
        if index + 1 < len(words) and words[index] in joints:
            name += joints[words[index]]
            index += 1
        elif not (
            index < len(words)
            and (_is_short(words[index - 1]) or _is_short(words[index]))
            and _joins(words, index)
        ):
            break
    return name, index


def _joins(words: list[str], index: int) -> bool:
    """Whether a word without a joint before it goes on with the name: only where a joint or "at" still
    comes."""
    if words[index] in _BEFORE_NAMES:
        return False
    rest = words[index + 1 : index + 6]
    return _is_short(words[index]) and ("at" in rest or "dot" in rest)
