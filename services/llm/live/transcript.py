"""The text of one turn, put together from pieces, over any number of connections."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What the vendor writes for sounds that are no speech, such as "<noise>"; the last may still be growing.
_TAG = re.compile(r"<[a-z _]{0,40}(?:>|$)", re.IGNORECASE)
_MARKS = re.compile(r"[\W_]+")
# Words heard anew that did not fit any better, after which the place where they join is certain.
_CERTAIN = 3


class TurnTranscript:
    """Pieces in, words out. Words that were settled never change, whatever is heard later.

    After a lost connection the audio of the turn is sent again from its beginning, and its text comes anew.
    Then the settled words stay, and what was heard anew goes on where they fit best (`Overlap`): no word is
    lost, and none comes twice, also where the second hearing differs from the first.
    """

    def __init__(self) -> None:
        self._kept: tuple[str, ...] = ()  # settled on connections that are gone
        self._overlap = Overlap(())
        self._text = ""
        self._guess = ""
        self._finished = False

    def add(self, text: str) -> None:
        """The text goes on."""
        self._text += text
        self._guess = ""

    def guess(self, text: str) -> None:
        """What may follow; takes the place of the last guess."""
        self._guess = text

    def finish(self) -> None:
        """Nothing follows: all words are settled."""
        self._finished = True
        self._guess = ""

    def restart(self) -> None:
        """The turn is heard anew, from its beginning."""
        self._kept = self.words[: self.settled]
        self._overlap = Overlap(self._kept)
        self._text = self._guess = ""

    @property
    def words(self) -> tuple[str, ...]:
        """All words so far."""
        heard = _split(self._text + self._guess)
        return (*self._kept, *heard[self._joint(heard) :])

    @property
    def settled(self) -> int:
        """That many first words do not change any more."""
        complete = self._complete()
        new = complete - self._joint(_split(self._text))
        if self._kept and new < _CERTAIN and not self._finished:
            return len(self._kept)
        return len(self._kept) + max(new, 0)

    def _complete(self) -> int:
        """How many words were heard on this connection that do not grow any more."""
        growing = not self._finished and not self._text[-1:].isspace()
        return max(len(_split(self._text)) - growing, 0)

    def _joint(self, heard: list[str]) -> int:
        """How many of the words heard on this connection the kept ones stand for."""
        if not self._kept:
            return 0
        overlap = self._overlap
        for word in heard[overlap.count : self._complete()]:
            overlap.extend(word)
        # Until the kept words were all heard again, a word that still grows may be one of them.
        hidden = overlap.joint == overlap.count and not overlap.is_exact and not self._finished
        return overlap.joint + hidden


class Overlap:
    """Where words heard anew leave those that were kept.

    The number `joint` of new words for which the edit distance between them and the kept words is least, the
    largest such number; one row of the usual table is held (Wagner and Fischer, 1974), so a word costs one
    pass over the kept words. Spelling is compared without case and punctuation.
    """

    def __init__(self, kept: Iterable[str]) -> None:
        self._kept = [_plain(word) for word in kept]
        self._row = list(range(len(self._kept) + 1))
        self._least = self._row[-1]
        self.count = 0
        self.joint = 0

    @property
    def is_exact(self) -> bool:
        """Whether all kept words were heard again, as they are, and nothing else."""
        return self._row[-1] == 0

    def extend(self, word: str) -> None:
        """The next word heard anew."""
        plain = _plain(word)
        self.count += 1
        diagonal, row = self._row[0], self._row
        row[0] = self.count
        for index, kept in enumerate(self._kept, start=1):
            substituted = diagonal + (kept != plain)
            diagonal = row[index]
            row[index] = min(substituted, diagonal + 1, row[index - 1] + 1)
        if row[-1] <= self._least and self.count - self.joint <= _CERTAIN:
            self._least, self.joint = row[-1], self.count


def _split(text: str) -> list[str]:
    return _TAG.sub(" ", text).split()


def _plain(word: str) -> str:
    return _MARKS.sub("", word).casefold() or word
