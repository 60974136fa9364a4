from rivermouth.audio.v1 import audio_pb2 as _audio_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from rivermouth.semantics.v1 import semantics_pb2 as _semantics_pb2
from rivermouth.transcript.v1 import transcript_pb2 as _transcript_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Trigger(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRIGGER_UNSPECIFIED: _ClassVar[Trigger]
    TRIGGER_SEGMENT: _ClassVar[Trigger]
    TRIGGER_TURN: _ClassVar[Trigger]
    TRIGGER_SESSION: _ClassVar[Trigger]
TRIGGER_UNSPECIFIED: Trigger
TRIGGER_SEGMENT: Trigger
TRIGGER_TURN: Trigger
TRIGGER_SESSION: Trigger

class AnalysisRequest(_message.Message):
    __slots__ = ("name", "trigger", "options")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    name: str
    trigger: Trigger
    options: _containers.ScalarMap[str, str]
    def __init__(self, name: _Optional[str] = ..., trigger: _Optional[_Union[Trigger, str]] = ..., options: _Optional[_Mapping[str, str]] = ...) -> None: ...

class SessionContext(_message.Message):
    __slots__ = ("speaker_spans", "dialogue_acts", "sentiment_trend", "baseline_profile", "earlier_summaries")
    class BaselineProfileEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    SPEAKER_SPANS_FIELD_NUMBER: _ClassVar[int]
    DIALOGUE_ACTS_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_TREND_FIELD_NUMBER: _ClassVar[int]
    BASELINE_PROFILE_FIELD_NUMBER: _ClassVar[int]
    EARLIER_SUMMARIES_FIELD_NUMBER: _ClassVar[int]
    speaker_spans: _containers.RepeatedCompositeFieldContainer[_transcript_pb2.SpeakerSpan]
    dialogue_acts: _containers.RepeatedScalarFieldContainer[str]
    sentiment_trend: _containers.RepeatedScalarFieldContainer[float]
    baseline_profile: _containers.ScalarMap[str, float]
    earlier_summaries: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, speaker_spans: _Optional[_Iterable[_Union[_transcript_pb2.SpeakerSpan, _Mapping]]] = ..., dialogue_acts: _Optional[_Iterable[str]] = ..., sentiment_trend: _Optional[_Iterable[float]] = ..., baseline_profile: _Optional[_Mapping[str, float]] = ..., earlier_summaries: _Optional[_Iterable[str]] = ...) -> None: ...

class StreamingAnalysisConfig(_message.Message):
    __slots__ = ("identity", "analyses", "llm_providers", "context", "language_code", "audio_format")
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    ANALYSES_FIELD_NUMBER: _ClassVar[int]
    LLM_PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    identity: _result_pb2.StreamIdentity
    analyses: _containers.RepeatedCompositeFieldContainer[AnalysisRequest]
    llm_providers: _containers.RepeatedScalarFieldContainer[str]
    context: SessionContext
    language_code: str
    audio_format: _audio_pb2.AudioFormat
    def __init__(self, identity: _Optional[_Union[_result_pb2.StreamIdentity, _Mapping]] = ..., analyses: _Optional[_Iterable[_Union[AnalysisRequest, _Mapping]]] = ..., llm_providers: _Optional[_Iterable[str]] = ..., context: _Optional[_Union[SessionContext, _Mapping]] = ..., language_code: _Optional[str] = ..., audio_format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ...) -> None: ...

