"""A text as words with their places, and as sentences."""

import re
from dataclasses import dataclass

_WRITTEN_WORD = re.compile(r"\S+")
_TYPOGRAPHIC_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_TOKEN = re.compile(rf"\w+(?:['{_TYPOGRAPHIC_APOSTROPHE}]\w+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """Letters and digits without a break, such as "I'll" or "2026".

    Attributes:
        norm: in lower case, with a straight apostrophe.
        start: first character, from 0.
        end: one past the last character.
        word: the written word that it is in, counted from 0 over words between white space.
    """

    norm: str
    start: int
    end: int
    word: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens from `first` to before `last`; `asks` where a question mark ends it."""

    first: int
    last: int
    asks: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text: characters and written words, each from the first to one past the last, from 0."""

    start_char: int
    end_char: int
    start_word: int
    end_word: int


def tokenize(text: str) -> list[Token]:
    """All tokens, in order."""
    return [
        Token(token[0].lower().replace(_TYPOGRAPHIC_APOSTROPHE, "'"), token.start(), token.end(), index)
        for index, written in enumerate(_WRITTEN_WORD.finditer(text))
        for token in _TOKEN.finditer(text, written.start(), written.end())
    ]


def sentences(text: str, tokens: list[Token]) -> list[Sentence]:
    """All sentences with at least one token; a text without punctuation is one.

    A sentence ends at . ! or ? that white space or nothing follows: "3.50" has no end.
    """
    found = []
    first = 0
    for index, token in enumerate(tokens):
        is_last = index + 1 == len(tokens)
        between = text[token.end :] if is_last else text[token.end : tokens[index + 1].start]
        has_mark = any(mark in between for mark in ".!?")
        if is_last or (has_mark and any(map(str.isspace, between))):
            found.append(Sentence(first, index + 1, "?" in between))
            first = index + 1
    return found


def span_of(tokens: list[Token], first: int, last: int) -> Span:
    """The place of the tokens from `first` to before `last`, at least one."""
    begin, end = tokens[first], tokens[last - 1]
    return Span(begin.start, end.end, begin.word, end.word + 1)
