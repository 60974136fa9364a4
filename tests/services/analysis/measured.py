"""Segments as analyses see them, and measures of them, for tests of one analysis."""

from __future__ import annotations

from typing import Any

from services.analysis.analysis import Known, MeasuredAnalysis
from services.analysis.registry import ANALYSES
from services.analysis.segment import Meaning, Segment

SECOND = 1_000_000_000


def said(text: str, start: float = 0.0, length: float = 1.0, speaker: str = "", **fields: Any) -> Segment:
    """A segment; times in seconds. `sentiment` makes it an annotated one."""
    begin = round(start * SECOND)
    sentiment = fields.pop("sentiment", None)
    if sentiment is not None:
        fields["meaning"] = Meaning(sentiment=sentiment, magnitude=1.0)
    return Segment.of(text, begin, begin + round(length * SECOND), speaker, **fields)


def analysis(name: str) -> MeasuredAnalysis:
    """The analysis of this name, with the project's word lists."""
    found = ANALYSES[name]
    assert isinstance(found, MeasuredAnalysis)
    return found


def measured(name: str, *segments: Segment | str, known: Known | None = None) -> Any:
    """The measures of these segments; texts stand for segments of a second each."""
    accumulator = analysis(name).knowing(known or Known()).start()
    for index, each in enumerate(segments):
        accumulator.accept(said(each, 2.0 * index) if isinstance(each, str) else each)
    return accumulator.measure()
