"""Looking for the phrases of cue lists in sentences, and keeping what was found with its place.

At each word the longest phrase counts, and what stands in it counts no second time: a sentence is read once,
from left to right, and costs as many look-ups as it has words.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from services.analysis.measures.attribution import renamed
from services.analysis.measures.counted import LabelCount, ranked
from services.analysis.measures.lists import CueList, Linguistic, WordLists, load_lists
from services.analysis.segment import Segment, Sentence

MAX_HITS = 50


class Found(NamedTuple):
    """A cue in a sentence: its kind, its first word and one past its last."""

    kind: str
    first: int
    last: int


class _Entry(NamedTuple):
    """A phrase but for its first two words. Those of a kind of "" only keep others from being met."""

    rest: tuple[str, ...]
    kind: str
    is_opening: bool
    asks: bool

    def stands(self, sentence: Sentence, at: int) -> bool:
        """Whether it is met where its first two words are."""
        if (self.is_opening and at) or (self.asks and not sentence.asks):
            return False
        return sentence.words[at + 2 : at + 2 + len(self.rest)] == self.rest


class CueTable:
    """The phrases of several lists. Raises ValueError for one without words, and for an unknown <set>."""

    def __init__(self, lists: Mapping[str, CueList], sets: Mapping[str, Sequence[str]]) -> None:
        self._words: dict[str, list[_Entry]] = {}
        """Phrases of one word."""
        self._pairs: dict[str, dict[str, list[_Entry]]] = {}
        """Phrases of more, by their first and their second."""
        for kind, cues in lists.items():
            for phrases, of, is_opening in (
                (cues.phrases, str(kind), False),
                (cues.openings, str(kind), True),
                (cues.unless, "", False),
            ):
                for phrase in phrases:
                    self._add(phrase, _Entry((), of, is_opening, cues.questions_only), sets)
        for entries in (
            *self._words.values(),
            *(each for by in self._pairs.values() for each in by.values()),
        ):
            # The longest first; of equal ones those that keep others from being met, then openings; of the
            # rest the first list wins, as the sort is stable.
            entries.sort(key=lambda each: (-len(each.rest), bool(each.kind), not each.is_opening))
        self._begins = self._words.keys() | self._pairs.keys()

    def find(self, sentence: Sentence) -> Iterator[Found]:
        """The cues of a sentence, in order."""
        words, reached = sentence.words, 0
        if self._begins.isdisjoint(words):
            return
        for at, word in enumerate(words):
            if at < reached or word not in self._begins:
                continue
            entry, end = None, at + 1
            following = self._pairs.get(word)
            if following is not None and end < len(words):
                entry = _met(following.get(words[end], ()), sentence, at)
                end += 1 + len(entry.rest) if entry is not None else 0
            if entry is None:
                entry = _met(self._words.get(word, ()), sentence, at)
            if entry is not None:
                reached = end
                if entry.kind:
                    yield Found(entry.kind, at, end)

    def _add(self, phrase: str, entry: _Entry, sets: Mapping[str, Sequence[str]]) -> None:
        parts = [list(_choices(part, sets)) for part in phrase.split()]
        if not parts:
            raise ValueError(f"a phrase of {entry.kind or 'unless'!r} has no words")
        for first, *rest in product(*parts):
            if rest:
                pairs = self._pairs.setdefault(first, {}).setdefault(rest[0], [])
                pairs.append(entry._replace(rest=tuple(rest[1:])))
            else:
                self._words.setdefault(first, []).append(entry)


def _met(entries: Sequence[_Entry], sentence: Sentence, at: int) -> _Entry | None:
    for entry in entries:
        if entry.stands(sentence, at):
            return entry
    return None


def _choices(part: str, sets: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for choice in part.split("/"):
        if choice.startswith("<") and choice.endswith(">"):
            if choice[1:-1] not in sets:
                raise ValueError(f"{choice} is no set of words")
            yield from sets[choice[1:-1]]
        elif choice:
            yield choice
        else:
            raise ValueError(f"{part!r} has an empty alternative")


@dataclass(frozen=True, slots=True)
class Cues:
    """All lists, ready to be looked for.

    Attributes:
        linguistic: each kind by itself, as a word may be of several: "but he" is a coordinator with its
            subject, an exclusive word, and a pronoun.
        scores: of the strategies of politeness.
    """

    linguistic: Mapping[Linguistic, CueTable]
    argument: CueTable
    manipulation: CueTable
    politeness: CueTable
    psychological: CueTable
    scores: Mapping[str, float]

    @classmethod
    def of(cls, lists: WordLists) -> Cues:
        """Raises ValueError, with its list, for a phrase that cannot be looked for."""

        def table(name: str, cues: Mapping[Any, CueList] | None = None) -> CueTable:
            try:
                return CueTable(getattr(lists, name) if cues is None else cues, lists.words)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None

        linguistic = {
            kind: table("linguistic", {kind: lists.linguistic.get(kind, CueList())}) for kind in Linguistic
        }
        return cls(
            linguistic=linguistic,
            argument=table("argument"),
            manipulation=table("manipulation"),
            politeness=table("politeness"),
            psychological=table("psychological"),
            scores={strategy: cues.score for strategy, cues in lists.politeness.items()},
        )


def load_cues(path: Path | None = None) -> Cues:
    """As `load_lists`."""
    return project_cues() if path is None else Cues.of(load_lists(path))


@cache
def project_cues() -> Cues:
    """Those of the project's own lists."""
    return Cues.of(load_lists())


@dataclass(frozen=True, slots=True)
class CueHit:
    """As CueHit in the contract; the begin in nanoseconds."""

    kind: str
    phrase: str
    speaker: str
    segment_id: str
    start_offset: int


class CueLog:
    """Cues that were found: all are counted, the last ones are kept with their place.

    Overflow: the oldest hit is forgotten.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._hits: deque[CueHit] = deque(maxlen=MAX_HITS)

    def add(self, kind: str, words: Sequence[str], segment: Segment) -> None:
        """A cue of these words in this segment."""
        self.counts[kind] += 1
        phrase = " ".join(words)
        self._hits.append(CueHit(kind, phrase, segment.who, segment.segment_id, segment.start))

    def rename(self, segment_ids: Collection[str], speaker: str) -> None:
        """Segments were said by somebody else."""
        self._hits = renamed(self._hits, segment_ids, speaker)

    @property
    def total(self) -> int:
        """All cues, from 0."""
        return self.counts.total()

    def ranked(self) -> tuple[LabelCount, ...]:
        """The kinds, the most frequent first."""
        return ranked(self.counts)

    def hits(self) -> tuple[CueHit, ...]:
        """The last ones, in order of time."""
        return tuple(sorted(self._hits, key=lambda hit: hit.start_offset))
