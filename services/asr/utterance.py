"""Endpointing: from the speech probabilities of one channel to utterances.

Pure: probabilities and positions in samples in, begins and ends out. The same probabilities give the same
utterances, however they are cut.

    idle ── min_speech of speech ──▶ open ── end_silence of silence, or max_utterance ──▶ idle

A window is speech from `threshold` on; inside an utterance it stays speech down to 0.15 below it (the
hysteresis of Silero's own iterator), so that a wavering voice does not fall apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

_HYSTERESIS = 0.15
_LEAST_THRESHOLD = 0.01
# Close to its limit an utterance ends in the first pause of 100 ms: better there than inside a word.
_LATE = 0.75
_LATE_SILENCE = 1_600


class Cause(Enum):
    """Why an utterance was closed."""

    SILENCE = "silence"
    MAX_DURATION = "max_duration"
    FINALIZE = "finalize"
    END_OF_AUDIO = "end_of_audio"


@dataclass(frozen=True, slots=True)
class Endpointing:
    """The settings; lengths in samples at 16 kHz.

    Attributes:
        end_silence: silence that ends an utterance.
        min_speech: speech that begins one.
        pre_roll: audio kept from before its onset.
        max_utterance: longest from start to close.
        threshold: speech probability from which a window is speech, above 0 and below 1.
    """

    end_silence: int = 8_000
    min_speech: int = 1_600
    pre_roll: int = 4_800
    max_utterance: int = 320_000
    threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class Begin:
    """An utterance begins: speech from `onset`, audio from `start` (onset less pre-roll).

    `continued`: it goes on from one that reached its longest length, without a pause between.
    """

    onset: int
    start: int
    continued: bool


@dataclass(frozen=True, slots=True)
class End:
    """An utterance ends.

    Attributes:
        end: end of speech.
        close: position of the decision; no audio after it belongs to the utterance.
        boundary: nothing of the utterance lies after it, nothing of the next one before it.
        mean_probability: of the windows from onset to end.
        continues: speech goes on, and the next `Begin` follows at once.
    """

    end: int
    close: int
    boundary: int
    cause: Cause
    mean_probability: float
    continues: bool


Event = Begin | End
_NOTHING: tuple[Event, ...] = ()


class Endpointer:
    """The state of one channel.

    Attributes:
        position: samples judged so far.
        is_open: whether an utterance is open.
        speech_end: end of the last speech window of the open utterance.
    """

    def __init__(self, settings: Endpointing) -> None:
        self.configure(settings)
        self.position = 0
        self.is_open = False
        self.speech_end = 0
        self._boundary = 0
        self._candidate: int | None = None  # onset of what may become an utterance
        self._start = 0
        self._speech = 0  # samples of speech in the candidate
        self._weight = 0.0  # probability times samples, from onset to position
        self._samples = 0
        self._speech_weight = 0.0  # the same, from onset to the end of speech
        self._speech_samples = 0

    def configure(self, settings: Endpointing) -> None:
        """Settings from here on."""
        self.settings = settings
        # Below it a window is no speech any more.
        self._quiet = max(settings.threshold - _HYSTERESIS, _LEAST_THRESHOLD)

    @property
    def needed_from(self) -> int:
        """Audio before it cannot become part of an utterance that is not open yet."""
        onset = self.position if self._candidate is None else self._candidate
        return max(self._boundary, onset - self.settings.pre_roll, 0)

    @property
    def mean_probability(self) -> float:
        """Of the open utterance so far, onset to end of speech."""
        return self._speech_weight / self._speech_samples if self._speech_samples else 0.0

    def accept(self, probability: float, samples: int) -> tuple[Event, ...]:
        """The next `samples` have that probability of speech; returns what happened, mostly nothing."""
        if self.is_open:
            return self._continue(probability, samples)
        return self._listen(probability, samples)

    def silence(self, samples: int) -> tuple[Event, ...]:
        """The next `samples` are silent for certain; any number, in constant time."""
        events = _NOTHING
        while samples and self.is_open:
            due = min(self.speech_end + self._end_silence(), self._start + self.settings.max_utterance)
            late = self._start + math.ceil(_LATE * self.settings.max_utterance)
            if self.position < late:
                due = min(due, late)  # from there on a shorter silence will do
            step = min(samples, max(due - self.position, 1))
            events += self._continue(0.0, step)
            samples -= step
        if samples:
            self._candidate = None
            self.position += samples
        return events

    def close(self, cause: Cause) -> tuple[Event, ...]:
        """Close what is open, now; speech that goes on begins a new utterance."""
        if not self.is_open:
            return _NOTHING
        return (self._end(cause, continues=False),)

    def _listen(self, probability: float, samples: int) -> tuple[Event, ...]:
        settings = self.settings
        if probability >= settings.threshold:
            if self._candidate is None:
                self._candidate = self.position
                self._speech = self._samples = 0
                self._weight = 0.0
            self._speech += samples
        elif self._candidate is not None and probability < self._quiet:
            self._candidate = None
        self.position += samples
        if self._candidate is None:
            return _NOTHING
        self._weight += probability * samples
        self._samples += samples
        if self._speech < settings.min_speech:
            return _NOTHING
        onset, self._candidate = self._candidate, None
        # What wavers for so long that its beginning cannot be part of it begins later.
        earliest = self.position - settings.max_utterance
        self._start = max(self._boundary, onset - settings.pre_roll, earliest, 0)
        self._open()
        return (Begin(max(onset, self._start), self._start, continued=False),)

    def _continue(self, probability: float, samples: int) -> tuple[Event, ...]:
        if self.position + samples > self._start + self.settings.max_utterance:
            continues = self.speech_end == self.position
            end = self._end(Cause.MAX_DURATION, continues=continues)
            if not continues:
                return (end, *self._listen(probability, samples))
            self._start = self.position
            self._samples = 0
            self._weight = 0.0
            self._open()
            begin = Begin(self.position, self.position, continued=True)
            return (end, begin, *self._continue(probability, samples))
        self.position += samples
        self._weight += probability * samples
        self._samples += samples
        if probability >= self._quiet:
            self._mark_speech()
        elif self.position - self.speech_end >= self._end_silence():
            late = self.position - self.speech_end < self.settings.end_silence
            return (self._end(Cause.MAX_DURATION if late else Cause.SILENCE, continues=False),)
        return _NOTHING

    def _open(self) -> None:
        self.is_open = True
        self._mark_speech()

    def _mark_speech(self) -> None:
        self.speech_end = self.position
        self._speech_weight, self._speech_samples = self._weight, self._samples

    def _end(self, cause: Cause, *, continues: bool) -> End:
        # The silence that both utterances need, one after its last word, the other as pre-roll, is halved.
        # Where the caller closes, all audio so far is spent.
        halved = cause in (Cause.SILENCE, Cause.MAX_DURATION)
        silence = self.position - self.speech_end
        self._boundary = self.position - silence // 2 if halved else self.position
        self.is_open = False
        return End(self.speech_end, self.position, self._boundary, cause, self.mean_probability, continues)

    def _end_silence(self) -> int:
        settings = self.settings
        if self.position - self._start < _LATE * settings.max_utterance:
            return settings.end_silence
        return min(settings.end_silence, _LATE_SILENCE)
