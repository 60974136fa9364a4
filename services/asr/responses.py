"""The stream's messages, made from what the pure rooms say."""

from __future__ import annotations

from collections.abc import Callable

from google.protobuf.duration_pb2 import Duration

from rivermouth.asr.v1.asr_pb2 import (
    RecognitionFinalized,
    RecognitionStarted,
    StreamingRecognizeResponse,
)
from rivermouth.result.v1.result_pb2 import (
    OUTCOME_COMPLETE,
    OUTCOME_FAILED,
    OUTCOME_SKIPPED,
    OUTCOME_TRUNCATED,
    Failure,
    ResultHeader,
)
from rivermouth.transcript.v1.transcript_pb2 import (
    LanguageDetected,
    SpeechActivity,
    TranscriptComplete,
    UtteranceEnd,
)
from services.asr import reasons
from services.asr.engine import NANOSECONDS_PER_SAMPLE, SAMPLE_RATE_HERTZ, Word, mean_confidence
from services.asr.language import ChannelLanguage
from services.asr.outbox import Outbox
from services.asr.profanity import ProfanityFilter
from services.asr.recogniser import RecognitionFailure, Timing
from services.asr.segment import Interim
from services.asr.utterance import Cause
from services.runtime.offsets import duration, from_seconds, set_duration
from services.runtime.results import ResultOrigin

_CAUSES = {
    Cause.SILENCE: UtteranceEnd.CAUSE_SILENCE,
    Cause.MAX_DURATION: UtteranceEnd.CAUSE_MAX_DURATION,
    Cause.FINALIZE: UtteranceEnd.CAUSE_FINALIZE,
    Cause.END_OF_AUDIO: UtteranceEnd.CAUSE_END_OF_AUDIO,
}
_CURSORS = "cursors"