class AnnotatedSegment(_message.Message):
    __slots__ = ("transcript", "semantic", "replayed")
    TRANSCRIPT_FIELD_NUMBER: _ClassVar[int]
    SEMANTIC_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    transcript: _transcript_pb2.Transcript
    semantic: _semantics_pb2.SemanticAnnotation
    replayed: bool
    def __init__(self, transcript: _Optional[_Union[_transcript_pb2.Transcript, _Mapping]] = ..., semantic: _Optional[_Union[_semantics_pb2.SemanticAnnotation, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class StreamingAnalyzeRequest(_message.Message):
    __slots__ = ("streaming_config", "segment", "audio", "turn", "upstream_failure")
    STREAMING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_FAILURE_FIELD_NUMBER: _ClassVar[int]
    streaming_config: StreamingAnalysisConfig
    segment: AnnotatedSegment
    audio: _audio_pb2.AudioChunk
    turn: _semantics_pb2.Turn
    upstream_failure: _result_pb2.Failure
    def __init__(self, streaming_config: _Optional[_Union[StreamingAnalysisConfig, _Mapping]] = ..., segment: _Optional[_Union[AnnotatedSegment, _Mapping]] = ..., audio: _Optional[_Union[_audio_pb2.AudioChunk, _Mapping]] = ..., turn: _Optional[_Union[_semantics_pb2.Turn, _Mapping]] = ..., upstream_failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ...) -> None: ...

class QuantitativeMetrics(_message.Message):
    __slots__ = ("words", "unique_words", "segments", "hesitations", "words_per_minute", "type_token_ratio", "mean_word_length")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_WORDS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    HESITATIONS_FIELD_NUMBER: _ClassVar[int]
    WORDS_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    TYPE_TOKEN_RATIO_FIELD_NUMBER: _ClassVar[int]
    MEAN_WORD_LENGTH_FIELD_NUMBER: _ClassVar[int]
    words: int
    unique_words: int
    segments: int
    hesitations: int
    words_per_minute: float
    type_token_ratio: float
    mean_word_length: float
    def __init__(self, words: _Optional[int] = ..., unique_words: _Optional[int] = ..., segments: _Optional[int] = ..., hesitations: _Optional[int] = ..., words_per_minute: _Optional[float] = ..., type_token_ratio: _Optional[float] = ..., mean_word_length: _Optional[float] = ...) -> None: ...

class LocalPart(_message.Message):
    __slots__ = ("quantitative_metrics", "waiting_for")
    QUANTITATIVE_METRICS_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    quantitative_metrics: QuantitativeMetrics
    waiting_for: str
    def __init__(self, quantitative_metrics: _Optional[_Union[QuantitativeMetrics, _Mapping]] = ..., waiting_for: _Optional[str] = ...) -> None: ...

class LlmPart(_message.Message):
    __slots__ = ("provider", "model", "input_tokens", "output_tokens", "attempt", "fallback_from", "simulated")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_FROM_FIELD_NUMBER: _ClassVar[int]
    SIMULATED_FIELD_NUMBER: _ClassVar[int]
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    attempt: int
    fallback_from: str
    simulated: bool
    def __init__(self, provider: _Optional[str] = ..., model: _Optional[str] = ..., input_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ..., attempt: _Optional[int] = ..., fallback_from: _Optional[str] = ..., simulated: _Optional[bool] = ...) -> None: ...

class Analysis(_message.Message):
    __slots__ = ("header", "name", "chunk_index", "local", "llm", "errors")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CHUNK_INDEX_FIELD_NUMBER: _ClassVar[int]
    LOCAL_FIELD_NUMBER: _ClassVar[int]
    LLM_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    name: str
    chunk_index: int
    local: LocalPart
    llm: LlmPart
    errors: _containers.RepeatedCompositeFieldContainer[_result_pb2.Failure]
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., name: _Optional[str] = ..., chunk_index: _Optional[int] = ..., local: _Optional[_Union[LocalPart, _Mapping]] = ..., llm: _Optional[_Union[LlmPart, _Mapping]] = ..., errors: _Optional[_Iterable[_Union[_result_pb2.Failure, _Mapping]]] = ...) -> None: ...

class Summary(_message.Message):
    __slots__ = ("header", "text", "topics", "decisions", "action_items")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    ACTION_ITEMS_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    text: str
    topics: _containers.RepeatedScalarFieldContainer[str]
    decisions: _containers.RepeatedScalarFieldContainer[str]
    action_items: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., text: _Optional[str] = ..., topics: _Optional[_Iterable[str]] = ..., decisions: _Optional[_Iterable[str]] = ..., action_items: _Optional[_Iterable[str]] = ...) -> None: ...

class WorkflowRouted(_message.Message):
    __slots__ = ("work_id", "queue", "segment_id")
    WORK_ID_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    work_id: str
    queue: str
    segment_id: str
    def __init__(self, work_id: _Optional[str] = ..., queue: _Optional[str] = ..., segment_id: _Optional[str] = ...) -> None: ...

class WorkflowResult(_message.Message):
    __slots__ = ("header", "work_id", "queue", "text")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    WORK_ID_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    work_id: str
    queue: str
    text: str
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., work_id: _Optional[str] = ..., queue: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class StreamingAnalyzeResponse(_message.Message):
    __slots__ = ("analysis", "summary", "workflow_routed", "workflow_result", "failure", "latency")
    ANALYSIS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ROUTED_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_RESULT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    analysis: Analysis
    summary: Summary
    workflow_routed: WorkflowRouted
    workflow_result: WorkflowResult
    failure: _result_pb2.Failure
    latency: _result_pb2.Latency
    def __init__(self, analysis: _Optional[_Union[Analysis, _Mapping]] = ..., summary: _Optional[_Union[Summary, _Mapping]] = ..., workflow_routed: _Optional[_Union[WorkflowRouted, _Mapping]] = ..., workflow_result: _Optional[_Union[WorkflowResult, _Mapping]] = ..., failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., latency: _Optional[_Union[_result_pb2.Latency, _Mapping]] = ...) -> None: ...
