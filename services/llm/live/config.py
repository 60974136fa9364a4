"""What a session asks the vendor for, and what it bears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.llm.backoff import Backoff

SAMPLE_RATE_HERTZ = 16_000
"""Of the audio sent: 16-bit mono samples."""


_BACKOFF = Backoff()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the vendor is.

    Attributes:
        key: the API key; never shown.
        base_url: another address than the vendor's own, such as a proxy's; always reached by TLS.
        ca_file: PEM file of the authorities to trust instead of the system's; empty: the system's.
    """

    key: str
    base_url: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"Endpoint(base_url={self.base_url!r}, ca_file={self.ca_file!r})"


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """How the vendor listens.

    Attributes:
        model: the vendor's name of a Live model.
        language: BCP-47 tag of the language expected; empty: the vendor finds out.
        phrases: words that are likely.
        instruction: what the model is told about its task.
        modality: what the model answers in; current Live models know "AUDIO" only.
        answers: whether a turn ends with the model's answer, else as soon as what was said is known.
    """

    model: str
    language: str = ""
    phrases: tuple[str, ...] = ()
    instruction: str = ""
    modality: Literal["AUDIO", "TEXT"] = "AUDIO"
    answers: bool = False


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """What a session bears; times in seconds.

    Attributes:
        connect_timeout: from the first packet to the end of the vendor's setup.
        send_timeout: for the vendor to take a message.
        close_timeout: for the vendor to agree that a connection ends.
        answer_timeout: from the end of a turn, or the last news of it, until the vendor counts as silent.
        settle: quiet after which a transcript is complete, once the model has begun to answer.
        idle_timeout: without a turn, until the connection is given up.
        attempts: connections that a turn is given; the first is one of them.
        max_turn: audio of one turn, which is kept to be sent again.
        max_message_bytes: largest message of the vendor.
        backoff: between attempts.
    """

    connect_timeout: float = 10.0
    send_timeout: float = 10.0
    close_timeout: float = 1.0
    answer_timeout: float = 10.0
    settle: float = 0.4
    idle_timeout: float = 60.0
    attempts: int = 4
    max_turn: float = 65.0
    max_message_bytes: int = 4 << 20
    backoff: Backoff = _BACKOFF
