"""The scripted twin of an analysis: it counts segments and gives the measures of its script."""

from dataclasses import replace

from services.analysis.analysis import Accumulator, MeasuredAnalysis, Measures
from services.analysis.segment import Segment


def scripted(analysis: MeasuredAnalysis) -> MeasuredAnalysis:
    """The twin of an analysis: same name and triggers. One segment is always enough for it."""

    def start() -> Accumulator:
        return _ScriptedAccumulator(analysis)

    return replace(analysis, start=start, needs=1, early=0, reads_annotations=False)


class _ScriptedAccumulator(Accumulator):
    def __init__(self, analysis: MeasuredAnalysis) -> None:
        self._analysis = analysis
        self._segments = 0

    @property
    def amount(self) -> int:
        return self._segments

    def accept(self, segment: Segment) -> None:
        self._segments += 1

    def measure(self) -> Measures:
        return self._analysis.script(self._segments)
