"""One utterance on the event loop: when which pass is asked for, and what becomes of its result.

    audio ──▶ interim pass at every interval ──▶ interim      a newer one takes the place of one that waits
    pause ──▶ speculative pass to the end    ──▶ interim, and kept: if nothing follows it is the final
    end   ──▶ final pass, if nothing is kept ──▶ final

Passes of one utterance come one after the other, for each goes on from what the one before has settled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum

from services.asr.engine import NANOSECONDS_PER_SAMPLE, Hypothesis, Opening, Word
from services.asr.fair_queue import Urgency
from services.asr.reasons import RECOGNISER_DIED, RECOGNISER_STALLED
from services.asr.recogniser import Listener, RecognitionFailure, Timing
from services.asr.scheduler import Scheduler
from services.asr.whisper.features import HOP
from services.asr.whisper.language import UtteranceLanguage
from services.asr.whisper.passes import Decoded, PassRequest, Spoken, Window
from services.asr.whisper.utterance import Follows, GrowingUtterance
from services.asr.work import DecodeStalled, Ticket

PassScheduler = Scheduler[PassRequest, Decoded]


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard passes try.

    Attributes:
        beam_size, final_beam_size: of interim passes, and of those that make finals.
        interval: samples between interim passes, where there is time for them.
        share: of a worker's time that interims of one utterance may take.
    """

    beam_size: int = 1
    final_beam_size: int = 5
    interval: int = 1_600
    share: float = 0.5


_NEWEST = 0.3  # weight of the newest pass in the mean of their times


class _Stage(Enum):
    SPEAKING = "speaking"
    PAUSED = "paused"
    ENDED = "ended"
    CLOSED = "closed"


_FOLLOWS = {
    _Stage.SPEAKING: Follows.UNKNOWN,
    _Stage.PAUSED: Follows.SILENCE,
    _Stage.ENDED: Follows.NOTHING,
}
_URGENCIES = {
    _Stage.SPEAKING: Urgency.INTERIM,
    _Stage.PAUSED: Urgency.SPECULATIVE,
    _Stage.ENDED: Urgency.FINAL,
}


