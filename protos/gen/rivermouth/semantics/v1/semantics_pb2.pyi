import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from rivermouth.transcript.v1 import transcript_pb2 as _transcript_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Intent(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INTENT_UNSPECIFIED: _ClassVar[Intent]
    INTENT_QUESTION: _ClassVar[Intent]
    INTENT_CLARIFICATION: _ClassVar[Intent]
    INTENT_ACTION_ITEM: _ClassVar[Intent]
    INTENT_COMMITMENT: _ClassVar[Intent]
    INTENT_DECISION: _ClassVar[Intent]
    INTENT_AGREEMENT: _ClassVar[Intent]
    INTENT_GENERAL: _ClassVar[Intent]
INTENT_UNSPECIFIED: Intent
INTENT_QUESTION: Intent
INTENT_CLARIFICATION: Intent
INTENT_ACTION_ITEM: Intent
INTENT_COMMITMENT: Intent
INTENT_DECISION: Intent
INTENT_AGREEMENT: Intent
INTENT_GENERAL: Intent

class Span(_message.Message):
    __slots__ = ("start_char", "end_char", "start_word", "end_word")
    START_CHAR_FIELD_NUMBER: _ClassVar[int]
    END_CHAR_FIELD_NUMBER: _ClassVar[int]
    START_WORD_FIELD_NUMBER: _ClassVar[int]
    END_WORD_FIELD_NUMBER: _ClassVar[int]
    start_char: int
    end_char: int
    start_word: int
    end_word: int
    def __init__(self, start_char: _Optional[int] = ..., end_char: _Optional[int] = ..., start_word: _Optional[int] = ..., end_word: _Optional[int] = ...) -> None: ...

class Annotation(_message.Message):
    __slots__ = ("kind", "label", "text", "span", "normalized", "confidence", "attributes")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[Annotation.Kind]
        KIND_KEYWORD: _ClassVar[Annotation.Kind]
        KIND_TOPIC: _ClassVar[Annotation.Kind]
        KIND_RISK: _ClassVar[Annotation.Kind]
        KIND_QUESTION: _ClassVar[Annotation.Kind]
        KIND_ACTION_ITEM: _ClassVar[Annotation.Kind]
        KIND_COMMITMENT: _ClassVar[Annotation.Kind]
        KIND_DECISION: _ClassVar[Annotation.Kind]
        KIND_ENTITY: _ClassVar[Annotation.Kind]
        KIND_INTENT: _ClassVar[Annotation.Kind]
        KIND_SENTIMENT: _ClassVar[Annotation.Kind]
        KIND_TURN: _ClassVar[Annotation.Kind]
        KIND_CONVERSATION_STATS: _ClassVar[Annotation.Kind]
    KIND_UNSPECIFIED: Annotation.Kind
    KIND_KEYWORD: Annotation.Kind
    KIND_TOPIC: Annotation.Kind
    KIND_RISK: Annotation.Kind
    KIND_QUESTION: Annotation.Kind
    KIND_ACTION_ITEM: Annotation.Kind
    KIND_COMMITMENT: Annotation.Kind
    KIND_DECISION: Annotation.Kind
    KIND_ENTITY: Annotation.Kind
    KIND_INTENT: Annotation.Kind
    KIND_SENTIMENT: Annotation.Kind
    KIND_TURN: Annotation.Kind
    KIND_CONVERSATION_STATS: Annotation.Kind
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    KIND_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPAN_FIELD_NUMBER: _ClassVar[int]
    NORMALIZED_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    kind: Annotation.Kind
    label: str
    text: str
    span: Span
    normalized: str
    confidence: float
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, kind: _Optional[_Union[Annotation.Kind, str]] = ..., label: _Optional[str] = ..., text: _Optional[str] = ..., span: _Optional[_Union[Span, _Mapping]] = ..., normalized: _Optional[str] = ..., confidence: _Optional[float] = ..., attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Sentiment(_message.Message):
    __slots__ = ("score", "magnitude")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    MAGNITUDE_FIELD_NUMBER: _ClassVar[int]
    score: float
    magnitude: float
    def __init__(self, score: _Optional[float] = ..., magnitude: _Optional[float] = ...) -> None: ...

class SemanticAnnotation(_message.Message):
    __slots__ = ("header", "segment_id", "channel_tag", "speaker", "start_offset", "end_offset", "text", "primary_intent", "intents", "annotations", "sentiment")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_INTENT_FIELD_NUMBER: _ClassVar[int]
    INTENTS_FIELD_NUMBER: _ClassVar[int]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    segment_id: str
    channel_tag: int
    speaker: str
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    text: str
    primary_intent: Intent
    intents: _containers.RepeatedScalarFieldContainer[Intent]
    annotations: _containers.RepeatedCompositeFieldContainer[Annotation]
    sentiment: Sentiment
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., segment_id: _Optional[str] = ..., channel_tag: _Optional[int] = ..., speaker: _Optional[str] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., text: _Optional[str] = ..., primary_intent: _Optional[_Union[Intent, str]] = ..., intents: _Optional[_Iterable[_Union[Intent, str]]] = ..., annotations: _Optional[_Iterable[_Union[Annotation, _Mapping]]] = ..., sentiment: _Optional[_Union[Sentiment, _Mapping]] = ...) -> None: ...

