"""One utterance on its way through the recogniser: its audio in, interims and one terminal out."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from services.asr.engine import NANOSECONDS_PER_SAMPLE, Hypothesis, Opening, Options, Word, mean_confidence
from services.asr.output import ChannelOutput, SegmentOutput
from services.asr.recogniser import Decoding, Recogniser, RecognitionFailure, Timing
from services.asr.segment import StablePrefix
from services.asr.settings import AsrSettings
from services.asr.utterance import End

_Shown = tuple[tuple[str, ...], int]


class Transcription:
    """Listens to one decoding.

    Attributes:
        start: position of its first sample of audio.
        fed: end of the audio that it has.
        decoded: end of the audio that hypotheses speak about.
        concluded: whether all has been said about it, its terminal being made.
        show_interims: whether hypotheses are given out as interims; set by the channel.
    """

    def __init__(
        self,
        settings: AsrSettings,
        output: ChannelOutput,
        done: Callable[[str], None],
        start: int,
        onset: int,
    ) -> None:
        """`done` is called after the terminal, with the engine's adaptation to the channel."""
        self.start = start
        self.fed = start
        self.decoded = start
        self.concluded = False
        self.show_interims = False
        self._guards = settings.guards
        self._output = output
        self._done = done
        self._onset = onset
        self._kept: list[bytes] = []  # audio from before it was submitted
        self._decoding: Decoding | None = None
        self._paused = False
        self._end: End | None = None
        self._failure: RecognitionFailure | None = None
        self._prefix = StablePrefix(settings.settle_agreement, round(settings.settle_seconds * 1e9))
        self._segment: SegmentOutput | None = None
        self._shown: _Shown = ((), 0)

    @property
    def is_waiting(self) -> bool:
        """Whether no engine has begun with it."""
        return self._failure is None and (self._decoding is None or not self._decoding.started)

    def submit(
        self, recogniser: Recogniser, clock_start: int, adaptation: str, options: Options, owner: Hashable
    ) -> None:
        """Its turn has come."""
        opening = Opening(
            clock_start + self.start, self._onset - self.start, adaptation, options, owner=owner
        )
        decoding = self._decoding = recogniser.open(self, opening)
        kept, self._kept = self._kept, []
        for pcm in kept:
            decoding.accept(pcm)
        if self._end is not None:
            decoding.finish()
        elif self._paused:
            decoding.pause()

    def accept(self, pcm: bytes, until: int) -> None:
        """Take audio that ends at the position `until`."""
        self.fed = until
        self._paused = False
        if self._failure is not None:
            self.decoded = until
        elif self._decoding is None:
            self._kept.append(pcm)
        else:
            self._decoding.accept(pcm)

    def pause(self) -> None:
        """Silence has begun; it has all audio up to there."""
        self._paused = True
        if self._decoding is not None:
            self._decoding.pause()

    def end(self, end: End) -> None:
        """No more audio comes."""
        self._end = end
        if self._failure is not None:
            self._fail()
        elif self._decoding is not None:
            self._decoding.finish()

    def cancel(self) -> None:
        """Drop it."""
        if self._decoding is not None:
            self._decoding.cancel()

    def interim(self, hypothesis: Hypothesis, timing: Timing) -> None:
        """See Listener. After a restart of the decoder it is silent until it knows more than before."""
        decoded = self.start + hypothesis.samples
        if decoded >= self.decoded:  # as much as before: an engine may think again, or hear late
            self.decoded = decoded
            if self.show_interims and (hypothesis.words or self._segment):
                self._show(hypothesis, timing)
        self._output.changed()

    def final(self, hypothesis: Hypothesis, timing: Timing) -> None:
        """See Listener."""
        end = self._end
        assert end is not None
        self.concluded = True
        self.decoded = self.fed
        words = self._placed(self._prefix.finish(hypothesis))
        last = end.boundary * NANOSECONDS_PER_SAMPLE
        words = tuple(_cut(word, last) for word in words if word.start < last)
        if not self._convincing(words, end):
            words = ()
        start, stop = self._span(words)
        if words:
            self._tell_language(hypothesis)
            segment = self._segment = self._segment or self._output.open_segment()
            segment.final(words, start, max(stop, end.end), timing)
        elif self._segment is not None:
            self._segment.skipped(start, max(stop, end.end), timing)
        self._conclude(end, hypothesis.adaptation)

    def failed(self, failure: RecognitionFailure) -> None:
        """See Listener. The terminal comes when the utterance has ended."""
        self._failure = failure
        self._decoding = None
        self.decoded = self.fed
        if self._end is not None:
            self._fail()
        else:
            self._output.changed()

    def _tell_language(self, hypothesis: Hypothesis) -> None:
        if hypothesis.language and hypothesis.words:
            self._output.language(hypothesis.language, hypothesis.language_confidence, self._onset)

    def _show(self, hypothesis: Hypothesis, timing: Timing) -> None:
        interim = self._prefix.update(hypothesis)
        shown = (tuple(word.text for word in interim.words), interim.settled)
        if shown == self._shown:
            return
        self._shown = shown
        if self._segment is None:
            self._segment = self._output.open_segment()
        words = self._placed(interim.words)
        start, stop = self._span(words)
        self._tell_language(hypothesis)
        self._segment.interim(
            type(interim)(words, interim.settled, interim.stability), start, max(stop, self._onset), timing
        )

    def _fail(self) -> None:
        assert self._end is not None
        assert self._failure is not None
        self.concluded = True
        words = self._placed(self._prefix.words)
        start, stop = self._span(words)
        self._segment = self._segment or self._output.open_segment()
        self._segment.failed(words, start, max(stop, self._end.end), self._failure)
        self._conclude(self._end, "")

    def _conclude(self, end: End, adaptation: str) -> None:
        segment_id = self._segment.segment_id if self._segment else ""
        self._output.utterance_end(end.cause, self._onset, end.end, segment_id)
        self._done(adaptation)

    def _convincing(self, words: tuple[Word, ...], end: End) -> bool:
        """Whether this is speech. Words that an interim called final stand."""
        if self._shown[1]:
            return True
        confidence = mean_confidence(words)
        return end.mean_probability >= self._guards.min_probability and (
            confidence is None or confidence >= self._guards.min_confidence
        )

    def _placed(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """The words on the stream's clock."""
        start = self.start * NANOSECONDS_PER_SAMPLE
        return tuple(Word(word.text, start + word.start, start + word.end, word.confidence) for word in words)

    def _span(self, words: tuple[Word, ...]) -> tuple[int, int]:
        """Begin and end of the segment in samples: from the onset, or the first word if that is earlier."""
        if not words:
            return self._onset, self._onset
        first, last = words[0].start // NANOSECONDS_PER_SAMPLE, -(-words[-1].end // NANOSECONDS_PER_SAMPLE)
        return min(self._onset, first), last


def _cut(word: Word, last: int) -> Word:
    return word if word.end <= last else Word(word.text, word.start, last, word.confidence)
