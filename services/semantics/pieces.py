"""Long texts in pieces, so that time grows with their length and not with its square."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from services.semantics.meaning import Found
from services.semantics.words import Span

WORDS = 500
"""Written words of a piece, about; a segment of speech has far fewer."""
_WORD = re.compile(r"\S{1,4000}")  # what has no spaces is cut as well
_ENDS = (".", "!", "?", "\u3002")
_LONG_WORD = 20  # characters; a longer one counts for more
_PATIENCE = 50  # words after that many to wait for a sentence's end


class Piece(NamedTuple):
    """A part of a text, and how many characters and written words stand before it."""

    text: str
    characters: int
    words: int

    def placed(self, found: Found) -> Found:
        """What was found in the piece, with its place in the whole text."""
        span = found.span
        return found._replace(
            span=Span(
                span.start_char + self.characters,
                span.end_char + self.characters,
                span.start_word + self.words,
                span.end_word + self.words,
            )
        )


def pieces(text: str) -> Iterator[Piece]:
    """The text in pieces of about `WORDS` words, parted at the ends of sentences where there are any."""
    start = words = size = before = last_end = 0
    for word in _WORD.finditer(text):
        if size >= WORDS + _PATIENCE or (size >= WORDS and text[last_end - 1] in _ENDS):
            yield Piece(text[start : word.start()], start, before)
            start, before, words, size = word.start(), before + words, 0, 0
            words -= word.start() == last_end  # it goes on with a word that was counted
        words += 1
        size += 1 + (word.end() - word.start()) // _LONG_WORD
        last_end = word.end()
    if start < len(text):
        yield Piece(text[start:], start, before)
