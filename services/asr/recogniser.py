"""The seam between the event loop and the engines: a recogniser opens decodings, each for one utterance.

Everything here is called on the event loop and returns at once; results come back through a listener.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from services.asr.engine import Hypothesis, Opening, Phrase


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the time of a hypothesis went, in nanoseconds: waiting, and computing."""

    queue: int = 0
    inference: int = 0


@dataclass(frozen=True, slots=True)
class RecognitionFailure:
    """Why an utterance could not be recognised; `reason` is a declared one. `retryable`: the same audio may
    be recognised later.
    """

    reason: str
    message: str
    retryable: bool = True


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

    def pause(self) -> None:
        """Silence has begun after speech, and all audio up to it is here: if none follows, the utterance
        ends so. An engine may begin with the final at once. Called once in each pause.
        """

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
    def languages(self) -> tuple[str, ...]:
        """Primary tags of the languages that it knows."""

    @property
    def options(self) -> frozenset[str]:
        """Which fields of the configuration it uses: "speech_contexts", "language_code"; and
        "allow_audio_egress" if audio goes to a vendor, which a stream then has to allow.
        """

    @property
    def is_full(self) -> bool:
        """Whether so many utterances wait that no further stream should begin."""

    @property
    def retry_after(self) -> float | None:
        """Seconds after which it may have room again, where `is_full`; None if it cannot tell."""

    @property
    def interim_lag(self) -> float:
        """Seconds that the oldest waiting work waits now; 0 if none does."""

    @property
    def load(self) -> float:
        """Share of what it can do that it did in the last seconds, 0 to 1; 0 if it cannot tell."""

    def open(self, listener: Listener, opening: Opening) -> Decoding:
        """A new decoding."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@runtime_checkable
class LimitsPhrases(Protocol):
    """A recogniser that has room for so many phrases only."""

    def left_out(self, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
        """Phrases that it does not use, there being no room beside those before them. Any thread."""


@runtime_checkable
class KeepsChannels(Protocol):
    """A recogniser that keeps something for a channel between its utterances, such as a connection."""

    def release(self, adaptation: str) -> None:
        """The channel that was given this with its last final has ended."""
