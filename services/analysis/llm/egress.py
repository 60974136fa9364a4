"""The one place where what people said becomes a question to a model: the only builder of its requests.

    data      "[1] [12.3s] Anna: text", a segment a line; answers name lines by their numbers
    context   "Recent conversation context:" with the last lines before, and facts, such as what was measured

All of it but the instruction, which is ours, goes through the session's redactor, where there is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.analysis.llm.screen import Screen, Taken
from services.analysis.segment import Segment
from services.llm.request import Audio, Request
from services.text.context import ContextWindow, Line
from services.text.redaction.redactor import Redactor

MOST_CHARACTERS = 48_000
_MOST_BESIDE = 12_000
"""Characters of the context, its newest, and of the facts, their first."""
_MARGIN = 2_000
"""Characters before those that are sent that are read with them: a value may begin there."""
_CUT = "…"
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\[bfnrt/]")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A question as it leaves.

    Attributes:
        request: without personal data, where redaction is on.
        segments: those of its lines in order; line n is segments[n - 1].
        left_out: older segments that found no room, wholly or in part.
    """

    request: Request
    segments: tuple[Segment, ...]
    left_out: int


class Egress:
    """What of one stream leaves for models. Without a redactor texts leave as they are.

    Its methods may be called in threads, as long texts should: a redactor takes 1 ms for 2,000 characters at
    most.
    """

    def __init__(self, redactor: Redactor | None = None, max_characters: int = MOST_CHARACTERS) -> None:
        """`max_characters`: of the lines of one question, from 1."""
        self._screen = None if redactor is None else Screen(redactor)
        self._max_characters = max_characters

    @property
    def lets_audio_out(self) -> bool:
        """Whether sound may leave as far as redaction goes: nothing can be replaced in it."""
        return self._screen is None

    def take(self, segment: Segment) -> Taken:
        """The next final segment of the stream, before anybody may ask about it."""
        return Taken() if self._screen is None else self._screen.take(segment)

    def try_take(self, segment: Segment) -> Taken | None:
        """The same, without waiting: None where another thread composes, and then nothing was done."""
        return Taken() if self._screen is None else self._screen.try_take(segment)

    def end(self) -> None:
        """No more segments come."""
        if self._screen is not None:
            self._screen.end()

    def compose(
        self,
        instruction: str,
        segments: Sequence[Segment],
        *,
        context: Sequence[Line] = (),
        facts: str = "",
        max_output_tokens: int = 4096,
        audio: Audio | None = None,
    ) -> Outgoing:
        """A question about segments, the newest last.

        `instruction` is ours: nothing that anybody said may be in it. `context` is what went before, of which
        the window's part is told. `audio` is left out where sound may not leave.
        """
        before = _window(context)
        recent = _newest(segments, self._max_characters + _MARGIN)
        told = self.clean_lines([*before, *map(line_of, recent)])
        lines, is_cut = _fitting(told[len(before) :], self._max_characters)
        earlier, _ = _fitting(told[: len(before)], _MOST_BESIDE)
        beside = (_render(earlier), self.clean(facts)[:_MOST_BESIDE])
        request = Request(
            instruction,
            "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, 1)),
            audio=self.sound(audio),
            context="\n\n".join(filter(None, beside)),
            max_output_tokens=max_output_tokens,
        )
        kept = tuple(segments[len(segments) - len(lines) :])
        return Outgoing(request, kept, len(segments) - len(kept) + is_cut)

    def sound(self, audio: Audio | None) -> Audio | None:
        """Sound as it may leave: whole, or not at all."""
        return audio if self.lets_audio_out else None

    def clean(self, text: str) -> str:
        """A text as it may leave: a fact, or what a model said and is told again."""
        return text if self._screen is None or not text else self._screen.text(text)

    def clean_answer(self, answer: str) -> str:
        """What a model said, JSON perhaps, as it may be told again: characters may be escaped in it, and
        nobody would know a value by them."""
        return answer if self._screen is None else self.clean(_ESCAPED.sub(_unescaped, answer))

    def clean_lines(self, lines: Sequence[Line]) -> list[Line]:
        """Lines that follow one another, as they may leave."""
        return [_flat(line) for line in (lines if self._screen is None else self._screen.lines(lines))]


def line_of(segment: Segment) -> Line:
    """A segment as a line."""
    return Line(segment.start, segment.end, segment.text, segment.speaker)


def _window(context: Sequence[Line]) -> tuple[Line, ...]:
    window = ContextWindow()
    for line in context:
        window.add(line)
    return window.lines


def _render(lines: Sequence[Line]) -> str:
    window = ContextWindow()
    for line in lines:
        window.add(line)
    return window.render()


def _newest(segments: Sequence[Segment], characters: int) -> Sequence[Segment]:
    """The last of them, so many that they have more characters than that, or all."""
    first = len(segments)
    while first and characters >= 0:
        first -= 1
        characters -= len(segments[first].text)
    return segments[first:]


def _fitting(lines: Sequence[Line], room: int) -> tuple[list[Line], bool]:
    """The last of them that there is room for; and whether of the only one it is just the end."""
    kept: list[Line] = []
    for line in reversed(lines):
        length = len(str(line)) + 1
        if length > room:
            break
        kept.append(line)
        room -= length
    if lines and not kept:
        return [replace(lines[-1], text=_CUT + lines[-1].text[-room:])], True
    return kept[::-1], False


def _unescaped(escaped: re.Match[str]) -> str:
    """Characters in place of their escapes, blanks in place of those that are not for print."""
    characters: str = json.loads(f'"{escaped[0]}"')
    return "".join(each if each.isprintable() else " " for each in characters)


def _flat(line: Line) -> Line:
    """On one line, so that nobody's words can be taken for another's."""
    return replace(line, text=" ".join(line.text.split()), speaker=" ".join(line.speaker.split()))
