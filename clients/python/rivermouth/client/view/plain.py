"""For pipes and files: a line for everything final, and for what models find; no control characters."""

from typing import Protocol, TextIO

from rivermouth.client.events import Event
from rivermouth.client.reducer import Reducer
from rivermouth.client.view.findings import FindingsLog
from rivermouth.client.view.table import summary_table
from rivermouth.client.view.words import clean, describe


class View(Protocol):
    """Shows one session."""

    def show(self, event: Event) -> None:
        """Shows an event, or lets it pass."""

    def close(self, reducer: Reducer | None) -> None:
        """Ends the showing; with the state of a session that came to its end, says what there was."""


class PlainView:
    """Finals, states, errors and the summary. `prefix` tells sessions apart that run side by side."""

    def __init__(self, out: TextIO, prefix: str = "") -> None:
        self._out = out
        self._prefix = prefix
        self._findings = FindingsLog()

    def show(self, event: Event) -> None:
        """Prints a line for an event that has one, and for each object that a model completed with it."""
        for found in self._findings.lines(event):
            self.line(found)
        if (line := describe(event)) is not None:
            self.line(line)

    def close(self, reducer: Reducer | None) -> None:
        """Prints the summary and whether its counts are those of what arrived."""
        for line in closing_lines(reducer):
            self.line(line)

    def line(self, text: str) -> None:
        """Prints one line."""
        self._out.write(f"{self._prefix}{clean(text)}\n")
        self._out.flush()


def closing_lines(reducer: Reducer | None) -> list[str]:
    """The summary table and the check of its counts; nothing where the session had no end."""
    if reducer is None or reducer.summary is None:
        return []
    differences = reducer.check_summary()
    received = reducer.tally.kinds.total()
    left_out = f", {reducer.missing} were left out on the way" if reducer.missing else ""
    lines = ["", *summary_table(reducer.summary)]
    if differences:
        lines += ["the counts do not agree with what arrived:", *(f"  {line}" for line in differences)]
    else:
        lines.append(f"the counts agree with the {received} events received{left_out}")
    return lines
