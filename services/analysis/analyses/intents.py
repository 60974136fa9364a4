"""speaker_intent, as far as it is counted: which intents the segments have, of all and of each speaker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Trigger
from services.analysis.llm.findings.intents import TASK
from services.analysis.segment import Intent, Segment
from services.text.context import UNKNOWN

NAME = "speaker_intent"


@dataclass(frozen=True, slots=True)
class IntentCount:
    """As IntentCount in the contract."""

    intent: Intent
    primary: int
    listed: int
    share: float


@dataclass(frozen=True, slots=True)
class SpeakerIntents:
    """As SpeakerIntents in the contract."""

    speaker: str
    segments: int
    intents: tuple[IntentCount, ...]
    dominant: Intent


@dataclass(frozen=True, slots=True)
class IntentMeasures:
    """As SpeakerIntent in the contract."""

    segments: int
    intents: tuple[IntentCount, ...] = ()
    dominant: Intent | None = None
    speakers: tuple[SpeakerIntents, ...] = ()


@dataclass(slots=True)
class _Counts:
    segments: int = 0
    primary: Counter[Intent] = field(default_factory=Counter)
    listed: Counter[Intent] = field(default_factory=Counter)

    def add(self, intents: tuple[Intent, ...]) -> None:
        self.segments += 1
        self.primary[intents[0]] += 1
        self.listed.update(set(intents))

    def remove(self, intents: tuple[Intent, ...]) -> None:
        self.segments -= 1
        self.primary[intents[0]] -= 1
        self.listed.subtract(set(intents))

    def counts(self) -> tuple[IntentCount, ...]:
        return tuple(
            IntentCount(each, self.primary[each], self.listed[each], self.primary[each] / self.segments)
            for each in Intent
            if self.listed[each]
        )

    @property
    def dominant(self) -> Intent:
        return max(Intent, key=lambda intent: self.primary[intent])


class IntentAccumulator(Accumulator):
    """Grows with the number of segments, by their intents."""

    def __init__(self) -> None:
        self._all = _Counts()
        self._speakers: dict[str, _Counts] = {}
        self._by_segment: dict[str, tuple[str, tuple[Intent, ...]]] = {}

    @property
    def amount(self) -> int:
        return self._all.segments

    def accept(self, segment: Segment) -> None:
        if segment.meaning is not None and segment.words:
            self._all.add(segment.meaning.intents)
            self._speakers.setdefault(segment.who, _Counts()).add(segment.meaning.intents)
            self._by_segment[segment.segment_id] = (segment.who, segment.meaning.intents)

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        name = speaker or UNKNOWN
        for segment_id in set(segment_ids) & self._by_segment.keys():
            before, intents = self._by_segment[segment_id]
            self._speakers[before].remove(intents)
            self._speakers.setdefault(name, _Counts()).add(intents)
            self._by_segment[segment_id] = (name, intents)
        return True

    def coarse(self) -> IntentMeasures:
        """Of all speakers."""
        return IntentMeasures(self._all.segments, self._all.counts(), self._all.dominant)

    def measure(self) -> IntentMeasures:
        speakers = tuple(
            SpeakerIntents(name, counts.segments, counts.counts(), counts.dominant)
            for name, counts in self._speakers.items()
            if counts.segments
        )
        return IntentMeasures(self._all.segments, self._all.counts(), self._all.dominant, speakers)


def _script(segments: int) -> IntentMeasures:
    """Every segment is a question."""
    counts = (IntentCount(Intent.QUESTION, segments, segments, 1.0),)
    return IntentMeasures(segments, counts, Intent.QUESTION)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=IntentAccumulator,
    needs=1,
    unit="annotated segments",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    reads_annotations=True,
    llm=TASK,
    script=_script,
)
