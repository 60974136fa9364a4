"""What an analysis is: how it is started, what it needs, and when it gives a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from services.analysis.words import words_of

if TYPE_CHECKING:
    from dataclasses import Field


class Trigger(StrEnum):
    """When an analysis gives a result; each firing is a result of its own."""

    SEGMENT = "segment"
    SESSION = "session"


class Measures(Protocol):
    """A frozen dataclass with the fields of the analysis' message in LocalPart; None is absent there."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A final segment as analyses see it.

    Attributes:
        words: its words, see `words_of`.
        length: from its begin to its end, in nanoseconds, from 0.
    """

    text: str
    words: tuple[str, ...]
    speaker: str
    channel: int
    length: int

    @classmethod
    def of(cls, text: str, speaker: str = "", channel: int = 0, length: int = 0) -> Segment:
        """A segment of this text."""
        return cls(text, tuple(words_of(text)), speaker, channel, length)


class Accumulator(Protocol):
    """Gathers segments for one result, in memory that does not grow with the length of the session."""

    @property
    def amount(self) -> int:
        """How much of what the analysis needs there is, in its unit."""

    def accept(self, segment: Segment) -> None:
        """Take the next segment."""

    def coarse(self) -> Measures:
        """What can be said before the whole computation; asked only once there is enough."""

    def measure(self) -> Measures:
        """All measures; asked only once there is enough."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis.

    Attributes:
        name: as clients ask for it; also the name of its field in LocalPart.
        start: makes the accumulator of one result.
        needs: least amount for a result.
        unit: what the amount counts, in the plural.
        default: the trigger where none is named.
        triggers: all that it can be asked for with.
        script: the measures that its scripted twin gives after so many segments, from 1.
    """

    name: str
    start: Callable[[], Accumulator]
    needs: int
    unit: str
    default: Trigger
    triggers: frozenset[Trigger]
    script: Callable[[int], Measures]

    def shortage(self, amount: int) -> str:
        """How much there is and is needed, such as "0 of 1 words"; empty where that is enough."""
        return f"{amount} of {self.needs} {self.unit}" if amount < self.needs else ""
