"""For a terminal: interims are rewritten in place until they are final."""

import unicodedata
from collections.abc import Callable
from typing import TextIO

from rivermouth.client.events import Event
from rivermouth.client.offsets import seconds
from rivermouth.client.reducer import Reducer
from rivermouth.client.view.conversation import shares_words
from rivermouth.client.view.findings import FindingsLog
from rivermouth.client.view.plain import closing_lines
from rivermouth.client.view.words import clean, describe, live_quality, speaker_of
from rivermouth.quality.v1.quality_pb2 import AudioQuality
from rivermouth.semantics.v1.semantics_pb2 import ConversationStats
from rivermouth.session.v1.events_pb2 import FlowControl, Heartbeat, Progress
from rivermouth.transcript.v1.transcript_pb2 import Transcript

# ECMA-48: cursor up, erase from the cursor to the end of the screen, faint, normal.
_UP, _ERASE, _FAINT, _NORMAL = "\x1b[{}A", "\x1b[J", "\x1b[2m", "\x1b[0m"

_SHOWN_LAG = 0.5  # seconds; less is not felt


class TerminalView:
    """What is final scrolls by; below it one line for each channel that is speaking, and one of state.

    `width` gives the columns of the terminal now; `color` allows faint interims.
    """

    def __init__(self, out: TextIO, width: Callable[[], int], color: bool = True) -> None:
        self._out = out
        self._width = width
        self._faint = (_FAINT, _NORMAL) if color else ("", "")
        self._interims: dict[int, Transcript] = {}
        self._findings = FindingsLog()
        self._state = dict.fromkeys(("progress", "level", "talk", "latency", "lag", "held", "models"), "")
        self._received = 0.0
        self._drawn = 0

    def show(self, event: Event) -> None:
        """Fixes the event as a line, or redraws the lines below."""
        self._received = seconds(event.envelope.cursors.received)
        match event.body:
            case Transcript() as transcript:
                self._hear(event, transcript)
            case Progress() as progress:
                self._state["progress"] = (
                    f"{progress.steps_done} of {progress.steps_total} steps ({progress.percentage} %)"
                )
            case Heartbeat() as heartbeat:
                lag = seconds(heartbeat.recognition_lag)
                self._state["lag"] = f"recognition {lag:.1f} s behind" if lag >= _SHOWN_LAG else ""
            case FlowControl() as flow:
                held = flow.state == FlowControl.STATE_STARTED
                self._state["held"] = f"held back by {clean(flow.cause)}" if held else ""
            case ConversationStats() as stats if stats.speakers:
                self._state["talk"] = clean(shares_words(stats))
            case AudioQuality() as quality if quality.HasField("rms_dbfs"):
                self._state["level"] = live_quality(quality)
        found = self._findings.lines(event)
        self._state["models"] = clean(self._findings.asked)
        line = describe(event)
        self._draw(found if line is None else [*found, line])

    def close(self, reducer: Reducer | None) -> None:
        """Takes the lines below away and prints the summary."""
        self._interims.clear()
        self._state = dict.fromkeys(self._state, "")
        self._draw(closing_lines(reducer))

    def _hear(self, event: Event, transcript: Transcript) -> None:
        if not event.is_final:
            self._interims[transcript.channel_tag] = transcript
            return
        heard = self._interims.get(transcript.channel_tag)
        if heard is not None and heard.header.result_id == transcript.header.result_id:
            del self._interims[transcript.channel_tag]
        if event.envelope.latency.HasField("total"):
            self._state["latency"] = f"last final after {1000 * seconds(event.envelope.latency.total):.0f} ms"

    def _draw(self, fixed: list[str]) -> None:
        """One write: back over the lines below, what is fixed now, the lines below anew."""
        width = max(self._width() - 1, 20)
        live = [self._interim(self._interims[tag], width) for tag in sorted(self._interims)]
        words = [word for word in self._state.values() if word]
        if words:
            state = "  ".join([f"{self._received:.1f} s received", *words])
            live.append(self._faint[0] + _head(state, width) + self._faint[1])
        back = _UP.format(self._drawn) if self._drawn else ""
        lines = [*(clean(line) for line in fixed), *live]
        self._out.write(f"{back}\r{_ERASE}" + "".join(f"{line}\n" for line in lines))
        self._out.flush()
        self._drawn = len(live)

    def _interim(self, transcript: Transcript, width: int) -> str:
        begin = f"[{seconds(transcript.start_offset):5.1f}s] {clean(speaker_of(transcript))}: "
        text = _tail(clean(transcript.text), width - _columns(begin))
        return f"{begin}{self._faint[0]}{text}{self._faint[1]}"


def _columns(text: str) -> int:
    """Columns that a terminal gives to the text: two to a wide character, none to a combining one."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _head(text: str, width: int) -> str:
    while _columns(text) > width:
        text = text[:-1]
    return text


def _tail(text: str, width: int) -> str:
    """The end of the text, for the newest words are of interest and a line must not wrap."""
    if _columns(text) <= width:
        return text
    while text and _columns(text) > width - 1:
        text = text[1:]
    return f"…{text}"
