"""Words that were said as part of a value only: "jane" of an address, while nobody said Jane otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from services.analysis.llm.replaced import Replaced
from services.text.redaction.pseudonyms import MASK, PSEUDONYM

_WORD = re.compile(r"[^\W_]{3,}")
_TOKEN = re.compile(rf"{PSEUDONYM.pattern}|{_WORD.pattern}", re.IGNORECASE)
_STEM = 4
"""Letters from which on the begin of a word stands for it: keywords are base forms."""


class Parts:
    """The words of segments, in values and beside them. Figures alone are none."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()
        self._beside: Counter[str] = Counter()

    def add(self, text: str, replaced: Iterable[Replaced]) -> None:
        """A text, and all that is replaced in it, in order."""
        for count, word in self._words(text, replaced):
            count[word] += 1

    def remove(self, text: str, replaced: Iterable[Replaced]) -> None:
        """What was added before."""
        for count, word in self._words(text, replaced):
            count[word] -= 1

    def masked(self, text: str) -> str:
        """A text without such words."""
        return _TOKEN.sub(lambda word: MASK if self._is_part(word[0].casefold()) else word[0], text)

    def _is_part(self, word: str) -> bool:
        return self._inside[word] > 0 and not self._beside[word] > 0

    def _words(self, text: str, replaced: Iterable[Replaced]) -> Iterator[tuple[Counter[str], str]]:
        at = 0
        for each in replaced:
            for word in _words(text[at : each.start]):
                yield self._beside, word
            for word in _words(text[each.start : each.end]):
                yield self._inside, word
                for end in range(_STEM, len(word)):
                    yield self._inside, word[:end]
            at = each.end
        for word in _words(text[at:]):
            yield self._beside, word


def _words(text: str) -> Iterator[str]:
    return (word.casefold() for word in _WORD.findall(text) if not word.isdecimal())
