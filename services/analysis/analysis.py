"""What an analysis is: how it is started, what it needs, and when it gives a result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from services.analysis.acoustics.heard import Heard
from services.analysis.llm.llm_task import LlmTask
from services.analysis.measures.cues import Cues, project_cues
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

    def hear(self, segment: Segment, heard: Heard) -> None:  # noqa: B027
        """How a segment that was taken sounds, for analyses that hear; once for each, in order, and later
        than it was taken."""

    @abstractmethod
    def measure(self) -> Measures:
        """All measures; asked only once there is enough."""

    def coarse(self) -> Measures:
        """What can be said before the whole computation; asked only once there is enough."""
        return self.measure()

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        """Segments that were taken have another speaker. Returns whether they count under that one now; where
        nothing is counted by speaker, they do."""
        return True

    def notes(self) -> tuple[Note, ...]:
        """What the measures lack."""
        return ()


@dataclass(frozen=True, slots=True)
class Option:
    """A whole number that a client may set."""

    default: int
    least: int
    most: int


LLM_EVERY = "llm_every"
"""The option of an analysis of the session that a model has a part in: it is asked every so many segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Something that a client may ask for by name.

    Attributes:
        triggers: all that it can be asked for with.
        default: the trigger where none is named.
        options: by name.
        llm: what a language model is asked for each result; None: nothing, or, in `workflow`, much else.
    """

    name: str
    default: Trigger
    triggers: frozenset[Trigger]
    options: Mapping[str, Option] = field(default_factory=dict)
    llm: LlmTask | None = None

    @property
    def has_llm_part(self) -> bool:
        """Whether its results have a part of a model."""
        return self.llm is not None

    @property
    def all_options(self) -> Mapping[str, Option]:
        """Those that are not its own among them."""
        if self.llm is None or Trigger.SESSION not in self.triggers or "every" in self.options:
            return self.options
        return {**self.options, LLM_EVERY: Option(default=0, least=0, most=1000)}


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
        hears: whether it is told how segments sound, where there is audio.
        script: the measures that its scripted twin gives after so many segments, from 1.
    """

    start: Callable[[], Accumulator]
    needs: int
    unit: str
    script: Callable[[int], Measures]
    early: int = 0
    reads_annotations: bool = False
    hears: bool = False
    start_knowing: Callable[[Known], Accumulator] | None = None

    def knowing(self, known: Known) -> MeasuredAnalysis:
        """The same analysis, in a stream of which this is known."""
        start = self.start_knowing
        return self if start is None else replace(self, start=partial(start, known))

    def shortage(self, amount: int, is_early: bool = False) -> str:
        """How much there is and is needed, such as "0 of 1 words"; empty where that is enough."""
        needs = max(self.needs, self.early) if is_early else self.needs
        return f"{amount} of {needs} {self.unit}" if amount < needs else ""
