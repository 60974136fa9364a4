"""The messages of a session's client side: its configuration, and the numbers that each message gets."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from rivermouth.analysis.v1.analysis_pb2 import SessionContext
from rivermouth.analysis.v1.redaction_pb2 import RedactionConfig
from rivermouth.asr.v1.asr_pb2 import ChannelConfig, RecognitionConfig
from rivermouth.audio.v1.audio_pb2 import AudioFormat
from rivermouth.client.formats import frame_bytes
from rivermouth.client.offsets import NANOS
from rivermouth.session.v1.config_pb2 import (
    AnalyserConfig,
    EventFilter,
    Segmentation,
    SessionLimits,
    StreamingConfig,
)
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeRequest

# The library waits for these, so they are asked for whatever else a filter says.
_ANSWERS = ("finalize_ack", "config_updated", "config_rejected", "error")


class SessionOptions(TypedDict, total=False):
    """What a session may be asked for. The messages are those of rivermouth/session/v1/config.proto."""

    analysers: Sequence[str | AnalyserConfig]
    """What to run beside recognition, by name or with trigger and options; empty: the server's defaults."""
    recognition: RecognitionConfig
    """How to recognise."""
    channel_names: Sequence[str]
    """Speakers of channels 1, 2, …; the short form of `recognition.channels`."""
    event_filter: EventFilter
    """Which events to get. Answers to `finalize` and `update_config`, and errors, come in any case."""
    labels: Mapping[str, str]
    """For your own bookkeeping."""
    limits: SessionLimits
    """Longest session and longest silence of the sender."""
    context: SessionContext
    """What is known already."""
    segmentation: Segmentation
    """How text chunks are joined to segments."""
    llm_providers: Sequence[str]
    """Language model providers in order of preference."""
    cache_answers: bool
    """Whether a model's answer may be kept, and given again where the very same is asked."""
    redaction: RedactionConfig
    """What personal data is replaced before any text leaves for a language model; left out: none is."""
    traceparent: str
    """W3C trace context; where it is left out and OpenTelemetry is installed, that of the current span."""


def streaming_config(audio_format: AudioFormat | None, options: SessionOptions) -> StreamingConfig:
    """The first message of a session; without `audio_format` it is one of text chunks."""
    config = StreamingConfig(
        audio_format=audio_format,
        recognition=options.get("recognition"),
        analysers=[
            AnalyserConfig(name=analyser) if isinstance(analyser, str) else analyser
            for analyser in options.get("analysers", ())
        ],
        llm_providers=options.get("llm_providers", ()),
        cache_answers=options.get("cache_answers", False),
        limits=options.get("limits"),
        context=options.get("context"),
        labels=options.get("labels", {}),
        segmentation=options.get("segmentation"),
        redaction=options.get("redaction"),
    )
    for tag, name in enumerate(options.get("channel_names", ()), start=1):
        config.recognition.channels.append(ChannelConfig(channel_tag=tag, speaker=name))
    if "event_filter" in options:
        config.event_filter.CopyFrom(with_answers(options["event_filter"]))
    return config


def with_answers(event_filter: EventFilter) -> EventFilter:
    """The filter, letting through what the library itself waits for."""
    include = list(event_filter.include)
    return EventFilter(
        include=[*include, *(kind for kind in _ANSWERS if kind not in include)] if include else (),
        exclude=[kind for kind in event_filter.exclude if kind not in _ANSWERS],
        only_final=event_filter.only_final,
    )


class Numbering:
    """Gives each message its client_sequence, and PCM audio its place in the stream."""

    def __init__(self, audio_format: AudioFormat | None) -> None:
        self._frame_bytes = None if audio_format is None else frame_bytes(audio_format)
        self._rate = 0 if audio_format is None else audio_format.sample_rate_hertz
        self._frames = 0
        self._sent = 0

    def stamp(self, request: StreamingAnalyzeRequest) -> int:
        """Numbers the message that is sent next; returns its client_sequence."""
        self._sent += 1
        request.client_sequence = self._sent
        if self._frame_bytes is not None:
            kind = request.WhichOneof("request")
            if kind == "audio":
                request.audio.sample_offset = self._frames
                self._frames += len(request.audio.content) // self._frame_bytes
            elif kind == "silence":
                # Silence counts on the session's clock like the same length of zeros.
                self._frames += round(request.silence.duration.ToNanoseconds() * self._rate / NANOS)
        return self._sent
