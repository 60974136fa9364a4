"""What is said of a whole conversation: its turns, its statistics, its keywords. From segments to
messages."""

from collections import deque
from collections.abc import Iterable, Iterator

from rivermouth.result.v1.result_pb2 import Evidence, ResultHeader, SegmentRef
from rivermouth.semantics.v1 import semantics_pb2
from rivermouth.semantics.v1.semantics_pb2 import Annotation, ConversationStats, StreamingAnnotateResponse
from rivermouth.transcript.v1.transcript_pb2 import Transcript
from services.runtime.offsets import duration, nanoseconds
from services.runtime.results import ResultOrigin
from services.semantics.keywords import SessionKeywords
from services.semantics.meaning import Found, Kind
from services.semantics.messages import AnnotateConfig
from services.semantics.stats import Conversation, SpeakerStats
from services.semantics.turns import Speaker, Speech, SpeechOrder, Turn, Turns

TOP_KEYWORDS = 10
MAX_EVIDENCE = 1000
"""Segments that the statistics name. Overflow: the oldest are left out."""


class ConversationResults:
    """One stream's turns and statistics; every method gives the messages that are due."""

    def __init__(self, config: AnnotateConfig, origin: ResultOrigin) -> None:
        self._disabled = config.disabled
        self._origin = origin
        self._order = SpeechOrder(config.watermarks)
        self._turns = Turns(config.turn_gap)
        self._conversation = Conversation()
        self._keywords = SessionKeywords()
        self._stats = origin.open(0, "stats")
        self._used: deque[SegmentRef] = deque(maxlen=MAX_EVIDENCE)

    def add(self, segment: Transcript) -> Iterable[StreamingAnnotateResponse]:
        """A final segment with text came."""
        speech = Speech(
            nanoseconds(segment.start_offset),
            nanoseconds(segment.end_offset),
            Speaker(segment.channel_tag, segment.speaker),
            segment.header.result_id,
            segment.header.revision,
        )
        return self._joined(self._order.add(speech))

    def advance(self, watermark: int) -> Iterator[StreamingAnnotateResponse]:
        """All channels have passed a point, in nanoseconds."""
        yield from self._joined(self._order.advance(watermark))
        yield from self._ended(self._turns.advance(self._order.watermark))

    def finish(self) -> Iterator[StreamingAnnotateResponse]:
        """Nothing comes any more: the last turn, and the statistics of all."""
        yield from self._joined(self._order.flush())
        yield from self._ended(self._turns.finish())
        if self._conversation.has_turns and Annotation.KIND_CONVERSATION_STATS not in self._disabled:
            self._stats.evidence = Evidence(segments=self._used)
            yield self._statistics(self._stats.final(), self._order.watermark)

    def ranked(self, found: Iterable[Found]) -> list[Found]:
        """The findings of the next segment, keywords with their rank in the session."""
        return [self._ranked(each) if each.kind is Kind.KEYWORD else each for each in found]

    def _ranked(self, keyword: Found) -> Found:
        count, score = (int(keyword.attributes.get(name, "1")) for name in ("count", "score"))
        rank, total = self._keywords.add(keyword.normalized, keyword.label, count, score)
        facts = {**keyword.attributes, "session_rank": str(rank), "session_count": str(total)}
        return keyword._replace(attributes=facts)

    def _joined(self, ready: Iterable[Speech]) -> Iterator[StreamingAnnotateResponse]:
        for speech in ready:
            yield from self._ended(self._turns.add(speech))

    def _ended(self, turn: Turn | None) -> Iterator[StreamingAnnotateResponse]:
        if turn is None:
            return
        self._conversation.add(turn)
        used = [SegmentRef(segment_id=each.segment_id, revision=each.revision) for each in turn.segments]
        self._used.extend(used)
        if Annotation.KIND_TURN not in self._disabled:
            header = self._origin.open(0, f"turn-{turn.number}", Evidence(segments=used)).final()
            yield StreamingAnnotateResponse(turn=_turn(turn, header))
        if Annotation.KIND_CONVERSATION_STATS not in self._disabled:
            yield self._statistics(self._stats.partial())

    def _statistics(self, header: ResultHeader, until: int = 0) -> StreamingAnnotateResponse:
        stats = self._conversation.stats(until)
        message = ConversationStats(
            header=header,
            speakers=[_speaker(each) for each in stats.speakers],
            overlap=duration(stats.overlap),
            silence=duration(stats.silence),
            watermark=duration(stats.until),
        )
        if Annotation.KIND_KEYWORD not in self._disabled:
            for label, count, score in self._keywords.top(TOP_KEYWORDS):
                message.keywords.add(label=label, count=count, score=score)
        return StreamingAnnotateResponse(conversation_stats=message)


def _turn(turn: Turn, header: ResultHeader) -> semantics_pb2.Turn:
    return semantics_pb2.Turn(
        header=header,
        speaker=turn.speaker.name,
        channel_tag=turn.speaker.channel,
        start_offset=duration(turn.start),
        end_offset=duration(turn.end),
        segment_ids=[each.segment_id for each in turn.segments],
    )


def _speaker(stats: SpeakerStats) -> semantics_pb2.SpeakerStats:
    return semantics_pb2.SpeakerStats(
        speaker=stats.speaker.name,
        channel_tag=stats.speaker.channel,
        talk_time=duration(stats.talk_time),
        share=stats.share,
        turns=stats.turns,
        mean_turn=duration(stats.mean_turn),
        interruptions=stats.interruptions,
        overlap=duration(stats.overlap),
        response_latency=None if stats.latency is None else duration(stats.latency),
    )
