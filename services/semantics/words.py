"""A text as words with their places, and as sentences: read once, then looked at by every finder.

Words are split as the Penn Treebank splits them (Marcus et al. 1993; MacIntyre, Treebank tokenization, 1995):
"I'll" is "I" and "'ll", read as "i" and "will"; "don't" is "do" and "not"; "gonna" is "going" and "to". So
one phrase of a word list stands for all its contractions, and negation is always the word "not".
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_TYPOGRAPHIC_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_TOKEN = re.compile(rf"\w+(?:['{_TYPOGRAPHIC_APOSTROPHE}]\w+)*")
_SENTENCE_END = re.compile(r"[.!?][.!?\"')\]]*$")
_MARKS = frozenset(",;:.!?\u2013\u2014\u2026\u3001\u3002\uff0c\uff01\uff1f")
_FULL_WIDTH = frozenset("\u3002\uff01\uff1f")
_LONGEST_KNOWN = 64  # characters; longer ones are not remembered
_MOST_KNOWN = 1 << 16
_ABBREVIATIONS = frozenset(["mr", "mrs", "ms", "dr", "st", "vs", "etc", "e", "g", "i", "p", "a", "m", "inc"])

_SUFFIXES = (("'ll", "will"), ("'re", "are"), ("'ve", "have"), ("'m", "am"), ("'d", "would"))
_NOT = {"can't": "can", "won't": "will", "shan't": "shall", "ain't": "is"}
_FUSED = {
    "cannot": ((3, "can"), (3, "not")),
    "gonna": ((3, "going"), (2, "to")),
    "gotta": ((3, "got"), (2, "to")),
    "wanna": ((3, "want"), (2, "to")),
    "lemme": ((3, "let"), (2, "me")),
    "gimme": ((3, "give"), (2, "me")),
    "let's": ((3, "let"), (2, "us")),
}
# After these, "'s" is the verb; after nouns it mostly is the possessive and says nothing.
_BEFORE_IS = frozenset(
    ["it", "he", "she", "that", "this", "there", "here", "what", "who", "where", "when", "how", "why",
     "everything", "something", "nothing", "everyone", "someone", "nobody"]
)  # fmt: skip


class Sentence(NamedTuple):
    """Words from `first` to before `last`; `asks` where a question mark ends it."""

    first: int
    last: int
    asks: bool


class Span(NamedTuple):
    """A place in a text: characters and written words, each from the first to one past the last, from 0."""

    start_char: int
    end_char: int
    start_word: int
    end_word: int


@dataclass(frozen=True, slots=True)
class Disfluencies:
    """What speech has that says nothing: fillers ("um"), and words that are said twice in a row by
    mistake."""

    fillers: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()


_FLUENT = Disfluencies()


class Reading:
    """A text, read.

    Attributes:
        text: as it stands.
        words: in lower case, contractions split and written out; without fillers and stuttered words.
        starts: first character of each word, from 0.
        ends: one past its last character.
        breaks: the words that punctuation stands before, of whatever kind; and one past the last word.
        sentences: all with at least one word; a text without punctuation is one. A sentence ends at . ! or ?
            that
            white space or nothing follows: "3.50" has no end.
    """

    def __init__(self, text: str, disfluencies: Disfluencies = _FLUENT) -> None:
        self.text = text
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.sentences: list[Sentence] = []
        self._written: list[int] = []  # first character of each written word
        self._places: list[int] = []  # of each word the number of its written word
        words, starts, ends, places = self.words, self.starts, self.ends, self._places
        fillers, repeats = disfluencies.fillers, disfluencies.repeats
        breaks: list[int] = []
        before = ""
        first = 0
        written, known = self._written, _KNOWN
        at = 0
        for place, form in enumerate(text.split()):
            at = text.index(form, at)
            written.append(at)
            pieces = known.get(form) or _pieces(form)
            if isinstance(pieces, str):
                if pieces not in fillers and (pieces != before or pieces not in repeats):
                    words.append(pieces)
                    starts.append(at)
                    at += len(form)
                    ends.append(at)
                    places.append(place)
                    before = pieces
                else:
                    at += len(form)
                continue
            for start, end, word, mark in pieces:
                if not word:  # punctuation
                    breaks.append(len(words))
                    if mark and len(words) > first and not (mark == "." and words[-1] in _ABBREVIATIONS):
                        self.sentences.append(Sentence(first, len(words), mark == "?"))
                        first = len(words)
                elif word not in fillers and (word != before or word not in repeats):
                    words.append(word)
                    starts.append(at + start)
                    ends.append(at + end)
                    places.append(place)
                    before = word
            at += len(form)
        if len(words) > first:
            self.sentences.append(Sentence(first, len(words), False))
        breaks.append(len(words))
        self.breaks = frozenset(filter(None, breaks))

    def __len__(self) -> int:
        return len(self.words)

    def span(self, first: int, last: int) -> Span:
        """The place of the words from `first` to before `last`, at least one."""
        places = self._places
        return Span(self.starts[first], self.ends[last - 1], places[first], places[last - 1] + 1)

    def span_of_characters(self, start: int, end: int) -> Span:
        """The place of the characters from `start` to before `end`, at least one, none of the two a space."""
        written = self._written
        return Span(start, end, bisect_right(written, start) - 1, bisect_right(written, end - 1))

    def word_at(self, character: int) -> int:
        """The number of the first word that ends after a character."""
        return bisect_right(self.ends, character)

    def phrase(self, first: int, last: int) -> str:
        """The words from `first` to before `last`, in their normal form."""
        return " ".join(self.words[first:last])


class _Piece(NamedTuple):
    """A part of a written word: a word with its characters, or, without a word, punctuation and the mark of a
    sentence's end in it: "?", "!" or ".", else empty."""

    start: int
    end: int
    word: str
    mark: str = ""


