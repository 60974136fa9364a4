"""A decoder that knows what is said: it hears every word that lies whole in its window, and something wrong
at the edge of the audio, as Whisper does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.asr.engine import SAMPLE_RATE_HERTZ
from services.asr.whisper.commit import CommitPolicy
from services.asr.whisper.guards import Guards
from services.asr.whisper.passes import Decoded, PassRequest, Spoken, Window
from services.asr.whisper.utterance import Follows, GrowingUtterance, WindowPolicy

GUARDS = Guards()
HALF_HEARD = round(0.1 * SAMPLE_RATE_HERTZ)


@dataclass(frozen=True)
class Said:
    """One word, in samples."""

    text: str
    start: int
    end: int


def say(texts: list[str], lengths: list[float], gaps: list[float], begin: float = 0.3) -> list[Said]:
    """Words one after the other; lengths and gaps in seconds."""
    said, at = [], begin
    for text, length, gap in zip(texts, lengths, gaps, strict=True):
        start, end = at + gap, at + gap + length
        said.append(Said(text, round(start * SAMPLE_RATE_HERTZ), round(end * SAMPLE_RATE_HERTZ)))
        at = end
    return said


@dataclass
class IdealDecoder:
    """Token n is word n. Counts what it does."""

    said: list[Said]
    passes: int = 0
    decoded: int = 0  # samples of windows
    windows: list[tuple[int, int]] = field(default_factory=list)

    def decode(self, request: PassRequest) -> Decoded:
        window = request.window
        self.passes += 1
        self.decoded += window.length
        self.windows.append((window.start, window.end))
        inside = [number for number, word in enumerate(self.said) if word.start >= window.start]
        first = request.prefix[-1] + 1 if request.prefix else (inside[0] if inside else len(self.said))
        assert request.prefix == tuple(range(first - len(request.prefix), first)), "the prefix has a hole"
        assert not inside or first - len(request.prefix) <= inside[0], "a word was trimmed and not settled"
        words = []
        for number in range(first, len(self.said)):
            word = self.said[number]
            if word.end + HALF_HEARD > window.end and word.start < window.end - HALF_HEARD:
                heard = word.text if word.end <= window.end else f"half-{number}-{window.end}"
                words.append(Spoken(heard, (number,), word.start, min(word.end, window.end), 0.6))
                break
            if word.end + HALF_HEARD > window.end:
                break
            words.append(Spoken(word.text, (number,), word.start, word.end, 0.99))
        return Decoded(tuple(words), np.zeros((0, 80), np.float32), -0.01, 0.0)


def utterance(windows: WindowPolicy | None = None, commits: CommitPolicy | None = None) -> GrowingUtterance:
    return GrowingUtterance(windows or WindowPolicy(), commits or CommitPolicy(), GUARDS, 4_800)


def take(growing: GrowingUtterance, decoder: IdealDecoder, until: int, follows: Follows) -> Window:
    """One pass."""
    window = growing.window(until)
    decoded = decoder.decode(PassRequest(window, growing.prefix))
    growing.hear(window, decoded, follows if window.end == growing.fed else Follows.UNKNOWN)
    return window


def conclude(growing: GrowingUtterance, decoder: IdealDecoder, follows: Follows = Follows.NOTHING) -> None:
    """Passes to the end of the audio."""
    while take(growing, decoder, growing.fed, follows).end < growing.fed:
        pass
