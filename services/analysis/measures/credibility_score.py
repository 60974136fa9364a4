"""The score of credibility: components weighed, with the interval it lies in, and what it amounts to.

component   see bearing.py; acoustic .3, linguistic .3, behavioural .2, consistency .2
score       sum of weight * component over the sources that are there, by the sum of their weights
trials      segments with at least 5 words that could be looked up
interval    Wilson's, 95 %, as though the score were a share of the trials that came across as credible
smoothed    exponential moving average, 0.3 for the newest, of the trials' own scores, linguistic and
            behavioural (Roberts, Control chart tests based on geometric moving averages, Technometrics 1,
            1959)
confidence  sum of the weights that are there * trials / (trials + 4): 0 for nothing, towards 1 for all
            sources over a long time; it measures how much there is to go by, and is no probability
level       high from .75, medium from .5, low; inconclusive where the interval is wider than .4, the
            confidence below .5, or at least two and half of the values compared are outliers
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.analysis.measures.bearing import Bearing, Counted, Counts, Source, mean
from services.analysis.measures.wilson import wilson
from services.analysis.segment import Segment

WEIGHTS = {Source.ACOUSTIC: 0.3, Source.LINGUISTIC: 0.3, Source.BEHAVIOURAL: 0.2, Source.CONSISTENCY: 0.2}
_NEWEST = 0.3
_TRIAL_WORDS = 5
_HALF_CONFIDENCE = 4
_WIDEST = 0.4
_LEAST_CONFIDENCE = 0.5
_MANY_OUTLIERS = 2
_HIGH, _MEDIUM = 0.75, 0.5


class Level(StrEnum):
    """What the score amounts to."""

    INCONCLUSIVE = "inconclusive"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Doubt(StrEnum):
    """Why it amounts to nothing."""

    WIDE_INTERVAL = "wide_interval"
    LOW_CONFIDENCE = "low_confidence"
    MANY_OUTLIERS = "many_outliers"


@dataclass(frozen=True, slots=True)
class Component:
    """As CredibilityComponent in the contract."""

    source: Source
    score: float
    weight: float


@dataclass(frozen=True, slots=True)
class Factor:
    """As CredibilityFactor in the contract."""

    source: Source
    name: str
    value: float
    contribution: float


@dataclass(frozen=True, slots=True)
class CredibilityScore:
    """As CredibilityScore in the contract."""

    score: float
    lower: float
    upper: float
    trials: int
    confidence: float
    level: Level
    doubts: tuple[Doubt, ...] = ()
    components: tuple[Component, ...] = ()
    missing: tuple[Source, ...] = ()
    smoothed: float | None = None


Parts = list[tuple[Source, dict[str, float]]]
"""The parts of each source that there is anything of."""


class Scored:
    """One speaker, or all."""

    def __init__(self, baseline: Mapping[str, float] | None = None) -> None:
        """`baseline`: the profile, see outliers.py."""
        self.bearing = Bearing(baseline)
        self._trials = 0
        self._smoothed: float | None = None

    def accept(self, segment: Segment, counted: Counted | None) -> None:
        """The next segment, and what was counted in it where it could be looked up."""
        self.bearing.accept(segment, counted)
        if counted is None or counted.words < _TRIAL_WORDS:
            return
        alone = Counts()
        alone.add(counted)
        known = {name: value for name, value in alone.linguistic().items() if value is not None}
        score, _ = _weigh([(Source.LINGUISTIC, known), (Source.BEHAVIOURAL, {"fluency": alone.fluency()})])
        self._trials += 1
        before = self._smoothed
        self._smoothed = score if before is None else _NEWEST * score + (1 - _NEWEST) * before

    def score(self, parts: Parts, outliers: int = 0, compared: int = 0) -> CredibilityScore:
        """Of at least one source."""
        score, components = _weigh(parts)
        lower, upper = wilson(score, self._trials)
        there = sum(WEIGHTS[source] for source, _ in parts)
        confidence = there * self._trials / (self._trials + _HALF_CONFIDENCE)
        doubts = []
        if upper - lower > _WIDEST:
            doubts.append(Doubt.WIDE_INTERVAL)
        if confidence < _LEAST_CONFIDENCE:
            doubts.append(Doubt.LOW_CONFIDENCE)
        if outliers >= _MANY_OUTLIERS and 2 * outliers >= compared:
            doubts.append(Doubt.MANY_OUTLIERS)
        sources = [source for source, _ in parts]
        return CredibilityScore(
            score=score,
            lower=lower,
            upper=upper,
            trials=self._trials,
            confidence=confidence,
            level=Level.INCONCLUSIVE if doubts else _level(score),
            doubts=tuple(doubts),
            components=components,
            missing=tuple(source for source in Source if source not in sources),
            smoothed=self._smoothed,
        )


def _weigh(parts: Parts) -> tuple[float, tuple[Component, ...]]:
    whole = sum(WEIGHTS[source] for source, _ in parts)
    components = tuple(Component(source, mean(values), WEIGHTS[source] / whole) for source, values in parts)
    return min(1.0, sum(each.weight * each.score for each in components)), components


def factors_of(parts: Parts) -> Iterator[Factor]:
    """What each part does to the score, of at least one source."""
    _, components = _weigh(parts)
    for (source, values), component in zip(parts, components, strict=True):
        for name, value in values.items():
            yield Factor(source, name, value, component.weight * (value - 0.5) / len(values))


def _level(score: float) -> Level:
    if score >= _HIGH:
        return Level.HIGH
    return Level.MEDIUM if score >= _MEDIUM else Level.LOW
