"""manipulation, as far as it is counted: phrases that press, flatter, threaten or deny, by pattern.

The patterns and their sources stand in english/manipulation.toml. A hit is a phrase with its place, for
somebody to look at; whether anybody is manipulated, no list can say.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.analysis.analysis import Known, MeasuredAnalysis, Trigger
from services.analysis.llm.findings.manipulation import TASK
from services.analysis.measures.counted import LabelCount
from services.analysis.measures.coverage import share
from services.analysis.measures.cue_counter import CueCounter
from services.analysis.measures.cues import CueHit
from services.analysis.segment import Segment

NAME = "manipulation"


@dataclass(frozen=True, slots=True)
class ManipulationMeasures:
    """As Manipulation in the contract."""

    words: int
    cues: int | None = None
    cues_per_hundred_words: float | None = None
    patterns: tuple[LabelCount, ...] = ()
    hits: tuple[CueHit, ...] = ()


class ManipulationCounter(CueCounter):
    """Grows with the number of patterns."""

    def __init__(self, known: Known | None = None) -> None:
        super().__init__()
        self._table = (known or Known()).cues.manipulation

    def _look(self, segment: Segment) -> None:
        for sentence in segment.sentences:
            for kind, first, last in self._table.find(sentence):
                self._log.add(kind, sentence.words[first:last], segment)

    def coarse(self) -> ManipulationMeasures:
        """The hits."""
        return ManipulationMeasures(self._coverage.words, hits=self._log.hits())

    def measure(self) -> ManipulationMeasures:
        if not self._coverage.is_english:
            return ManipulationMeasures(self._coverage.words)
        return ManipulationMeasures(
            words=self._coverage.words,
            cues=self._log.total,
            cues_per_hundred_words=share(100 * self._log.total, self._coverage.looked_up),
            patterns=self._log.ranked(),
            hits=self._log.hits(),
        )


def _script(segments: int) -> ManipulationMeasures:
    """One cue a segment."""
    return ManipulationMeasures(10 * segments, segments, 10.0, (LabelCount("scripted", segments),))


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=ManipulationCounter,
    start_knowing=ManipulationCounter,
    needs=10,
    unit="words",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    llm=TASK,
    script=_script,
)
