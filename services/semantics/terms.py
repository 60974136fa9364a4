"""Topics and risks: terms of the word lists, met by the stems of words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.semantics.clauses import Clauses
from services.semantics.lists import TermList, WordLists
from services.semantics.meaning import Found, Kind
from services.semantics.phrases import PhraseTable, variants
from services.semantics.stems import Stems
from services.semantics.words import normal_words

GAP = 3
"""Words that "..." stands for, at most."""
_SUPPOSING = frozenset(["would", "could", "might"])
_REPORTED = frozenset(["who", "whoever"])
_ASKING = frozenset(["is", "are", "am"])


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a list, from where its first part ends.

    Attributes:
        base: as the list has it, one of its alternatives.
        rest: stems of the part after "...", empty where there is none.
        exact: words that are met as they stand, by their place in the first part.
        bars: it is no term, but a phrase inside which shorter terms of its list do not count.
        denies: it has a negation of its own, so another one before it takes nothing away.
    """

    kind: Kind
    label: str
    base: str
    rest: tuple[str, ...]
    exact: tuple[tuple[int, str], ...]
    bars: bool
    denies: bool


_Met = tuple[int, int, Term]
"""First word, one past the last word, and the term that was met."""
_Gaps = dict[str, list[Term]]
"""Terms whose first part has been met, by the stem that their second part begins with."""


class TermFinder:
    """All terms of all lists in one table."""

    def __init__(self, lists: WordLists, stems: Stems) -> None:
        self._table: PhraseTable[Term | _Gaps] = PhraseTable()
        self._gaps: dict[tuple[str, ...], _Gaps] = {}
        self._negators = lists.grammar.negators
        self._story_words = lists.grammar.story_words
        self._bases: dict[str, str] = {}
        for kind, labels in ((Kind.TOPIC, lists.topics), (Kind.RISK, lists.risks)):
            self._load(kind, labels, stems)

    def base_of(self, stem: str) -> str | None:
        """The term of one word that has this stem."""
        return self._bases.get(stem)

    def find(self, clauses: Clauses, stems: Sequence[str]) -> list[Found]:
        """What counts, in order of place; of terms inside each other the longest of each label."""
        matches = list(self._matches(clauses.words, stems))
        if not matches:
            return []
        bars = [each for each in matches if each[2].bars]
        found: list[tuple[int, int, Term]] = []
        for match in sorted(matches, key=_rank):
            if not any(_is_inside(match, other) for other in found) and not any(
                _goes_on(match, bar) for bar in bars
            ):
                found.append(match)
        reading = clauses.reading
        is_story = not self._story_words.isdisjoint(clauses.words)
        results = []
        for first, last, term in sorted(found, key=lambda each: each[:2]):
            is_risk = term.kind is Kind.RISK
            if term.bars or (is_risk and (is_story or not self._is_meant(clauses, first, last, term))):
                continue
            span = reading.span(first, last)
            text = reading.text[span.start_char : span.end_char]
            results.append(Found(term.kind, text, span, term.label, term.base))
        return results

    def _is_meant(self, clauses: Clauses, first: int, last: int, term: Term) -> bool:
        """Whether a risk is neither denied nor only supposed. See clauses.py for the rules."""
        if first in clauses.supposed and not term.denies:
            return False
        if not term.denies and first in clauses.denied:
            return False
        words = clauses.words
        before = words[max(0, first - 3) : first]
        if not _REPORTED.isdisjoint(before) and _ASKING.isdisjoint(before):  # "a man who threatened to sue"
            return False
        opening = words[max(0, first - 6) : first]
        # "would we have to terminate first": a case that is only supposed.
        return not any(
            opening[index] in _SUPPOSING
            and opening[index + 1] in ("i", "we", "you", "it", "they", "somebody")
            for index in range(len(opening) - 1)
        )

    def _matches(self, words: Sequence[str], stems: Sequence[str]) -> Iterator[tuple[int, int, Term]]:
        for first, last, found in self._table.matches(stems):
            if isinstance(found, Term):
                if not found.exact or all(words[first + place] == word for place, word in found.exact):
                    yield first, last, found
                continue
            for begin in range(last, min(last + GAP + 1, len(stems))):
                for term in found.get(stems[begin], ()):
                    end = begin + len(term.rest)
                    if tuple(stems[begin:end]) == term.rest:
                        yield first, end, term

    def _load(self, kind: Kind, lists: Mapping[str, TermList], stems: Stems) -> None:
        for label, terms in lists.items():
            for term, bars in _all(terms):
                for variant in variants(term):
                    self._enter(kind, label, variant, bars, stems)

    def _enter(self, kind: Kind, label: str, variant: str, bars: bool, stems: Stems) -> None:
        head, _, rest = variant.partition("...")
        exact: list[tuple[int, str]] = []
        words: list[str] = []
        for part in head.split():
            meant = normal_words(part)
            if part.startswith("="):
                exact += [(len(words) + place, word) for place, word in enumerate(meant)]
            words += meant
        if not words or ("..." in variant and not rest.strip()):
            raise ValueError(f"{kind}s.{label}: the term {variant!r} has no words")
        tail = tuple(stems.of(normal_words(rest)))
        denies = not self._negators.isdisjoint(words)
        base = " ".join(variant.replace("=", "").split())
        term = Term(kind, label, base, tail, tuple(exact), bars, denies)
        stemmed = stems.of(words)
        if tail:
            gaps = self._gaps.setdefault(tuple(stemmed), {})
            gaps.setdefault(tail[0], []).append(term)
            if len(gaps) == 1:
                self._table.add(stemmed, gaps)
        else:
            self._table.add(stemmed, term)
        if len(words) == 1 and not tail and not bars:
            self._bases.setdefault(stemmed[0], words[0])


def _is_inside(match: _Met, other: _Met) -> bool:
    """Whether what was met lies in another of its label."""
    first, last, term = match
    begin, end, outer = other
    return begin <= first and last <= end and term.label == outer.label and term.kind is outer.kind


def _goes_on(match: _Met, bar: _Met) -> bool:
    """Whether a bar goes on from what was met: "leave the" from "will leave", in "will leave the house"."""
    first, last, term = match
    begin, end, outer = bar
    return first < begin < last < end and term.label == outer.label and term.kind is outer.kind


def _rank(match: _Met) -> tuple[int, bool, bool]:
    """Longer ones first; among those of a length, words met as they stand, then terms before what bars
    them."""
    first, last, term = match
    return first - last, not term.exact, term.bars


def _all(terms: TermList) -> Iterable[tuple[str, bool]]:
    return [*((each, False) for each in terms.terms), *((each, True) for each in terms.unless)]
