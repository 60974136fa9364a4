"""Addresses in networks: IPv4 (RFC 791), IPv6 (RFC 4291, 2.2), MAC (IEEE 802), written and said."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from services.text.redaction.cues import is_cued
from services.text.redaction.kinds import Found, Kind
from services.text.redaction.scan import Scan, word_set
from services.text.redaction.spelling import LETTER_WORDS, NUMBER_WORDS, digits_at, letter_at

_DOT = r"(?:\.|\[\.\]|\(\.\))"  # in brackets where an address is not to become a link
_IPV4 = re.compile(rf"(?<![\w.])[0-9]{{1,3}}(?:{_DOT}[0-9]{{1,3}}){{3}}(?!\w|{_DOT}[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}:[0-9a-f:]{1,38}(?:\.[0-9]{1,3}){0,3}(?![\w:])")
_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9a-f]{2}(?P<sign>[:-])[0-9a-f]{2}(?:(?P=sign)[0-9a-f]{2}){4}"
    r"|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|[0-9a-f]{12})(?!\w|[:.-][0-9a-f])"
)
_MACS = word_set("mac hardware ethernet bluetooth wifi physical")
_VERSIONS = word_set(
    "version versions v release build firmware driver section chapter clause paragraph article update "
    "upgrade android ios chrome firefox"
)
_DOTS = word_set("dot point")
_COLONS = word_set("colon dash hyphen")
_LONGEST_FIELD = 12  # tokens: "one hundred and ninety two", "c as in charlie ..."


def networks(scan: Scan) -> Iterator[Found]:
    """Addresses in figures, then in words."""
    text = scan.text
    if ":" in text or scan.has_digits:
        for match in _MAC.finditer(text):
            if _is_mac(scan, match):
                yield Found(Kind.NETWORK, *match.span(), re.sub(r"[:.-]", "", match[0]))
    if ":" in text:
        for match in _IPV6.finditer(text):
            if (value := _ipv6(match[0])) is not None:
                yield Found(Kind.NETWORK, *match.span(), value)
    if scan.has_digits and "." in text:
        for match in _IPV4.finditer(text):
            value = _ipv4(re.sub(r"[^0-9]+", ".", match[0]))
            if value is not None and not is_cued(scan, bisect_left(scan.starts, match.start()), _VERSIONS):
                yield Found(Kind.NETWORK, *match.span(), value)
    if not (_DOTS | _COLONS).isdisjoint(scan.known):
        yield from _spoken(scan)


def _is_mac(scan: Scan, match: re.Match[str]) -> bool:
    """Six pairs of digits with dashes may be anything, as may twelve in a row."""
    has_letter = re.search("[a-f]", match[0]) is not None
    if match["sign"] == ":" or (has_letter and not match[0].isalnum()):
        return True
    return is_cued(scan, bisect_left(scan.starts, match.start()), _MACS)


def _ipv4(written: str) -> str | None:
    """In its usual form; None where it is none. Zeros at the left mean nothing."""
    fields = [int(field) for field in written.split(".")]
    return str(IPv4Address(bytes(fields))) if len(fields) == 4 and max(fields) < 256 else None


def _ipv6(written: str) -> str | None:
    """In its short form (RFC 5952). "a::b" may as well be a name in a program."""
    fields = [field for field in written.split(":") if field]
    if len(fields) < 3 and not re.search("[0-9]", written):
        return None
    try:
        return str(IPv6Address(written))
    except AddressValueError:
        return None


def _spoken(scan: Scan) -> Iterator[Found]:
    taken = 0
    for index, word in enumerate(scan.words):
        if index < taken or not (
            len(word) < 3 or word[0].isdecimal() or word in NUMBER_WORDS or word in LETTER_WORDS
        ):
            continue
        found = _dotted(scan, index) or _hexadecimal(scan, index)
        if found is not None:
            value, taken = found
            yield Found(Kind.NETWORK, scan.starts[index], scan.ends[taken - 1], value)


def _dotted(scan: Scan, first: int) -> tuple[str, int] | None:
    """Four numbers with dots between, at least one of them said."""
    fields: list[str] = []
    index = first
    said = 0
    while True:
        field, index = _number(scan, index)
        if not field:
            return None
        fields.append(field)
        is_word = scan.word(index) in _DOTS
        is_sign = scan.word(index) == "." and scan.is_glued(index) and scan.is_glued(index + 1)
        if len(fields) == 5 or not (is_word or is_sign):
            break
        said += is_word
        index += 1
    value = _ipv4(".".join(fields)) if said else None
    return (value, index) if value is not None and not is_cued(scan, first, _VERSIONS) else None


def _number(scan: Scan, first: int) -> tuple[str, int]:
    """A number of up to three digits as it is said, "one ninety two" or "one hundred and ninety two", and one
    past its last token."""
    digits = ""
    index = first
    hundreds = 0
    while index < first + _LONGEST_FIELD and len(digits) <= 3:
        if hundreds and scan.word(index) == "and":
            index += 1
        said = digits_at(scan, index)
        if said is None:
            break
        if scan.word(index + 1) == "hundred":
            hundreds = int(said.characters)
        else:
            digits += said.characters
        index = said.last
    if hundreds:
        digits = str(hundreds + int(digits or 0))
    return (digits, index) if len(digits) <= 3 else ("", first)


def _hexadecimal(scan: Scan, first: int) -> tuple[str, int] | None:
    """A MAC address or one of IPv6, with its colons or dashes said."""
    written = ""
    index = first
    said = 0
    while index < len(scan) and index < first + 8 * _LONGEST_FIELD:
        word = scan.words[index]
        if word == "double" and scan.word(index + 1) == "colon":
            written, index, said = written + "::", index + 2, said + 1
        elif word in _COLONS:
            written, index, said = written + (":" if word == "colon" else "-"), index + 1, said + 1
        elif word in (":", "-"):
            written, index = written + word, index + 1
        elif (sign := digits_at(scan, index) or letter_at(scan, index)) is not None:
            if not set(sign.characters) <= set("0123456789abcdef"):
                break
            written, index = written + sign.characters, sign.last
        elif len(word) < 5 and set(word) <= set("abcdef"):
            written, index = written + word, index + 1
        else:
            break
        if not said and index > first + _LONGEST_FIELD:
            return None
    if said < 2:
        return None
    while written[-1:] in (":", "-") and not written.endswith("::"):
        written, index = written[:-1], index - 1
    match = _MAC.fullmatch(written)
    if match is not None and _is_mac(scan, match):
        return re.sub(r"[:.-]", "", written), index
    value = _ipv6(written)
    return (value, index) if value is not None else None
