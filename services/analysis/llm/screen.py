"""What is replaced in the words of one stream. Each segment is read as it arrives, with those before it, so
that a value that is spread over several is found, also where others speak between them."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from services.analysis.llm.replaced import Replaced, applied, masked, merged, replaced_in
from services.analysis.llm.value_parts import Parts
from services.analysis.segment import Segment
from services.text.context import Line
from services.text.redaction.pseudonyms import Numbered
from services.text.redaction.redactor import Redactor

READ_AGAIN = 500
"""Characters before a segment that are read with it."""
_MOST_TOGETHER = 40
"""Segments that are read together: a number may be spoken in as many."""
_MOST_VOICES = 100

_BLANK = re.compile(r"\s")
_Key = tuple[int, int, int]
"""Begin and end of what was said, and a hash of it: the text itself is not kept."""


class Change(NamedTuple):
    """All that is replaced in a segment by now, in order; and from 1, how often that has been said of it."""

    segment: Segment
    replaced: tuple[Replaced, ...]
    revision: int


class Taken(NamedTuple):
    """What comes of a segment: what is replaced by it, in it and in those before it, in order; and values
    that were given a number."""

    changes: tuple[Change, ...] = ()
    numbered: tuple[Numbered, ...] = ()


@dataclass(slots=True, eq=False)
class _Read:
    """A segment that may have to be read again, and what was found in it so far."""

    segment: Segment
    replaced: tuple[Replaced, ...] = ()
    revision: int = 0

    @property
    def key(self) -> _Key:
        return _key(self.segment)

    def change(self) -> Change:
        """To be told."""
        self.revision += 1
        return Change(self.segment, self.replaced, self.revision)


def _key(said: Segment | Line) -> _Key:
    return said.start, said.end, hash(said.text)


class _Window:
    """The last segments of somebody, or of all."""

    def __init__(self) -> None:
        self._reads: deque[_Read] = deque()
        self._length = 0

    def add(self, read: _Read) -> None:
        """The next one."""
        if self._reads:
            self._length += len(self._reads[-1].segment.text)
        self._reads.append(read)
        while (
            len(self._reads) > _MOST_TOGETHER or self._length - len(self._reads[0].segment.text) >= READ_AGAIN
        ):
            self._length -= len(self._reads.popleft().segment.text)

    def read(self, redactor: Redactor) -> list[tuple[_Read, tuple[Replaced, ...], int | None]]:
        """What is found in each now, and where its last digits begin, if they may go on."""
        texts = [each.segment.text for each in self._reads]
        cut = _cut(self._reads[0], self._length - READ_AGAIN) if len(texts) > 1 else 0
        texts[0] = texts[0][cut:]
        found = redactor.redact_parts(texts)
        shifts = (cut, *(0 for _ in found[1:]))
        return [
            (each, replaced_in(part, shift), None if part.open_from is None else part.open_from + shift)
            for each, part, shift in zip(self._reads, found, shifts, strict=True)
        ]


class Screen:
    """The redactor of a stream, with what it replaced in its segments. For several threads.

    Values are numbered in the order in which segments are taken. From the first segment on nothing else is
    numbered: what is found in other texts only is called by its kind. So numbers do not depend on when a
    model is asked, and a service that is given the same segments again numbers them the same way.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._lock = threading.Lock()
        self._known: dict[_Key, tuple[Replaced, ...]] = {}
        self._everyone = _Window()
        self._voices: dict[object, _Window] = {}
        self._open: dict[object, dict[_Key, int]] = {}
        """Of each voice the segments that end in digits that may go on, and where in them these begin."""
        self._parts = Parts()
        self._has_ended = False

    def take(self, segment: Segment) -> Taken:
        """The next segment, in the order in which they become final."""
        with self._lock:
            return self._take(segment)

    def try_take(self, segment: Segment) -> Taken | None:
        """The same, without waiting: None where another thread is at it, and then nothing was done."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self._take(segment)
        finally:
            self._lock.release()

    def end(self) -> None:
        """No more segments come: what may have been the begin of something was none."""
        self._open = {}  # without waiting: nobody else writes it now
        self._has_ended = True

    def lines(self, lines: Sequence[Line]) -> list[Line]:
        """Lines that follow one another, as they may leave. Digits that whoever said them may go on with are
        masked."""
        with self._lock:
            opened = {key: start for each in self._open.values() for key, start in each.items()}
            keys = [_key(line) for line in lines]
            texts = [
                applied(line.text, self._known.get(key, ()), opened.get(key))
                for line, key in zip(lines, keys, strict=True)
            ]
            parts = self._redactor.redact_parts(texts, self._may_number)
            speakers = {name: self._text(name) for name in dict.fromkeys(line.speaker for line in lines)}
            return [
                replace(
                    line,
                    text=part.text if self._has_ended or key in self._known else masked(text, part),
                    speaker=speakers[line.speaker],
                )
                for line, key, text, part in zip(lines, keys, texts, parts, strict=True)
            ]

    def text(self, text: str) -> str:
        """Another text as it may leave. It may quote words of segments one by one, as keywords do, so also
        those are masked that were said as part of a value only."""
        with self._lock:
            return self._parts.masked(self._text(text))

    @property
    def _may_number(self) -> bool:
        return not self._known

    def _text(self, text: str) -> str:
        return self._redactor.redact_parts([text], self._may_number)[0].text if text else ""

    def _take(self, segment: Segment) -> Taken:
        self._redactor.redact(segment.speaker)  # for the name's number
        voice: object = segment.speaker or segment.channel
        own = self._voices.setdefault(voice, _Window())
        read = _Read(segment)
        own.add(read)
        self._everyone.add(read)
        self._known.setdefault(read.key, ())
        self._parts.add(segment.text, ())
        self._open[voice] = {}
        changed: dict[_Read, None] = {}
        for window in (own, self._everyone) if len(self._voices) > 1 else (own,):
            for each, found, open_from in window.read(self._redactor):
                if self._is_more(each, found):
                    changed[each] = None
                if open_from is not None:
                    start = min(open_from, self._open[voice].get(each.key, open_from))
                    self._open[voice][each.key] = start
        if len(self._voices) > _MOST_VOICES:
            gone = next(iter(self._voices))
            self._voices.pop(gone)
            self._open.pop(gone, None)
        return Taken(tuple(each.change() for each in changed), tuple(self._redactor.numbered()))

    def _is_more(self, read: _Read, found: tuple[Replaced, ...]) -> bool:
        """Whether what was found now changes what is replaced in a segment; then it is replaced."""
        replaced = merged(read.segment.text, read.replaced, found)
        if replaced == read.replaced:
            return False
        self._parts.remove(read.segment.text, read.replaced)
        self._parts.add(read.segment.text, replaced)
        read.replaced = replaced
        self._known[read.key] = merged(read.segment.text, self._known[read.key], replaced)
        return True


def _cut(read: _Read, at: int) -> int:
    """A place in a segment, near `at`, that is in no word and in nothing that was found; 0 for one before
    it."""
    if at <= 0:
        return 0
    blank = _BLANK.search(read.segment.text, at)
    cut = len(read.segment.text) if blank is None else blank.start()
    return next((each.start for each in read.replaced if each.start < cut < each.end), cut)
