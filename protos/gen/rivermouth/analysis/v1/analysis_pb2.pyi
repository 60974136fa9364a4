import datetime

from google.protobuf import duration_pb2 as _duration_pb2
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
    __slots__ = ("words", "unique_words", "segments", "hesitations", "words_per_minute", "type_token_ratio", "mean_word_length", "sentences", "mean_sentence_length", "fillers", "qualifiers", "certainty_words", "repetitions", "hesitations_per_minute", "certainty_ratio", "formality", "complexity", "questions", "question_ratio", "sentiment", "sentiment_confidence", "speaking_time", "turns", "mean_turn", "overlap", "overlap_ratio")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_WORDS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    HESITATIONS_FIELD_NUMBER: _ClassVar[int]
    WORDS_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    TYPE_TOKEN_RATIO_FIELD_NUMBER: _ClassVar[int]
    MEAN_WORD_LENGTH_FIELD_NUMBER: _ClassVar[int]
    SENTENCES_FIELD_NUMBER: _ClassVar[int]
    MEAN_SENTENCE_LENGTH_FIELD_NUMBER: _ClassVar[int]
    FILLERS_FIELD_NUMBER: _ClassVar[int]
    QUALIFIERS_FIELD_NUMBER: _ClassVar[int]
    CERTAINTY_WORDS_FIELD_NUMBER: _ClassVar[int]
    REPETITIONS_FIELD_NUMBER: _ClassVar[int]
    HESITATIONS_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    CERTAINTY_RATIO_FIELD_NUMBER: _ClassVar[int]
    FORMALITY_FIELD_NUMBER: _ClassVar[int]
    COMPLEXITY_FIELD_NUMBER: _ClassVar[int]
    QUESTIONS_FIELD_NUMBER: _ClassVar[int]
    QUESTION_RATIO_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    SPEAKING_TIME_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    MEAN_TURN_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_RATIO_FIELD_NUMBER: _ClassVar[int]
    words: int
    unique_words: int
    segments: int
    hesitations: int
    words_per_minute: float
    type_token_ratio: float
    mean_word_length: float
    sentences: int
    mean_sentence_length: float
    fillers: int
    qualifiers: int
    certainty_words: int
    repetitions: int
    hesitations_per_minute: float
    certainty_ratio: float
    formality: float
    complexity: float
    questions: int
    question_ratio: float
    sentiment: float
    sentiment_confidence: float
    speaking_time: _duration_pb2.Duration
    turns: int
    mean_turn: _duration_pb2.Duration
    overlap: _duration_pb2.Duration
    overlap_ratio: float
    def __init__(self, words: _Optional[int] = ..., unique_words: _Optional[int] = ..., segments: _Optional[int] = ..., hesitations: _Optional[int] = ..., words_per_minute: _Optional[float] = ..., type_token_ratio: _Optional[float] = ..., mean_word_length: _Optional[float] = ..., sentences: _Optional[int] = ..., mean_sentence_length: _Optional[float] = ..., fillers: _Optional[int] = ..., qualifiers: _Optional[int] = ..., certainty_words: _Optional[int] = ..., repetitions: _Optional[int] = ..., hesitations_per_minute: _Optional[float] = ..., certainty_ratio: _Optional[float] = ..., formality: _Optional[float] = ..., complexity: _Optional[float] = ..., questions: _Optional[int] = ..., question_ratio: _Optional[float] = ..., sentiment: _Optional[float] = ..., sentiment_confidence: _Optional[float] = ..., speaking_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., turns: _Optional[int] = ..., mean_turn: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., overlap: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., overlap_ratio: _Optional[float] = ...) -> None: ...

