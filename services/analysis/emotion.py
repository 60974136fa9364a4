"""emotion, as far as text shows it: how pleasant it is (valence), segment by segment.

Valence and arousal are the two dimensions of Russell, A circumplex model of affect, Journal of Personality
and Social Psychology 39(6) (1980). Valence is the sentiment that annotation found in the words. Arousal is
in the voice, and is absent where only text is at hand.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Trigger
from services.analysis.segment import Segment
from services.analysis.sentiment import SentimentMean
from services.analysis.trend import Direction, Series, Trend

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
    valence: float
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


class EmotionCounter(Accumulator):
    """Grows not at all: sums, and the last segments."""

    def __init__(self) -> None:
        self._mean = SentimentMean()
        self._series = Series()
        self._positive = 0
        self._negative = 0
        # Overflow: the oldest is forgotten; all are counted.
        self._course: deque[SegmentEmotion] = deque(maxlen=MAX_SEGMENTS)

    @property
    def amount(self) -> int:
        return self._series.count

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
    has_llm_part=True,
    script=_script,
)
