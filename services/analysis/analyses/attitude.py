"""speaker_attitude, as far as it is counted: strategies of politeness, and formality, of each speaker.

Politeness: each strategy has the mean politeness of requests that use it, in standard deviations
(Danescu-Niculescu-Mizil et al., A computational approach to politeness, ACL 2013, table 3; 0 is an average
request). A speaker's is that of the sentences that use any, each the sum of its strategies, put between 0 and
1 by the logistic function: 0.5 is average. Formality: see formality.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from services.analysis.analysis import Accumulator, Known, MeasuredAnalysis, Note, Trigger
from services.analysis.llm.findings.attitude import TASK
from services.analysis.measures.counted import LabelCount, ranked
from services.analysis.measures.coverage import Coverage
from services.analysis.measures.cues import CueHit, CueLog
from services.analysis.measures.formality import formality, weigh
from services.analysis.segment import Segment

NAME = "speaker_attitude"
LEAST_WORDS = 5


@dataclass(frozen=True, slots=True)
class SpeakerManner:
    """As SpeakerManner in the contract."""

    speaker: str
    words: int
    politeness: float | None
    formality: float | None
    strategies: tuple[LabelCount, ...]


@dataclass(frozen=True, slots=True)
class AttitudeMeasures:
    """As SpeakerAttitude in the contract."""

    words: int
    speakers: tuple[SpeakerManner, ...] = ()
    hits: tuple[CueHit, ...] = ()


class _Manner:
    """The sums of one speaker."""

    def __init__(self) -> None:
        self.words = 0
        self.function_words = 0
        self.function_weight = 0
        self.sentences = 0
        self.politeness = 0.0
        self.strategies: Counter[str] = Counter()

    def measure(self, speaker: str) -> SpeakerManner:
        is_enough = self.words >= LEAST_WORDS
        mean = self.politeness / self.sentences if self.sentences else None
        return SpeakerManner(
            speaker=speaker,
            words=self.words,
            politeness=1.0 / (1.0 + math.exp(-mean)) if is_enough and mean is not None else None,
            formality=formality(self.function_words, self.function_weight) if is_enough else None,
            strategies=ranked(self.strategies),
        )


class AttitudeCounter(Accumulator):
    """Grows with the number of speakers."""

    def __init__(self, known: Known | None = None) -> None:
        cues = (known or Known()).cues
        self._table, self._scores = cues.politeness, cues.scores
        self._coverage = Coverage()
        self._log = CueLog()
        self._speakers: dict[str, _Manner] = {}

    @property
    def amount(self) -> int:
        return self._coverage.words

    def accept(self, segment: Segment) -> None:
        if not self._coverage.take(segment) or not segment.words:
            return
        manner = self._speakers.setdefault(segment.who, _Manner())
        manner.words += len(segment.words)
        words, weight = weigh(segment.words)
        manner.function_words += words
        manner.function_weight += weight
        for sentence in segment.sentences:
            found = list(self._table.find(sentence))
            manner.sentences += bool(found)
            manner.politeness += sum(self._scores[kind] for kind, _, _ in found)
            for kind, first, last in found:
                manner.strategies[kind] += 1
                self._log.add(kind, sentence.words[first:last], segment)

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        self._log.rename(segment_ids, speaker)
        return False  # words and sentences are added up by speaker

    def coarse(self) -> AttitudeMeasures:
        """The hits."""
        return AttitudeMeasures(self._coverage.words, hits=self._log.hits())

    def measure(self) -> AttitudeMeasures:
        if not self._coverage.is_english:
            return AttitudeMeasures(self._coverage.words)
        speakers = tuple(manner.measure(name) for name, manner in self._speakers.items())
        return AttitudeMeasures(self._coverage.words, speakers, self._log.hits())

    def notes(self) -> tuple[Note, ...]:
        return self._coverage.notes()


def _script(segments: int) -> AttitudeMeasures:
    """Somebody who is as polite and as formal as others."""
    manner = SpeakerManner("Unknown", 10 * segments, 0.5, 50.0, ())
    return AttitudeMeasures(10 * segments, (manner,))


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=AttitudeCounter,
    start_knowing=AttitudeCounter,
    needs=LEAST_WORDS,
    unit="words",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    llm=TASK,
    script=_script,
)
