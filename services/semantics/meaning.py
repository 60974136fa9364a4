"""What annotation finds in a segment, and what an engine is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class Found:
    """One thing and its place.

    Attributes:
        kind: what kind of thing.
        text: as it stands in the segment.
        span: where.
        label: which one, where the kind has several.
        normalized: base form, in lower case.
        attributes: further facts by name.
    """

    kind: Kind
    text: str
    span: Span
    label: str = ""
    normalized: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of one segment: its intents, at least one, the primary one first; what was found, in order of place."""

    intents: tuple[Intent, ...]
    found: tuple[Found, ...]


class SemanticEngine(Protocol):
    """Annotates segments. Pure, synchronous, without state between segments."""

    @property
    def delay(self) -> float:
        """Seconds that a segment waits before it is annotated; 0 for an engine that has no need to."""

    def annotate(self, text: str) -> Meaning:
        """What a segment means."""
