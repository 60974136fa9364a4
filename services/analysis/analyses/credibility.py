"""credibility: how sure, fluent and steady somebody speaks, as one score with the interval it lies in.

It does not detect lies. Honest people may be unsure and halting, liars smooth and steady; people who judge by
such signs are right little more often than by chance (Bond & DePaulo, Accuracy of deception judgments,
Personality and Social Psychology Review 10(3), 2006: 54 %). The score describes a way of speaking.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from services.analysis.acoustics.heard import Heard
from services.analysis.analysis import Accumulator, Known, MeasuredAnalysis, Note, Trigger
from services.analysis.llm.findings.credibility import TASK
from services.analysis.measures.bearing import Counted
from services.analysis.measures.conversation import Conversation, Latency, Speaker
from services.analysis.measures.coverage import Coverage
from services.analysis.measures.credibility_score import (
    CredibilityScore,
    Doubt,
    Factor,
    Level,
    Scored,
    factors_of,
)
from services.analysis.measures.cues import CueTable
from services.analysis.measures.lexicon import count_words
from services.analysis.measures.lists import Linguistic
from services.analysis.measures.outliers import Comparison, compare
from services.analysis.measures.voices import Unheard
from services.analysis.measures.wilson import wilson
from services.analysis.segment import Segment
from services.text.context import UNKNOWN

NAME = "credibility"


@dataclass(frozen=True, slots=True)
class SpeakerCredibility:
    """As SpeakerCredibility in the contract."""

    speaker: str
    channel_tag: int
    credibility: CredibilityScore


@dataclass(frozen=True, slots=True)
class CredibilityMeasures:
    """As Credibility in the contract."""

    overall: CredibilityScore
    factors: tuple[Factor, ...] = ()
    speakers: tuple[SpeakerCredibility, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


class CredibilityCounter(Accumulator):
    """Grows with the number of speakers, and with that of segments by their times."""

    def __init__(self, known: Known | None = None) -> None:
        known = known or Known()
        self._first_person = known.cues.linguistic[Linguistic.FIRST_PERSON_SINGULAR]
        self._exclusive = known.cues.linguistic[Linguistic.EXCLUSIVE]
        self._baseline = known.baseline
        self._coverage = Coverage()
        self._conversation = Conversation()
        self._all = Scored(self._baseline)
        self._unheard = Unheard()
        self._speakers: dict[Speaker, Scored] = {}

    @property
    def amount(self) -> int:
        """Sources that there is something of."""
        return len(list(self._all.bearing.parts(self._conversation.measure().latency())))

    def accept(self, segment: Segment) -> None:
        if not segment.words:
            return
        counted = self._counted(segment) if self._coverage.take(segment) else None
        self._conversation.add(segment.start, segment.end, segment.channel, segment.speaker)
        self._all.accept(segment, counted)
        who = Speaker(segment.channel, segment.speaker)
        self._speakers.setdefault(who, Scored(self._baseline)).accept(segment, counted)

    def hear(self, segment: Segment, heard: Heard) -> None:
        self._unheard.add(heard)
        scored = self._speakers.get(Speaker(segment.channel, segment.speaker))
        if heard.voice is not None and scored is not None:
            self._all.bearing.hear(segment, heard.voice)
            scored.bearing.hear(segment, heard.voice)

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        return False  # trials are added up by speaker

    def coarse(self) -> CredibilityMeasures:
        """The score of all, without what it rests on."""
        return CredibilityMeasures(self.measure().overall)

    def measure(self) -> CredibilityMeasures:
        flow = self._conversation.measure()
        latency = flow.latency()
        parts = list(self._all.bearing.parts(latency))
        compared = tuple(compare(self._all.bearing.values(latency), self._baseline))
        outliers = sum(each.is_outlier for each in compared)
        return CredibilityMeasures(
            overall=self._all.score(parts, outliers, len(compared)),
            factors=tuple(sorted(factors_of(parts), key=lambda each: -abs(each.contribution))),
            speakers=tuple(self._by_speaker(flow.latency)),
            comparisons=compared,
        )

    def notes(self) -> tuple[Note, ...]:
        return self._coverage.notes() + self._unheard.notes()

    def _by_speaker(self, latency: Callable[[Speaker], Latency | None]) -> Iterator[SpeakerCredibility]:
        for who, scored in self._speakers.items():
            if parts := list(scored.bearing.parts(latency(who))):
                yield SpeakerCredibility(who.name or UNKNOWN, who.channel, scored.score(parts))

    def _counted(self, segment: Segment) -> Counted:
        def count(table: CueTable) -> int:
            return sum(1 for sentence in segment.sentences for _ in table.find(sentence))

        words = sum(len(each.words) for each in segment.sentences)
        listed = count_words(segment.words)
        return Counted(words, listed, count(self._first_person), count(self._exclusive))


def _script(segments: int) -> CredibilityMeasures:
    """Nothing can be said."""
    lower, upper = wilson(0.5, segments)
    score = CredibilityScore(0.5, lower, upper, segments, 0.0, Level.INCONCLUSIVE, (Doubt.LOW_CONFIDENCE,))
    return CredibilityMeasures(score)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=CredibilityCounter,
    start_knowing=CredibilityCounter,
    needs=1,
    unit="sources",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    llm=TASK,
    hears=True,
    script=_script,
)
