"""All analyses. A new one is a file like analyses/flow.py, its message in LocalPart, a line here."""

from importlib import import_module

from services.analysis.analysis import Analysis

_FILES = (
    "quantitative",
    "enhanced",
    "credibility",
    "argument",
    "manipulation",
    "attitude",
    "psychological",
    "flow",
    "understanding",
    "intents",
    "emotion",
    "text_audio",
    "insights",
    "summary",
    "workflow",
)
"""The files of `analyses` that have an `ANALYSIS`."""


def _load(file: str) -> Analysis:
    analysis: Analysis = import_module(f"services.analysis.analyses.{file}").ANALYSIS
    return analysis


ANALYSES: dict[str, Analysis] = {analysis.name: analysis for analysis in map(_load, _FILES)}

DEFAULTS = ("quantitative_metrics", "conversation_flow", "summary")
"""What runs where a caller names none."""
