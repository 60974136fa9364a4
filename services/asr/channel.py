"""One channel's way from probabilities to transcripts: endpointing, decoding, one utterance after the other.

Nothing here waits. Utterances of a channel are decoded in order, one at a time, so that their finals come in
order and each begins with what the engine learnt about the channel from the one before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from services.asr.engine import DEFAULT_OPTIONS, Options
from services.asr.output import ChannelOutput
from services.asr.recogniser import KeepsChannels, Recogniser
from services.asr.settings import AsrSettings
from services.asr.transcription import Transcription
from services.asr.utterance import Begin, Cause, End, Endpointer, Endpointing, Event

# Silence after the last word that a decoder gets; the rest of the silence that ends an utterance tells it
# nothing, and a pause that does not end it is handed over when speech goes on. PocketSphinx recognised the
# same with 200, 300 and 500 ms.
_TRAIL = 3_200


class Channel:
    """One channel of one stream.

    Attributes:
        opened, closed: utterances begun, and utterances whose `utterance_end` was given out.
        interim_results: whether interims are given out.
    """

    def __init__(
        self,
        settings: AsrSettings,
        endpointing: Endpointing,
        recogniser: Recogniser,
        output: ChannelOutput,
        clock_start: int,
        interim_results: bool,
        options: Options = DEFAULT_OPTIONS,
    ) -> None:
        """`clock_start` is the stream's first sample on the session's clock, in samples."""
        self.opened = 0
        self.closed = 0
        self.interim_results = interim_results
        self._settings = settings
        self._endpointer = Endpointer(endpointing)
        self._recogniser = recogniser
        self._output = output
        self._clock_start = clock_start
        self._options = options
        self._owner = object()  # stands for this channel where engines are shared
        # Audio that may still be needed: start, end, pcm.
        self._history: deque[tuple[int, int, bytes]] = deque()
        self._end = 0  # of the audio taken
        self._current: Transcription | None = None  # the open one, the last of _pending
        self._pending: deque[Transcription] = deque()
        self._adaptation = ""
        self._decoded_until = 0

    @property
    def interim_position(self) -> int:
        """How far hypotheses speak about the audio, in samples; silence needs none."""
        if not self._pending:
            return max(self._decoded_until, self.final_position)
        return max(self._decoded_until, self._pending[0].decoded)

    @property
    def final_position(self) -> int:
        """All has been said about the audio before it, and none of it is needed any more; in samples."""
        for utterance in self._pending:
            if not utterance.concluded:
                return utterance.start
        return min(self._endpointer.needed_from, self._end)

    @property
    def position(self) -> int:
        """Samples taken."""
        return self._end

    def backlog(self) -> tuple[int, int]:
        """Samples that are not decoded: those that decoders have, and those that wait for a decoder.

        An utterance that is closed, and the only one, is no backlog while it waits: no more audio would come.
        """
        decoding = waiting = 0
        for utterance in self._pending:
            if utterance.is_waiting:
                waiting += utterance.fed - utterance.decoded
            else:
                decoding += utterance.fed - utterance.decoded
        if self._current is None and len(self._pending) < 2:
            waiting = 0
        return decoding, waiting

    @property
    def most_waiting(self) -> int:
        """Samples that may wait for a decoder: those of the longest utterance."""
        return self._endpointer.settings.max_utterance

    @property
    def is_open(self) -> bool:
        """Whether an utterance is open."""
        return self._current is not None

    def configure(self, endpointing: Endpointing, interim_results: bool) -> None:
        """Change these from here on."""
        self._endpointer.configure(endpointing)
        self.interim_results = interim_results

    def accept(self, pcm: bytes, probabilities: Iterable[float], window: int) -> None:
        """Take audio (16-bit mono, 16 kHz), and the speech probabilities of the windows now complete."""
        if pcm:
            start = self._end
            self._end += len(pcm) // 2
            self._history.append((start, self._end, pcm))
        for probability in probabilities:
            events = self._endpointer.accept(probability, window)
            if events:
                self._carry_out(events)
            self._notice_pause(window)
        self._hand_over()

    def silence(self, samples: int) -> None:
        """Take silence, any number of samples, after `flush`."""
        start = self._end
        self._end += samples
        if self._current is not None:
            self._history.append((start, self._end, bytes(2 * samples)))
        self._carry_out(self._endpointer.silence(samples))
        self._hand_over()

    def flush(self, probability: float | None) -> None:
        """Judge the audio that fills no window; None if there is none."""
        rest = self._end - self._endpointer.position
        if probability is not None and rest > 0:
            self._carry_out(self._endpointer.accept(probability, rest))
        self._hand_over()

    def close(self, cause: Cause) -> None:
        """Close the open utterance, if there is one."""
        self._carry_out(self._endpointer.close(cause))

    def cancel(self) -> None:
        """Drop everything."""
        while self._pending:
            self._pending.popleft().cancel()
        self._current = None
        if self._adaptation and isinstance(self._recogniser, KeepsChannels):
            self._recogniser.release(self._adaptation)

    def _done(self, adaptation: str) -> None:
        self._decoded_until = max(self._decoded_until, self._pending.popleft().fed)
        self.closed += 1
        self._adaptation = adaptation or self._adaptation
        if self._pending:
            self._submit(self._pending[0])
        self._output.changed()

    def _notice_pause(self, window: int) -> None:
        endpointer = self._endpointer
        trail_end = endpointer.speech_end + _TRAIL
        if self._current is not None and endpointer.position - window < trail_end <= endpointer.position:
            self._hand_over()
            self._current.pause()

    def _carry_out(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, Begin):
                self._open(event)
            else:
                self._close(event)

    def _open(self, begin: Begin) -> None:
        start = max(begin.start, self._history[0][0]) if self._history else self._end
        utterance = Transcription(self._settings, self._output, self._done, start, begin.onset)
        self._current = utterance
        self._pending.append(utterance)
        self.opened += 1
        if not begin.continued:
            self._output.speech(begins=True, position=begin.onset)
        if len(self._pending) == 1:
            self._submit(utterance)

    def _submit(self, utterance: Transcription) -> None:
        utterance.submit(self._recogniser, self._clock_start, self._adaptation, self._options, self._owner)

    def _close(self, end: End) -> None:
        utterance, self._current = self._current, None
        assert utterance is not None
        self._feed(utterance, min(end.close, end.end + _TRAIL))
        if not end.continues:
            self._output.speech(begins=False, position=end.end)
        utterance.end(end)

    def _hand_over(self) -> None:
        endpointer = self._endpointer
        if self._current is not None:
            self._current.show_interims = (
                self.interim_results and endpointer.mean_probability >= self._settings.guards.min_probability
            )
            self._feed(self._current, min(endpointer.position, endpointer.speech_end + _TRAIL))
            keep = min(self._current.fed, endpointer.position - endpointer.settings.pre_roll)
        else:
            keep = endpointer.needed_from
        history = self._history
        while history and history[0][1] <= keep:
            history.popleft()

    def _feed(self, utterance: Transcription, until: int) -> None:
        for start, end, pcm in self._history:
            fed = utterance.fed
            if end <= fed:
                continue
            if fed <= start and end <= until:
                utterance.accept(pcm, end)
            elif max(fed, start) < min(until, end):
                begin, stop = max(fed, start), min(until, end)
                utterance.accept(pcm[2 * (begin - start) : 2 * (stop - start)], stop)
