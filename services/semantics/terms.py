"""Topics and risks: terms of the word lists, met by the stems of words."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from services.semantics.clauses import Clauses
from services.semantics.lists import TermList, WordLists
from services.semantics.meaning import Found, Kind
from services.semantics.patterns import Match, Patterns
from services.semantics.stems import Stems
from services.semantics.words import word_set

_RISK = Kind.RISK
_SUPPOSED = word_set("i we it they somebody")
# Of all that may deny, what a term says itself: "stop paying" can be denied once more.
_OWN = word_set("not never no nobody hardly")
_REPORTING = word_set("a an any some somebody someone anybody anyone people those")
_ALSO_OF_OTHERS = frozenset(["payment_risk", "safety"])


class _Of(NamedTuple):
    """The list of a term. What bars is no term, but a phrase inside which shorter ones of its list do not
    count."""

    kind: Kind
    label: str
    bars: bool


_Met = Match[_Of]


class TermFinder:
    """All terms of all lists in one tree. Raises ValueError for a term that patterns.py cannot read."""

    def __init__(self, lists: WordLists, stems: Stems) -> None:
        self._patterns: Patterns[_Of] = Patterns(lambda word: stems.of([word])[0], lists.words)
        self._story_words = lists.grammar.story_words
        self._bases: dict[str, str] = {}
        for kind, labels in ((Kind.TOPIC, lists.topics), (Kind.RISK, lists.risks)):
            self._load(kind, labels, stems)

    def base_of(self, stem: str) -> str | None:
        """The term of one word that has this stem."""
        return self._bases.get(stem)

    def find(self, clauses: Clauses, stems: Sequence[str]) -> list[Found]:
        """What counts, in order of place; of terms inside each other the longest of each label."""
        matches = self._patterns.matches(clauses.words, stems, clauses.reading.breaks)
        if not matches:
            return []
        reading, text = clauses.reading, clauses.reading.text
        results = []
        for _, last, first, (kind, label, bars), words, _ in _outermost(matches):
            if bars or (kind is _RISK and not self._is_meant(clauses, first, label, words)):
                continue
            span = reading.span(first, last)
            if _is_in_address(text, span.start_char, span.end_char):
                continue
            results.append(Found(kind, text[span.start_char : span.end_char], span, label, " ".join(words)))
        return results

    def _is_meant(self, clauses: Clauses, first: int, label: str, term: tuple[str, ...]) -> bool:
        """Whether a risk is neither denied nor only supposed. See clauses.py for the rules."""
        # A term with a negation of its own is not taken away by another one.
        if first in clauses.supposed or (first in clauses.denied and _OWN.isdisjoint(term)):
            return False
        words = clauses.words
        if not self._story_words.isdisjoint(words):
            return False
        if label not in _ALSO_OF_OTHERS and _is_reported(words, first):
            return False
        opening = words[max(0, first - 6) : first]
        # "would we have to terminate first": a case that is only supposed.
        return "would" not in opening or not any(
            word == "would" and following in _SUPPOSED for word, following in pairwise(opening)
        )

    def _load(self, kind: Kind, lists: Mapping[str, TermList], stems: Stems) -> None:
        for label, terms in lists.items():
            for listed, bars in ((terms.terms, False), (terms.unless, True)):
                for term in listed:
                    try:
                        rows = self._patterns.add(term, _Of(kind, label, bars))
                    except ValueError as error:
                        raise ValueError(f"{kind}s.{label}: {error}") from None
                    if bars or "..." in term or "*" in term:
                        continue
                    for words in rows:
                        if len(words) == 1:
                            self._bases.setdefault(stems.of(words)[0], words[0])


def _is_in_address(text: str, start: int, end: int) -> bool:
    """Whether a span is part of an address of mail or the web: "careers.example.com", "dispatch@x.org"."""
    before = text[text.rfind(" ", 0, start) + 1 : start]
    after = text[end:].partition(" ")[0].rstrip(".,;:!?)\"'\u2026")
    return "@" in before or "." in before or "@" in after or "." in after


def _is_reported(words: Sequence[str], first: int) -> bool:
    """Whether it is told of anybody: "a man who threatened to sue", "how do you treat one who cancels"."""
    if "who" not in words[max(0, first - 3) : first]:
        return False
    who = first - 1 - words[first - 1 :: -1].index("who")
    return "how" in words[:who] or not _REPORTING.isdisjoint(words[max(0, who - 2) : who])


def _outermost(matches: list[_Met]) -> list[_Met]:
    """Of what was met inside each other, of one list, the longest, in order of place; and nothing that a bar
    goes on from: "leave the" from "will leave", in "will leave the house"."""
    matches.sort()
    reach = 0
    for match in matches:
        if match[0] < reach:
            break
        reach = match[1]
    else:
        return matches  # as in most texts, none overlaps another
    matches.sort(key=_rank)
    bars = [each for each in matches if each[3][2]]
    found: list[_Met] = []
    for match in matches:
        first, last, _, (kind, label, _), _, _ = match
        for begin, end, _, of, _, _ in found:
            if begin <= first and last <= end and of[1] == label and of[0] is kind:
                break
        else:
            if not any(
                first < begin < last < end and of[1] == label and of[0] is kind
                for begin, end, _, of, _, _ in bars
            ):
                found.append(match)
    found.sort()
    return found


def _rank(match: _Met) -> tuple[int, bool, bool]:
    """Longer ones first; among those of a length, words met as they stand, then terms before what bars
    them."""
    return match[0] - match[1], not match[5], match[3][2]
