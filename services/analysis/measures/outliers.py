"""Values that are unusual for a speaker, against what the caller knows of them as a baseline profile.

The profile names a measure's usual value, and how far it usually strays:

    words_per_minute            the usual value: a mean, or a median
    words_per_minute.deviation  standard deviation: z = (x - mean) / deviation is unusual beyond 3
                                (Pukelsheim, The three sigma rule, The American Statistician 48(2), 1994)
    words_per_minute.mad        median absolute deviation: M = 0.6745 (x - median) / mad is unusual beyond
                                3.5 (Iglewicz & Hoaglin, How to detect and handle outliers, 1993)

A measure with neither cannot be compared; of both the MAD is used, which outliers in the profile itself do
not blow up. Names that are not measured, values beyond 1e9, and strays that are not from 1e-9 to 1e9, are
passed over: there is no such measure, and what comes of them is no number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_LARGEST_Z = 3.0
_LARGEST_M = 3.5
_MAD_OF_NORMAL = 0.6745
_LEAST, _MOST = 1e-9, 1e9


class OutlierMethod(StrEnum):
    """How a value was compared."""

    Z_SCORE = "z_score"
    MAD = "mad"


@dataclass(frozen=True, slots=True)
class Comparison:
    """As BaselineComparison in the contract."""

    measure: str
    value: float
    usual: float
    method: OutlierMethod
    score: float
    is_outlier: bool


def compare(values: Mapping[str, float | None], baseline: Mapping[str, float]) -> Iterator[Comparison]:
    """Each value that the profile has something to compare with."""
    for measure, value in values.items():
        usual = baseline.get(measure)
        if value is None or usual is None or not -_MOST <= usual <= _MOST:  # nor a NaN
            continue
        if _is_stray(mad := baseline.get(f"{measure}.mad", 0.0)):
            score = _MAD_OF_NORMAL * (value - usual) / mad
            yield Comparison(measure, value, usual, OutlierMethod.MAD, score, abs(score) > _LARGEST_M)
        elif _is_stray(deviation := baseline.get(f"{measure}.deviation", 0.0)):
            score = (value - usual) / deviation
            yield Comparison(measure, value, usual, OutlierMethod.Z_SCORE, score, abs(score) > _LARGEST_Z)


def _is_stray(value: float) -> bool:
    return _LEAST <= value <= _MOST
