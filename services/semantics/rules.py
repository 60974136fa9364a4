"""Annotation by rules and word lists: deterministic, no model. english/*.toml says what is met by phrases.

A text is read once; each finder then looks at the same reading. Measured on a machine of two cores, a segment
of 20 words, with 1,000 terms beside the project's own, takes 80 to 90 us for all but entities and sentiment,
145 to 160 us with them.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from services.semantics.actions import ActionItem, Actions
from services.semantics.clauses import Clauses
from services.semantics.entities import entities
from services.semantics.entity import Entity
from services.semantics.intents import Evidence, Intents
from services.semantics.keywords import Keywords
from services.semantics.lists import WordLists, load_lists
from services.semantics.meaning import NOWHERE, Found, Intent, Kind, Meaning, Situation
from services.semantics.phrasebook import Phrasebook
from services.semantics.pieces import pieces
from services.semantics.questions import Questions
from services.semantics.sentiment import SentimentFinder, sentiment_of
from services.semantics.stems import Stems
from services.semantics.terms import TermFinder
from services.semantics.words import Disfluencies, Reading

_SHORT = 4000  # characters of a text that is looked at in one piece


class _Part(NamedTuple):
    """What was found in one piece."""

    reading: Reading
    clauses: Clauses
    stems: Sequence[str]
    intents: tuple[Intent, ...]
    found: list[Found]


class Rules:
    """A SemanticEngine. Raises ValueError for word lists with a term or phrase that has no words."""

    delay = 0.0

    def __init__(self, lists: WordLists | None = None) -> None:
        lists = lists or load_lists()
        self.language = lists.language
        self._grammar = lists.grammar
        self._disfluencies = Disfluencies(lists.grammar.fillers, lists.grammar.repeats)
        self._stems = Stems(lists.stemmer, lists.irregular)
        self._terms = TermFinder(lists, self._stems)
        self._keywords = Keywords(lists, self._terms.base_of)
        self._phrasebook = Phrasebook(lists)
        self._questions = Questions(lists)
        self._actions = Actions(lists)
        self._intents = Intents(lists)
        self._sentiment = SentimentFinder(lists, self._stems)

    def annotate(
        self,
        text: str,
        situation: Situation = NOWHERE,
        *,
        with_entities: bool = True,
        with_sentiment: bool = True,
    ) -> Meaning:
        """Everything that the rules find."""
        if len(text) <= _SHORT:
            looked = [self._annotate(text, situation, with_entities)]
            reading, _, stems, intents, found = looked[0]
        else:
            looked, found, intents = [], [], ()
            for piece in pieces(text):
                part = self._annotate(piece.text, situation, with_entities)
                looked.append(part)
                found += map(piece.placed, part.found)
                intents += part.intents
            reading = Reading(text, self._disfluencies)
            stems = self._stems.of(reading.words)
            shown = set(intents) - {Intent.GENERAL}
            intents = tuple(intent for intent in Intent if intent in shown)
        found += self._ranked(reading, stems)
        found.sort(key=_place)
        sentiment = None
        if with_sentiment:
            sums = [self._sentiment.find(part.clauses, part.stems) for part in looked]
            sentiment = sentiment_of(sum(total for total, _ in sums), sum(strength for _, strength in sums))
        return Meaning(intents or (Intent.GENERAL,), tuple(found), sentiment)

    def classify_intent(self, text: str) -> tuple[Intent, ...]:
        """All intents of a text, the primary one first."""
        return self.annotate(text, with_sentiment=False).intents

    def extract_keywords(self, text: str) -> tuple[str, ...]:
        """At most 6 words but stop words, as base forms, the most important first (see keywords.py)."""
        reading = Reading(text, self._disfluencies)
        return tuple(label for label, *_ in self._keywords.find(reading, self._stems.of(reading.words)))

    def _ranked(self, reading: Reading, stems: Sequence[str]) -> Iterator[Found]:
        """The keywords of a whole text."""
        text = reading.text
        kind = Kind.KEYWORD
        for rank, (label, stem, count, degree, first) in enumerate(self._keywords.find(reading, stems), 1):
            span = reading.span(first, first + 1)
            yield Found(kind, text[span[0] : span[1]], span, label, stem, _facts(count, degree, rank))

    def _annotate(self, text: str, situation: Situation, with_entities: bool) -> _Part:
        """What a short text shows, but for keywords and sentiment."""
        reading = Reading(text, self._disfluencies)
        stems = self._stems.of(reading.words)
        clauses = Clauses(reading, self._grammar, situation.names)
        if not reading.words:
            return _Part(reading, clauses, stems, (), [])
        named = entities(reading, situation.held_on) if with_entities else []
        found = self._terms.find(clauses, stems)
        evidence = self._look(clauses, situation, found, named)
        found += [_entity(reading, each) for each in named]
        found += [_found(Kind.QUESTION, reading, each.first, each.last) for each in evidence.questions]
        found += [_action(reading, each) for each in evidence.actions]
        found += [_found(Kind.COMMITMENT, reading, first, last) for first, last in evidence.commitments]
        found += [_found(Kind.DECISION, reading, first, last) for first, last in evidence.decisions]
        return _Part(reading, clauses, stems, evidence.intents, found)

    def _look(
        self, clauses: Clauses, situation: Situation, terms: Sequence[Found], named: Sequence[Entity]
    ) -> Evidence:
        reading = clauses.reading
        dated = frozenset(
            index
            for each in named
            if each.type in ("date", "time", "duration")
            for index in range(reading.word_at(each.start), len(reading))
            if reading.starts[index] < each.end
        ) if named else frozenset()  # fmt: skip
        phrases = self._phrasebook.find(clauses)
        questions = self._questions.find(clauses, phrases)
        actions = self._actions.find(clauses, phrases, situation.names, dated)
        risks = [each for each in terms if each.kind is Kind.RISK]
        return self._intents.find(clauses, phrases, questions, actions, risks)


def _entity(reading: Reading, entity: Entity) -> Found:
    span = reading.span_of_characters(entity.start, entity.end)
    text = reading.text[entity.start : entity.end]
    return Found(Kind.ENTITY, text, span, entity.type, entity.normalized, entity.attributes)


@lru_cache(maxsize=1 << 10)
def _facts(count: int, degree: int, rank: int) -> Mapping[str, str]:
    """The attributes of a keyword; those of short texts are few, and most texts are short."""
    return MappingProxyType({"count": str(count), "score": str(degree), "rank": str(rank)})


def _place(found: Found) -> tuple[int, int, str, str]:
    return found.span.start_char, found.span.end_char, found.kind, found.label


def _found(kind: Kind, reading: Reading, first: int, last: int) -> Found:
    span = reading.span(first, last)
    return Found(kind, reading.text[span.start_char : span.end_char], span, "", reading.phrase(first, last))


def _action(reading: Reading, item: ActionItem) -> Found:
    place = _found(Kind.ACTION_ITEM, reading, item.first, item.last)
    facts = {"who": item.who, "what": _text(reading, item.what)}
    if item.when[0] < item.when[1]:
        facts["when"] = _text(reading, item.when)
    return Found(Kind.ACTION_ITEM, place.text, place.span, "", reading.phrase(*item.what), facts)


def _text(reading: Reading, words: tuple[int, int]) -> str:
    first, last = words
    return reading.text[reading.starts[first] : reading.ends[last - 1]] if first < last else ""


def load_rules(path: Path | None = None) -> Rules:
    """The rules with the word lists of a file laid over the project's own; those with none are made once.

    Raises OSError, or ValueError with all that is wrong in the file.
    """
    return _own_rules() if path is None else Rules(load_lists(path))


@cache
def _own_rules() -> Rules:
    return Rules(load_lists())
