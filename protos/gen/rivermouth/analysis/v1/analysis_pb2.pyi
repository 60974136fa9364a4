import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from rivermouth.analysis.v1 import acoustic_pb2 as _acoustic_pb2
from rivermouth.analysis.v1 import findings_pb2 as _findings_pb2
from rivermouth.analysis.v1 import redaction_pb2 as _redaction_pb2
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

class CredibilitySource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDIBILITY_SOURCE_UNSPECIFIED: _ClassVar[CredibilitySource]
    CREDIBILITY_SOURCE_ACOUSTIC: _ClassVar[CredibilitySource]
    CREDIBILITY_SOURCE_LINGUISTIC: _ClassVar[CredibilitySource]
    CREDIBILITY_SOURCE_BEHAVIOURAL: _ClassVar[CredibilitySource]
    CREDIBILITY_SOURCE_CONSISTENCY: _ClassVar[CredibilitySource]
TRIGGER_UNSPECIFIED: Trigger
TRIGGER_SEGMENT: Trigger
TRIGGER_TURN: Trigger
TRIGGER_SESSION: Trigger
CREDIBILITY_SOURCE_UNSPECIFIED: CredibilitySource
CREDIBILITY_SOURCE_ACOUSTIC: CredibilitySource
CREDIBILITY_SOURCE_LINGUISTIC: CredibilitySource
CREDIBILITY_SOURCE_BEHAVIOURAL: CredibilitySource
CREDIBILITY_SOURCE_CONSISTENCY: CredibilitySource

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
    __slots__ = ("identity", "analyses", "llm_providers", "context", "language_code", "audio_format", "cache_answers", "allow_audio_egress", "redaction", "redaction_key", "redaction_numbers")
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    ANALYSES_FIELD_NUMBER: _ClassVar[int]
    LLM_PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    CACHE_ANSWERS_FIELD_NUMBER: _ClassVar[int]
    ALLOW_AUDIO_EGRESS_FIELD_NUMBER: _ClassVar[int]
    REDACTION_FIELD_NUMBER: _ClassVar[int]
    REDACTION_KEY_FIELD_NUMBER: _ClassVar[int]
    REDACTION_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    identity: _result_pb2.StreamIdentity
    analyses: _containers.RepeatedCompositeFieldContainer[AnalysisRequest]
    llm_providers: _containers.RepeatedScalarFieldContainer[str]
    context: SessionContext
    language_code: str
    audio_format: _audio_pb2.AudioFormat
    cache_answers: bool
    allow_audio_egress: bool
    redaction: _redaction_pb2.RedactionConfig
    redaction_key: bytes
    redaction_numbers: _containers.RepeatedCompositeFieldContainer[_redaction_pb2.RedactionNumber]
    def __init__(self, identity: _Optional[_Union[_result_pb2.StreamIdentity, _Mapping]] = ..., analyses: _Optional[_Iterable[_Union[AnalysisRequest, _Mapping]]] = ..., llm_providers: _Optional[_Iterable[str]] = ..., context: _Optional[_Union[SessionContext, _Mapping]] = ..., language_code: _Optional[str] = ..., audio_format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., cache_answers: _Optional[bool] = ..., allow_audio_egress: _Optional[bool] = ..., redaction: _Optional[_Union[_redaction_pb2.RedactionConfig, _Mapping]] = ..., redaction_key: _Optional[bytes] = ..., redaction_numbers: _Optional[_Iterable[_Union[_redaction_pb2.RedactionNumber, _Mapping]]] = ...) -> None: ...

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
    __slots__ = ("streaming_config", "segment", "audio", "turn", "upstream_failure", "speaker_revision")
    STREAMING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_FAILURE_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_REVISION_FIELD_NUMBER: _ClassVar[int]
    streaming_config: StreamingAnalysisConfig
    segment: AnnotatedSegment
    audio: _audio_pb2.AudioChunk
    turn: _semantics_pb2.Turn
    upstream_failure: _result_pb2.Failure
    speaker_revision: _transcript_pb2.SpeakerRevision
    def __init__(self, streaming_config: _Optional[_Union[StreamingAnalysisConfig, _Mapping]] = ..., segment: _Optional[_Union[AnnotatedSegment, _Mapping]] = ..., audio: _Optional[_Union[_audio_pb2.AudioChunk, _Mapping]] = ..., turn: _Optional[_Union[_semantics_pb2.Turn, _Mapping]] = ..., upstream_failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., speaker_revision: _Optional[_Union[_transcript_pb2.SpeakerRevision, _Mapping]] = ...) -> None: ...

