"""One spelling for characters that look alike: small letters, ASCII digits, plain spaces and dashes.

What cannot be seen (zero width spaces, soft hyphens, marks of direction) is left out, so that it parts
nothing.
"""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_SAME = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u2032": "'",
    "\u2212": "-",
    "\u00ad": "",
    "\u3002": ".",
}


class _Table(dict[int, str]):
    """Of each character its plain form, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = self[code] = _plain(chr(code))
        return plain


def _plain(character: str) -> str:
    """One character, or none for what cannot be seen."""
    if character in _SAME:
        return _SAME[character]
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if character.isspace():
        return " "
    if category in ("Ll", "Lo"):
        wide = unicodedata.normalize("NFKC", character)
        return wide if len(wide) == 1 else character
    wide = unicodedata.normalize("NFKC", character).lower()
    return wide if len(wide) == 1 else character


_PLAIN = _Table()


class Folded(NamedTuple):
    """A text in plain spelling. `starts` and `ends` are the characters of the original that each of its
    characters came from; empty where each came from its own place."""

    text: str
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """What the characters from `start` to before `end` came from; `start` < `end`."""
        return (self.starts[start], self.ends[end - 1]) if self.ends else (start, end)


def fold(text: str) -> Folded:
    """The text in plain spelling."""
    if text.isascii():
        return Folded(text.lower())
    plain = text.translate(_PLAIN)
    if len(plain) == len(text) and unicodedata.is_normalized("NFC", text):
        return Folded(plain)
    return _composed(text)


def _composed(text: str) -> Folded:
    """With every mark on its letter, as one character, and without what cannot be seen."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(text):
        if characters and unicodedata.combining(character):
            whole = unicodedata.normalize("NFC", characters[-1] + character)
            characters[-1] = whole if len(whole) == 1 else characters[-1]
            ends[-1] = place + 1
        elif plain := _PLAIN[ord(character)]:
            characters.append(plain)
            starts.append(place)
            ends.append(place + 1)
    return Folded("".join(characters), starts, ends)
