"""How somebody comes across: parts from 0 to 1 that credibility is made of, of one speaker or of all.

Linguistic:
    certainty       certainty words / (certainty words + qualifiers); unsure talk is taken as less credible
                    (DePaulo et al., Cues to deception, Psychological Bulletin 129, 2003: verbal uncertainty)
    self_reference  share of the first person singular in the words, by 5 %, at most 1
    distinctions    share of exclusive words (but, except, without), by 3 %, at most 1; both are fewer in
                    made-up stories (Newman, Pennebaker, Berry & Richards, Lying words, PSPB 29, 2003); 5 and
                    3 % are about the means of Pennebaker et al., The development and psychometric properties
                    of LIWC2015
Behavioural:
    fluency         1 - (hesitations + repetitions) / words / 12 %, at least 0; 6 % are usual (Bortfeld et
                    al., Disfluency rates in conversation, Language and Speech 44, 2001)
    timing          1 / (1 + deviation / mean) of the latencies of responses, from two
Consistency:
    speech_rate, hesitation, sentiment   as in session_insights
Acoustic:
    pitch, voice, pausing   how steady they are, see steadiness.py; where there is sound

A component is the mean of its parts that are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.analysis.acoustics.voice import VoiceMeasures
from services.analysis.analyses.insights import Insights
from services.analysis.measures.conversation import SECOND, Latency, Speaker
from services.analysis.measures.coverage import share
from services.analysis.measures.lexicon import WordCounts
from services.analysis.measures.sentiment import SentimentMean
from services.analysis.measures.steadiness import VoiceSteadiness
from services.analysis.segment import Segment

LEAST_WORDS = 10
"""Of the linguistic and the behavioural source; fewer say nothing."""
_MOST_SELF_REFERENCE = 0.05
_MOST_DISTINCTIONS = 0.03
_MOST_DISFLUENCY = 0.12
_LEAST_LATENCIES = 2
_MINUTE = 60 * SECOND


class Source(StrEnum):
    """Where a component comes from."""

    ACOUSTIC = "acoustic"
    LINGUISTIC = "linguistic"
    BEHAVIOURAL = "behavioural"
    CONSISTENCY = "consistency"


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in one segment: words with contractions written out, and what is listed of them."""

    words: int
    listed: WordCounts
    first_person: int
    exclusive: int


@dataclass(slots=True)
class Counts:
    """Sums over segments that could be looked up."""

    words: int = 0
    hesitations: int = 0
    repetitions: int = 0
    qualifiers: int = 0
    certainty: int = 0
    first_person: int = 0
    exclusive: int = 0

    def add(self, counted: Counted) -> None:
        """One more segment."""
        self.words += counted.words
        self.hesitations += counted.listed.hesitations
        self.repetitions += counted.listed.repetitions
        self.qualifiers += counted.listed.qualifiers
        self.certainty += counted.listed.certainty
        self.first_person += counted.first_person
        self.exclusive += counted.exclusive

    def linguistic(self) -> dict[str, float | None]:
        """The parts, by name, of at least one word."""
        return {
            "certainty": share(self.certainty, self.certainty + self.qualifiers),
            "self_reference": min(1.0, self.first_person / self.words / _MOST_SELF_REFERENCE),
            "distinctions": min(1.0, self.exclusive / self.words / _MOST_DISTINCTIONS),
        }

    def fluency(self) -> float:
        """Of at least one word."""
        return max(0.0, 1.0 - (self.hesitations + self.repetitions) / self.words / _MOST_DISFLUENCY)


class Bearing:
    """Gathers the segments of one speaker, or of all."""

    def __init__(self, baseline: Mapping[str, float] | None = None) -> None:
        """`baseline`: the profile, see outliers.py."""
        self.counts = Counts()
        self._voices = VoiceSteadiness(baseline or {})
        self._insights = Insights()
        self._sentiment = SentimentMean()
        self._timed_words = 0
        self._time = 0

    def accept(self, segment: Segment, counted: Counted | None) -> None:
        """The next segment, and what was counted in it where it could be looked up."""
        self._insights.accept(segment)
        if segment.meaning is not None:
            self._sentiment.add(segment.meaning, len(segment.words))
        if segment.length > 0:
            self._timed_words += len(segment.words)
            self._time += segment.length
        if counted is not None:
            self.counts.add(counted)

    def hear(self, segment: Segment, voice: VoiceMeasures) -> None:
        """How a segment that was accepted sounds."""
        self._voices.add(Speaker(segment.channel, segment.speaker), voice)

    def values(self, latency: Latency | None) -> dict[str, float | None]:
        """What a baseline profile may name; see the contract."""
        counts = self.counts
        return {
            "words_per_minute": share(self._timed_words * _MINUTE, self._time),
            "hesitations_per_hundred_words": share(100 * counts.hesitations, counts.words),
            "certainty_ratio": share(counts.certainty, counts.certainty + counts.qualifiers),
            "first_person_share": share(counts.first_person, counts.words),
            "response_latency_seconds": latency.mean / SECOND if latency is not None else None,
            "sentiment": self._sentiment.mean,
            **self._voices.values(),
        }

    def parts(self, latency: Latency | None) -> Iterator[tuple[Source, dict[str, float]]]:
        """The parts of each source that there is anything of."""
        counts = self.counts
        steady = self._insights.measure()
        found: list[tuple[Source, dict[str, float | None]]] = [(Source.ACOUSTIC, self._voices.parts())]
        if counts.words >= LEAST_WORDS:
            timing = None
            if latency is not None and latency.responses >= _LEAST_LATENCIES and latency.mean:
                timing = 1.0 / (1.0 + latency.deviation / latency.mean)
            found.append((Source.LINGUISTIC, counts.linguistic()))
            found.append((Source.BEHAVIOURAL, {"fluency": counts.fluency(), "timing": timing}))
        found.append(
            (
                Source.CONSISTENCY,
                {
                    "speech_rate": steady.speech_rate_consistency,
                    "hesitation": steady.hesitation_consistency,
                    "sentiment": steady.sentiment_consistency,
                },
            )
        )
        for source, parts in found:
            known = {name: value for name, value in parts.items() if value is not None}
            if known:
                yield source, known


def mean(parts: Mapping[str, float]) -> float:
    """A component, of at least one part."""
    return sum(parts.values()) / len(parts)
