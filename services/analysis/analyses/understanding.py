"""enhanced_understanding, as far as it is counted: what it is about, and what was asked."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection
from dataclasses import dataclass

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Trigger
from services.analysis.llm.findings.understanding import TASK
from services.analysis.measures.attribution import renamed
from services.analysis.measures.counted import LabelCount, ranked
from services.analysis.segment import Segment

NAME = "enhanced_understanding"
MAX_LABELS = 20
MAX_QUESTIONS = 50


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """As AskedQuestion in the contract; the begin in nanoseconds."""

    text: str
    speaker: str
    segment_id: str
    start_offset: int


@dataclass(frozen=True, slots=True)
class UnderstandingMeasures:
    """As EnhancedUnderstanding in the contract."""

    keywords: tuple[LabelCount, ...] = ()
    topics: tuple[LabelCount, ...] = ()
    questions: tuple[AskedQuestion, ...] = ()
    question_count: int = 0


class Understanding(Accumulator):
    """Grows with the vocabulary of keywords."""

    def __init__(self) -> None:
        self._words = 0
        self._keywords: Counter[str] = Counter()
        self._topics: Counter[str] = Counter()
        self._asked = 0
        # Overflow: the oldest is forgotten; all are counted.
        self._questions: deque[AskedQuestion] = deque(maxlen=MAX_QUESTIONS)

    @property
    def amount(self) -> int:
        return self._words

    def accept(self, segment: Segment) -> None:
        meaning = segment.meaning
        if meaning is None:
            return
        self._words += len(segment.words)
        for keyword in meaning.keywords:
            self._keywords[keyword.label] += keyword.count
        self._topics.update(meaning.topics)
        self._asked += len(meaning.questions)
        self._questions.extend(
            AskedQuestion(question, segment.who, segment.segment_id, segment.start)
            for question in meaning.questions
        )

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        self._questions = renamed(self._questions, segment_ids, speaker)
        return True

    def coarse(self) -> UnderstandingMeasures:
        """Keywords and topics."""
        return UnderstandingMeasures(ranked(self._keywords, MAX_LABELS), ranked(self._topics, MAX_LABELS))

    def measure(self) -> UnderstandingMeasures:
        questions = sorted(self._questions, key=lambda each: each.start_offset)
        return UnderstandingMeasures(
            ranked(self._keywords, MAX_LABELS),
            ranked(self._topics, MAX_LABELS),
            tuple(questions),
            self._asked,
        )


def _script(segments: int) -> UnderstandingMeasures:
    """One keyword, once a segment."""
    return UnderstandingMeasures(keywords=(LabelCount("scripted", segments),))


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=Understanding,
    needs=10,
    unit="words with annotations",
    default=Trigger.SESSION,
    triggers=frozenset({Trigger.TURN, Trigger.SESSION}),
    reads_annotations=True,
    llm=TASK,
    script=_script,
)
