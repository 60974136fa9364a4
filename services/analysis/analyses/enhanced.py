"""enhanced_metrics: what the words, the times and the sound of a session add to the counts of
quantitative_metrics. The sound of a segment comes a little later than the rest.

Complexity is measured as in Lu, Automatic analysis of syntactic complexity in second language writing,
International Journal of Corpus Linguistics 15(4) (2010): mean length of sentence (MLS), clauses a sentence
(C/S) and dependent clauses a clause (DC/C). Clauses are counted by what introduces them, as no parser is at
hand: one for each sentence, one for each subordinator, one for each coordinator before a subject.

Prosodic congruence is 1 - |arousal - (0.5 + 0.5 |sentiment|)|, the mean over segments: the stronger a
feeling in either direction, the higher is arousal, in a shallow V (Kuppens, Tuerlinckx, Russell & Barrett,
The relation between valence and arousal in subjective experience, Psychological Bulletin 139(4), 2013). 1:
the voice is as excited as the words; 0: words without any feeling in the most excited voice there can be, or
the reverse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from services.analysis.acoustics.heard import Heard
from services.analysis.analysis import Accumulator, Known, MeasuredAnalysis, Note, Trigger
from services.analysis.measures.conversation import Conversation
from services.analysis.measures.coverage import Coverage, share
from services.analysis.measures.lists import Linguistic
from services.analysis.measures.voices import AcousticMeasures, Unheard, Voices
from services.analysis.segment import Segment

NAME = "enhanced_metrics"


@dataclass(frozen=True, slots=True)
class LinguisticMeasures:
    """As LinguisticMetrics in the contract; latencies in nanoseconds."""

    words: int
    first_person_singular: float | None = None
    first_person_plural: float | None = None
    second_person: float | None = None
    third_person: float | None = None
    articles: float | None = None
    words_per_sentence: float | None = None
    clauses_per_sentence: float | None = None
    dependent_clauses_per_clause: float | None = None
    subordinators: int | None = None
    leakage_words: int | None = None
    leakage_per_hundred_words: float | None = None
    response_latency: int | None = None
    response_latency_deviation: int | None = None


@dataclass(frozen=True, slots=True)
class EnhancedMeasures:
    """As EnhancedMetrics in the contract: one part for each source."""

    linguistic: LinguisticMeasures
    acoustic: AcousticMeasures | None = None
    prosodic_congruence: float | None = None


class EnhancedMetrics(Accumulator):
    """Grows with the number of segments, by their times."""

    def __init__(self, known: Known | None = None) -> None:
        self._tables = (known or Known()).cues.linguistic
        self._coverage = Coverage()
        self._counts: Counter[str] = Counter()
        self._sentences = 0
        self._conversation = Conversation()
        self._voices = Voices()
        self._unheard = Unheard()
        self._congruence = 0.0
        self._compared = 0

    @property
    def amount(self) -> int:
        return self._coverage.words

    def accept(self, segment: Segment) -> None:
        self._conversation.add(
            segment.start, segment.end, segment.channel, segment.speaker, segment.segment_id
        )
        if not self._coverage.take(segment):
            return
        self._sentences += len(segment.sentences)
        for sentence in segment.sentences:
            for kind, table in self._tables.items():
                self._counts[kind] += sum(1 for _ in table.find(sentence))

    def hear(self, segment: Segment, heard: Heard) -> None:
        self._voices.add(segment, heard)
        self._unheard.add(heard)
        sentiment = segment.meaning.sentiment if segment.meaning is not None else None
        if sentiment is not None and heard.arousal is not None:
            self._congruence += 1.0 - abs(heard.arousal - (0.5 + 0.5 * abs(sentiment)))
            self._compared += 1

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        self._conversation.rename(segment_ids, speaker)
        self._voices.rename(segment_ids, speaker)
        return not self._compared  # arousal was measured against the former speaker's usual voice

    def coarse(self) -> EnhancedMeasures:
        """The pronouns."""
        whole = self._linguistic()
        return EnhancedMeasures(
            LinguisticMeasures(
                words=whole.words,
                first_person_singular=whole.first_person_singular,
                first_person_plural=whole.first_person_plural,
                second_person=whole.second_person,
                third_person=whole.third_person,
            )
        )

    def measure(self) -> EnhancedMeasures:
        return EnhancedMeasures(
            self._linguistic(), self._voices.measure(), share(self._congruence, self._compared)
        )

    def _linguistic(self) -> LinguisticMeasures:
        latency = self._conversation.measure().latency()
        mean, deviation = (latency.mean, round(latency.deviation)) if latency else (None, None)
        words, looked_up = self._coverage.words, self._coverage.looked_up
        if not self._coverage.is_english:
            return LinguisticMeasures(words, response_latency=mean, response_latency_deviation=deviation)
        counts = self._counts
        dependent = counts[Linguistic.SUBORDINATOR]
        clauses = self._sentences + dependent + counts[Linguistic.COORDINATOR]
        leakage = counts[Linguistic.LEAKAGE]
        return LinguisticMeasures(
            words=words,
            first_person_singular=share(counts[Linguistic.FIRST_PERSON_SINGULAR], looked_up),
            first_person_plural=share(counts[Linguistic.FIRST_PERSON_PLURAL], looked_up),
            second_person=share(counts[Linguistic.SECOND_PERSON], looked_up),
            third_person=share(counts[Linguistic.THIRD_PERSON], looked_up),
            articles=share(counts[Linguistic.ARTICLE], looked_up),
            words_per_sentence=share(looked_up, self._sentences),
            clauses_per_sentence=share(clauses, self._sentences),
            dependent_clauses_per_clause=share(dependent, clauses),
            subordinators=dependent,
            leakage_words=leakage,
            leakage_per_hundred_words=share(100 * leakage, looked_up),
            response_latency=mean,
            response_latency_deviation=deviation,
        )

    def notes(self) -> tuple[Note, ...]:
        return self._coverage.notes() + self._unheard.notes()


def _script(segments: int) -> EnhancedMeasures:
    """Ten words a segment, none of them listed."""
    return EnhancedMeasures(LinguisticMeasures(10 * segments, words_per_sentence=10.0, subordinators=0))


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=EnhancedMetrics,
    start_knowing=EnhancedMetrics,
    needs=1,
    unit="words",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    hears=True,
    script=_script,
)
