"""summary: what was decided and what is to be done, in sentences that were said. It has its own message.

Extractive and by rules: the sentences that annotation found a decision, an action item or a commitment in.
Incremental after every N finalized segments, counted, and final at the end; each covers the whole session.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Option, Trigger
from services.analysis.llm.findings.summary import TASK
from services.analysis.measures.attribution import renamed
from services.analysis.measures.counted import ranked
from services.analysis.measures.words import shortened
from services.analysis.segment import Segment
from services.text.context import ContextWindow, Line

NAME = "summary"
EVERY = "every"
MAX_TOPICS = 5
MAX_POINTS = 20
MAX_CHARACTERS = 240
_QUOTED = 3
"""Sentences of each kind that the text itself quotes, the last ones."""


class PointKind(StrEnum):
    """What a sentence stands for."""

    DECISION = "decision"
    ACTION_ITEM = "action_item"
    COMMITMENT = "commitment"


@dataclass(frozen=True, slots=True)
class Point:
    """As SummaryPoint in the contract; the begin in nanoseconds."""

    kind: PointKind
    text: str
    speaker: str
    segment_id: str
    start_offset: int


@dataclass(frozen=True, slots=True)
class SummaryMeasures:
    """As Summary in the contract, but for what every message has."""

    text: str
    topics: tuple[str, ...]
    decisions: tuple[str, ...]
    action_items: tuple[str, ...]
    keywords: tuple[str, ...]
    segments: int
    points: tuple[Point, ...]


class Summarizer(Accumulator):
    """Grows with the number of different topics and keywords; sentences are kept up to a bound."""

    def __init__(self) -> None:
        self._annotated = 0
        self._segments = 0
        self._topics: Counter[str] = Counter()
        self._keywords: Counter[str] = Counter()
        self._window = ContextWindow()
        # Overflow, in both: the oldest sentence is forgotten.
        self._decisions: deque[Point] = deque(maxlen=MAX_POINTS)
        self._to_do: deque[Point] = deque(maxlen=MAX_POINTS)

    @property
    def amount(self) -> int:
        return self._annotated

    def accept(self, segment: Segment) -> None:
        self._segments += 1
        meaning = segment.meaning
        labels = tuple(keyword.label for keyword in meaning.keywords) if meaning is not None else ()
        text = shortened(segment.text, MAX_CHARACTERS)
        self._window.add(Line(segment.start, segment.end, text, segment.speaker, labels))
        if meaning is None:
            return
        self._annotated += 1
        self._topics.update(meaning.topics)
        for keyword in meaning.keywords:
            self._keywords[keyword.label] += keyword.count
        _add(self._decisions, PointKind.DECISION, meaning.decisions, segment)
        _add(self._to_do, PointKind.ACTION_ITEM, meaning.action_items, segment)
        _add(self._to_do, PointKind.COMMITMENT, meaning.commitments, segment)

    def rename(self, segment_ids: Collection[str], speaker: str) -> bool:
        self._decisions = renamed(self._decisions, segment_ids, speaker)
        self._to_do = renamed(self._to_do, segment_ids, speaker)
        return True

    def measure(self) -> SummaryMeasures:
        decisions, to_do = _in_time(self._decisions), _in_time(self._to_do)
        topics = tuple(each.label for each in ranked(self._topics or self._keywords, MAX_TOPICS))
        return SummaryMeasures(
            text=_text(topics, decisions, to_do, self._segments),
            topics=topics,
            decisions=_sentences(decisions),
            action_items=_sentences(to_do),
            keywords=self._window.keywords,
            segments=self._segments,
            points=tuple(_in_time([*decisions, *to_do])),
        )


def _add(points: deque[Point], kind: PointKind, sentences: Iterable[str], segment: Segment) -> None:
    for sentence in dict.fromkeys(sentences):
        text = shortened(sentence, MAX_CHARACTERS)
        points.append(Point(kind, text, segment.who, segment.segment_id, segment.start))


def _in_time(points: Iterable[Point]) -> list[Point]:
    return sorted(points, key=lambda point: point.start_offset)


def _sentences(points: Iterable[Point]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(point.text for point in points))


def _text(topics: Iterable[str], decisions: list[Point], to_do: list[Point], segments: int) -> str:
    parts = []
    if named := ", ".join(topics):
        parts.append(f"It is about {named}.")
    if decisions:
        parts.append(f"Decided: {_quoted(decisions)}.")
    if to_do:
        parts.append(f"To be done: {_quoted(to_do)}.")
    if not decisions and not to_do:
        parts.append(f"In {segments} segment{'s' * (segments != 1)} nothing was decided or promised.")
    return " ".join(parts)


def _quoted(points: list[Point]) -> str:
    last = dict.fromkeys((point.speaker, point.text) for point in points)
    return "; ".join(f'{speaker}: "{text}"' for speaker, text in list(last)[-_QUOTED:])


def _script(segments: int) -> SummaryMeasures:
    """It only counts."""
    return SummaryMeasures(f"{segments} segments", (), (), (), (), segments, ())


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=Summarizer,
    needs=1,
    unit="segments with annotations",
    default=Trigger.SESSION,
    triggers=frozenset({Trigger.SESSION}),
    options={EVERY: Option(default=5, least=1, most=1000)},
    reads_annotations=True,
    llm=TASK,
    script=_script,
)