class StreamResponses:
    """Makes the messages of one stream and puts them into its outbox."""

    def __init__(
        self,
        outbox: Outbox,
        origin: ResultOrigin,
        start_offset: int,
        language: str,
        positions: Callable[[], tuple[int, int, int]],
        profanity: ProfanityFilter | None = None,
        lag: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`language` is a tag, empty where it has to be found out; `positions` tells how far the stream is:
        accepted, interim, final, in samples; `profanity` masks what is sent; `lag` tells how late the
        recogniser is, in seconds.
        """
        self.outbox = outbox
        self.origin = origin
        self.start_offset = start_offset
        self.language = language
        self.profanity = profanity
        self._positions = positions
        self._lag = lag
        self._sent_accepted = 0
        self._sent_positions = (0, 0, 0)
        self._teller: StreamingRecognizeResponse | None = None
        """The message that tells them."""
        self._finals: list[tuple[int, str, str]] = []  # start, segment id, text
        self._failed = 0

    def at(self, position: int) -> Duration:
        """A position in samples on the caller's clock."""
        return duration(self.start_offset + position * NANOSECONDS_PER_SAMPLE)

    def set_position(self, target: Duration, position: int) -> None:
        """Make a field a position in samples on the caller's clock."""
        set_duration(target, self.start_offset + position * NANOSECONDS_PER_SAMPLE)

    def started(self, engine: str, model: str) -> None:
        """The stream is set up."""
        self.outbox.put(StreamingRecognizeResponse(started=RecognitionStarted(engine=engine, model=model)))

    def failure(self, reason: str, message: str, metadata: dict[str, str] | None = None) -> None:
        """A piece of the input could not be used."""
        failure = Failure(reason=reason, message=message, metadata=metadata)
        self.outbox.put(StreamingRecognizeResponse(failure=failure))

    def finalized(self, request_id: int, closed: int) -> None:
        """A finalize was carried out."""
        finalized = RecognitionFinalized(request_id=request_id, closed=closed)
        self.put(StreamingRecognizeResponse(finalized=finalized))

    def put(
        self, response: StreamingRecognizeResponse, key: str | None = None
    ) -> StreamingRecognizeResponse | None:
        """Have a response sent that tells how far the stream is, unless that was said last; as Outbox.put."""
        self._add_cursors(response)
        unsent = self.outbox.put(response, key)
        if unsent is not None and unsent is self._teller and not response.HasField("cursors"):
            response.cursors.CopyFrom(unsent.cursors)  # nobody has told them since
            self._teller = response
        return unsent

    def _add_cursors(self, response: StreamingRecognizeResponse) -> None:
        positions = self._positions()
        if positions == self._sent_positions:
            return
        self._sent_positions = positions
        self._teller = response
        accepted, interim, final = positions
        self._sent_accepted = accepted
        cursors = response.cursors
        self.set_position(cursors.accepted, accepted)
        self.set_position(cursors.interim, interim)
        self.set_position(cursors.final, final)
        if lag := self._lag():
            set_duration(cursors.lag, from_seconds(lag))

    def progress(self, accepted: int) -> None:
        """Tell the cursors if a second of audio, in samples, was accepted since they were told last."""
        if accepted - self._sent_accepted >= SAMPLE_RATE_HERTZ:
            self.put(StreamingRecognizeResponse(), _CURSORS)

    def note_final(self, start: int, segment_id: str, text: str) -> None:
        """Remember a final for the whole text; `start` in nanoseconds."""
        self._finals.append((start, segment_id, text))

    def note_failed(self) -> None:
        """Remember that a segment is missing."""
        self._failed += 1

    def complete(self, broken: Failure | None) -> None:
        """The whole text; `broken` says why audio could not be taken in, if so."""
        finals = sorted(self._finals)
        text = " ".join(final[2] for final in finals)
        result = self.origin.open(0, "complete")
        if broken is not None:
            header = result.final(OUTCOME_TRUNCATED if finals else OUTCOME_FAILED, broken)
        elif self._failed:
            failure = Failure(
                reason=reasons.RECOGNITION_INCOMPLETE,
                message=f"{self._failed} of {self._failed + len(finals)} segments could not be recognised",
            )
            header = result.final(OUTCOME_TRUNCATED if finals else OUTCOME_FAILED, failure)
        else:
            header = result.final(OUTCOME_COMPLETE)
        complete = TranscriptComplete(
            header=header,
            text=text,
            segment_ids=[final[1] for final in finals],
            word_count=len(text.split()),
        )
        self.put(StreamingRecognizeResponse(transcript_complete=complete))


class ChannelResponses:
    """The messages of one channel."""

    def __init__(
        self, stream: StreamResponses, tag: int, speaker: str, on_change: Callable[[], None]
    ) -> None:
        self.stream = stream
        self.tag = tag
        self.speaker = speaker
        self.changed = on_change
        self._language = ChannelLanguage(stream.language)
        self._segments = 0

    @property
    def language_code(self) -> str:
        """Tag of the language that is spoken; empty while it is not known."""
        return self._language.tag

    def speech(self, *, begins: bool, position: int) -> None:
        """Somebody starts or stops to speak."""
        kind = SpeechActivity.TYPE_SPEECH_BEGIN if begins else SpeechActivity.TYPE_SPEECH_END
        activity = SpeechActivity(type=kind, channel_tag=self.tag, offset=self.stream.at(position))
        self.stream.outbox.put(StreamingRecognizeResponse(speech_activity=activity))

    def language(self, tag: str, confidence: float | None, position: int) -> None:
        """An engine detected a language; told only if it is news."""
        if self._language.hear(tag):
            detected = LanguageDetected(
                channel_tag=self.tag,
                language_code=tag,
                confidence=confidence,
                offset=self.stream.at(position),
            )
            self.stream.outbox.put(StreamingRecognizeResponse(language_detected=detected))

    def open_segment(self) -> SegmentResponses:
        """A new segment of this channel."""
        self._segments += 1
        return SegmentResponses(self, self._segments)

    def utterance_end(self, cause: Cause, start: int, end: int, segment_id: str) -> None:
        """An utterance is closed."""
        stream = self.stream
        message = UtteranceEnd(
            cause=_CAUSES[cause],
            channel_tag=self.tag,
            start_offset=stream.at(start),
            end_offset=stream.at(end),
            segment_id=segment_id,
        )
        stream.put(StreamingRecognizeResponse(utterance_end=message))


class SegmentResponses:
    """The messages of one segment."""

    def __init__(self, channel: ChannelResponses, ordinal: int) -> None:
        self._channel = channel
        self._stream = channel.stream
        self._result = self._stream.origin.open(channel.tag, ordinal)

    @property
    def segment_id(self) -> str:
        return self._result.result_id

    def interim(self, interim: Interim, start: int, end: int, timing: Timing) -> None:
        """What is said so far."""
        response = self._response(self._result.partial(), interim.words, interim.settled, start, end)
        response.transcript.stability = interim.stability
        self._put(response, timing, key=self.segment_id)

    def final(self, words: tuple[Word, ...], start: int, end: int, timing: Timing) -> None:
        """What was said."""
        response = self._response(self._result.final(), words, len(words), start, end)
        confidence = mean_confidence(words)
        if confidence is not None:
            response.transcript.confidence = confidence
        self._stream.note_final(start, self.segment_id, response.transcript.text)
        self._put(response, timing)

    def skipped(self, start: int, end: int, timing: Timing) -> None:
        """Nothing, in the end."""
        failure = Failure(
            reason=reasons.NO_SPEECH_RECOGNISED, message="what sounded like speech held no words"
        )
        header = self._result.final(OUTCOME_SKIPPED, failure)
        self._put(self._response(header, (), 0, start, end), timing)

    def failed(self, words: tuple[Word, ...], start: int, end: int, failure: RecognitionFailure) -> None:
        """No final."""
        told = Failure(reason=failure.reason, message=failure.message, retryable=failure.retryable)
        header = self._result.final(OUTCOME_FAILED, told)
        self._stream.note_failed()
        self._put(self._response(header, words, 0, start, end), Timing())

    def _response(
        self, header: ResultHeader, words: tuple[Word, ...], settled: int, start: int, end: int
    ) -> StreamingRecognizeResponse:
        """A transcript. It is written in place, for an interim comes often: a message made first and then
        handed to another is copied, word by word, which takes twice the time.
        """
        stream = self._stream
        if stream.profanity is not None:
            words = stream.profanity.mask_words(words)
        response = StreamingRecognizeResponse()
        transcript = response.transcript
        transcript.header.CopyFrom(header)
        transcript.channel_tag = self._channel.tag
        transcript.speaker = self._channel.speaker
        stream.set_position(transcript.start_offset, start)
        stream.set_position(transcript.end_offset, end)
        transcript.text = " ".join([word.text for word in words])
        transcript.is_final = not header.partial
        transcript.language_code = self._channel.language_code
        for index, word in enumerate(words):
            told = transcript.words.add()
            told.text = word.text
            set_duration(told.start_offset, stream.start_offset + word.start)
            set_duration(told.end_offset, stream.start_offset + word.end)
            if word.confidence is not None:
                told.confidence = word.confidence
            told.is_final = index < settled
        return response

    def _put(self, response: StreamingRecognizeResponse, timing: Timing, key: str | None = None) -> None:
        set_duration(response.latency.queue, timing.queue)
        set_duration(response.latency.inference, timing.inference)
        unsent = self._stream.put(response, key)
        if unsent is not None:  # nobody has seen that revision: this one takes its place
            header, newer = unsent.transcript.header, response.transcript.header
            newer.revision, newer.phase = header.revision, header.phase
            self._result.revision = header.revision