class SpeakerTalk(_message.Message):
    __slots__ = ("speaker", "channel_tag", "talk_time", "listen_time", "talk_to_listen_ratio", "turns", "mean_turn", "interruptions")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    TALK_TIME_FIELD_NUMBER: _ClassVar[int]
    LISTEN_TIME_FIELD_NUMBER: _ClassVar[int]
    TALK_TO_LISTEN_RATIO_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    MEAN_TURN_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTIONS_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    channel_tag: int
    talk_time: _duration_pb2.Duration
    listen_time: _duration_pb2.Duration
    talk_to_listen_ratio: float
    turns: int
    mean_turn: _duration_pb2.Duration
    interruptions: int
    def __init__(self, speaker: _Optional[str] = ..., channel_tag: _Optional[int] = ..., talk_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., listen_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., talk_to_listen_ratio: _Optional[float] = ..., turns: _Optional[int] = ..., mean_turn: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., interruptions: _Optional[int] = ...) -> None: ...

class QuantitativeMetrics(_message.Message):
    __slots__ = ("words", "unique_words", "segments", "hesitations", "words_per_minute", "type_token_ratio", "mean_word_length", "sentences", "mean_sentence_length", "fillers", "qualifiers", "certainty_words", "repetitions", "hesitations_per_minute", "certainty_ratio", "formality", "complexity", "questions", "question_ratio", "sentiment", "sentiment_confidence", "speaking_time", "turns", "mean_turn", "overlap", "overlap_ratio", "interruptions", "speakers")
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
    INTERRUPTIONS_FIELD_NUMBER: _ClassVar[int]
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
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
    interruptions: int
    speakers: _containers.RepeatedCompositeFieldContainer[SpeakerTalk]
    def __init__(self, words: _Optional[int] = ..., unique_words: _Optional[int] = ..., segments: _Optional[int] = ..., hesitations: _Optional[int] = ..., words_per_minute: _Optional[float] = ..., type_token_ratio: _Optional[float] = ..., mean_word_length: _Optional[float] = ..., sentences: _Optional[int] = ..., mean_sentence_length: _Optional[float] = ..., fillers: _Optional[int] = ..., qualifiers: _Optional[int] = ..., certainty_words: _Optional[int] = ..., repetitions: _Optional[int] = ..., hesitations_per_minute: _Optional[float] = ..., certainty_ratio: _Optional[float] = ..., formality: _Optional[float] = ..., complexity: _Optional[float] = ..., questions: _Optional[int] = ..., question_ratio: _Optional[float] = ..., sentiment: _Optional[float] = ..., sentiment_confidence: _Optional[float] = ..., speaking_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., turns: _Optional[int] = ..., mean_turn: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., overlap: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., overlap_ratio: _Optional[float] = ..., interruptions: _Optional[int] = ..., speakers: _Optional[_Iterable[_Union[SpeakerTalk, _Mapping]]] = ...) -> None: ...

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

