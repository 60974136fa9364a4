"""What a recogniser is: a model that opens utterances, and an utterance with three verbs.

An engine is synchronous and pure; it knows neither gRPC nor an event loop. Where it runs is the business of
a `Recogniser` (recogniser.py): in worker processes (workers.py), or beside the event loop if it is cheap
(scripted.py). A model that serves many sessions at once, such as Whisper, is one more recogniser.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

SAMPLE_RATE_HERTZ = 16_000
NANOSECONDS_PER_SAMPLE = 62_500


class EngineUnavailable(RuntimeError):
    """The engine cannot be loaded: the operator's fault; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word; times in nanoseconds from the first sample of its utterance's audio, start <= end.

    `confidence` is the posterior probability, 0 to 1, or None where the engine gives none yet.
    """

    text: str
    start: int
    end: int
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are likely to be said; `boost` from 0 (no preference) to 20."""

    text: str
    boost: float = 0.0


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller asks of the engine; each engine says which of it it uses (`Recogniser.options`).

    Attributes:
        language: BCP-47 tag; empty is the engine's own default, "auto" lets it find out.
        lock_language: whether a language that was found with confidence is kept for the channel's rest.
        phrases: hotwords, the most wanted first.
    """

    language: str = ""
    lock_language: bool = True
    phrases: tuple[Phrase, ...] = ()


DEFAULT_OPTIONS = Options()


@dataclass(frozen=True, slots=True)
class Opening:
    """How an utterance begins.

    Attributes:
        start: position of its first sample on the session's clock, in samples.
        lead: samples from there to the onset of speech.
        adaptation: from the final of the channel's utterance before; empty for the first.
        options: what the caller asked for.
        finals_only: interims are not wanted, and progress is told by another engine.
        owner: whose it is; the same for all utterances of one channel, which a shared engine is fair to.
    """

    start: int = 0
    lead: int = 0
    adaptation: str = ""
    options: Options = DEFAULT_OPTIONS
    finals_only: bool = False
    owner: Hashable = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What an utterance says so far.

    Attributes:
        words: in order of time.
        samples: how much of the utterance's audio it is about, from its first sample.
        adaptation: in a final, what the engine learnt about the channel (its own notation); it is given
            back at the channel's next utterance.
        settled: that many first words do not change any more; None if the engine does not know, and
            agreement of its hypotheses has to tell (segment.py).
        stability: of the whole, 0 to 1; None if the engine does not know.
        language: primary tag of the language that was detected, such as "en"; empty if none was.
        language_confidence: of that, 0 to 1.
    """

    words: tuple[Word, ...] = ()
    samples: int = 0
    adaptation: str = ""
    settled: int | None = None
    stability: float | None = None
    language: str = ""
    language_confidence: float | None = None

    @property
    def confidence(self) -> float | None:
        """The mean of the words' confidences; None where there are none."""
        return mean_confidence(self.words)


class EngineUtterance(Protocol):
    """One utterance being recognised; not for use from two threads at once."""

    def accept(self, pcm: bytes) -> None:
        """Take audio: 16-bit mono samples at 16 kHz."""

    def process(self) -> Hypothesis:
        """Decode all that was accepted; returns the best hypothesis now."""

    def finish(self) -> Hypothesis:
        """Decode the rest; returns the final hypothesis. Nothing may be called afterwards."""


class Engine(Protocol):
    """A loaded model. `name` is what a caller chooses it by; `model` names it with its version."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    def open(self, opening: Opening) -> EngineUtterance:
        """Begin an utterance."""


def mean_confidence(words: Iterable[Word]) -> float | None:
    """The mean over the words that have a confidence; None where none has."""
    known = [word.confidence for word in words if word.confidence is not None]
    return sum(known) / len(known) if known else None
