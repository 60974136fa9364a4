"""What the vendor says on a connection, without its SDK's types."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ready:
    """The setup is confirmed."""


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What was heard: `text` goes on from the text before, or, if `is_interim`, guesses at what follows it.

    Attributes:
        finished: whether the vendor calls the transcript of this turn complete.
        language: BCP-47 tag that the vendor found; mostly empty.
    """

    text: str
    is_interim: bool = False
    finished: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The model answers; `text` goes on from the text before and may be empty, as where it speaks."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The model's answer to a turn is over."""


@dataclass(frozen=True, slots=True)
class GoAway:
    """The vendor closes this connection in `time_left` seconds."""

    time_left: float


@dataclass(frozen=True, slots=True)
class Resumable:
    """A later connection can go on from here by this handle."""

    handle: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the session so far, as the vendor counts them."""

    prompt: int
    answer: int
    total: int


LiveEvent = Ready | Transcribed | Answered | TurnEnded | GoAway | Resumable | Usage