class LinguisticMetrics(_message.Message):
    __slots__ = ("words", "first_person_singular", "first_person_plural", "second_person", "third_person", "articles", "words_per_sentence", "clauses_per_sentence", "dependent_clauses_per_clause", "subordinators", "leakage_words", "leakage_per_hundred_words", "response_latency", "response_latency_deviation")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    FIRST_PERSON_SINGULAR_FIELD_NUMBER: _ClassVar[int]
    FIRST_PERSON_PLURAL_FIELD_NUMBER: _ClassVar[int]
    SECOND_PERSON_FIELD_NUMBER: _ClassVar[int]
    THIRD_PERSON_FIELD_NUMBER: _ClassVar[int]
    ARTICLES_FIELD_NUMBER: _ClassVar[int]
    WORDS_PER_SENTENCE_FIELD_NUMBER: _ClassVar[int]
    CLAUSES_PER_SENTENCE_FIELD_NUMBER: _ClassVar[int]
    DEPENDENT_CLAUSES_PER_CLAUSE_FIELD_NUMBER: _ClassVar[int]
    SUBORDINATORS_FIELD_NUMBER: _ClassVar[int]
    LEAKAGE_WORDS_FIELD_NUMBER: _ClassVar[int]
    LEAKAGE_PER_HUNDRED_WORDS_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_LATENCY_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_LATENCY_DEVIATION_FIELD_NUMBER: _ClassVar[int]
    words: int
    first_person_singular: float
    first_person_plural: float
    second_person: float
    third_person: float
    articles: float
    words_per_sentence: float
    clauses_per_sentence: float
    dependent_clauses_per_clause: float
    subordinators: int
    leakage_words: int
    leakage_per_hundred_words: float
    response_latency: _duration_pb2.Duration
    response_latency_deviation: _duration_pb2.Duration
    def __init__(self, words: _Optional[int] = ..., first_person_singular: _Optional[float] = ..., first_person_plural: _Optional[float] = ..., second_person: _Optional[float] = ..., third_person: _Optional[float] = ..., articles: _Optional[float] = ..., words_per_sentence: _Optional[float] = ..., clauses_per_sentence: _Optional[float] = ..., dependent_clauses_per_clause: _Optional[float] = ..., subordinators: _Optional[int] = ..., leakage_words: _Optional[int] = ..., leakage_per_hundred_words: _Optional[float] = ..., response_latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., response_latency_deviation: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class EnhancedMetrics(_message.Message):
    __slots__ = ("linguistic", "acoustic", "prosodic_congruence")
    LINGUISTIC_FIELD_NUMBER: _ClassVar[int]
    ACOUSTIC_FIELD_NUMBER: _ClassVar[int]
    PROSODIC_CONGRUENCE_FIELD_NUMBER: _ClassVar[int]
    linguistic: LinguisticMetrics
    acoustic: _acoustic_pb2.AcousticMetrics
    prosodic_congruence: float
    def __init__(self, linguistic: _Optional[_Union[LinguisticMetrics, _Mapping]] = ..., acoustic: _Optional[_Union[_acoustic_pb2.AcousticMetrics, _Mapping]] = ..., prosodic_congruence: _Optional[float] = ...) -> None: ...

class CredibilityComponent(_message.Message):
    __slots__ = ("source", "score", "weight")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    source: CredibilitySource
    score: float
    weight: float
    def __init__(self, source: _Optional[_Union[CredibilitySource, str]] = ..., score: _Optional[float] = ..., weight: _Optional[float] = ...) -> None: ...

class CredibilityFactor(_message.Message):
    __slots__ = ("source", "name", "value", "contribution")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    source: CredibilitySource
    name: str
    value: float
    contribution: float
    def __init__(self, source: _Optional[_Union[CredibilitySource, str]] = ..., name: _Optional[str] = ..., value: _Optional[float] = ..., contribution: _Optional[float] = ...) -> None: ...

class CredibilityScore(_message.Message):
    __slots__ = ("score", "lower", "upper", "trials", "confidence", "level", "doubts", "components", "missing", "smoothed")
    class Level(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        LEVEL_UNSPECIFIED: _ClassVar[CredibilityScore.Level]
        LEVEL_INCONCLUSIVE: _ClassVar[CredibilityScore.Level]
        LEVEL_LOW: _ClassVar[CredibilityScore.Level]
        LEVEL_MEDIUM: _ClassVar[CredibilityScore.Level]
        LEVEL_HIGH: _ClassVar[CredibilityScore.Level]
    LEVEL_UNSPECIFIED: CredibilityScore.Level
    LEVEL_INCONCLUSIVE: CredibilityScore.Level
    LEVEL_LOW: CredibilityScore.Level
    LEVEL_MEDIUM: CredibilityScore.Level
    LEVEL_HIGH: CredibilityScore.Level
    class Doubt(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DOUBT_UNSPECIFIED: _ClassVar[CredibilityScore.Doubt]
        DOUBT_WIDE_INTERVAL: _ClassVar[CredibilityScore.Doubt]
        DOUBT_LOW_CONFIDENCE: _ClassVar[CredibilityScore.Doubt]
        DOUBT_MANY_OUTLIERS: _ClassVar[CredibilityScore.Doubt]
    DOUBT_UNSPECIFIED: CredibilityScore.Doubt
    DOUBT_WIDE_INTERVAL: CredibilityScore.Doubt
    DOUBT_LOW_CONFIDENCE: CredibilityScore.Doubt
    DOUBT_MANY_OUTLIERS: CredibilityScore.Doubt
    SCORE_FIELD_NUMBER: _ClassVar[int]
    LOWER_FIELD_NUMBER: _ClassVar[int]
    UPPER_FIELD_NUMBER: _ClassVar[int]
    TRIALS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    DOUBTS_FIELD_NUMBER: _ClassVar[int]
    COMPONENTS_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    SMOOTHED_FIELD_NUMBER: _ClassVar[int]
    score: float
    lower: float
    upper: float
    trials: int
    confidence: float
    level: CredibilityScore.Level
    doubts: _containers.RepeatedScalarFieldContainer[CredibilityScore.Doubt]
    components: _containers.RepeatedCompositeFieldContainer[CredibilityComponent]
    missing: _containers.RepeatedScalarFieldContainer[CredibilitySource]
    smoothed: float
    def __init__(self, score: _Optional[float] = ..., lower: _Optional[float] = ..., upper: _Optional[float] = ..., trials: _Optional[int] = ..., confidence: _Optional[float] = ..., level: _Optional[_Union[CredibilityScore.Level, str]] = ..., doubts: _Optional[_Iterable[_Union[CredibilityScore.Doubt, str]]] = ..., components: _Optional[_Iterable[_Union[CredibilityComponent, _Mapping]]] = ..., missing: _Optional[_Iterable[_Union[CredibilitySource, str]]] = ..., smoothed: _Optional[float] = ...) -> None: ...

class SpeakerCredibility(_message.Message):
    __slots__ = ("speaker", "channel_tag", "credibility")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    CREDIBILITY_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    channel_tag: int
    credibility: CredibilityScore
    def __init__(self, speaker: _Optional[str] = ..., channel_tag: _Optional[int] = ..., credibility: _Optional[_Union[CredibilityScore, _Mapping]] = ...) -> None: ...

class BaselineComparison(_message.Message):
    __slots__ = ("measure", "value", "usual", "method", "score", "is_outlier")
    class Method(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        METHOD_UNSPECIFIED: _ClassVar[BaselineComparison.Method]
        METHOD_Z_SCORE: _ClassVar[BaselineComparison.Method]
        METHOD_MAD: _ClassVar[BaselineComparison.Method]
    METHOD_UNSPECIFIED: BaselineComparison.Method
    METHOD_Z_SCORE: BaselineComparison.Method
    METHOD_MAD: BaselineComparison.Method
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    USUAL_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    IS_OUTLIER_FIELD_NUMBER: _ClassVar[int]
    measure: str
    value: float
    usual: float
    method: BaselineComparison.Method
    score: float
    is_outlier: bool
    def __init__(self, measure: _Optional[str] = ..., value: _Optional[float] = ..., usual: _Optional[float] = ..., method: _Optional[_Union[BaselineComparison.Method, str]] = ..., score: _Optional[float] = ..., is_outlier: _Optional[bool] = ...) -> None: ...

class Credibility(_message.Message):
    __slots__ = ("overall", "factors", "speakers", "comparisons")
    OVERALL_FIELD_NUMBER: _ClassVar[int]
    FACTORS_FIELD_NUMBER: _ClassVar[int]
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    COMPARISONS_FIELD_NUMBER: _ClassVar[int]
    overall: CredibilityScore
    factors: _containers.RepeatedCompositeFieldContainer[CredibilityFactor]
    speakers: _containers.RepeatedCompositeFieldContainer[SpeakerCredibility]
    comparisons: _containers.RepeatedCompositeFieldContainer[BaselineComparison]
    def __init__(self, overall: _Optional[_Union[CredibilityScore, _Mapping]] = ..., factors: _Optional[_Iterable[_Union[CredibilityFactor, _Mapping]]] = ..., speakers: _Optional[_Iterable[_Union[SpeakerCredibility, _Mapping]]] = ..., comparisons: _Optional[_Iterable[_Union[BaselineComparison, _Mapping]]] = ...) -> None: ...

class CueHit(_message.Message):
    __slots__ = ("kind", "phrase", "speaker", "segment_id", "start_offset")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PHRASE_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    kind: str
    phrase: str
    speaker: str
    segment_id: str
    start_offset: _duration_pb2.Duration
    def __init__(self, kind: _Optional[str] = ..., phrase: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_id: _Optional[str] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Argument(_message.Message):
    __slots__ = ("words", "sentences", "claim_markers", "premise_markers", "rebuttal_markers", "marked_share", "premise_share", "hits")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    SENTENCES_FIELD_NUMBER: _ClassVar[int]
    CLAIM_MARKERS_FIELD_NUMBER: _ClassVar[int]
    PREMISE_MARKERS_FIELD_NUMBER: _ClassVar[int]
    REBUTTAL_MARKERS_FIELD_NUMBER: _ClassVar[int]
    MARKED_SHARE_FIELD_NUMBER: _ClassVar[int]
    PREMISE_SHARE_FIELD_NUMBER: _ClassVar[int]
    HITS_FIELD_NUMBER: _ClassVar[int]
    words: int
    sentences: int
    claim_markers: int
    premise_markers: int
    rebuttal_markers: int
    marked_share: float
    premise_share: float
    hits: _containers.RepeatedCompositeFieldContainer[CueHit]
    def __init__(self, words: _Optional[int] = ..., sentences: _Optional[int] = ..., claim_markers: _Optional[int] = ..., premise_markers: _Optional[int] = ..., rebuttal_markers: _Optional[int] = ..., marked_share: _Optional[float] = ..., premise_share: _Optional[float] = ..., hits: _Optional[_Iterable[_Union[CueHit, _Mapping]]] = ...) -> None: ...

class Manipulation(_message.Message):
    __slots__ = ("words", "cues", "cues_per_hundred_words", "patterns", "hits")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    CUES_FIELD_NUMBER: _ClassVar[int]
    CUES_PER_HUNDRED_WORDS_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    HITS_FIELD_NUMBER: _ClassVar[int]
    words: int
    cues: int
    cues_per_hundred_words: float
    patterns: _containers.RepeatedCompositeFieldContainer[LabelCount]
    hits: _containers.RepeatedCompositeFieldContainer[CueHit]
    def __init__(self, words: _Optional[int] = ..., cues: _Optional[int] = ..., cues_per_hundred_words: _Optional[float] = ..., patterns: _Optional[_Iterable[_Union[LabelCount, _Mapping]]] = ..., hits: _Optional[_Iterable[_Union[CueHit, _Mapping]]] = ...) -> None: ...

class SpeakerManner(_message.Message):
    __slots__ = ("speaker", "words", "politeness", "formality", "strategies")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    POLITENESS_FIELD_NUMBER: _ClassVar[int]
    FORMALITY_FIELD_NUMBER: _ClassVar[int]
    STRATEGIES_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    words: int
    politeness: float
    formality: float
    strategies: _containers.RepeatedCompositeFieldContainer[LabelCount]
    def __init__(self, speaker: _Optional[str] = ..., words: _Optional[int] = ..., politeness: _Optional[float] = ..., formality: _Optional[float] = ..., strategies: _Optional[_Iterable[_Union[LabelCount, _Mapping]]] = ...) -> None: ...

class SpeakerAttitude(_message.Message):
    __slots__ = ("words", "speakers", "hits")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    HITS_FIELD_NUMBER: _ClassVar[int]
    words: int
    speakers: _containers.RepeatedCompositeFieldContainer[SpeakerManner]
    hits: _containers.RepeatedCompositeFieldContainer[CueHit]
    def __init__(self, words: _Optional[int] = ..., speakers: _Optional[_Iterable[_Union[SpeakerManner, _Mapping]]] = ..., hits: _Optional[_Iterable[_Union[CueHit, _Mapping]]] = ...) -> None: ...

class Psychological(_message.Message):
    __slots__ = ("words", "hesitations", "repetitions", "first_person", "negations", "absolutist_words", "load_share", "stress_share", "hits")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    HESITATIONS_FIELD_NUMBER: _ClassVar[int]
    REPETITIONS_FIELD_NUMBER: _ClassVar[int]
    FIRST_PERSON_FIELD_NUMBER: _ClassVar[int]
    NEGATIONS_FIELD_NUMBER: _ClassVar[int]
    ABSOLUTIST_WORDS_FIELD_NUMBER: _ClassVar[int]
    LOAD_SHARE_FIELD_NUMBER: _ClassVar[int]
    STRESS_SHARE_FIELD_NUMBER: _ClassVar[int]
    HITS_FIELD_NUMBER: _ClassVar[int]
    words: int
    hesitations: int
    repetitions: int
    first_person: int
    negations: int
    absolutist_words: int
    load_share: float
    stress_share: float
    hits: _containers.RepeatedCompositeFieldContainer[CueHit]
    def __init__(self, words: _Optional[int] = ..., hesitations: _Optional[int] = ..., repetitions: _Optional[int] = ..., first_person: _Optional[int] = ..., negations: _Optional[int] = ..., absolutist_words: _Optional[int] = ..., load_share: _Optional[float] = ..., stress_share: _Optional[float] = ..., hits: _Optional[_Iterable[_Union[CueHit, _Mapping]]] = ...) -> None: ...

class SegmentEmotion(_message.Message):
    __slots__ = ("segment_id", "speaker", "start_offset", "end_offset", "valence", "arousal")
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    VALENCE_FIELD_NUMBER: _ClassVar[int]
    AROUSAL_FIELD_NUMBER: _ClassVar[int]
    segment_id: str
    speaker: str
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    valence: float
    arousal: float
    def __init__(self, segment_id: _Optional[str] = ..., speaker: _Optional[str] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., valence: _Optional[float] = ..., arousal: _Optional[float] = ...) -> None: ...

class Emotion(_message.Message):
    __slots__ = ("segments", "valence", "positive", "neutral", "negative", "valence_trend", "course", "arousal", "arousal_trend")
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    VALENCE_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_FIELD_NUMBER: _ClassVar[int]
    NEUTRAL_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_FIELD_NUMBER: _ClassVar[int]
    VALENCE_TREND_FIELD_NUMBER: _ClassVar[int]
    COURSE_FIELD_NUMBER: _ClassVar[int]
    AROUSAL_FIELD_NUMBER: _ClassVar[int]
    AROUSAL_TREND_FIELD_NUMBER: _ClassVar[int]
    segments: int
    valence: float
    positive: int
    neutral: int
    negative: int
    valence_trend: Trend
    course: _containers.RepeatedCompositeFieldContainer[SegmentEmotion]
    arousal: float
    arousal_trend: Trend
    def __init__(self, segments: _Optional[int] = ..., valence: _Optional[float] = ..., positive: _Optional[int] = ..., neutral: _Optional[int] = ..., negative: _Optional[int] = ..., valence_trend: _Optional[_Union[Trend, _Mapping]] = ..., course: _Optional[_Iterable[_Union[SegmentEmotion, _Mapping]]] = ..., arousal: _Optional[float] = ..., arousal_trend: _Optional[_Union[Trend, _Mapping]] = ...) -> None: ...

class PauseStatistics(_message.Message):
    __slots__ = ("count", "total", "mean", "longest", "per_minute")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    LONGEST_FIELD_NUMBER: _ClassVar[int]
    PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    count: int
    total: _duration_pb2.Duration
    mean: _duration_pb2.Duration
    longest: _duration_pb2.Duration
    per_minute: float
    def __init__(self, count: _Optional[int] = ..., total: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., mean: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., longest: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., per_minute: _Optional[float] = ...) -> None: ...

class TextAudioFeatures(_message.Message):
    __slots__ = ("words", "pauses", "words_per_minute", "articulation_rate", "syllables_per_second", "hesitations", "fillers", "fillers_per_minute", "has_word_times")
    WORDS_FIELD_NUMBER: _ClassVar[int]
    PAUSES_FIELD_NUMBER: _ClassVar[int]
    WORDS_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    ARTICULATION_RATE_FIELD_NUMBER: _ClassVar[int]
    SYLLABLES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    HESITATIONS_FIELD_NUMBER: _ClassVar[int]
    FILLERS_FIELD_NUMBER: _ClassVar[int]
    FILLERS_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    HAS_WORD_TIMES_FIELD_NUMBER: _ClassVar[int]
    words: int
    pauses: PauseStatistics
    words_per_minute: float
    articulation_rate: float
    syllables_per_second: float
    hesitations: int
    fillers: int
    fillers_per_minute: float
    has_word_times: bool
    def __init__(self, words: _Optional[int] = ..., pauses: _Optional[_Union[PauseStatistics, _Mapping]] = ..., words_per_minute: _Optional[float] = ..., articulation_rate: _Optional[float] = ..., syllables_per_second: _Optional[float] = ..., hesitations: _Optional[int] = ..., fillers: _Optional[int] = ..., fillers_per_minute: _Optional[float] = ..., has_word_times: _Optional[bool] = ...) -> None: ...

class LocalPart(_message.Message):
    __slots__ = ("quantitative_metrics", "conversation_flow", "enhanced_understanding", "speaker_intent", "session_insights", "enhanced_metrics", "credibility", "argument", "manipulation", "speaker_attitude", "psychological", "emotion", "text_audio_features", "waiting_for")
    QUANTITATIVE_METRICS_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_FLOW_FIELD_NUMBER: _ClassVar[int]
    ENHANCED_UNDERSTANDING_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_INTENT_FIELD_NUMBER: _ClassVar[int]
    SESSION_INSIGHTS_FIELD_NUMBER: _ClassVar[int]
    ENHANCED_METRICS_FIELD_NUMBER: _ClassVar[int]
    CREDIBILITY_FIELD_NUMBER: _ClassVar[int]
    ARGUMENT_FIELD_NUMBER: _ClassVar[int]
    MANIPULATION_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_ATTITUDE_FIELD_NUMBER: _ClassVar[int]
    PSYCHOLOGICAL_FIELD_NUMBER: _ClassVar[int]
    EMOTION_FIELD_NUMBER: _ClassVar[int]
    TEXT_AUDIO_FEATURES_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    quantitative_metrics: QuantitativeMetrics
    conversation_flow: ConversationFlow
    enhanced_understanding: EnhancedUnderstanding
    speaker_intent: SpeakerIntent
    session_insights: SessionInsights
    enhanced_metrics: EnhancedMetrics
    credibility: Credibility
    argument: Argument
    manipulation: Manipulation
    speaker_attitude: SpeakerAttitude
    psychological: Psychological
    emotion: Emotion
    text_audio_features: TextAudioFeatures
    waiting_for: str
    def __init__(self, quantitative_metrics: _Optional[_Union[QuantitativeMetrics, _Mapping]] = ..., conversation_flow: _Optional[_Union[ConversationFlow, _Mapping]] = ..., enhanced_understanding: _Optional[_Union[EnhancedUnderstanding, _Mapping]] = ..., speaker_intent: _Optional[_Union[SpeakerIntent, _Mapping]] = ..., session_insights: _Optional[_Union[SessionInsights, _Mapping]] = ..., enhanced_metrics: _Optional[_Union[EnhancedMetrics, _Mapping]] = ..., credibility: _Optional[_Union[Credibility, _Mapping]] = ..., argument: _Optional[_Union[Argument, _Mapping]] = ..., manipulation: _Optional[_Union[Manipulation, _Mapping]] = ..., speaker_attitude: _Optional[_Union[SpeakerAttitude, _Mapping]] = ..., psychological: _Optional[_Union[Psychological, _Mapping]] = ..., emotion: _Optional[_Union[Emotion, _Mapping]] = ..., text_audio_features: _Optional[_Union[TextAudioFeatures, _Mapping]] = ..., waiting_for: _Optional[str] = ...) -> None: ...

class LlmPart(_message.Message):
    __slots__ = ("provider", "model", "input_tokens", "output_tokens", "attempt", "fallback_from", "simulated", "outcome", "failure", "calls", "cached", "repaired", "findings")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_FROM_FIELD_NUMBER: _ClassVar[int]
    SIMULATED_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    REPAIRED_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    attempt: int
    fallback_from: str
    simulated: bool
    outcome: _result_pb2.Outcome
    failure: _result_pb2.Failure
    calls: int
    cached: bool
    repaired: bool
    findings: _findings_pb2.LlmFindings
    def __init__(self, provider: _Optional[str] = ..., model: _Optional[str] = ..., input_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ..., attempt: _Optional[int] = ..., fallback_from: _Optional[str] = ..., simulated: _Optional[bool] = ..., outcome: _Optional[_Union[_result_pb2.Outcome, str]] = ..., failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., calls: _Optional[int] = ..., cached: _Optional[bool] = ..., repaired: _Optional[bool] = ..., findings: _Optional[_Union[_findings_pb2.LlmFindings, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("header", "work_id", "queue", "text", "work_ids", "llm", "errors")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    WORK_ID_FIELD_NUMBER: _ClassVar[int]
    QUEUE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WORK_IDS_FIELD_NUMBER: _ClassVar[int]
    LLM_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    work_id: str
    queue: str
    text: str
    work_ids: _containers.RepeatedScalarFieldContainer[str]
    llm: LlmPart
    errors: _containers.RepeatedCompositeFieldContainer[_result_pb2.Failure]
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., work_id: _Optional[str] = ..., queue: _Optional[str] = ..., text: _Optional[str] = ..., work_ids: _Optional[_Iterable[str]] = ..., llm: _Optional[_Union[LlmPart, _Mapping]] = ..., errors: _Optional[_Iterable[_Union[_result_pb2.Failure, _Mapping]]] = ...) -> None: ...

class StreamingAnalyzeResponse(_message.Message):
    __slots__ = ("analysis", "summary", "workflow_routed", "workflow_result", "failure", "redaction", "redaction_numbers", "latency")
    ANALYSIS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ROUTED_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_RESULT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    REDACTION_FIELD_NUMBER: _ClassVar[int]
    REDACTION_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    analysis: Analysis
    summary: Summary
    workflow_routed: WorkflowRouted
    workflow_result: WorkflowResult
    failure: _result_pb2.Failure
    redaction: _redaction_pb2.Redaction
    redaction_numbers: _redaction_pb2.RedactionNumbers
    latency: _result_pb2.Latency
    def __init__(self, analysis: _Optional[_Union[Analysis, _Mapping]] = ..., summary: _Optional[_Union[Summary, _Mapping]] = ..., workflow_routed: _Optional[_Union[WorkflowRouted, _Mapping]] = ..., workflow_result: _Optional[_Union[WorkflowResult, _Mapping]] = ..., failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., redaction: _Optional[_Union[_redaction_pb2.Redaction, _Mapping]] = ..., redaction_numbers: _Optional[_Union[_redaction_pb2.RedactionNumbers, _Mapping]] = ..., latency: _Optional[_Union[_result_pb2.Latency, _Mapping]] = ...) -> None: ...
