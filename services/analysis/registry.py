"""All analyses. A new one is a file like quantitative.py, its message in LocalPart, and a line here."""

from services.analysis import quantitative
from services.analysis.analysis import Analysis

ANALYSES: dict[str, Analysis] = {
    each.name: each
    for each in (
        quantitative.ANALYSIS,
    )
}  # fmt: skip

DEFAULTS = (quantitative.NAME,)
"""What runs where a caller names none."""
