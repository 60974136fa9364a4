"""The word lists: the form of their file, and what matching makes of them. english.toml says the rules."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from services.semantics.inflection import adjective_forms, noun_forms, verb_forms
from services.semantics.meaning import Intent, Kind
from services.semantics.words import tokenize

ENGLISH = Path(__file__).with_name("english.toml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TermList(_Part):
    """Base forms of single words, by part of speech."""

    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()

    def forms(self) -> Iterator[tuple[str, str]]:
        """Every inflected form and its base."""
        for bases, inflect in (
            (self.verbs, verb_forms),
            (self.nouns, noun_forms),
            (self.adjectives, adjective_forms),
        ):
            for base in bases:
                for form in inflect(base.lower()):
                    yield form, base.lower()


class IntentRules(_Part):
    """How one intent shows."""

    phrases: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class SentenceWords(_Part):
    """How sentences, and questions among them, begin."""

    lead_ins: frozenset[str] = frozenset()
    question_words: frozenset[str] = frozenset()
    auxiliaries: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()


class KeywordWords(_Part):
    """What is no keyword."""

    stop_words: frozenset[str] = frozenset()


class WordLists(_Part):
    """One file of word lists; all words in lower case where they are compared."""

    language: str
    irregular: dict[str, tuple[str, ...]] = {}
    risks: dict[str, TermList] = {}
    topics: dict[str, TermList] = {}
    sentences: SentenceWords = SentenceWords()
    intents: dict[Intent, IntentRules] = {}
    keywords: KeywordWords = KeywordWords()

    def terms(self) -> dict[str, tuple[tuple[Kind, str, str], ...]]:
        """Every form of a listed word, and the kind, label and base form that it stands for."""
        terms: dict[str, set[tuple[Kind, str, str]]] = defaultdict(set)
        for kind, lists in ((Kind.RISK, self.risks), (Kind.TOPIC, self.topics)):
            for label, words in lists.items():
                for form, base in words.forms():
                    for each in (form, *self.irregular.get(base, ())):
                        terms[each].add((kind, label, base))
        return {form: _nearest_base(form, found) for form, found in terms.items()}


def _nearest_base(form: str, found: Iterable[tuple[Kind, str, str]]) -> tuple[tuple[Kind, str, str], ...]:
    """One base for each kind and label: "pricing" is the noun itself before it is a form of "price"."""
    best: dict[tuple[Kind, str], str] = {}
    for kind, label, base in sorted(found, key=lambda each: (each[2] != form, each)):
        best.setdefault((kind, label), base)
    return tuple((kind, label, base) for (kind, label), base in best.items())


class Phrases:
    """Phrases that are looked for word by word; where several begin at a word, the longest."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in phrases:
            words = tuple(token.norm for token in tokenize(phrase))
            if not words:
                raise ValueError(f"phrase {phrase!r} has no words")
            self._by_first[words[0]].append(words)
        for candidates in self._by_first.values():
            candidates.sort(key=len, reverse=True)

    def at(self, words: list[str], index: int) -> int:
        """How many words the phrase at `index` has; 0 where there is none."""
        for candidate in self._by_first.get(words[index], ()):
            if tuple(words[index : index + len(candidate)]) == candidate:
                return len(candidate)
        return 0


def load_lists(path: Path = ENGLISH) -> WordLists:
    """Read a file of word lists. Raises OSError, or ValueError with all that is wrong in it."""
    return WordLists.model_validate(tomllib.loads(path.read_text("utf-8")))