class SpeakerFlow(_message.Message):
    __slots__ = ("speaker", "channel_tag", "talk_time", "share", "turns", "mean_turn", "interruptions", "overlap", "response_latency")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    TALK_TIME_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    MEAN_TURN_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTIONS_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_LATENCY_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    channel_tag: int
    talk_time: _duration_pb2.Duration
    share: float
    turns: int
    mean_turn: _duration_pb2.Duration
    interruptions: int
    overlap: _duration_pb2.Duration
    response_latency: _duration_pb2.Duration
    def __init__(self, speaker: _Optional[str] = ..., channel_tag: _Optional[int] = ..., talk_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., share: _Optional[float] = ..., turns: _Optional[int] = ..., mean_turn: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., interruptions: _Optional[int] = ..., overlap: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., response_latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ConversationFlow(_message.Message):
    __slots__ = ("speakers", "duration", "speech", "overlap", "silence", "turns", "interruptions", "turns_per_minute")
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    SPEECH_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_FIELD_NUMBER: _ClassVar[int]
    SILENCE_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTIONS_FIELD_NUMBER: _ClassVar[int]
    TURNS_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    speakers: _containers.RepeatedCompositeFieldContainer[SpeakerFlow]
    duration: _duration_pb2.Duration
    speech: _duration_pb2.Duration
    overlap: _duration_pb2.Duration
    silence: _duration_pb2.Duration
    turns: int
    interruptions: int
    turns_per_minute: float
    def __init__(self, speakers: _Optional[_Iterable[_Union[SpeakerFlow, _Mapping]]] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., speech: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., overlap: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., silence: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., turns: _Optional[int] = ..., interruptions: _Optional[int] = ..., turns_per_minute: _Optional[float] = ...) -> None: ...

class LabelCount(_message.Message):
    __slots__ = ("label", "count")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    label: str
    count: int
    def __init__(self, label: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class AskedQuestion(_message.Message):
    __slots__ = ("text", "speaker", "segment_id", "start_offset")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    text: str
    speaker: str
    segment_id: str
    start_offset: _duration_pb2.Duration
    def __init__(self, text: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_id: _Optional[str] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class EnhancedUnderstanding(_message.Message):
    __slots__ = ("keywords", "topics", "questions", "question_count")
    KEYWORDS_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    QUESTIONS_FIELD_NUMBER: _ClassVar[int]
    QUESTION_COUNT_FIELD_NUMBER: _ClassVar[int]
    keywords: _containers.RepeatedCompositeFieldContainer[LabelCount]
    topics: _containers.RepeatedCompositeFieldContainer[LabelCount]
    questions: _containers.RepeatedCompositeFieldContainer[AskedQuestion]
    question_count: int
    def __init__(self, keywords: _Optional[_Iterable[_Union[LabelCount, _Mapping]]] = ..., topics: _Optional[_Iterable[_Union[LabelCount, _Mapping]]] = ..., questions: _Optional[_Iterable[_Union[AskedQuestion, _Mapping]]] = ..., question_count: _Optional[int] = ...) -> None: ...

class IntentCount(_message.Message):
    __slots__ = ("intent", "primary", "listed", "share")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    LISTED_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    intent: _semantics_pb2.Intent
    primary: int
    listed: int
    share: float
    def __init__(self, intent: _Optional[_Union[_semantics_pb2.Intent, str]] = ..., primary: _Optional[int] = ..., listed: _Optional[int] = ..., share: _Optional[float] = ...) -> None: ...

class SpeakerIntents(_message.Message):
    __slots__ = ("speaker", "segments", "intents", "dominant")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    INTENTS_FIELD_NUMBER: _ClassVar[int]
    DOMINANT_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    segments: int
    intents: _containers.RepeatedCompositeFieldContainer[IntentCount]
    dominant: _semantics_pb2.Intent
    def __init__(self, speaker: _Optional[str] = ..., segments: _Optional[int] = ..., intents: _Optional[_Iterable[_Union[IntentCount, _Mapping]]] = ..., dominant: _Optional[_Union[_semantics_pb2.Intent, str]] = ...) -> None: ...

class SpeakerIntent(_message.Message):
    __slots__ = ("segments", "intents", "dominant", "speakers")
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    INTENTS_FIELD_NUMBER: _ClassVar[int]
    DOMINANT_FIELD_NUMBER: _ClassVar[int]
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    segments: int
    intents: _containers.RepeatedCompositeFieldContainer[IntentCount]
    dominant: _semantics_pb2.Intent
    speakers: _containers.RepeatedCompositeFieldContainer[SpeakerIntents]
    def __init__(self, segments: _Optional[int] = ..., intents: _Optional[_Iterable[_Union[IntentCount, _Mapping]]] = ..., dominant: _Optional[_Union[_semantics_pb2.Intent, str]] = ..., speakers: _Optional[_Iterable[_Union[SpeakerIntents, _Mapping]]] = ...) -> None: ...

class Trend(_message.Message):
    __slots__ = ("mean", "slope_per_minute", "direction", "values")
    class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DIRECTION_UNSPECIFIED: _ClassVar[Trend.Direction]
        DIRECTION_STEADY: _ClassVar[Trend.Direction]
        DIRECTION_RISING: _ClassVar[Trend.Direction]
        DIRECTION_FALLING: _ClassVar[Trend.Direction]
    DIRECTION_UNSPECIFIED: Trend.Direction
    DIRECTION_STEADY: Trend.Direction
    DIRECTION_RISING: Trend.Direction
    DIRECTION_FALLING: Trend.Direction
    MEAN_FIELD_NUMBER: _ClassVar[int]
    SLOPE_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    mean: float
    slope_per_minute: float
    direction: Trend.Direction
    values: int
    def __init__(self, mean: _Optional[float] = ..., slope_per_minute: _Optional[float] = ..., direction: _Optional[_Union[Trend.Direction, str]] = ..., values: _Optional[int] = ...) -> None: ...

class SessionInsights(_message.Message):
    __slots__ = ("results", "consistency", "speech_rate_consistency", "hesitation_consistency", "sentiment_consistency", "hesitation_trend", "risk_trend", "risks")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    SPEECH_RATE_CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    HESITATION_CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    HESITATION_TREND_FIELD_NUMBER: _ClassVar[int]
    RISK_TREND_FIELD_NUMBER: _ClassVar[int]
    RISKS_FIELD_NUMBER: _ClassVar[int]
    results: int
    consistency: float
    speech_rate_consistency: float
    hesitation_consistency: float
    sentiment_consistency: float
    hesitation_trend: Trend
    risk_trend: Trend
    risks: _containers.RepeatedCompositeFieldContainer[LabelCount]
    def __init__(self, results: _Optional[int] = ..., consistency: _Optional[float] = ..., speech_rate_consistency: _Optional[float] = ..., hesitation_consistency: _Optional[float] = ..., sentiment_consistency: _Optional[float] = ..., hesitation_trend: _Optional[_Union[Trend, _Mapping]] = ..., risk_trend: _Optional[_Union[Trend, _Mapping]] = ..., risks: _Optional[_Iterable[_Union[LabelCount, _Mapping]]] = ...) -> None: ...

class LocalPart(_message.Message):
    __slots__ = ("quantitative_metrics", "conversation_flow", "enhanced_understanding", "speaker_intent", "session_insights", "waiting_for")
    QUANTITATIVE_METRICS_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_FLOW_FIELD_NUMBER: _ClassVar[int]
    ENHANCED_UNDERSTANDING_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_INTENT_FIELD_NUMBER: _ClassVar[int]
    SESSION_INSIGHTS_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    quantitative_metrics: QuantitativeMetrics
    conversation_flow: ConversationFlow
    enhanced_understanding: EnhancedUnderstanding
    speaker_intent: SpeakerIntent
    session_insights: SessionInsights
    waiting_for: str
    def __init__(self, quantitative_metrics: _Optional[_Union[QuantitativeMetrics, _Mapping]] = ..., conversation_flow: _Optional[_Union[ConversationFlow, _Mapping]] = ..., enhanced_understanding: _Optional[_Union[EnhancedUnderstanding, _Mapping]] = ..., speaker_intent: _Optional[_Union[SpeakerIntent, _Mapping]] = ..., session_insights: _Optional[_Union[SessionInsights, _Mapping]] = ..., waiting_for: _Optional[str] = ...) -> None: ...

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

class SummaryPoint(_message.Message):
    __slots__ = ("kind", "text", "speaker", "segment_id", "start_offset")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[SummaryPoint.Kind]
        KIND_DECISION: _ClassVar[SummaryPoint.Kind]
        KIND_ACTION_ITEM: _ClassVar[SummaryPoint.Kind]
        KIND_COMMITMENT: _ClassVar[SummaryPoint.Kind]
    KIND_UNSPECIFIED: SummaryPoint.Kind
    KIND_DECISION: SummaryPoint.Kind
    KIND_ACTION_ITEM: SummaryPoint.Kind
    KIND_COMMITMENT: SummaryPoint.Kind
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    kind: SummaryPoint.Kind
    text: str
    speaker: str
    segment_id: str
    start_offset: _duration_pb2.Duration
    def __init__(self, kind: _Optional[_Union[SummaryPoint.Kind, str]] = ..., text: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_id: _Optional[str] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Summary(_message.Message):
    __slots__ = ("header", "text", "topics", "decisions", "action_items", "keywords", "segments", "chunk_index", "points", "waiting_for", "llm", "errors")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    ACTION_ITEMS_FIELD_NUMBER: _ClassVar[int]
    KEYWORDS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    CHUNK_INDEX_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    LLM_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    text: str
    topics: _containers.RepeatedScalarFieldContainer[str]
    decisions: _containers.RepeatedScalarFieldContainer[str]
    action_items: _containers.RepeatedScalarFieldContainer[str]
    keywords: _containers.RepeatedScalarFieldContainer[str]
    segments: int
    chunk_index: int
    points: _containers.RepeatedCompositeFieldContainer[SummaryPoint]
    waiting_for: str
    llm: LlmPart
    errors: _containers.RepeatedCompositeFieldContainer[_result_pb2.Failure]
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., text: _Optional[str] = ..., topics: _Optional[_Iterable[str]] = ..., decisions: _Optional[_Iterable[str]] = ..., action_items: _Optional[_Iterable[str]] = ..., keywords: _Optional[_Iterable[str]] = ..., segments: _Optional[int] = ..., chunk_index: _Optional[int] = ..., points: _Optional[_Iterable[_Union[SummaryPoint, _Mapping]]] = ..., waiting_for: _Optional[str] = ..., llm: _Optional[_Union[LlmPart, _Mapping]] = ..., errors: _Optional[_Iterable[_Union[_result_pb2.Failure, _Mapping]]] = ...) -> None: ...

class WorkflowRouted(_message.Message):
    __slots__ = ("work_id", "queue", "segment_id", "text", "speaker", "start_offset", "end_offset", "intent", "priority")
    WORK_ID_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    work_id: str
    queue: str
    segment_id: str
    text: str
    speaker: str
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    intent: _semantics_pb2.Intent
    priority: int
    def __init__(self, work_id: _Optional[str] = ..., queue: _Optional[str] = ..., segment_id: _Optional[str] = ..., text: _Optional[str] = ..., speaker: _Optional[str] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., intent: _Optional[_Union[_semantics_pb2.Intent, str]] = ..., priority: _Optional[int] = ...) -> None: ...

class WorkflowResult(_message.Message):
    __slots__ = ("header", "work_id", "queue", "text", "work_ids")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    WORK_ID_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WORK_IDS_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    work_id: str
    queue: str
    text: str
    work_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., work_id: _Optional[str] = ..., queue: _Optional[str] = ..., text: _Optional[str] = ..., work_ids: _Optional[_Iterable[str]] = ...) -> None: ...

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
