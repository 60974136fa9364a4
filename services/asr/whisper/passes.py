"""What one pass over a window of audio is asked, and what it answers. Plain values, known to no library."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.asr.whisper.features import Frames

WINDOW_SECONDS = 30
"""What Whisper was trained on: the longest window, and the length that every shorter one is filled up to."""


@dataclass(frozen=True, slots=True)
class Window:
    """Audio to decode.

    Attributes:
        start: position of its first sample in the utterance, a multiple of HOP.
        samples: from there (and `lead` samples before, which only the first frames look at).
        lead: samples before the window's first.
        frames: what is known of its mel frames, from the first on.
    """

    start: int
    samples: NDArray[np.int16] = field(repr=False)
    lead: int
    frames: Frames = field(repr=False)

    @property
    def length(self) -> int:
        """Samples in the window."""
        return len(self.samples) - self.lead

    @property
    def end(self) -> int:
        """Position in the utterance after its last sample."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class PassRequest:
    """One pass.

    Attributes:
        prefix: tokens of words that were said at the begin of the window; the text goes on after them.
        prompt: tokens of text that might have come before: hotwords.
        language: primary tag; empty if it is to be detected.
        beam_size: 1 is greedy.
        full_window: whether the encoder gets 30 s, whatever the audio's length.
        careful: whether a doubtful text is to be decoded again with the full window.
    """

    window: Window
    prefix: tuple[int, ...] = ()
    prompt: tuple[int, ...] = ()
    language: str = ""
    beam_size: int = 1
    full_window: bool = False
    careful: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word.

    Attributes:
        text: with the marks that belong to it.
        tokens: of text and marks.
        start, end: positions in the utterance, in samples.
        probability: mean of its tokens', marks left out; 0 to 1.
        mark: probability of the marks after it, None where there are none.
    """

    text: str
    tokens: tuple[int, ...]
    start: int
    end: int
    probability: float
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a pass found.

    Attributes:
        words: those after the prefix.
        frames: the window's mel frames that no later audio changes.
        log_probability: mean over the tokens after the prefix.
        no_speech: probability that the window holds no speech, 0 to 1.
        ended: whether the text came to its end, not to the bound on its length.
        language, language_confidence: as asked for, or detected.
        encoded: seconds of window that the encoder had.
    """

    words: tuple[Spoken, ...] = ()
    frames: Frames = field(default_factory=lambda: np.zeros((0, 0), np.float32), repr=False)
    log_probability: float = 0.0
    no_speech: float = 0.0
    ended: bool = True
    language: str = ""
    language_confidence: float | None = None
    encoded: float = 0.0

    @property
    def text(self) -> str:
        """The words."""
        return " ".join(word.text for word in self.words)
