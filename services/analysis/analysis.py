"""What an analysis is: how it is started, what it needs, and when it gives a result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from services.analysis.cues import Cues, project_cues
from services.analysis.segment import Segment

if TYPE_CHECKING:
    from dataclasses import Field


class Trigger(StrEnum):
    """When an analysis gives a result; each firing is a result of its own."""

    SEGMENT = "segment"
    TURN = "turn"
    SESSION = "session"


class Measures(Protocol):
    """A frozen dataclass with the fields of the analysis' message; None is absent there.

    A tuple of such dataclasses is a repeated message, an integer may be a Duration in nanoseconds, and a
    member of an enumeration stands for the value of the same name.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a result lacks while the rest of it holds; `reason` is one of reasons.py."""

    reason: str
    message: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What an analysis is told before the first segment.

    Attributes:
        cues: the word lists, those of the deployment among them.
        baseline: the speaker's usual values, by name of the measure (see outliers.py).
    """

    cues: Cues = field(default_factory=project_cues)
    baseline: Mapping[str, float] = field(default_factory=dict)


class Accumulator(ABC):
    """Gathers segments for one result. What it keeps may grow with the vocabulary and with the number of
    segments by some hundred bytes each, not with the text."""

    @property
    @abstractmethod
    def amount(self) -> int:
        """How much of what the analysis needs there is, in its unit."""

    @abstractmethod
    def accept(self, segment: Segment) -> None:
        """Take the next segment. If this raises, the segment counts as left out: nothing may have changed."""

    @abstractmethod
    def measure(self) -> Measures:
        """All measures; asked only once there is enough."""

    def coarse(self) -> Measures:
        """What can be said before the whole computation; asked only once there is enough."""
        return self.measure()

    def notes(self) -> tuple[Note, ...]:
        """What the measures lack."""
        return ()

    def chunks(self) -> AsyncIterator[Measures]:
        """For analyses of many chunks: the measures again and again while they become complete, each with
        all that was complete before; the last ones are the result."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Option:
    """A whole number that a client may set."""

    default: int
    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Something that a client may ask for by name.

    Attributes:
        triggers: all that it can be asked for with.
        default: the trigger where none is named.
        options: by name.
        has_llm_part: whether a language model has a part in it.
    """

    name: str
    default: Trigger
    triggers: frozenset[Trigger]
    options: Mapping[str, Option] = field(default_factory=dict)
    has_llm_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAnalysis(Analysis):
    """An analysis that gathers segments and measures them. Its name is that of its field in LocalPart,
    unless it has a message of its own.

    Attributes:
        start: makes the accumulator of one result.
        start_knowing: makes it from what is known beforehand, for analyses that use some of it.
        needs: least amount for a result.
        early: least amount for measures of the session before its end, from `needs`.
        unit: what the amount counts, in the plural.
        reads_annotations: whether it can say nothing of segments without annotations.
        has_chunks: whether its result comes in many chunks; then the accumulator has `chunks`.
        script: the measures that its scripted twin gives after so many segments, from 1.
    """

    start: Callable[[], Accumulator]
    needs: int
    unit: str
    script: Callable[[int], Measures]
    early: int = 0
    reads_annotations: bool = False
    has_chunks: bool = False
    start_knowing: Callable[[Known], Accumulator] | None = None

    def knowing(self, known: Known) -> MeasuredAnalysis:
        """The same analysis, in a stream of which this is known."""
        start = self.start_knowing
        return self if start is None else replace(self, start=partial(start, known))

    def shortage(self, amount: int, is_early: bool = False) -> str:
        """How much there is and is needed, such as "0 of 1 words"; empty where that is enough."""
        needs = max(self.needs, self.early) if is_early else self.needs
        return f"{amount} of {needs} {self.unit}" if amount < needs else ""
