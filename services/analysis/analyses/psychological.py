"""psychological, as far as it is counted: words that come more often with load and with stress.

    load     hesitations and repetitions, which grow with what has to be planned and kept in mind
             (Goldman-Eisler, Psycholinguistics, 1968; Berthold & Jameson, Interpreting symptoms of cognitive
             load in speech input, UM 1999)
    stress   first person singular (Rude, Gortner & Pennebaker, Cognition & Emotion 18, 2004), negations
             (Weintraub, Verbal Behavior in Everyday Life, 1989), absolutist words (Al-Mosaiwi & Johnstone, In
             an absolute state, Clinical Psychological Science 6(4), 2018)

These are differences between groups of people. Of one person they are cues, and no diagnosis.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from services.analysis.analysis import Known, MeasuredAnalysis, Trigger
from services.analysis.llm.findings.psychological import TASK
from services.analysis.measures.coverage import share
from services.analysis.measures.cue_counter import CueCounter
from services.analysis.measures.cues import CueHit
from services.analysis.measures.lexicon import is_hesitation
from services.analysis.measures.lists import Psychological
from services.analysis.segment import Segment

NAME = "psychological"
_HESITATION = "hesitation"
_REPETITION = "repetition"


@dataclass(frozen=True, slots=True)
class PsychologicalMeasures:
    """As Psychological in the contract."""

    words: int
    hesitations: int | None = None
    repetitions: int | None = None
    first_person: int | None = None
    negations: int | None = None
    absolutist_words: int | None = None
    load_share: float | None = None
    stress_share: float | None = None
    hits: tuple[CueHit, ...] = ()


class PsychologicalCounter(CueCounter):
    """Grows not at all: counts, and the last hits."""

    def __init__(self, known: Known | None = None) -> None:
        super().__init__()
        self._table = (known or Known()).cues.psychological
        self._first_person = 0

    def _look(self, segment: Segment) -> None:
        for before, word in pairwise(("", *segment.words)):
            if is_hesitation(word):
                self._log.add(_HESITATION, (word,), segment)
            elif word == before:
                self._log.add(_REPETITION, (before, word), segment)
        for sentence in segment.sentences:
            for kind, first, last in self._table.find(sentence):
                if kind == Psychological.FIRST_PERSON:  # so frequent that they would push all others out
                    self._first_person += 1
                else:
                    self._log.add(kind, sentence.words[first:last], segment)

    def coarse(self) -> PsychologicalMeasures:
        """The hits."""
        return PsychologicalMeasures(self._coverage.words, hits=self._log.hits())

    def measure(self) -> PsychologicalMeasures:
        words = self._coverage.words
        if not self._coverage.is_english:
            return PsychologicalMeasures(words)
        counts = self._log.counts
        negations, absolutist = counts[Psychological.NEGATION], counts[Psychological.ABSOLUTIST]
        load = counts[_HESITATION] + counts[_REPETITION]
        stress = self._first_person + negations + absolutist
        return PsychologicalMeasures(
            words=words,
            hesitations=counts[_HESITATION],
            repetitions=counts[_REPETITION],
            first_person=self._first_person,
            negations=negations,
            absolutist_words=absolutist,
            load_share=share(load, self._coverage.looked_up),
            stress_share=share(stress, self._coverage.looked_up),
            hits=self._log.hits(),
        )


def _script(segments: int) -> PsychologicalMeasures:
    """Nobody is under stress."""
    return PsychologicalMeasures(10 * segments, 0, 0, 0, 0, 0, 0.0, 0.0)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=PsychologicalCounter,
    start_knowing=PsychologicalCounter,
    needs=5,
    unit="words",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    llm=TASK,
    script=_script,
)
