"""Numbers of bank accounts: ISO 13616, check digits by ISO/IEC 7064 MOD 97-10, lengths of the registry."""

from collections.abc import Callable, Iterator

from services.text.check_digits import iban_check
from services.text.redaction.kinds import Found, Kind
from services.text.redaction.scan import Scan, word_set
from services.text.redaction.spelling import LETTER_WORDS, Spelled, digits_at, letter_at

_LENGTHS = {
    each[:2].lower(): int(each[2:])
    for each in word_set(
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 "
        "EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 "
        "IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 "
        "NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 "
        "SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
    )
}
_SIGNS = word_set("- . / ,")
_LINKS = _SIGNS | word_set("uh um er erm uhm ah hmm then and space dash")
_MOST_LINKS = 3  # ", uh,"

Reading = Callable[[Scan, int], Spelled | None]
"""What a token and those after it mean; no characters where they only link, None where the number ends."""


def is_iban(characters: str) -> bool:
    """Whether the length is that of the country, and the two digits after it check the rest; ASCII."""
    return len(characters) == _LENGTHS.get(characters[:2].lower()) and iban_check(characters)


def ibans(scan: Scan) -> Iterator[Found]:
    """Account numbers, written and spelled."""
    taken = 0
    for index, word in enumerate(scan.words):
        if index < taken or not (len(word) == 1 or word in _LENGTHS or word in LETTER_WORDS):
            continue
        country = _country(scan, index)
        if country is None:
            continue
        # "o" is zero or the letter, "AH" a pause or two letters of a group: the check digits tell.
        for read in (_said, _said_letter_o, _written):
            found = _after(scan, country, read)
            if found is not None:
                value, taken = found.characters.upper(), found.last
                yield Found(Kind.IBAN, scan.starts[index], scan.ends[taken - 1], value)
                break


def _after(scan: Scan, country: Spelled, read: Reading) -> Spelled | None:
    """The number of this country, in one reading of what follows."""
    characters, index = country
    length = _LENGTHS[characters]
    links = 0
    while index < len(scan) and len(characters) < length and links <= _MOST_LINKS:
        addition = read(scan, index)
        if addition is None:
            return None
        links = 0 if addition.characters else links + 1
        characters += addition.characters
        index = addition.last
        if len(characters) >= 4 and not characters[2:4].isdecimal():
            return None
    if is_iban(characters) and not (scan.is_glued(index) and scan.words[index].isalnum()):
        return Spelled(characters, index)
    return None


def _said(scan: Scan, index: int) -> Spelled | None:
    """What is said at a token: nothing where it only links, None where it is no part of a number."""
    if scan.words[index] in _LINKS:
        return Spelled("", index + 1)
    return digits_at(scan, index) or letter_at(scan, index) or _written(scan, index)


def _said_letter_o(scan: Scan, index: int) -> Spelled | None:
    """The same, where "o" is the letter and not zero."""
    return Spelled("o", index + 1) if scan.words[index] == "o" else _said(scan, index)


def _written(scan: Scan, index: int) -> Spelled | None:
    """What is written at a token: itself, nothing for a sign that only links, None for another sign."""
    word = scan.words[index]
    if word in _SIGNS:
        return Spelled("", index + 1)
    return Spelled(word, index + 1) if word.isascii() and word.isalnum() else None


def _country(scan: Scan, first: int) -> Spelled | None:
    """The country, and one past its last token, where digits may follow."""
    word = scan.words[first]
    if word in _LENGTHS and not (scan.is_glued(first) and scan.words[first - 1].isalnum()):
        return Spelled(word, first + 1) if digits_at(scan, _past_links(scan, first + 1)) else None
    one = letter_at(scan, first)
    two = letter_at(scan, _past_links(scan, one.last)) if one else None
    if one and two and one.characters + two.characters in _LENGTHS:
        return Spelled(one.characters + two.characters, two.last)
    return None


def _past_links(scan: Scan, index: int) -> int:
    last = index + _MOST_LINKS
    while index < last and scan.word(index) in _LINKS:
        index += 1
    return index
