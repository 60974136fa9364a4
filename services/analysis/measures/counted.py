"""Labels and how often they came, ranked the same way everywhere."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelCount:
    """As LabelCount in the contract."""

    label: str
    count: int


def ranked(counts: Mapping[str, int], most: int | None = None) -> tuple[LabelCount, ...]:
    """The most frequent first, of equal ones the earliest; at most `most`.

    `counts` is in the order in which labels first came, as a Counter is.
    """
    return tuple(LabelCount(label, count) for label, count in Counter(counts).most_common(most))
