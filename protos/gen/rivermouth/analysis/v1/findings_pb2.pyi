import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EmotionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EMOTION_KIND_UNSPECIFIED: _ClassVar[EmotionKind]
    EMOTION_KIND_NEUTRAL: _ClassVar[EmotionKind]
    EMOTION_KIND_JOY: _ClassVar[EmotionKind]
    EMOTION_KIND_INTEREST: _ClassVar[EmotionKind]
    EMOTION_KIND_RELIEF: _ClassVar[EmotionKind]
    EMOTION_KIND_SURPRISE: _ClassVar[EmotionKind]
    EMOTION_KIND_CONFUSION: _ClassVar[EmotionKind]
    EMOTION_KIND_SADNESS: _ClassVar[EmotionKind]
    EMOTION_KIND_FEAR: _ClassVar[EmotionKind]
    EMOTION_KIND_FRUSTRATION: _ClassVar[EmotionKind]
    EMOTION_KIND_ANGER: _ClassVar[EmotionKind]
    EMOTION_KIND_DISGUST: _ClassVar[EmotionKind]
    EMOTION_KIND_CONTEMPT: _ClassVar[EmotionKind]
EMOTION_KIND_UNSPECIFIED: EmotionKind
EMOTION_KIND_NEUTRAL: EmotionKind
EMOTION_KIND_JOY: EmotionKind
EMOTION_KIND_INTEREST: EmotionKind
EMOTION_KIND_RELIEF: EmotionKind
EMOTION_KIND_SURPRISE: EmotionKind
EMOTION_KIND_CONFUSION: EmotionKind
EMOTION_KIND_SADNESS: EmotionKind
EMOTION_KIND_FEAR: EmotionKind
EMOTION_KIND_FRUSTRATION: EmotionKind
EMOTION_KIND_ANGER: EmotionKind
EMOTION_KIND_DISGUST: EmotionKind
EMOTION_KIND_CONTEMPT: EmotionKind

class Statement(_message.Message):
    __slots__ = ("text", "speaker", "segment_ids")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    text: str
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, text: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ActionItem(_message.Message):
    __slots__ = ("text", "assignee", "due", "segment_ids")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ASSIGNEE_FIELD_NUMBER: _ClassVar[int]
    DUE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    text: str
    assignee: str
    due: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, text: _Optional[str] = ..., assignee: _Optional[str] = ..., due: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class NotableEvent(_message.Message):
    __slots__ = ("description", "segment_ids")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    description: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, description: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SentimentStage(_message.Message):
    __slots__ = ("sentiment", "description", "segment_ids")
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    sentiment: float
    description: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, sentiment: _Optional[float] = ..., description: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class EmotionShare(_message.Message):
    __slots__ = ("emotion", "share")
    EMOTION_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    emotion: EmotionKind
    share: float
    def __init__(self, emotion: _Optional[_Union[EmotionKind, str]] = ..., share: _Optional[float] = ...) -> None: ...

