"""The profanity filter: words of a list lose all letters but their first.

It works on what was recognised, whatever the engine, and by whole words: "Scunthorpe" and "assess" are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from services.asr.engine import EngineUnavailable, Word
from services.asr.settings import ProfanitySettings

# A word is letters; an apostrophe ends it, so that "bastard's" is masked, and so does a hyphen, so that each
# half of a compound is looked at. Marks that recognisers put beside a word stay.
_LETTERS = re.compile(r"[^\W\d_]+")


class ProfanityFilter:
    """Masks the words of a list, in any case."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word.casefold() for word in words)

    def mask(self, text: str) -> str:
        """The text with "f***" for each word of the list; its length stays the same."""
        return _LETTERS.sub(self._masked, text)

    def mask_words(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """The same for words with times; those without a fault are themselves."""
        masked = ((word, self.mask(word.text)) for word in words)
        return tuple(word if text == word.text else replace(word, text=text) for word, text in masked)

    def _masked(self, found: re.Match[str]) -> str:
        word = found.group()
        return word[0] + "*" * (len(word) - 1) if word.casefold() in self._words else word


def open_filter(settings: ProfanitySettings) -> ProfanityFilter:
    """The filter that the settings describe. Raises EngineUnavailable where their file cannot be read."""
    words = _read(Path(settings.file)) if settings.file else _built_in()
    allowed = {word.casefold() for word in settings.allowed}
    return ProfanityFilter(word for word in words | set(settings.words) if word.casefold() not in allowed)


@cache
def _built_in() -> frozenset[str]:
    return _parse((files("services.asr") / "profanity.txt").read_text("utf-8"))


def _read(path: Path) -> frozenset[str]:
    try:
        return _parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise EngineUnavailable(f"profanity.file {path} cannot be read: {reason}") from None


def _parse(text: str) -> frozenset[str]:
    """Words parted by white space; what follows a # is a comment."""
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())
