"""session_insights, as far as it is counted: how steady a session is, and where hesitation and risk go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Trigger
from services.analysis.llm.findings.insights import TASK
from services.analysis.measures.counted import LabelCount, ranked
from services.analysis.measures.lexicon import is_hesitation
from services.analysis.measures.trend import Direction, Series, Trend
from services.analysis.segment import Segment

NAME = "session_insights"
_MINUTE = 60_000_000_000


@dataclass(frozen=True, slots=True)
class InsightMeasures:
    """As SessionInsights in the contract."""

    results: int
    consistency: float | None = None
    speech_rate_consistency: float | None = None
    hesitation_consistency: float | None = None
    sentiment_consistency: float | None = None
    hesitation_trend: Trend | None = None
    risk_trend: Trend | None = None
    risks: tuple[LabelCount, ...] = ()


class Insights(Accumulator):
    """One value of each series for each segment; grows with the number of different risks only."""

    def __init__(self) -> None:
        self._results = 0
        self._rate = Series()
        self._hesitation = Series()
        self._sentiment = Series()
        self._risk = Series()
        self._risks: Counter[str] = Counter()

    @property
    def amount(self) -> int:
        return self._results

    def accept(self, segment: Segment) -> None:
        if not segment.words:
            return
        self._results += 1
        at, words = segment.start, len(segment.words)
        self._hesitation.add(at, sum(map(is_hesitation, segment.words)) / words)
        if segment.length > 0:
            self._rate.add(at, words * _MINUTE / segment.length)
        if segment.meaning is not None:
            self._risk.add(at, len(segment.meaning.risks))
            self._risks.update(segment.meaning.risks)
            if segment.meaning.sentiment is not None:
                self._sentiment.add(at, segment.meaning.sentiment)

    def coarse(self) -> InsightMeasures:
        """The risks."""
        return InsightMeasures(self._results, risks=ranked(self._risks))

    def measure(self) -> InsightMeasures:
        rate, hesitation, sentiment = self._rate, self._hesitation, self._sentiment
        # Each deviation is scaled by the largest that there can be: 0.5 within 0..1, 1 within -1..1; a rate
        # has no largest one, and is compared with its mean.
        rate_consistency = 1 / (1 + rate.deviation / rate.mean) if rate.count > 1 and rate.mean else None
        hesitation_consistency = _within(1 - 2 * hesitation.deviation) if hesitation.count > 1 else None
        sentiment_consistency = _within(1 - sentiment.deviation) if sentiment.count > 1 else None
        known = [
            each
            for each in (rate_consistency, hesitation_consistency, sentiment_consistency)
            if each is not None
        ]
        return InsightMeasures(
            results=self._results,
            consistency=sum(known) / len(known) if known else None,
            speech_rate_consistency=rate_consistency,
            hesitation_consistency=hesitation_consistency,
            sentiment_consistency=sentiment_consistency,
            hesitation_trend=hesitation.trend(),
            risk_trend=self._risk.trend(),
            risks=ranked(self._risks),
        )


def _within(value: float) -> float:
    return max(0.0, min(1.0, value))


def _script(segments: int) -> InsightMeasures:
    """Nothing ever changes."""
    steady = Trend(0.0, 0.0, Direction.STEADY, segments)
    return InsightMeasures(segments, 1.0, 1.0, 1.0, 1.0, steady, steady)


ANALYSIS = MeasuredAnalysis(
    name=NAME,
    start=Insights,
    needs=2,
    unit="results",
    default=Trigger.SESSION,
    triggers=frozenset({Trigger.SESSION}),
    llm=TASK,
    script=_script,
)
