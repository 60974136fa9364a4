"""What keeps text that nobody said out of the transcript: measures, no lists of phrases. Pure.

Whisper writes text for everything it hears. Its own signs of that are the probability of no speech, a low
probability of the text, and text that repeats itself; the thresholds are those of OpenAI's transcribe.
Nothing is decoded again with a higher temperature: a text that has to be guessed is none.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from services.asr.whisper.commit import plausible
from services.asr.whisper.passes import Decoded


@dataclass(frozen=True, slots=True)
class Guards:
    """Thresholds.

    Attributes:
        no_speech: probability of no speech above which a window is silence.
        log_probability: mean over the tokens below which a text is doubtful.
        compression_ratio: by how much text is compressible that repeats itself.
    """

    no_speech: float = 0.6
    log_probability: float = -1.0
    compression_ratio: float = 2.4

    def is_silence(self, decoded: Decoded) -> bool:
        """Whether the window held no speech."""
        return decoded.no_speech > self.no_speech and decoded.log_probability < self.log_probability

    def is_doubtful(self, decoded: Decoded) -> bool:
        """Whether the text should be decoded with more care.

        That a text repeats itself is no sign alone: people say "three three three". It is one where the words
        came too quickly to be spoken, or never came to an end.
        """
        if not decoded.words:
            return False
        return (
            not decoded.ended
            or decoded.log_probability < self.log_probability
            or (plausible(decoded.words) < len(decoded.words) and self._repeats(decoded.text))
        )

    def _repeats(self, text: str) -> bool:
        data = text.encode()
        return len(data) > self.compression_ratio * len(zlib.compress(data))
