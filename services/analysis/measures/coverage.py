"""Which words of a session can be looked up in word lists: English ones, in scripts that part words."""

from __future__ import annotations

from services.analysis import reasons
from services.analysis.analysis import Note
from services.analysis.measures.words import is_latin, is_spaced
from services.analysis.segment import ENGLISH, Segment


class Coverage:
    """Counts words, and those that word lists are for."""

    def __init__(self) -> None:
        self.words = 0
        """Of scripts that put spaces between them, from 0."""
        self.looked_up = 0
        """Words of the sentences that were looked up, contractions written out, from 0."""
        self._english = 0
        self._unparted = 0

    def take(self, segment: Segment) -> bool:
        """Count a segment; whether its sentences are to be looked up."""
        if not is_spaced(segment.text):
            self._unparted += 1
            return False
        self.words += len(segment.words)
        if segment.language != ENGLISH:
            return False
        latin = sum(map(is_latin, segment.words))
        self._english += latin
        if 2 * latin < len(segment.words):
            return False
        self.looked_up += sum(len(sentence.words) for sentence in segment.sentences)
        return True

    @property
    def is_english(self) -> bool:
        """Whether what was looked up says something of the whole: half of its words are English."""
        return self._english > 0 and 2 * self._english >= self.words

    def notes(self) -> tuple[Note, ...]:
        """What was not looked at."""
        return notes_of(self._unparted, bool(self.words) and not self.is_english)


def notes_of(unparted: int, is_foreign: bool) -> tuple[Note, ...]:
    """Why word lists say nothing of so many segments without spaces, or of the rest."""
    notes = []
    if unparted:
        message = f"{unparted} segments were left out: their script has no spaces between words"
        notes.append(Note(reasons.WORDS_NOT_PARTED, message, {"segments": str(unparted)}))
    if is_foreign:
        message = "less than half of the words are English: nothing was looked up in word lists"
        notes.append(Note(reasons.WORD_LISTS_MISSING, message))
    return tuple(notes)


def share(part: float, whole: float) -> float | None:
    """part / whole; None of nothing."""
    return part / whole if whole > 0 else None