class WhisperDecoding:
    """One utterance.

    Attributes:
        started: whether a pass has begun; always true, for it waits for no engine of its own.
        passes, encoded: passes that were done, and the seconds of window that they encoded.
    """

    started = True

    def __init__(
        self,
        utterance: GrowingUtterance,
        language: UtteranceLanguage,
        prompt: tuple[int, ...],
        effort: Effort,
        scheduler: PassScheduler,
        listener: Listener,
        opening: Opening,
        clock: Callable[[], float],
    ) -> None:
        self.passes = 0
        self.encoded = 0.0
        self._utterance = utterance
        self._language = language
        self._prompt = prompt
        self._effort = effort
        self._scheduler = scheduler
        self._listener = listener
        self._lead = opening.lead
        self._finals_only = opening.finals_only
        self._owner = self if opening.owner is None else opening.owner
        self._clock = clock
        self._stage = _Stage.SPEAKING
        self._pass: _Pass | None = None  # that waits or runs
        self._asked = 0  # position of the newest pass that was begun
        self._cost = 0.0  # time of a pass in samples, smoothed
        self._concluded = -1  # end of the audio that a pass was told to be followed by silence
        self._arrivals: deque[tuple[int, float]] = deque()  # end in samples, and when it came

    def accept(self, pcm: bytes) -> None:
        """Take audio."""
        self._utterance.accept(pcm)
        self._arrivals.append((self._utterance.fed, self._clock()))
        self._enter(_Stage.SPEAKING)

    def pause(self) -> None:
        """Decode to the end of the audio: it may have been all."""
        self._enter(_Stage.PAUSED)

    def finish(self) -> None:
        """No more audio comes."""
        if self._concluded == self._utterance.fed or self._utterance.fed < HOP:
            self._utterance.finish()
            self._conclude(Timing())
        else:
            self._enter(_Stage.ENDED)

    def cancel(self) -> None:
        """Drop it."""
        self._stage = _Stage.CLOSED
        if self._pass is not None:
            self._pass.cancel()

    def begin(self) -> tuple[PassRequest, Follows]:
        """The pass that is to begin now, and what follows its audio."""
        utterance, effort = self._utterance, self._effort
        speaking = self._stage is _Stage.SPEAKING
        until = utterance.due if speaking else utterance.fed
        window = utterance.window(until)
        self._asked = window.end
        request = PassRequest(
            window,
            utterance.prefix,
            self._prompt,
            self._language.tag,
            effort.beam_size if speaking else effort.final_beam_size,
            careful=not speaking or utterance.fills(window),
        )
        return request, _FOLLOWS[self._stage] if window.end == utterance.fed else Follows.UNKNOWN

    def heard(self, window: Window, follows: Follows, decoded: Decoded, timing: Timing) -> None:
        """A pass is done."""
        utterance = self._utterance
        self._pass = None
        self._cost += (timing.inference / NANOSECONDS_PER_SAMPLE - self._cost) * _NEWEST
        self.passes += 1
        self.encoded += decoded.encoded
        self._language.hear(decoded, window.end - self._lead)
        utterance.may_settle = self._language.is_known
        utterance.hear(window, decoded, follows)
        while self._arrivals and self._arrivals[0][0] <= utterance.position:
            self._arrivals.popleft()
        if follows is not Follows.UNKNOWN:
            self._concluded = window.end
        if self._stage is not _Stage.ENDED:
            self._listener.interim(self._hypothesis(), timing)
            self._ask()
        elif self._concluded == utterance.fed:
            utterance.finish()
            self._conclude(timing)
        else:
            self._ask()

    def failed(self, error: Exception) -> None:
        """A pass failed, and would fail again: the audio is the same."""
        self._stage = _Stage.CLOSED
        reason = RECOGNISER_STALLED if isinstance(error, DecodeStalled) else RECOGNISER_DIED
        self._listener.failed(RecognitionFailure(reason, f"the model failed: {error}"))

    def _enter(self, stage: _Stage) -> None:
        """A pass that waits is asked for anew; one that runs is waited for, the next goes on from it."""
        if stage is not self._stage:
            self._stage = stage
            if self._pass is not None and not self._pass.runs:
                self._pass.cancel()
                self._pass = None
        self._ask()

    def _ask(self) -> None:
        """Ask for the next pass, if one is due and none is on its way."""
        if self._pass is None and self._stage is not _Stage.CLOSED and self._is_due():
            position = self._utterance.position
            arrived = next((at for end, at in self._arrivals if end > position), self._clock())
            self._pass = _Pass(self, self._owner, _URGENCIES[self._stage], arrived)
            self._pass.ticket = self._scheduler.submit(self._pass)

    def _is_due(self) -> bool:
        utterance = self._utterance
        if self._stage is not _Stage.SPEAKING:
            return self._concluded != utterance.fed
        if self._finals_only:
            return utterance.is_full
        base = self._effort.interval
        interval = max(self._scheduler.interim_interval(base), self._cost / self._effort.share)
        passed = utterance.due - self._asked // base * base
        return utterance.due > self._asked and passed >= interval

    def _conclude(self, timing: Timing) -> None:
        self._stage = _Stage.CLOSED
        self._listener.final(self._hypothesis(), timing)

    def _hypothesis(self) -> Hypothesis:
        utterance, language = self._utterance, self._language
        words = utterance.words
        return Hypothesis(
            tuple(_word(word) for word in words),
            utterance.position,
            language.adaptation,
            len(utterance.settled),
            _stability(words, len(utterance.settled)),
            language.tag if language.detected else "",
            language.confidence,
        )


class _Pass:
    """One pass of an utterance, as the scheduler knows it."""

    def __init__(self, decoding: WhisperDecoding, owner: Hashable, urgency: Urgency, arrived: float) -> None:
        self.owner = owner
        self.urgency = urgency
        self.arrived = arrived
        self.ticket: Ticket[PassRequest, Decoded] | None = None
        self._decoding = decoding
        self._window: Window | None = None
        self._follows = Follows.UNKNOWN

    @property
    def runs(self) -> bool:
        """Whether it has begun."""
        return self._window is not None

    def cancel(self) -> None:
        """Nobody wants its result any more."""
        if self.ticket is not None:
            self.ticket.cancel()

    def begin(self) -> PassRequest:
        request, self._follows = self._decoding.begin()
        self._window = request.window
        return request

    def done(self, result: Decoded, timing: Timing) -> None:
        assert self._window is not None
        self._decoding.heard(self._window, self._follows, result, timing)

    def failed(self, error: Exception) -> None:
        self._decoding.failed(error)


def _word(word: Spoken) -> Word:
    start, end = word.start * NANOSECONDS_PER_SAMPLE, word.end * NANOSECONDS_PER_SAMPLE
    return Word(word.text, start, end, word.probability)


def _stability(words: tuple[Spoken, ...], settled: int) -> float:
    """The mean over the words: 1 for a settled one, the probability of the others."""
    open_words = sum(word.probability for word in words[settled:])
    return (settled + open_words) / len(words) if words else 0.0
