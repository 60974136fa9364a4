"""All analyses. A new one is a file like flow.py, its message in LocalPart, and a line here; see
README.md."""

from services.analysis import (
    flow,
    insights,
    intents,
    quantitative,
    summary,
    understanding,
    workflow,
)
from services.analysis.analysis import Analysis

ANALYSES: dict[str, Analysis] = {
    each.name: each
    for each in (
        quantitative.ANALYSIS,
        flow.ANALYSIS,
        understanding.ANALYSIS,
        intents.ANALYSIS,
        insights.ANALYSIS,
        summary.ANALYSIS,
        workflow.ANALYSIS,
    )
}

DEFAULTS = (quantitative.NAME, flow.NAME, summary.NAME)
"""What runs where a caller names none."""
