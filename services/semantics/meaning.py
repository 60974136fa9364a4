"""What annotation finds in a segment, and what an engine is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from services.semantics.words import Span


class Intent(StrEnum):
    """What a segment is for; the first that applies, in this order, is its primary intent."""

    QUESTION = "question"
    CLARIFICATION = "clarification"
    ACTION_ITEM = "action_item"
    COMMITMENT = "commitment"
    DECISION = "decision"
    AGREEMENT = "agreement"
    GENERAL = "general"


class Kind(StrEnum):
    """Kinds of things that are found; SemanticAnnotation says what each one's label is."""

    KEYWORD = "keyword"
    TOPIC = "topic"
    RISK = "risk"
    QUESTION = "question"
    ACTION_ITEM = "action_item"
    COMMITMENT = "commitment"
    DECISION = "decision"
    ENTITY = "entity"


class Found(NamedTuple):
    """One thing and its place.

    Attributes:
        kind: what kind of thing.
        text: as it stands in the segment.
        span: where.
        label: which one, where the kind has several.
        normalized: base form, in lower case; of an entity its value; of a keyword its stem.
        attributes: further facts by name.
    """

    kind: Kind
    text: str
    span: Span
    label: str = ""
    normalized: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How a text sounds in its words: score from -1 (bad) to 1 (good), magnitude from 0 (nothing said)."""

    score: float
    magnitude: float


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known beside the text.

    Attributes:
        held_on: the day of the conversation; without it "tomorrow" has no date.
        names: of those who take part, in lower case.
    """

    held_on: date | None = None
    names: frozenset[str] = frozenset()


NOWHERE = Situation()


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of one segment: its intents, at least one, the primary one first; what was found, in order of place;
    and its sentiment, where that was looked for."""

    intents: tuple[Intent, ...]
    found: tuple[Found, ...]
    sentiment: Sentiment | None = None


class SemanticEngine(Protocol):
    """Annotates segments. Pure, synchronous, without state between segments."""

    @property
    def delay(self) -> float:
        """Seconds that a segment waits before it is annotated; 0 for an engine that has no need to."""

    def annotate(self, text: str, situation: Situation = NOWHERE) -> Meaning:
        """What a segment means."""

    def classify_intent(self, text: str) -> tuple[Intent, ...]:
        """All intents of a text, the primary one first."""

    def extract_keywords(self, text: str) -> tuple[str, ...]:
        """What a text is about, the most important first."""
