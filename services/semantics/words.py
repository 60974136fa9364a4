"""A text as words with their places, and as sentences: read once, then looked at by every finder.

Words are split as the Penn Treebank splits them (Marcus et al. 1993; MacIntyre, Treebank tokenization, 1995):
"I'll" is "I" and "'ll", read as "i" and "will"; "don't" is "do" and "not"; "gonna" is "going" and "to". So one
phrase of a word list stands for all its contractions, and negation is always the word "not".
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_TYPOGRAPHIC_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_TOKEN = re.compile(rf"\w+(?:['{_TYPOGRAPHIC_APOSTROPHE}]\w+)*")
_WRITTEN_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?][.!?\"')\]]*(?=\s|$)|[\u3002\uff01\uff1f]")
_INSIDE = frozenset(",;:.!?\u2013\u2014\u2026\u3001\u3002\uff0c")
_MARK = re.compile("[" + re.escape("".join(sorted(_INSIDE))) + "]")
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
    """What speech has that says nothing: fillers ("um"), and words that are said twice in a row by mistake."""

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
        sentences: all with at least one word; a text without punctuation is one.
    """

    def __init__(self, text: str, disfluencies: Disfluencies = _FLUENT) -> None:
        self.text = text
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        words, starts, ends = self.words, self.starts, self.ends
        fillers, repeats = disfluencies.fillers, disfluencies.repeats
        before = ""
        for token in _TOKEN.finditer(text):
            start = token.start()
            for length, word in _parts(token[0]):
                if word not in fillers and (word != before or word not in repeats):
                    words.append(word)
                    starts.append(start)
                    ends.append(start + length)
                    before = word
                start += length
        self.breaks = self._breaks()
        self.sentences = self._sentences()
        self._written = [written.start() for written in _WRITTEN_WORD.finditer(text)]

    def __len__(self) -> int:
        return len(self.words)

    def _sentences(self) -> list[Sentence]:
        """A sentence ends at . ! or ? that white space or nothing follows: "3.50" has no end."""
        found: list[Sentence] = []
        first = 0
        for mark in _SENTENCE_END.finditer(self.text):
            last = bisect_right(self.starts, mark.start())
            if mark[0] == "." and last > first and self.words[last - 1] in _ABBREVIATIONS:
                continue
            if last > first:
                found.append(Sentence(first, last, "?" in mark[0] or "\uff1f" in mark[0]))
                first = last
        if first < len(self.words):
            found.append(Sentence(first, len(self.words), False))
        return found

    def _breaks(self) -> frozenset[int]:
        starts, ends = self.starts, self.ends
        if _MARK.search(self.text) is None:
            return frozenset((len(starts),))
        found = [
            index
            for index, (end, start) in enumerate(zip(ends, starts[1:], strict=False), 1)
            if start - end > 1 and not _INSIDE.isdisjoint(self.text[end:start])
        ]
        found.append(len(starts))
        return frozenset(found)

    def span(self, first: int, last: int) -> Span:
        """The place of the words from `first` to before `last`, at least one."""
        return self.span_of_characters(self.starts[first], self.ends[last - 1])

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


@lru_cache(maxsize=1 << 16)
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
