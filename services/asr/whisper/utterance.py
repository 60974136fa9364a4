"""A growing utterance: audio in, passes over what is not settled, words out. Pure, and known to no thread.

    |-- trimmed --|-- context: settled words, forced as prefix --|-- tail: decoded again --|-- not heard --|
                  ^ start of the window                              position of a pass -->^

A pass sees the audio from the window's start to a position that is a multiple of the interval, so that what
it finds does not depend on the chunks in which the audio came. Words become settled from the left and never
change; the window keeps a few of them as context. So it stays short however long the utterance becomes, and
a second of speech costs the same at its begin and at its end.

If passes are left out, because audio came faster than it could be decoded, fewer words are settled early, and
more of them are decoded for the first time by the last pass. Only in these can the final differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from services.asr.engine import SAMPLE_RATE_HERTZ
from services.asr.whisper.commit import Agreement, CommitPolicy, has_mark, heard
from services.asr.whisper.features import HOP, REACH, Frames
from services.asr.whisper.guards import Guards
from services.asr.whisper.marks import SENTENCE_END
from services.asr.whisper.passes import Decoded, Spoken, Window

_LEAD = -(-REACH // HOP) * HOP  # audio kept from before the window: its first frames look at it
_ONSET = round(0.25 * SAMPLE_RATE_HERTZ)  # speech begins up to so much before its onset is noticed
_EDGE = SAMPLE_RATE_HERTZ
_PAUSE = round(0.3 * SAMPLE_RATE_HERTZ)
_NO_FRAMES: Frames = np.zeros((0, 0), np.float32)


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """Lengths in samples.

    Attributes:
        interval: audio between the positions of passes.
        first: speech before the first pass; less is no word, and Whisper would invent one.
        longest: of a window; its words are settled by force before it becomes longer.
        edge: before the end of a full window, in which nothing is settled by force.
        trim, sentence: a window longer than `trim` is cut where a sentence begins, if so much remains.
        trim_anywhere, context: one longer than this is cut between any two words, if so much remains.
    """

    interval: int = SAMPLE_RATE_HERTZ // 10
    first: int = round(0.3 * SAMPLE_RATE_HERTZ)
    longest: int = 10 * SAMPLE_RATE_HERTZ
    edge: int = 1 * SAMPLE_RATE_HERTZ
    trim: int = 4 * SAMPLE_RATE_HERTZ
    sentence: int = SAMPLE_RATE_HERTZ // 2
    trim_anywhere: int = 6 * SAMPLE_RATE_HERTZ
    context: int = 3 * SAMPLE_RATE_HERTZ


class Follows(Enum):
    """What comes after the audio of a pass."""

    UNKNOWN = "unknown"
    SILENCE = "silence"
    """A pause; speech may go on after it."""
    NOTHING = "nothing"
    """The utterance has ended."""


class GrowingUtterance:
    """One utterance.

    Attributes:
        fed: samples of audio that it has.
        position: samples that its words are about.
        settled: words that do not change any more.
        may_settle: whether words may become settled before the utterance ends.
    """

    def __init__(self, windows: WindowPolicy, commits: CommitPolicy, guards: Guards, lead: int = 0) -> None:
        """`lead`: samples from the begin of the audio to the onset of speech."""
        self.fed = 0
        self.position = 0
        self.settled: list[Spoken] = []
        self.may_settle = True
        self._windows = windows
        self._commits = commits
        self._guards = guards
        self._lead = lead
        self._agreement = Agreement(commits)
        self._tail: tuple[Spoken, ...] = ()  # of the newest pass
        self._shown = 0  # of them
        self._pcm = bytearray()  # from _pcm_start on
        self._pcm_start = 0
        self._start = 0  # of the window
        self._context = 0  # settled words whose audio is in the window
        self._frames: Frames = _NO_FRAMES

    @property
    def words(self) -> tuple[Spoken, ...]:
        """Settled words, and those after them that are fit to be shown."""
        return (*self.settled, *self._tail[: self._shown])

    @property
    def due(self) -> int:
        """The newest position at which there may be a pass; 0 for none."""
        due = self.fed - self.fed % self._windows.interval
        return due if due >= self._lead + self._windows.first else 0

    @property
    def is_full(self) -> bool:
        """Whether there is audio that has no room in the window."""
        return self.fed - self._start > self._windows.longest

    @property
    def prefix(self) -> tuple[int, ...]:
        """Tokens of the context."""
        context = self.settled[len(self.settled) - self._context :]
        return tuple(token for word in context for token in word.tokens)

    def accept(self, pcm: bytes) -> None:
        """Take audio: 16-bit mono samples at 16 kHz."""
        self._pcm += pcm
        self.fed += len(pcm) // 2

    def window(self, until: int) -> Window:
        """The audio from the window's start to a position, or as much of it as a window may hold."""
        end = min(until, self._start + self._windows.longest)
        samples = np.frombuffer(bytes(self._pcm[: 2 * (end - self._pcm_start)]), "<i2")
        return Window(self._start, samples, self._start - self._pcm_start, self._frames)

    def fills(self, window: Window) -> bool:
        """Whether there is no room for more audio in the window."""
        return window.length >= self._windows.longest

    def finish(self) -> None:
        """The utterance has ended with the silence that the newest pass was told of."""
        self._settle(self._tail, len(self._tail))

    def hear(self, window: Window, decoded: Decoded, follows: Follows) -> None:
        """What a pass over the newest window found. `follows` is about the window's end."""
        self.position = max(self.position, window.end)
        self._frames = decoded.frames
        is_full = self.fills(window)
        if follows is Follows.UNKNOWN and not is_full and self._guards.is_doubtful(decoded):
            return  # the next pass will know better, or the final one, which takes more care
        words = decoded.words
        if not self._context and self._guards.is_silence(decoded):
            words = ()
        floor = self.settled[-1].end if self.settled else max(self._lead - _ONSET, 0)
        words = tuple(_not_before(word, floor) for word in words)
        # At the edge a word may look too short for once; what still does later was not said.
        words = heard(words, window.end - (_EDGE if follows is Follows.UNKNOWN else 0))
        if follows is Follows.UNKNOWN:
            self._grow(words, window.end)
            if is_full:
                self._force(window.end)
        else:
            self._conclude(words, is_end=follows is Follows.NOTHING)
        self._trim(is_full)

    def _grow(self, words: tuple[Spoken, ...], end: int) -> None:
        count = self._agreement.settled(words, end, is_begin=not self.settled)
        self._settle(words, count if self.may_settle else 0)
        self._shown = self._agreement.shown(self._tail, end)

    def _conclude(self, words: tuple[Spoken, ...], *, is_end: bool) -> None:
        """What was said before silence stands, but for a last word that may get another mark."""
        if is_end:
            count = len(words)
        elif not self.may_settle:
            count = 0
        else:
            count = len(words) if words and has_mark(words[-1], self._commits) else len(words) - 1
        self._settle(words, count)
        self._shown = len(self._tail)
        self._agreement.clear()

    def _force(self, end: int) -> None:
        """Settle words of a full window: to the last sentence, if that is not long ago, or to its edge."""
        last = end - self._windows.edge
        words = self._tail
        fit = [count for count, word in enumerate(words, 1) if word.end <= last]
        middle = self._start + self._windows.longest // 2
        sentences = [count for count in fit if words[count - 1].text.endswith(SENTENCE_END)]
        if sentences and words[sentences[-1] - 1].end >= middle:
            fit = sentences
        if fit:
            self._settle(words, fit[-1])
            self._shown = max(self._shown - fit[-1], 0)
            self._agreement.clear()

    def _settle(self, words: tuple[Spoken, ...], count: int) -> None:
        count = max(count, 0)
        self.settled += words[:count]
        self._tail = words[count:]
        self._context += count

    def _trim(self, is_full: bool) -> None:
        """Cut the window's begin where words allow it; a full one in any case."""
        windows, length = self._windows, self.position - self._start
        if length > windows.trim and self._cut_at_gap(self.position - windows.sentence, sentence=True):
            return
        latest = self.position - windows.context
        if length > windows.trim_anywhere and self._cut_at_gap(latest, sentence=False):
            return
        if is_full:  # nothing in it could be settled: there is no speech in it that could be understood
            self._tail, self._shown = (), 0
            self._agreement.clear()
            self._cut(latest, len(self.settled))

    def _cut_at_gap(self, latest: int, *, sentence: bool) -> bool:
        """Cut at the last gap between words up to `latest`; returns whether there is one."""
        settled = self.settled
        for index in range(len(settled), len(settled) - self._context - 1, -1):
            before = settled[index - 1] if index > len(settled) - self._context else None
            if sentence and not (before and before.text.endswith(SENTENCE_END)):
                continue
            after = next(iter((*settled[index : index + 1], *self._tail[:1])), None)
            begin = before.end if before else self._start
            # In the middle of the pause, but no longer than needed before the word.
            gap = begin if after is None else max((begin + after.start) // 2, after.start - _PAUSE)
            if self._start + HOP <= gap <= latest:
                self._cut(gap, index)
                return True
        return False

    def _cut(self, start: int, first: int) -> None:
        """Begin the window at `start`, the context at word `first`."""
        start -= start % HOP
        self._frames = self._frames[(start - self._start) // HOP :]
        self._start, self._context = start, len(self.settled) - first
        pcm_start = max(start - _LEAD, 0)
        del self._pcm[: 2 * (pcm_start - self._pcm_start)]
        self._pcm_start = pcm_start


def _not_before(word: Spoken, floor: int) -> Spoken:
    if word.start >= floor:
        return word
    return replace(word, start=floor, end=max(word.end, floor))
