"""argument, as far as it is counted: the connectives that introduce claims, reasons and rebuttals.

Connectives are what every method of argument mining begins with (Palau & Moens, Argumentation mining,
Artificial Intelligence and Law 19(1), 2011; Stab & Gurevych, Computational Linguistics 43(3), 2017). A claim
without one is not found: that takes a language model.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.analysis.analysis import Known, MeasuredAnalysis, Trigger
from services.analysis.llm.findings.argument import TASK
from services.analysis.measures.coverage import share
from services.analysis.measures.cue_counter import CueCounter
from services.analysis.measures.cues import CueHit
from services.analysis.measures.lists import Argumentative
from services.analysis.segment import Segment

NAME = "argument"


@dataclass(frozen=True, slots=True)
class ArgumentMeasures:
    """As Argument in the contract."""

    words: int
    sentences: int | None = None
    claim_markers: int | None = None
    premise_markers: int | None = None
    rebuttal_markers: int | None = None
    marked_share: float | None = None
    premise_share: float | None = None
    hits: tuple[CueHit, ...] = ()


class ArgumentCounter(CueCounter):
    """Grows not at all: counts, and the last hits."""

    def __init__(self, known: Known | None = None) -> None:
        super().__init__()
        self._table = (known or Known()).cues.argument
        self._sentences = 0
        self._marked = 0

    def _look(self, segment: Segment) -> None:
        for sentence in segment.sentences:
            found = list(self._table.find(sentence))
            self._sentences += 1
            self._marked += bool(found)
            for kind, first, last in found:
                self._log.add(kind, sentence.words[first:last], segment)

    def coarse(self) -> ArgumentMeasures:
        """The hits."""
        return ArgumentMeasures(self._coverage.words, hits=self._log.hits())

    def measure(self) -> ArgumentMeasures:
        if not self._coverage.is_english:
            return ArgumentMeasures(self._coverage.words)
        claims, premises, rebuttals = (self._log.counts[kind] for kind in Argumentative)
        return ArgumentMeasures(
            words=self._coverage.words,
            sentences=self._sentences,
            claim_markers=claims,
            premise_markers=premises,
            rebuttal_markers=rebuttals,
            marked_share=share(self._marked, self._sentences),
            premise_share=share(premises, claims + premises),
            hits=self._log.hits(),
        )


def _script(segments: int) -> ArgumentMeasures:
    """A claim and a reason for it, a segment."""
    return ArgumentMeasures(10 * segments, 2 * segments, segments, segments, 0, 1.0, 0.5)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=ArgumentCounter,
    start_knowing=ArgumentCounter,
    needs=10,
    unit="words",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    llm=TASK,
    script=_script,
)
