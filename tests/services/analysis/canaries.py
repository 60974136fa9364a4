"""Personal data that must not leave, in many spellings, and what looks like it and must stay."""

from __future__ import annotations

import re
import unicodedata

NAMES = ("Anna Berg", "Zoë Quimby")
SPELLINGS = {
    "card": (
        "my card is 4929 1234 5678 9015 thanks",
        "my card is 4929-1234-5678-9015 thanks",
        "my card is 4929123456789015 thanks",
        "my card is four nine two nine one two three four five six seven eight nine oh one five thanks",
        "my card is four nine two nine , one two three four uh five six seven eight , nine zero one five "
        "thanks",
    ),
    "iban": (
        "the account is DE75 5121 0800 1245 1261 99 okay",
        "the account is de75512108001245126199 okay",
        "the account is d e seven five five one two one oh eight double oh one two four five one two six one "
        "nine nine okay",
    ),
    "phone": (
        "call me on +44 20 7946 0958 please",
        "call me on (020) 7946-0958 please",
        "you can reach me at plus four four two oh seven nine four six oh nine five eight please",
    ),
    "email": (
        "write to quentin.marlowe@osprey-mail.example.com now",
        "write to QUENTIN.MARLOWE@Osprey-Mail.Example.com now",
        "write to quentin dot marlowe at osprey dash mail dot example dot com now",
    ),
    "network": (
        "the host is 203.0.113.77 there",
        "the host is two oh three dot zero dot one one three dot seven seven there",
        "the board is 00:1b:44:11:3a:b7 there",
        "the other is 2001:db8:85a3::8a2e:370:7334 there",
    ),
    "name": (
        "ask Anna Berg about it",
        "ask ANNA BERG about it",
        "ask zoe quimby about it",
        "ask Zoë Quimby's team about it",
        "ask a n n a b e r g about it",
    ),
}
NEAR_MISSES = (
    "the order number is 4539 1488 0343 6460 so far",
    "it was in 2026 and we sold 1500 of them",
    "version 1.2.3 came out on 2026-05-21 as planned",
    "the berg was cold and anna was there",
    "we meet at ten dot dash is a sign",
    "pi is 3.14159265358979 or so",
)

_DIGITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_PLAIN = {
    "the card": "4929123456789015",
    "half the card": "49291234",
    "the other half": "56789015",
    "the account": "512108001245126199",
    "the phone": "2079460958",
    "the address": "quentinmarloweatospreymail",
    "the host": "203011377",
    "the board": "001b44113ab7",
    "the long host": "8a2e3707334",
    "Anna Berg": "annaberg",
    "Zoë Quimby": "zoequimby",
}
_HEAD = re.compile(r"\[\d+\] ?|\[\d+\.\ds\] |data id=\S+")


def plain(text: str) -> str:
    """Letters and figures only, however they were spelled."""
    text = _HEAD.sub("", text).casefold().replace("@", " at ")
    letters = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    text = re.sub(r"\b(double|triple) (\w+)", lambda word: f"{word[2]} " * (2 + (word[1] == "triple")), text)
    words = re.findall(r"[a-z]+|\d+", text)
    left_out = ("dot", "dash", "uh", "unknown", "plus")
    return "".join(_DIGITS.get(word, word) for word in words if word not in left_out)


def found_in(text: str) -> list[str]:
    """Which values a text has in it, in whatever spelling."""
    said = plain(text)
    return [name for name, value in _PLAIN.items() if value in said]
