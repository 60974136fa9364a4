"""Where the pure rooms send what they have to say; responses.py makes messages of it.

Positions are in samples at 16 kHz, words' times in nanoseconds, both from the stream's first sample.
"""

from __future__ import annotations

from typing import Protocol

from services.asr.engine import Word
from services.asr.recogniser import RecognitionFailure, Timing
from services.asr.segment import Interim
from services.asr.utterance import Cause


class SegmentOutput(Protocol):
    """One segment: any number of interims, then one of the others."""

    @property
    def segment_id(self) -> str: ...

    def interim(self, interim: Interim, start: int, end: int, timing: Timing) -> None: ...

    def final(self, words: tuple[Word, ...], start: int, end: int, timing: Timing) -> None: ...

    def skipped(self, start: int, end: int, timing: Timing) -> None:
        """Words were shown, and in the end there were none."""

    def failed(self, words: tuple[Word, ...], start: int, end: int, failure: RecognitionFailure) -> None:
        """There is no final; `words` is what was shown last."""


class ChannelOutput(Protocol):
    """One channel."""

    def speech(self, *, begins: bool, position: int) -> None: ...

    def language(self, tag: str, confidence: float | None, position: int) -> None:
        """An engine detected a language, a primary tag, in the utterance that begins at the position."""

    def open_segment(self) -> SegmentOutput: ...

    def utterance_end(self, cause: Cause, start: int, end: int, segment_id: str) -> None:
        """After the last message of its segment; `segment_id` is empty where it has none."""

    def changed(self) -> None:
        """An utterance was decoded further, or is done."""
