"""The scripted twin of an analysis: it counts segments and gives the measures of its script."""

from dataclasses import replace

from services.analysis.analysis import Analysis, Measures, Segment


def scripted(analysis: Analysis) -> Analysis:
    """The twin of an analysis: same name, needs and triggers. One segment is always enough for it."""
    return replace(analysis, start=lambda: _ScriptedAccumulator(analysis))


class _ScriptedAccumulator:
    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._segments = 0

    @property
    def amount(self) -> int:
        return self._segments * self._analysis.needs

    def accept(self, segment: Segment) -> None:
        self._segments += 1

    def coarse(self) -> Measures:
        return self._analysis.script(self._segments)

    def measure(self) -> Measures:
        return self._analysis.script(self._segments)
