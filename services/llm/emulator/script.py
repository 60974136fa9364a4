"""What the emulator hears: it understands nothing, so a script says which words lie where in the audio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

SAMPLE_RATE_HERTZ = 16_000


class ScriptedWord(NamedTuple):
    """One word; times in samples at 16 kHz, in CountedWords and KnownAudio from their first sample."""

    text: str
    start: int
    end: int


class Hearer(Protocol):
    """Hears one turn."""

    def accept(self, pcm: bytes) -> Sequence[str]:
        """The next audio of the turn; returns the words that ended in it."""

    def finish(self) -> Sequence[str]:
        """The turn has ended; returns the words that had begun."""


class Script(Protocol):
    """Knows what is said."""

    def open(self) -> Hearer:
        """A turn begins."""


class CountedWords:
    """Says its words by the amount of audio of a turn, whatever it sounds like, from the first word on."""

    def __init__(
        self,
        words: Sequence[str] = ("this", "is", "what", "an", "emulator", "hears", "in", "any", "audio"),
        word_seconds: float = 0.4,
    ) -> None:
        self._words = tuple(words)
        self._length = round(word_seconds * SAMPLE_RATE_HERTZ)

    def open(self) -> Hearer:
        return _Counting(self._words, self._length)


class KnownAudio:
    """Knows recordings, and finds a turn's audio in them: what is said in a turn is what lies in it.

    A turn has to be cut out of one recording without any change. Where recordings hold the same bytes more
    than once, the first place counts.
    """

    def __init__(self, recordings: Sequence[tuple[bytes, Sequence[ScriptedWord]]]) -> None:
        """Each recording: 16-bit mono samples at 16 kHz, and its words, in order."""
        self._recordings = [(pcm, tuple(words)) for pcm, words in recordings]

    def open(self) -> Hearer:
        return _Finding(self._recordings)


class _Counting:
    def __init__(self, words: tuple[str, ...], length: int) -> None:
        self._words = words
        self._length = length
        self._samples = 0
        self._said = 0

    def accept(self, pcm: bytes) -> list[str]:
        self._samples += len(pcm) // 2
        first, self._said = self._said, self._samples // self._length
        return [self._words[number % len(self._words)] for number in range(first, self._said)]

    def finish(self) -> list[str]:
        return []


class _Finding:
    _PROBE = 2 * SAMPLE_RATE_HERTZ // 10  # bytes that tell where a turn begins

    def __init__(self, recordings: Sequence[tuple[bytes, tuple[ScriptedWord, ...]]]) -> None:
        self._recordings = recordings
        self._probe = b""
        self._words: list[ScriptedWord] | None = None  # still to be said; None until the place is known
        self._position = 0

    def accept(self, pcm: bytes) -> list[str]:
        if self._words is None:
            self._probe += pcm
            if len(self._probe) < self._PROBE:
                return []
            self._find()
        else:
            self._position += len(pcm) // 2
        return self._say(self._position)

    def finish(self) -> list[str]:
        if self._words is None:
            self._find()
        return self._say(None)

    def _find(self) -> None:
        self._words = []
        for pcm, words in self._recordings:
            begin = pcm.find(self._probe)
            if begin >= 0 and self._probe:
                first = begin // 2
                # A word of which the turn has the larger part is heard.
                self._words = [word for word in words if word.start + word.end > 2 * first]
                self._position = first + len(self._probe) // 2
                return

    def _say(self, until: int | None) -> list[str]:
        """The words that ended; at the end of the turn those whose larger part lies in it."""
        assert self._words is not None
        said = []
        while self._words:
            word = self._words[0]
            if word.end > self._position and (
                until is not None or word.start + word.end > 2 * self._position
            ):
                break
            said.append(self._words.pop(0).text)
        return said
