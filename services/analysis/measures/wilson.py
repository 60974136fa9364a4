"""The score interval of Wilson, Probable inference, the law of succession, and statistical inference, JASA 22
(1927): where a proportion lies that was seen in n trials. Unlike p +- z s it never leaves 0 to 1, and it
holds for few trials."""

import math

Z_95 = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""


def wilson(proportion: float, trials: float, z: float = Z_95) -> tuple[float, float]:
    """Lower and upper bound, 0 <= lower <= proportion <= upper <= 1; 0 and 1 without trials."""
    if trials <= 0:
        return 0.0, 1.0
    square = z * z / trials
    centre = (proportion + square / 2) / (1 + square)
    spread = z / (1 + square) * math.sqrt(proportion * (1 - proportion) / trials + square / (4 * trials))
    return max(0.0, min(proportion, centre - spread)), min(1.0, max(proportion, centre + spread))
