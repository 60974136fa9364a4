"""The sound of a segment, as analyses see it: measured beside everything else, and there a little later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.analysis.acoustics.voice import VoiceMeasures


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of the sound of a segment.

    Attributes:
        voice: its measures; None where it was too short, or could not be measured.
        arousal: 0 (calm) to 1 (excited), see baseline.py; None where that cannot be told.
        reason, message: why there are no measures; both empty where nothing went wrong.
    """

    voice: VoiceMeasures | None = None
    arousal: float | None = None
    reason: str = ""
    message: str = ""


class Sound(Protocol):
    """The sound of one segment."""

    @property
    def heard(self) -> Heard | None:
        """What became of it; None while it is being measured."""

    async def wait(self) -> Heard:
        """The same, once it is known."""
