"""The language that an utterance is decoded in: as asked for, as found before, or to be found."""

from __future__ import annotations

import json

from services.asr.engine import SAMPLE_RATE_HERTZ, Options
from services.asr.language import AUTO, primary
from services.asr.whisper.passes import Decoded

# Whisper needs about a second of speech to know a language; by this probability faster-whisper believes it.
_LEAST_SPEECH = SAMPLE_RATE_HERTZ
_LEAST_CONFIDENCE = 0.5


class UtteranceLanguage:
    """The language of one utterance.

    Attributes:
        tag: primary tag; empty while it has to be found out.
        detected: whether it was found out, here or in an utterance before.
        confidence: of that, 0 to 1.
    """

    def __init__(self, options: Options, default: str, adaptation: str) -> None:
        """`default` is the engine's own: a tag, "auto" or empty for finding out."""
        wanted = options.language or default
        self.tag = "" if wanted in ("", AUTO) else primary(wanted)
        self.detected = False
        self.confidence: float | None = None
        self._locks = options.lock_language and not self.tag
        if self._locks and adaptation:
            locked = json.loads(adaptation)
            self.tag, self.confidence = locked["language"], locked["confidence"]
            self.detected = True

    @property
    def is_known(self) -> bool:
        """Whether words of this utterance may be settled: they are in the right language."""
        return bool(self.tag)

    @property
    def adaptation(self) -> str:
        """What the channel's next utterance is given."""
        if not (self._locks and self.detected):
            return ""
        return json.dumps({"language": self.tag, "confidence": self.confidence})

    def hear(self, decoded: Decoded, speech: int) -> None:
        """A pass over so many samples of speech detected a language, if none was known."""
        if self.tag or decoded.language_confidence is None:
            return
        if speech >= _LEAST_SPEECH and decoded.language_confidence >= _LEAST_CONFIDENCE:
            self.tag, self.confidence, self.detected = decoded.language, decoded.language_confidence, True