class QuantitativeMetricsFindings(_message.Message):
    __slots__ = ("events", "sentiment_course", "emotions", "sentiment_trend", "sentiment", "engagement", "energy")
    class SentimentTrend(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SENTIMENT_TREND_UNSPECIFIED: _ClassVar[QuantitativeMetricsFindings.SentimentTrend]
        SENTIMENT_TREND_STEADY: _ClassVar[QuantitativeMetricsFindings.SentimentTrend]
        SENTIMENT_TREND_RISING: _ClassVar[QuantitativeMetricsFindings.SentimentTrend]
        SENTIMENT_TREND_FALLING: _ClassVar[QuantitativeMetricsFindings.SentimentTrend]
        SENTIMENT_TREND_MIXED: _ClassVar[QuantitativeMetricsFindings.SentimentTrend]
    SENTIMENT_TREND_UNSPECIFIED: QuantitativeMetricsFindings.SentimentTrend
    SENTIMENT_TREND_STEADY: QuantitativeMetricsFindings.SentimentTrend
    SENTIMENT_TREND_RISING: QuantitativeMetricsFindings.SentimentTrend
    SENTIMENT_TREND_FALLING: QuantitativeMetricsFindings.SentimentTrend
    SENTIMENT_TREND_MIXED: QuantitativeMetricsFindings.SentimentTrend
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_COURSE_FIELD_NUMBER: _ClassVar[int]
    EMOTIONS_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_TREND_FIELD_NUMBER: _ClassVar[int]
    SENTIMENT_FIELD_NUMBER: _ClassVar[int]
    ENGAGEMENT_FIELD_NUMBER: _ClassVar[int]
    ENERGY_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[NotableEvent]
    sentiment_course: _containers.RepeatedCompositeFieldContainer[SentimentStage]
    emotions: _containers.RepeatedCompositeFieldContainer[EmotionShare]
    sentiment_trend: QuantitativeMetricsFindings.SentimentTrend
    sentiment: float
    engagement: float
    energy: float
    def __init__(self, events: _Optional[_Iterable[_Union[NotableEvent, _Mapping]]] = ..., sentiment_course: _Optional[_Iterable[_Union[SentimentStage, _Mapping]]] = ..., emotions: _Optional[_Iterable[_Union[EmotionShare, _Mapping]]] = ..., sentiment_trend: _Optional[_Union[QuantitativeMetricsFindings.SentimentTrend, str]] = ..., sentiment: _Optional[float] = ..., engagement: _Optional[float] = ..., energy: _Optional[float] = ...) -> None: ...

class CredibilityObservation(_message.Message):
    __slots__ = ("description", "effect", "speaker", "segment_ids")
    class Effect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        EFFECT_UNSPECIFIED: _ClassVar[CredibilityObservation.Effect]
        EFFECT_SURER: _ClassVar[CredibilityObservation.Effect]
        EFFECT_LESS_SURE: _ClassVar[CredibilityObservation.Effect]
    EFFECT_UNSPECIFIED: CredibilityObservation.Effect
    EFFECT_SURER: CredibilityObservation.Effect
    EFFECT_LESS_SURE: CredibilityObservation.Effect
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    description: str
    effect: CredibilityObservation.Effect
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, description: _Optional[str] = ..., effect: _Optional[_Union[CredibilityObservation.Effect, str]] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class CredibilityFindings(_message.Message):
    __slots__ = ("observations", "explanation")
    OBSERVATIONS_FIELD_NUMBER: _ClassVar[int]
    EXPLANATION_FIELD_NUMBER: _ClassVar[int]
    observations: _containers.RepeatedCompositeFieldContainer[CredibilityObservation]
    explanation: str
    def __init__(self, observations: _Optional[_Iterable[_Union[CredibilityObservation, _Mapping]]] = ..., explanation: _Optional[str] = ...) -> None: ...

class Claim(_message.Message):
    __slots__ = ("claim", "speaker", "supporting_statements", "contradicting_statements", "confidence", "segment_ids")
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SUPPORTING_STATEMENTS_FIELD_NUMBER: _ClassVar[int]
    CONTRADICTING_STATEMENTS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    claim: str
    speaker: str
    supporting_statements: _containers.RepeatedScalarFieldContainer[str]
    contradicting_statements: _containers.RepeatedScalarFieldContainer[str]
    confidence: float
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, claim: _Optional[str] = ..., speaker: _Optional[str] = ..., supporting_statements: _Optional[_Iterable[str]] = ..., contradicting_statements: _Optional[_Iterable[str]] = ..., confidence: _Optional[float] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Fallacy(_message.Message):
    __slots__ = ("type", "description", "quote", "speaker", "segment_ids")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    type: str
    description: str
    quote: str
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, type: _Optional[str] = ..., description: _Optional[str] = ..., quote: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ArgumentFindings(_message.Message):
    __slots__ = ("claims", "fallacies", "coherence", "evidence_strength", "logical_consistency")
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    FALLACIES_FIELD_NUMBER: _ClassVar[int]
    COHERENCE_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_STRENGTH_FIELD_NUMBER: _ClassVar[int]
    LOGICAL_CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    claims: _containers.RepeatedCompositeFieldContainer[Claim]
    fallacies: _containers.RepeatedCompositeFieldContainer[Fallacy]
    coherence: float
    evidence_strength: float
    logical_consistency: float
    def __init__(self, claims: _Optional[_Iterable[_Union[Claim, _Mapping]]] = ..., fallacies: _Optional[_Iterable[_Union[Fallacy, _Mapping]]] = ..., coherence: _Optional[float] = ..., evidence_strength: _Optional[float] = ..., logical_consistency: _Optional[float] = ...) -> None: ...

class ManipulationPattern(_message.Message):
    __slots__ = ("pattern", "severity", "evidence", "speaker", "segment_ids")
    class Severity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SEVERITY_UNSPECIFIED: _ClassVar[ManipulationPattern.Severity]
        SEVERITY_LOW: _ClassVar[ManipulationPattern.Severity]
        SEVERITY_MEDIUM: _ClassVar[ManipulationPattern.Severity]
        SEVERITY_HIGH: _ClassVar[ManipulationPattern.Severity]
    SEVERITY_UNSPECIFIED: ManipulationPattern.Severity
    SEVERITY_LOW: ManipulationPattern.Severity
    SEVERITY_MEDIUM: ManipulationPattern.Severity
    SEVERITY_HIGH: ManipulationPattern.Severity
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    pattern: str
    severity: ManipulationPattern.Severity
    evidence: _containers.RepeatedScalarFieldContainer[str]
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, pattern: _Optional[str] = ..., severity: _Optional[_Union[ManipulationPattern.Severity, str]] = ..., evidence: _Optional[_Iterable[str]] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Tactic(_message.Message):
    __slots__ = ("tactic", "description", "speaker", "segment_ids")
    TACTIC_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    tactic: str
    description: str
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tactic: _Optional[str] = ..., description: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ManipulationFindings(_message.Message):
    __slots__ = ("patterns", "tactics", "rationale", "risk_score", "confidence")
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    TACTICS_FIELD_NUMBER: _ClassVar[int]
    RATIONALE_FIELD_NUMBER: _ClassVar[int]
    RISK_SCORE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    patterns: _containers.RepeatedCompositeFieldContainer[ManipulationPattern]
    tactics: _containers.RepeatedCompositeFieldContainer[Tactic]
    rationale: str
    risk_score: float
    confidence: float
    def __init__(self, patterns: _Optional[_Iterable[_Union[ManipulationPattern, _Mapping]]] = ..., tactics: _Optional[_Iterable[_Union[Tactic, _Mapping]]] = ..., rationale: _Optional[str] = ..., risk_score: _Optional[float] = ..., confidence: _Optional[float] = ...) -> None: ...

class AttitudeScore(_message.Message):
    __slots__ = ("attitude", "score")
    ATTITUDE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    attitude: str
    score: float
    def __init__(self, attitude: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class AttitudeOfSpeaker(_message.Message):
    __slots__ = ("speaker", "scores", "respect_reason", "respect", "formality_reason", "formality", "politeness_reason", "politeness", "dominant_attitude", "segment_ids")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    RESPECT_REASON_FIELD_NUMBER: _ClassVar[int]
    RESPECT_FIELD_NUMBER: _ClassVar[int]
    FORMALITY_REASON_FIELD_NUMBER: _ClassVar[int]
    FORMALITY_FIELD_NUMBER: _ClassVar[int]
    POLITENESS_REASON_FIELD_NUMBER: _ClassVar[int]
    POLITENESS_FIELD_NUMBER: _ClassVar[int]
    DOMINANT_ATTITUDE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    scores: _containers.RepeatedCompositeFieldContainer[AttitudeScore]
    respect_reason: str
    respect: float
    formality_reason: str
    formality: float
    politeness_reason: str
    politeness: float
    dominant_attitude: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, speaker: _Optional[str] = ..., scores: _Optional[_Iterable[_Union[AttitudeScore, _Mapping]]] = ..., respect_reason: _Optional[str] = ..., respect: _Optional[float] = ..., formality_reason: _Optional[str] = ..., formality: _Optional[float] = ..., politeness_reason: _Optional[str] = ..., politeness: _Optional[float] = ..., dominant_attitude: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SpeakerAttitudeFindings(_message.Message):
    __slots__ = ("speakers", "dominant_attitude")
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    DOMINANT_ATTITUDE_FIELD_NUMBER: _ClassVar[int]
    speakers: _containers.RepeatedCompositeFieldContainer[AttitudeOfSpeaker]
    dominant_attitude: str
    def __init__(self, speakers: _Optional[_Iterable[_Union[AttitudeOfSpeaker, _Mapping]]] = ..., dominant_attitude: _Optional[str] = ...) -> None: ...

class PossibleBias(_message.Message):
    __slots__ = ("bias", "description", "quote", "speaker", "segment_ids")
    BIAS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    bias: str
    description: str
    quote: str
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, bias: _Optional[str] = ..., description: _Optional[str] = ..., quote: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class StateOfSpeaker(_message.Message):
    __slots__ = ("speaker", "emotional_state", "cognitive_load", "stress", "confidence", "segment_ids")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    EMOTIONAL_STATE_FIELD_NUMBER: _ClassVar[int]
    COGNITIVE_LOAD_FIELD_NUMBER: _ClassVar[int]
    STRESS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    emotional_state: str
    cognitive_load: float
    stress: float
    confidence: float
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, speaker: _Optional[str] = ..., emotional_state: _Optional[str] = ..., cognitive_load: _Optional[float] = ..., stress: _Optional[float] = ..., confidence: _Optional[float] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class PsychologicalFindings(_message.Message):
    __slots__ = ("speakers", "possible_biases", "summary")
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    POSSIBLE_BIASES_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    speakers: _containers.RepeatedCompositeFieldContainer[StateOfSpeaker]
    possible_biases: _containers.RepeatedCompositeFieldContainer[PossibleBias]
    summary: str
    def __init__(self, speakers: _Optional[_Iterable[_Union[StateOfSpeaker, _Mapping]]] = ..., possible_biases: _Optional[_Iterable[_Union[PossibleBias, _Mapping]]] = ..., summary: _Optional[str] = ...) -> None: ...

class KeyTopic(_message.Message):
    __slots__ = ("topic", "description", "segment_ids")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    topic: str
    description: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, topic: _Optional[str] = ..., description: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Inconsistency(_message.Message):
    __slots__ = ("description", "first_quote", "second_quote", "segment_ids")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    FIRST_QUOTE_FIELD_NUMBER: _ClassVar[int]
    SECOND_QUOTE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    description: str
    first_quote: str
    second_quote: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, description: _Optional[str] = ..., first_quote: _Optional[str] = ..., second_quote: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class EvasiveArea(_message.Message):
    __slots__ = ("topic", "description", "speaker", "segment_ids")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    topic: str
    description: str
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, topic: _Optional[str] = ..., description: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class FollowUpQuestion(_message.Message):
    __slots__ = ("question", "reason", "segment_ids")
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    question: str
    reason: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, question: _Optional[str] = ..., reason: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class EnhancedUnderstandingFindings(_message.Message):
    __slots__ = ("key_topics", "action_items", "unresolved_questions", "inconsistencies", "evasive_areas", "unverified_claims", "follow_up_questions", "summary")
    KEY_TOPICS_FIELD_NUMBER: _ClassVar[int]
    ACTION_ITEMS_FIELD_NUMBER: _ClassVar[int]
    UNRESOLVED_QUESTIONS_FIELD_NUMBER: _ClassVar[int]
    INCONSISTENCIES_FIELD_NUMBER: _ClassVar[int]
    EVASIVE_AREAS_FIELD_NUMBER: _ClassVar[int]
    UNVERIFIED_CLAIMS_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_UP_QUESTIONS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    key_topics: _containers.RepeatedCompositeFieldContainer[KeyTopic]
    action_items: _containers.RepeatedCompositeFieldContainer[ActionItem]
    unresolved_questions: _containers.RepeatedCompositeFieldContainer[Statement]
    inconsistencies: _containers.RepeatedCompositeFieldContainer[Inconsistency]
    evasive_areas: _containers.RepeatedCompositeFieldContainer[EvasiveArea]
    unverified_claims: _containers.RepeatedCompositeFieldContainer[Statement]
    follow_up_questions: _containers.RepeatedCompositeFieldContainer[FollowUpQuestion]
    summary: str
    def __init__(self, key_topics: _Optional[_Iterable[_Union[KeyTopic, _Mapping]]] = ..., action_items: _Optional[_Iterable[_Union[ActionItem, _Mapping]]] = ..., unresolved_questions: _Optional[_Iterable[_Union[Statement, _Mapping]]] = ..., inconsistencies: _Optional[_Iterable[_Union[Inconsistency, _Mapping]]] = ..., evasive_areas: _Optional[_Iterable[_Union[EvasiveArea, _Mapping]]] = ..., unverified_claims: _Optional[_Iterable[_Union[Statement, _Mapping]]] = ..., follow_up_questions: _Optional[_Iterable[_Union[FollowUpQuestion, _Mapping]]] = ..., summary: _Optional[str] = ...) -> None: ...

class InferredIntent(_message.Message):
    __slots__ = ("speaker", "intent", "supporting_phrases", "secondary_intents", "confidence", "segment_ids")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    SUPPORTING_PHRASES_FIELD_NUMBER: _ClassVar[int]
    SECONDARY_INTENTS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    intent: str
    supporting_phrases: _containers.RepeatedScalarFieldContainer[str]
    secondary_intents: _containers.RepeatedScalarFieldContainer[str]
    confidence: float
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, speaker: _Optional[str] = ..., intent: _Optional[str] = ..., supporting_phrases: _Optional[_Iterable[str]] = ..., secondary_intents: _Optional[_Iterable[str]] = ..., confidence: _Optional[float] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SpeakerIntentFindings(_message.Message):
    __slots__ = ("speakers",)
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    speakers: _containers.RepeatedCompositeFieldContainer[InferredIntent]
    def __init__(self, speakers: _Optional[_Iterable[_Union[InferredIntent, _Mapping]]] = ...) -> None: ...

class Disruption(_message.Message):
    __slots__ = ("description", "speaker", "segment_ids")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    description: str
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, description: _Optional[str] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SpeakerDominance(_message.Message):
    __slots__ = ("speaker", "reason", "dominance", "segment_ids")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DOMINANCE_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    reason: str
    dominance: float
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, speaker: _Optional[str] = ..., reason: _Optional[str] = ..., dominance: _Optional[float] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ConversationFlowFindings(_message.Message):
    __slots__ = ("disruptions", "dominance", "engagement", "topic_coherence", "turn_taking_efficiency", "phase")
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PHASE_UNSPECIFIED: _ClassVar[ConversationFlowFindings.Phase]
        PHASE_OPENING: _ClassVar[ConversationFlowFindings.Phase]
        PHASE_DEVELOPMENT: _ClassVar[ConversationFlowFindings.Phase]
        PHASE_CLOSING: _ClassVar[ConversationFlowFindings.Phase]
    PHASE_UNSPECIFIED: ConversationFlowFindings.Phase
    PHASE_OPENING: ConversationFlowFindings.Phase
    PHASE_DEVELOPMENT: ConversationFlowFindings.Phase
    PHASE_CLOSING: ConversationFlowFindings.Phase
    DISRUPTIONS_FIELD_NUMBER: _ClassVar[int]
    DOMINANCE_FIELD_NUMBER: _ClassVar[int]
    ENGAGEMENT_FIELD_NUMBER: _ClassVar[int]
    TOPIC_COHERENCE_FIELD_NUMBER: _ClassVar[int]
    TURN_TAKING_EFFICIENCY_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    disruptions: _containers.RepeatedCompositeFieldContainer[Disruption]
    dominance: _containers.RepeatedCompositeFieldContainer[SpeakerDominance]
    engagement: float
    topic_coherence: float
    turn_taking_efficiency: float
    phase: ConversationFlowFindings.Phase
    def __init__(self, disruptions: _Optional[_Iterable[_Union[Disruption, _Mapping]]] = ..., dominance: _Optional[_Iterable[_Union[SpeakerDominance, _Mapping]]] = ..., engagement: _Optional[float] = ..., topic_coherence: _Optional[float] = ..., turn_taking_efficiency: _Optional[float] = ..., phase: _Optional[_Union[ConversationFlowFindings.Phase, str]] = ...) -> None: ...

class EmotionSpan(_message.Message):
    __slots__ = ("emotion", "description", "score", "speaker", "segment_ids", "start_offset", "end_offset")
    EMOTION_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    emotion: EmotionKind
    description: str
    score: float
    speaker: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    def __init__(self, emotion: _Optional[_Union[EmotionKind, str]] = ..., description: _Optional[str] = ..., score: _Optional[float] = ..., speaker: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class EmotionFindings(_message.Message):
    __slots__ = ("emotions",)
    EMOTIONS_FIELD_NUMBER: _ClassVar[int]
    emotions: _containers.RepeatedCompositeFieldContainer[EmotionSpan]
    def __init__(self, emotions: _Optional[_Iterable[_Union[EmotionSpan, _Mapping]]] = ...) -> None: ...

class SpeechSign(_message.Message):
    __slots__ = ("aspect", "description", "segment_ids")
    class Aspect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ASPECT_UNSPECIFIED: _ClassVar[SpeechSign.Aspect]
        ASPECT_CLARITY: _ClassVar[SpeechSign.Aspect]
        ASPECT_RATE: _ClassVar[SpeechSign.Aspect]
        ASPECT_INTONATION: _ClassVar[SpeechSign.Aspect]
    ASPECT_UNSPECIFIED: SpeechSign.Aspect
    ASPECT_CLARITY: SpeechSign.Aspect
    ASPECT_RATE: SpeechSign.Aspect
    ASPECT_INTONATION: SpeechSign.Aspect
    ASPECT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    aspect: SpeechSign.Aspect
    description: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, aspect: _Optional[_Union[SpeechSign.Aspect, str]] = ..., description: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class TextAudioFeaturesFindings(_message.Message):
    __slots__ = ("signs", "clarity_reason", "clarity", "rate", "intonation")
    class Rate(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        RATE_UNSPECIFIED: _ClassVar[TextAudioFeaturesFindings.Rate]
        RATE_SLOW: _ClassVar[TextAudioFeaturesFindings.Rate]
        RATE_MODERATE: _ClassVar[TextAudioFeaturesFindings.Rate]
        RATE_FAST: _ClassVar[TextAudioFeaturesFindings.Rate]
        RATE_UNEVEN: _ClassVar[TextAudioFeaturesFindings.Rate]
    RATE_UNSPECIFIED: TextAudioFeaturesFindings.Rate
    RATE_SLOW: TextAudioFeaturesFindings.Rate
    RATE_MODERATE: TextAudioFeaturesFindings.Rate
    RATE_FAST: TextAudioFeaturesFindings.Rate
    RATE_UNEVEN: TextAudioFeaturesFindings.Rate
    class Intonation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        INTONATION_UNSPECIFIED: _ClassVar[TextAudioFeaturesFindings.Intonation]
        INTONATION_FLAT: _ClassVar[TextAudioFeaturesFindings.Intonation]
        INTONATION_CALM: _ClassVar[TextAudioFeaturesFindings.Intonation]
        INTONATION_LIVELY: _ClassVar[TextAudioFeaturesFindings.Intonation]
        INTONATION_EMPHATIC: _ClassVar[TextAudioFeaturesFindings.Intonation]
        INTONATION_QUESTIONING: _ClassVar[TextAudioFeaturesFindings.Intonation]
    INTONATION_UNSPECIFIED: TextAudioFeaturesFindings.Intonation
    INTONATION_FLAT: TextAudioFeaturesFindings.Intonation
    INTONATION_CALM: TextAudioFeaturesFindings.Intonation
    INTONATION_LIVELY: TextAudioFeaturesFindings.Intonation
    INTONATION_EMPHATIC: TextAudioFeaturesFindings.Intonation
    INTONATION_QUESTIONING: TextAudioFeaturesFindings.Intonation
    SIGNS_FIELD_NUMBER: _ClassVar[int]
    CLARITY_REASON_FIELD_NUMBER: _ClassVar[int]
    CLARITY_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    INTONATION_FIELD_NUMBER: _ClassVar[int]
    signs: _containers.RepeatedCompositeFieldContainer[SpeechSign]
    clarity_reason: str
    clarity: float
    rate: TextAudioFeaturesFindings.Rate
    intonation: TextAudioFeaturesFindings.Intonation
    def __init__(self, signs: _Optional[_Iterable[_Union[SpeechSign, _Mapping]]] = ..., clarity_reason: _Optional[str] = ..., clarity: _Optional[float] = ..., rate: _Optional[_Union[TextAudioFeaturesFindings.Rate, str]] = ..., intonation: _Optional[_Union[TextAudioFeaturesFindings.Intonation, str]] = ...) -> None: ...

class TurningPoint(_message.Message):
    __slots__ = ("description", "segment_ids")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    description: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, description: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SessionInsightsFindings(_message.Message):
    __slots__ = ("turning_points", "narrative")
    TURNING_POINTS_FIELD_NUMBER: _ClassVar[int]
    NARRATIVE_FIELD_NUMBER: _ClassVar[int]
    turning_points: _containers.RepeatedCompositeFieldContainer[TurningPoint]
    narrative: str
    def __init__(self, turning_points: _Optional[_Iterable[_Union[TurningPoint, _Mapping]]] = ..., narrative: _Optional[str] = ...) -> None: ...

class SummaryFindings(_message.Message):
    __slots__ = ("topics", "decisions", "action_items", "text")
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    ACTION_ITEMS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    topics: _containers.RepeatedScalarFieldContainer[str]
    decisions: _containers.RepeatedCompositeFieldContainer[Statement]
    action_items: _containers.RepeatedCompositeFieldContainer[ActionItem]
    text: str
    def __init__(self, topics: _Optional[_Iterable[str]] = ..., decisions: _Optional[_Iterable[_Union[Statement, _Mapping]]] = ..., action_items: _Optional[_Iterable[_Union[ActionItem, _Mapping]]] = ..., text: _Optional[str] = ...) -> None: ...

class WorkNote(_message.Message):
    __slots__ = ("work_id", "text")
    WORK_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    work_id: str
    text: str
    def __init__(self, work_id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class WorkflowFindings(_message.Message):
    __slots__ = ("answer", "answered", "segment_ids", "notes")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    answer: str
    answered: bool
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    notes: _containers.RepeatedCompositeFieldContainer[WorkNote]
    def __init__(self, answer: _Optional[str] = ..., answered: _Optional[bool] = ..., segment_ids: _Optional[_Iterable[str]] = ..., notes: _Optional[_Iterable[_Union[WorkNote, _Mapping]]] = ...) -> None: ...

class LlmFindings(_message.Message):
    __slots__ = ("summary", "quantitative_metrics", "credibility", "argument", "manipulation", "speaker_attitude", "psychological", "enhanced_understanding", "speaker_intent", "conversation_flow", "emotion", "text_audio_features", "session_insights", "workflow")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    QUANTITATIVE_METRICS_FIELD_NUMBER: _ClassVar[int]
    CREDIBILITY_FIELD_NUMBER: _ClassVar[int]
    ARGUMENT_FIELD_NUMBER: _ClassVar[int]
    MANIPULATION_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_ATTITUDE_FIELD_NUMBER: _ClassVar[int]
    PSYCHOLOGICAL_FIELD_NUMBER: _ClassVar[int]
    ENHANCED_UNDERSTANDING_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_INTENT_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_FLOW_FIELD_NUMBER: _ClassVar[int]
    EMOTION_FIELD_NUMBER: _ClassVar[int]
    TEXT_AUDIO_FEATURES_FIELD_NUMBER: _ClassVar[int]
    SESSION_INSIGHTS_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    summary: SummaryFindings
    quantitative_metrics: QuantitativeMetricsFindings
    credibility: CredibilityFindings
    argument: ArgumentFindings
    manipulation: ManipulationFindings
    speaker_attitude: SpeakerAttitudeFindings
    psychological: PsychologicalFindings
    enhanced_understanding: EnhancedUnderstandingFindings
    speaker_intent: SpeakerIntentFindings
    conversation_flow: ConversationFlowFindings
    emotion: EmotionFindings
    text_audio_features: TextAudioFeaturesFindings
    session_insights: SessionInsightsFindings
    workflow: WorkflowFindings
    def __init__(self, summary: _Optional[_Union[SummaryFindings, _Mapping]] = ..., quantitative_metrics: _Optional[_Union[QuantitativeMetricsFindings, _Mapping]] = ..., credibility: _Optional[_Union[CredibilityFindings, _Mapping]] = ..., argument: _Optional[_Union[ArgumentFindings, _Mapping]] = ..., manipulation: _Optional[_Union[ManipulationFindings, _Mapping]] = ..., speaker_attitude: _Optional[_Union[SpeakerAttitudeFindings, _Mapping]] = ..., psychological: _Optional[_Union[PsychologicalFindings, _Mapping]] = ..., enhanced_understanding: _Optional[_Union[EnhancedUnderstandingFindings, _Mapping]] = ..., speaker_intent: _Optional[_Union[SpeakerIntentFindings, _Mapping]] = ..., conversation_flow: _Optional[_Union[ConversationFlowFindings, _Mapping]] = ..., emotion: _Optional[_Union[EmotionFindings, _Mapping]] = ..., text_audio_features: _Optional[_Union[TextAudioFeaturesFindings, _Mapping]] = ..., session_insights: _Optional[_Union[SessionInsightsFindings, _Mapping]] = ..., workflow: _Optional[_Union[WorkflowFindings, _Mapping]] = ...) -> None: ...
