"""The seam between the event loop and the engines: a recogniser opens decodings, each for one utterance.

Everything here is called on the event loop and returns at once; results come back through a listener.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from services.asr.engine import Hypothesis, Opening


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the time of a hypothesis went, in nanoseconds: waiting, and computing."""

    queue: int = 0
    inference: int = 0


@dataclass(frozen=True, slots=True)
class RecognitionFailure:
    """Why an utterance could not be recognised; `reason` is declared in reasons.py."""

    reason: str
    message: str


class Listener(Protocol):
    """Gets the results of one decoding: any number of interims, then one final or one failure."""

    def interim(self, hypothesis: Hypothesis, timing: Timing) -> None:
        """A hypothesis about the audio so far. It may be the same as before, and then tells progress."""

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        """The last word."""

    def failed(self, failure: RecognitionFailure) -> None:
        """There will be no final."""


class Decoding(Protocol):
    """One utterance. The caller bounds how much audio it hands over that no interim has told of.

    Attributes:
        started: whether it has an engine, or had one; until then its audio only waits.
    """

    @property
    def started(self) -> bool: ...

    def accept(self, pcm: bytes) -> None:
        """Take audio: 16-bit mono samples at 16 kHz."""

    def finish(self) -> None:
        """No more audio comes."""

    def cancel(self) -> None:
        """Drop it; the listener is not called any more."""


class Recogniser(Protocol):
    """Engines at work, as an asynchronous context: ready when entered.

    `name` and `model` are its engine's.
    """

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def language(self) -> str:
        """BCP-47 tag of what it recognises, such as "en-US"."""

    @property
    def is_full(self) -> bool:
        """Whether so many utterances wait that no further stream should begin."""

    def open(self, listener: Listener, opening: Opening) -> Decoding:
        """A new decoding."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
