"""What counts as a word, and as a sentence."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

_TYPOGRAPHIC_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
# From a letter or digit to the last one before white space, a dash or a mark that separates words.
_WORD = re.compile(r"\w(?:(?:(?!\.\.|--)[^\s\u2013\u2014\u2026/])*\w)?")
_SENTENCE_END = re.compile(r"[.!?\u2026]+[\"')\]]*(?=\s|$)|[\u3002\uff01\uff1f\u061f\u0964]+")
_ASKING = frozenset("?\uff1f\u061f")
# After these a full stop ends no sentence, nor after single letters with stops between them ("U.S.").
_ABBREVIATIONS = frozenset(["mr", "mrs", "ms", "dr", "prof", "st", "vs"])
_INITIALS = re.compile(r"(?:\w\.)+\w")
# Scripts that put no spaces between words, so that words cannot be told from white space (Unicode 16, ch.
# 12.3, 16.1 to 16.5, 18): Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)
_LATIN = re.compile(r"[a-z0-9\u00df-\u024f]")
# What is left of a word in a contraction, and the word; "'d" is mostly "would".
_CONTRACTED = {"n't": "not", "'ll": "will", "'re": "are", "'ve": "have", "'m": "am", "'d": "would"}
_IRREGULAR = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "let's": ("let", "us"),
}
TAKES_IS = frozenset(
    ["it", "he", "she", "that", "this", "there", "here", "what", "who", "where", "when", "how", "why",
     "everything", "something", "nothing", "everyone", "someone", "nobody"]
)  # fmt: skip
"""Words after which "'s" is "is"; after any other it is taken as the genitive."""


def words_of(text: str) -> list[str]:
    """The words of a text in lower case: what stands between white space, without punctuation around it.

    "It's 3.50, well-known - really!" has four; a dash alone is none, and a dash or three dots part words.
    """
    return _WORD.findall(text.lower().replace(_TYPOGRAPHIC_APOSTROPHE, "'"))


def written_out(words: Iterable[str]) -> list[str]:
    """Lower-case words with their contractions written out: "I'm" is two words, "don't" is "do", "not".

    A genitive stays what it is.
    """
    found: list[str] = []
    for word in words:
        if "'" in word or word == "cannot":
            found += _IRREGULAR.get(word) or _parts(word)
        else:
            found.append(word)
    return found


def is_spaced(text: str) -> bool:
    """Whether white space parts the words of this text; it does not where a letter is Han, kana, Thai, …"""
    return _UNSPACED.search(text) is None


def is_latin(word: str) -> bool:
    """Whether a lower-case word is written in Latin letters or digits."""
    return _LATIN.match(word) is not None


def sentences_of(text: str) -> Iterator[tuple[int, int, bool]]:
    """First character, one past the last, and whether it asks: every sentence with a word in it, in order.

    A sentence ends at . ! ? … before white space ("3.50" has no end), or at a mark that needs none. A text
    without marks is one sentence.
    """
    begin = 0
    for mark in _SENTENCE_END.finditer(text):
        if mark[0] == "." and _is_abbreviated(text[begin : mark.start()]):
            continue
        if _has_word(text, begin, mark.start()):
            yield begin, mark.end(), not _ASKING.isdisjoint(mark[0])
        begin = mark.end()
    if _has_word(text, begin, len(text)):
        yield begin, len(text), False


class Sentences:
    """The sentences of a text, to look up by place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = [(begin, end) for begin, end, _ in sentences_of(text)]
        self._begins = [begin for begin, _ in self._places]

    def at(self, character: int) -> str:
        """The sentence in which a character stands; the whole text where it stands in none."""
        index = bisect_right(self._begins, character) - 1
        if index >= 0 and character < self._places[index][1]:
            begin, end = self._places[index]
            return self._text[begin:end].strip()
        return self._text.strip()


def shortened(text: str, most: int) -> str:
    """At most `most` characters, from 2, cut at a word where there is one, with "…" for what is left out."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{head.rsplit(None, 1)[0] if ' ' in head.strip() else head}\u2026"


def _parts(word: str) -> tuple[str, ...]:
    for ending, meant in _CONTRACTED.items():
        if word.endswith(ending) and len(word) > len(ending):
            return *_parts(word[: -len(ending)]), meant
    stem = word.removesuffix("'s")
    return (stem, "is") if stem != word and stem in TAKES_IS else (word,)


def _is_abbreviated(sentence: str) -> bool:
    last = sentence[-8:].split()[-1:]
    word = last[0].lower().lstrip("(\"'") if last else ""
    return word in _ABBREVIATIONS or _INITIALS.fullmatch(word) is not None


def _has_word(text: str, begin: int, end: int) -> bool:
    return _WORD.search(text, begin, end) is not None
