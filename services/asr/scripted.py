"""The scripted twin: words, and if wanted speech, by the count of samples. It never looks at the audio.

Word number n of the session's clock lasts from n to n + 1 times the word's length and is
`words[n % len(words)]`; an utterance says the words that lie within its audio. So a stream that is begun
again at a later offset says the same words at the same times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from services.asr.engine import NANOSECONDS_PER_SAMPLE, SAMPLE_RATE_HERTZ, Hypothesis, Opening, Word
from services.asr.recogniser import Listener, Timing
from services.asr.settings import ScriptedSettings

SCHEDULE_WINDOW = 1_600
"""Samples of a window of the speech schedule: a usual chunk is one window."""

_CONFIDENCE = 0.9


class Script:
    """The words on the session's clock."""

    def __init__(self, words: tuple[str, ...], word_samples: int) -> None:
        self._words = words
        self._samples = word_samples

    def between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that lie whole between two positions in samples, with times from `start`."""
        first, last = -(-start // self._samples), end // self._samples
        return tuple(self._word(number, start) for number in range(first, last))

    def _word(self, number: int, start: int) -> Word:
        begin = (number * self._samples - start) * NANOSECONDS_PER_SAMPLE
        length = self._samples * NANOSECONDS_PER_SAMPLE
        return Word(self._words[number % len(self._words)], begin, begin + length, _CONFIDENCE)


class ScriptedEngine:
    """The engine."""

    name = "scripted"
    model = "scripted-1"

    def __init__(self, settings: ScriptedSettings) -> None:
        self._script = Script(settings.words, round(settings.word_seconds * SAMPLE_RATE_HERTZ))

    def open(self, opening: Opening) -> ScriptedUtterance:
        """Begin an utterance; there is nothing to adapt to."""
        return ScriptedUtterance(self._script, opening.start)


class ScriptedUtterance:
    """One utterance."""

    def __init__(self, script: Script, start: int) -> None:
        self._script = script
        self._start = start
        self._samples = 0

    def accept(self, pcm: bytes) -> None:
        self._samples += len(pcm) // 2

    def process(self) -> Hypothesis:
        return Hypothesis(self._script.between(self._start, self._start + self._samples), self._samples)

    def finish(self) -> Hypothesis:
        return self.process()


class ScriptedRecogniser:
    """Runs the engine on the event loop; each result comes after the settled delay."""

    language = "en-US"
    languages = ("en",)
    options: frozenset[str] = frozenset()
    is_full = False
    retry_after = None
    interim_lag = 0.0
    load = 0.0

    def __init__(self, settings: ScriptedSettings) -> None:
        self._engine = ScriptedEngine(settings)
        self._delay = settings.delay
        self._interval = round(settings.interim_interval * SAMPLE_RATE_HERTZ)

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def model(self) -> str:
        return self._engine.model

    def open(self, listener: Listener, opening: Opening) -> ScriptedDecoding:
        """Open a decoding."""
        return ScriptedDecoding(self._engine.open(opening), listener, self._interval, self._delay)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class ScriptedDecoding:
    """One decoding."""

    started = True

    def __init__(self, utterance: ScriptedUtterance, listener: Listener, interval: int, delay: float) -> None:
        self._utterance = utterance
        self._listener = listener
        self._interval = interval
        self._delay = delay
        self._timing = Timing(inference=round(delay * 1e9))
        self._since_interim = 0
        self._timers: set[asyncio.TimerHandle] = set()

    def accept(self, pcm: bytes) -> None:
        self._utterance.accept(pcm)
        self._since_interim += len(pcm) // 2
        if self._since_interim >= self._interval:
            self._since_interim = 0
            self._tell(self._listener.interim, self._utterance.process())

    def pause(self) -> None:
        """Nothing: the script is known."""

    def finish(self) -> None:
        self._tell(self._listener.final, self._utterance.finish())

    def cancel(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _tell(self, verb: Callable[[Hypothesis, Timing], None], hypothesis: Hypothesis) -> None:
        if not self._delay:
            verb(hypothesis, self._timing)
            return

        def tell() -> None:
            self._timers.discard(timer)
            verb(hypothesis, self._timing)

        timer = asyncio.get_running_loop().call_later(self._delay, tell)
        self._timers.add(timer)


class SpeechSchedule:
    """The scripted twin of voice activity: speech and silence in turns, from the clock's first sample."""

    def __init__(self, speech_seconds: float, silence_seconds: float, position: int) -> None:
        """`position`: of the first sample on the session's clock, in samples."""
        self._speech = round(speech_seconds * SAMPLE_RATE_HERTZ)
        self._period = self._speech + round(silence_seconds * SAMPLE_RATE_HERTZ)
        self._position = position
        self._pending = 0

    def accept(self, samples: int) -> list[float]:
        """The probability, 1 or 0, of each window of SCHEDULE_WINDOW samples that is complete now."""
        self._pending += samples
        probabilities = []
        while self._pending >= SCHEDULE_WINDOW:
            probabilities.append(self._probability())
            self._pending -= SCHEDULE_WINDOW
            self._position += SCHEDULE_WINDOW
        return probabilities

    def flush(self) -> float | None:
        """The probability of the samples that fill no window, which is complete with this; None for none."""
        if not self._pending:
            return None
        probability = self._probability()
        self._position += self._pending
        self._pending = 0
        return probability

    def skip(self, samples: int) -> None:
        """Silence passes."""
        self._position += samples

    def _probability(self) -> float:
        return 1.0 if self._position % self._period < self._speech else 0.0
