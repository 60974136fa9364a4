"""emotion: how pleasant it is (valence) in words and how excited (arousal) in the voice, segment by segment.

Valence and arousal are the two dimensions of Russell, A circumplex model of affect, Journal of Personality
and Social Psychology 39(6) (1980). Valence is the sentiment that annotation found in the words. Arousal is
in the voice, beside how the same speaker spoke before (acoustics/baseline.py); it comes a little later, and
is absent where only text is at hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace

from services.analysis.acoustics.heard import Heard
from services.analysis.analysis import Accumulator, MeasuredAnalysis, Note, Trigger
from services.analysis.llm.findings.emotion import TASK
from services.analysis.measures.attribution import renamed
from services.analysis.measures.sentiment import SentimentMean
from services.analysis.measures.trend import Direction, Series, Trend
from services.analysis.measures.voices import Unheard
from services.analysis.segment import Segment
from services.text.context import UNKNOWN

NAME = "emotion"
MAX_SEGMENTS = 100
NEUTRAL = 0.25
"""A valence nearer to 0 than this is neither, as in semantic annotation."""


@dataclass(frozen=True, slots=True)
class SegmentEmotion:
    """As SegmentEmotion in the contract; times in nanoseconds."""

    segment_id: str
    speaker: str
    start_offset: int
    end_offset: int
    valence: float | None = None
    arousal: float | None = None


@dataclass(frozen=True, slots=True)
class EmotionMeasures:
    """As Emotion in the contract."""

    segments: int
    valence: float | None = None
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    valence_trend: Trend | None = None
    course: tuple[SegmentEmotion, ...] = ()
    arousal: float | None = None
    arousal_trend: Trend | None = None


class EmotionCounter(Accumulator):
    """Sums, and the last segments; grows only with the number of segments that get another speaker."""

    def __init__(self) -> None:
        self._mean = SentimentMean()
        self._series = Series()
        self._arousal = Series()
        self._unheard = Unheard()
        self._only_heard = 0
        self._names: dict[str, str] = {}
        """Speakers of segments that were named anew; some hundred bytes each."""
        self._positive = 0
        self._negative = 0
        # Overflow: the oldest is forgotten; all are counted.
        self._course: deque[SegmentEmotion] = deque(maxlen=MAX_SEGMENTS)

    @property
    def amount(self) -> int:
        return self._series.count + self._only_heard

    def accept(self, segment: Segment) -> None:
        meaning = segment.meaning
        if meaning is None or meaning.sentiment is None or not segment.words:
            return
        valence = meaning.sentiment
        self._mean.add(meaning, len(segment.words))
        self._series.add(segment.start, valence)
        self._positive += valence >= NEUTRAL
        self._negative += valence <= -NEUTRAL
        self._course.append(
            SegmentEmotion(segment.segment_id, segment.who, segment.start, segment.end, valence)
        )

    def hear(self, segment: Segment, heard: Heard) -> None:
        self._unheard.add(heard)
        if heard.arousal is None:
            return
        self._arousal.add(segment.start, heard.arousal)
        for place, each in enumerate(self._course):
            if each.segment_id == segment.segment_id:
                self._course[place] = replace(each, arousal=heard.arousal)
                return
        if segment.meaning is None or segment.meaning.sentiment is None:
            self._only_heard += 1
            only = SegmentEmotion(
                segment.segment_id, segment.who, segment.start, segment.end, arousal=heard.arousal
            )
            if (name := self._names.get(segment.segment_id)) is not None:  # while it was measured
                only = replace(only, speaker=name or UNKNOWN)
            self._course.append(only)

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        self._names.update(dict.fromkeys(segment_ids, speaker))
        self._course = renamed(self._course, segment_ids, speaker)
        return not self._arousal.count  # that was measured against the former speaker's usual voice

    def notes(self) -> tuple[Note, ...]:
        return self._unheard.notes()

    def coarse(self) -> EmotionMeasures:
        """The mean."""
        return EmotionMeasures(self._series.count, self._mean.mean)

    def measure(self) -> EmotionMeasures:
        return EmotionMeasures(
            segments=self._series.count,
            valence=self._mean.mean,
            positive=self._positive,
            neutral=self._series.count - self._positive - self._negative,
            negative=self._negative,
            valence_trend=self._series.trend(),
            course=tuple(sorted(self._course, key=lambda each: each.start_offset)),
            arousal=self._arousal.mean if self._arousal.count else None,
            arousal_trend=self._arousal.trend(),
        )


def _script(segments: int) -> EmotionMeasures:
    """Nobody is moved."""
    steady = Trend(0.0, 0.0, Direction.STEADY, segments)
    return EmotionMeasures(segments, 0.0, neutral=segments, valence_trend=steady)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=EmotionCounter,
    needs=1,
    unit="segments with annotations",
    default=Trigger.SESSION,
    triggers=frozenset(Trigger),
    reads_annotations=True,
    llm=TASK,
    hears=True,
    script=_script,
)