class Turn(_message.Message):
    __slots__ = ("header", "speaker", "channel_tag", "start_offset", "end_offset", "segment_ids")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    speaker: str
    channel_tag: int
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., speaker: _Optional[str] = ..., channel_tag: _Optional[int] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SpeakerStats(_message.Message):
    __slots__ = ("speaker", "talk_time", "share", "turns", "mean_turn", "interruptions", "response_latency", "channel_tag", "overlap")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    TALK_TIME_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    MEAN_TURN_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTIONS_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_LATENCY_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    talk_time: _duration_pb2.Duration
    share: float
    turns: int
    mean_turn: _duration_pb2.Duration
    interruptions: int
    response_latency: _duration_pb2.Duration
    channel_tag: int
    overlap: _duration_pb2.Duration
    def __init__(self, speaker: _Optional[str] = ..., talk_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., share: _Optional[float] = ..., turns: _Optional[int] = ..., mean_turn: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., interruptions: _Optional[int] = ..., response_latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., channel_tag: _Optional[int] = ..., overlap: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SessionKeyword(_message.Message):
    __slots__ = ("label", "count", "score")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    label: str
    count: int
    score: int
    def __init__(self, label: _Optional[str] = ..., count: _Optional[int] = ..., score: _Optional[int] = ...) -> None: ...

class ConversationStats(_message.Message):
    __slots__ = ("header", "speakers", "overlap", "silence", "watermark", "keywords")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_FIELD_NUMBER: _ClassVar[int]
    SILENCE_FIELD_NUMBER: _ClassVar[int]
    WATERMARK_FIELD_NUMBER: _ClassVar[int]
    KEYWORDS_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    speakers: _containers.RepeatedCompositeFieldContainer[SpeakerStats]
    overlap: _duration_pb2.Duration
    silence: _duration_pb2.Duration
    watermark: _duration_pb2.Duration
    keywords: _containers.RepeatedCompositeFieldContainer[SessionKeyword]
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., speakers: _Optional[_Iterable[_Union[SpeakerStats, _Mapping]]] = ..., overlap: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., silence: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., watermark: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., keywords: _Optional[_Iterable[_Union[SessionKeyword, _Mapping]]] = ...) -> None: ...

class StreamingAnnotateConfig(_message.Message):
    __slots__ = ("identity", "language_code", "disabled_kinds", "options", "watermarks")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    DISABLED_KINDS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    WATERMARKS_FIELD_NUMBER: _ClassVar[int]
    identity: _result_pb2.StreamIdentity
    language_code: str
    disabled_kinds: _containers.RepeatedScalarFieldContainer[Annotation.Kind]
    options: _containers.ScalarMap[str, str]
    watermarks: bool
    def __init__(self, identity: _Optional[_Union[_result_pb2.StreamIdentity, _Mapping]] = ..., language_code: _Optional[str] = ..., disabled_kinds: _Optional[_Iterable[_Union[Annotation.Kind, str]]] = ..., options: _Optional[_Mapping[str, str]] = ..., watermarks: _Optional[bool] = ...) -> None: ...

class StreamingAnnotateRequest(_message.Message):
    __slots__ = ("streaming_config", "segment", "watermark", "upstream_failure")
    STREAMING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    WATERMARK_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_FAILURE_FIELD_NUMBER: _ClassVar[int]
    streaming_config: StreamingAnnotateConfig
    segment: _transcript_pb2.Transcript
    watermark: _duration_pb2.Duration
    upstream_failure: _result_pb2.Failure
    def __init__(self, streaming_config: _Optional[_Union[StreamingAnnotateConfig, _Mapping]] = ..., segment: _Optional[_Union[_transcript_pb2.Transcript, _Mapping]] = ..., watermark: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., upstream_failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ...) -> None: ...

class StreamingAnnotateResponse(_message.Message):
    __slots__ = ("semantic", "turn", "conversation_stats", "failure", "latency")
    SEMANTIC_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_STATS_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    semantic: SemanticAnnotation
    turn: Turn
    conversation_stats: ConversationStats
    failure: _result_pb2.Failure
    latency: _result_pb2.Latency
    def __init__(self, semantic: _Optional[_Union[SemanticAnnotation, _Mapping]] = ..., turn: _Optional[_Union[Turn, _Mapping]] = ..., conversation_stats: _Optional[_Union[ConversationStats, _Mapping]] = ..., failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., latency: _Optional[_Union[_result_pb2.Latency, _Mapping]] = ...) -> None: ...
