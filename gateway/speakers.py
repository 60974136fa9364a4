"""Who speaks: the diarization that a client sends, and the segments that it names. Pure.

A segment has the speaker whose spans cover most of it. Spans that come later replace those before them for
the time that they cover; then segments that are final already may have another speaker, which is told once.

What one session keeps is bounded, and what falls out of it keeps the name it has:

    spans       the last MAX_PIECES stretches of each channel; overflow: the earliest are forgotten
    segments    the last MAX_SEGMENTS that are final; overflow: the one told first is forgotten
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

MAX_PIECES = 10_000
MAX_SEGMENTS = 10_000
STEP = 500
"""Segments that are looked at in one go, about 1 ms, and so at most in one revision."""
_CHANNELS = 9  # 0, for segments of no channel, and 1 to 8


class Span(NamedTuple):
    """Somebody speaks; times in nanoseconds on the session's clock, 0 <= start <= end. Channel 0 is all."""

    start: int
    end: int
    speaker: str
    channel: int = 0


class Revision(NamedTuple):
    """Segments of one channel, in order of time, that have another speaker now."""

    channel: int
    previous: str
    speaker: str
    segment_ids: tuple[str, ...]


class _Piece(NamedTuple):
    """A stretch in which the same people speak. Those of a channel do not overlap."""

    start: int
    end: int
    speakers: tuple[str, ...]


class _Told(NamedTuple):
    """A final segment, as it was told."""

    channel: int
    start: int
    end: int
    speaker: str


class Speakers:
    """The speakers of one session."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._pieces: list[list[_Piece]] = [[] for _ in range(_CHANNELS)]
        self._told: OrderedDict[str, _Told] = OrderedDict()
        # By start, for each channel: finals of a channel hardly overlap, so their ends have the same order.
        self._by_time: list[list[tuple[int, str]]] = [[] for _ in range(_CHANNELS)]
        self._is_known = False
        for _ in self.learn(spans):
            pass  # nothing was told yet

    @property
    def is_known(self) -> bool:
        """Whether there ever was a span."""
        return self._is_known

    def at(self, channel: int, start: int, end: int) -> str:
        """Who speaks most of this time; empty where no span reaches into it."""
        pieces = self._pieces[channel] if 0 <= channel < _CHANNELS else ()
        covered: Counter[str] = Counter()
        index = max(0, bisect_right(pieces, start, key=_start_of) - 1)
        while index < len(pieces) and pieces[index].start < end:
            piece = pieces[index]
            length = min(end, piece.end) - max(start, piece.start)
            if length > 0:
                for speaker in piece.speakers:
                    covered[speaker] += length
            index += 1
        return min(covered, key=lambda speaker: (-covered[speaker], speaker), default="")

    def now(self, segment_id: str, before: str) -> str:
        """The speaker of a final segment, which was named `before` once."""
        told = self._told.get(segment_id)
        return before if told is None else told.speaker

    def tell(
        self, segment_id: str, channel: int, start: int, end: int, speaker: str, replaced: Iterable[str] = ()
    ) -> None:
        """A segment is final, and was told with this speaker; `replaced` are those that it corrects."""
        if not 0 <= channel < _CHANNELS:  # a stage that breaks the contract
            return
        for old in replaced:
            self._forget(old)
        self._told[segment_id] = _Told(channel, start, end, speaker)
        insort(self._by_time[channel], (start, segment_id))
        if len(self._told) > MAX_SEGMENTS:
            self._forget(next(iter(self._told)))

    def learn(self, spans: Iterable[Span]) -> Iterator[list[Revision]]:
        """Take spans, channel by channel, which hold from there on. Tells whose final segments are now, where
        that changes, step by step: the caller may let others go on between them, and is to take them all."""
        known = [span for span in spans if span.start < span.end]
        for_all = _pieces_of([span for span in known if not span.channel])
        own = {span.channel for span in known if span.channel}
        for channel in range(_CHANNELS):
            if channel in own:
                pieces = _pieces_of([span for span in known if span.channel in (0, channel)])
            else:
                pieces = for_all
            if pieces:
                self._is_known = True
                self._lay(channel, pieces)
                yield []  # up to 5 ms, where spans and all that was known reach over a long session
                yield from self._revise(channel, self._reached(channel, pieces[0].start, pieces[-1].end))

    def _lay(self, channel: int, new: Sequence[_Piece]) -> None:
        """Put pieces over those of a channel."""
        old = self._pieces[channel]
        first = max(0, bisect_right(old, new[0].start, key=_start_of) - 1)
        last = bisect_left(old, new[-1].end, key=_start_of)
        old[first:last] = sorted([*_outside(old[first:last], new), *new])
        if len(old) > MAX_PIECES:
            del old[: len(old) - MAX_PIECES]

    def _reached(self, channel: int, begin: int, end: int) -> list[str]:
        """The final segments of a channel that a time may touch."""
        by_time = self._by_time[channel]
        # Two before the begin: a recogniser that was started anew may reach back into what was said before.
        first = max(0, bisect_left(by_time, (begin, "")) - 2)
        last = bisect_left(by_time, (end, ""))
        return [segment_id for _, segment_id in by_time[first:last]]

    def _revise(self, channel: int, segment_ids: Sequence[str]) -> Iterator[list[Revision]]:
        for at in range(0, len(segment_ids), STEP):
            changed: dict[tuple[str, str], list[str]] = {}
            for segment_id in segment_ids[at : at + STEP]:
                told = self._told.get(segment_id)
                if told is None:  # forgotten meanwhile
                    continue
                speaker = self.at(channel, told.start, told.end) or told.speaker
                if speaker != told.speaker:
                    changed.setdefault((told.speaker, speaker), []).append(segment_id)
                    self._told[segment_id] = told._replace(speaker=speaker)
            yield [
                Revision(channel, previous, speaker, tuple(ids))
                for (previous, speaker), ids in changed.items()
            ]

    def _forget(self, segment_id: str) -> None:
        told = self._told.pop(segment_id, None)
        if told is not None:
            by_time = self._by_time[told.channel]
            del by_time[bisect_left(by_time, (told.start, segment_id))]


def _start_of(piece: _Piece) -> int:
    return piece.start


def _pieces_of(spans: Sequence[Span]) -> list[_Piece]:
    """Spans, which may overlap, cut where somebody begins or ends; in order, without what is silent."""
    changes = sorted(
        [(span.start, 1, span.speaker) for span in spans] + [(span.end, -1, span.speaker) for span in spans]
    )
    pieces: list[_Piece] = []
    speaking: Counter[str] = Counter()
    since = 0
    for at, step, speaker in changes:
        if at > since and speaking:
            pieces.append(_Piece(since, at, tuple(speaking)))
        since = at
        speaking[speaker] += step
        if not speaking[speaker]:
            del speaking[speaker]
    return pieces


def _outside(old: Iterable[_Piece], new: Sequence[_Piece]) -> list[_Piece]:
    """What is left of old pieces beside new ones."""
    left: list[_Piece] = []
    index = 0
    for piece in old:
        start = piece.start
        while index < len(new) and new[index].end <= start:
            index += 1
        after = index
        while after < len(new) and new[after].start < piece.end:
            if new[after].start > start:
                left.append(_Piece(start, new[after].start, piece.speakers))
            start = max(start, new[after].end)
            after += 1
        if start < piece.end:
            left.append(_Piece(start, piece.end, piece.speakers))
    return left
