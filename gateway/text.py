"""What comes in as text: chunks joined to segments, told as transcripts like those of a recogniser."""

from __future__ import annotations

from gateway.events import result_of
from gateway.intake import InputRefused
from gateway.ledger import Result
from gateway.merge import TEXT
from gateway.segments import DEFAULT_MAX_GAP, Chunk, ChunkRefused, Segment, Segmenter
from gateway.speakers import Speakers
from rivermouth.result.v1 import result_pb2
from rivermouth.session.v1 import config_pb2
from rivermouth.transcript.v1 import transcript_pb2
from services.runtime.offsets import SECOND, duration, nanoseconds
from services.runtime.results import OpenResult, ResultOrigin

MAX_CHARACTERS = 20_000
# No conversation lasts that long; a time beyond it is an error of units.
_LATEST = 7 * 24 * 3600 * SECOND


class TextIntake:
    """The text of one session without audio."""

    def __init__(self, session_id: str, config: config_pb2.StreamingConfig, speakers: Speakers) -> None:
        self._speakers = speakers
        segmentation = config.segmentation
        gap = nanoseconds(segmentation.max_gap) if segmentation.HasField("max_gap") else DEFAULT_MAX_GAP
        self._segmenter = Segmenter(gap)
        language = config.recognition.language_code
        self._language = "" if language == "auto" else language
        identity = result_pb2.StreamIdentity(session_id=session_id, stage=TEXT)
        self._origin = ResultOrigin(identity, TEXT, "")
        self._open: dict[int, OpenResult] = {}
        self.received = 0
        """The latest end of a chunk, nanoseconds."""

    def accept(self, chunk: transcript_pb2.TextChunk) -> list[Result]:
        """The transcripts that a chunk changes: at most one final, then exactly one partial.

        Raises:
            InputRefused: a bad chunk, with the field that is wrong; nothing changed.
        """
        start, end = (self._time(chunk, field) for field in ("start_offset", "end_offset"))
        if not 0 <= chunk.channel_tag <= 8:
            raise InputRefused(
                "TEXT_CHANNEL_INVALID", "text_chunk.channel_tag", f"is {chunk.channel_tag}; 0 to 8"
            )
        if len(chunk.text) > MAX_CHARACTERS:
            raise InputRefused(
                "TEXT_TOO_LONG",
                "text_chunk.text",
                f"has {len(chunk.text)} characters, at most {MAX_CHARACTERS}; send it in pieces",
            )
        speaker = self._speakers.at(chunk.channel_tag, start, end) or chunk.speaker
        try:
            segments = self._segmenter.accept(Chunk(start, end, chunk.text, speaker, chunk.channel_tag))
        except ChunkRefused as refused:
            raise InputRefused(refused.reason, f"text_chunk.{refused.field}", str(refused)) from None
        self.received = max(self.received, end)
        return [self._transcript(segment) for segment in segments]

    def flush(self, channel: int = 0) -> list[Result]:
        """Close the open segment of a channel, 0 for all."""
        return [self._transcript(segment) for segment in self._segmenter.flush(channel or None)]

    def rename(self) -> None:
        """It is known better who speaks: what is open may belong to another."""
        self._segmenter.rename(self._speaker_of)

    @property
    def settled(self) -> int:
        """The point before which nothing can change, nanoseconds."""
        return self._segmenter.settled

    def _time(self, chunk: transcript_pb2.TextChunk, field: str) -> int:
        value = getattr(chunk, field)
        time = nanoseconds(value)
        if not 0 <= value.nanos < SECOND or not 0 <= time <= _LATEST:
            shown = f"{value.seconds} s {value.nanos} ns"
            raise InputRefused(
                "TEXT_TIME_INVALID",
                f"text_chunk.{field}",
                f"is {shown}; a time from 0 s up to 7 days, with nanos from 0 to 999999999",
            )
        return time

    def _speaker_of(self, segment: Segment) -> str:
        return self._speakers.at(segment.channel, segment.start, segment.end) or segment.speaker

    def _transcript(self, segment: Segment) -> Result:
        opened = self._open.get(segment.channel)
        if opened is None or opened.ended:
            opened = self._open[segment.channel] = self._origin.open(segment.channel, segment.ordinal)
        body = transcript_pb2.Transcript(
            header=opened.final() if segment.final else opened.partial(),
            channel_tag=segment.channel,
            speaker=self._speaker_of(segment),
            start_offset=duration(segment.start),
            end_offset=duration(segment.end),
            text=segment.text,
            is_final=segment.final,
            language_code=self._language,
        )
        return result_of("transcript", TEXT, body, None, segment.channel, opened.result_id)