def _read_pieces(written: str) -> Sequence[_Piece]:
    """What a written word is made of, in order."""
    found: list[_Piece] = []
    position = 0
    for token in _TOKEN.finditer(written):
        found += _punctuation(written[position : token.start()], inside=position > 0)
        start = token.start()
        for length, word in _parts(token[0]):
            found.append(_Piece(start, start + length, word))
            start += length
        position = token.end()
    found += _punctuation(written[position:], inside=False)
    return tuple(found)


_KNOWN: dict[str, str | Sequence[_Piece]] = {}
"""Pieces of written words, remembered; of one that is a word and nothing else, as most are, its normal
form."""


def _pieces(written: str) -> str | Sequence[_Piece]:
    pieces = _read_pieces(written)
    found: str | Sequence[_Piece] = pieces
    if len(pieces) == 1 and pieces[0].word and pieces[0].end == len(written):
        found = pieces[0].word
    if len(written) <= _LONGEST_KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()  # a text of a million different words must not be remembered for ever
        _KNOWN[written] = found
    return found


def _punctuation(between: str, inside: bool) -> Sequence[_Piece]:
    """What stands between two tokens of a written word (`inside`), or beside them."""
    if _FULL_WIDTH.isdisjoint(between):
        if _MARKS.isdisjoint(between) or (inside and len(between) == 1):
            return ()  # "3.50", "e-mail"
        end = None if inside else _SENTENCE_END.search(between)
        return (_Piece(0, 0, "", "?" if end and "?" in end[0] else end[0][0] if end else ""),)
    return (_Piece(0, 0, "", "?" if "\uff1f" in between else "!"),)


def _parts(token: str) -> tuple[tuple[int, str], ...]:
    """Lengths in characters and normal forms of what a token is made of."""
    word = token.lower().replace(_TYPOGRAPHIC_APOSTROPHE, "'")
    if len(word) != len(token):  # some capitals have longer small forms; their characters still are counted
        return ((len(token), word),)
    if word in _FUSED:
        return _FUSED[word]
    if "'" not in word:
        return ((len(word), word),)
    if word.endswith("n't"):
        return ((len(word) - 3, _NOT.get(word, word[:-3])), (3, "not"))
    for suffix, meant in _SUFFIXES:
        if word.endswith(suffix) and len(word) > len(suffix):
            return ((len(word) - len(suffix), word[: -len(suffix)]), (len(suffix), meant))
    if word.endswith("'s") and len(word) > 2:
        stem = word[:-2]
        return ((len(stem), stem), (2, "is")) if stem in _BEFORE_IS else ((len(word), stem),)
    return ((len(word), word),)


def normal_words(phrase: str) -> tuple[str, ...]:
    """The words of a phrase of a word list, as a Reading has them."""
    return tuple(Reading(phrase).words)


def word_set(words: str) -> frozenset[str]:
    """Words between spaces, as a set."""
    return frozenset(words.split())
