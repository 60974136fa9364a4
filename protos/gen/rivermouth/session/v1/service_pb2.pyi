import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from rivermouth.analysis.v1 import analysis_pb2 as _analysis_pb2
from rivermouth.analysis.v1 import custom_pb2 as _custom_pb2
from rivermouth.analysis.v1 import redaction_pb2 as _redaction_pb2
from rivermouth.asr.v1 import asr_pb2 as _asr_pb2
from rivermouth.audio.v1 import audio_pb2 as _audio_pb2
from rivermouth.quality.v1 import quality_pb2 as _quality_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from rivermouth.semantics.v1 import semantics_pb2 as _semantics_pb2
from rivermouth.session.v1 import config_pb2 as _config_pb2
from rivermouth.session.v1 import events_pb2 as _events_pb2
from rivermouth.transcript.v1 import transcript_pb2 as _transcript_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Finalize(_message.Message):
    __slots__ = ("channel_tag",)
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    channel_tag: int
    def __init__(self, channel_tag: _Optional[int] = ...) -> None: ...

class KeepAlive(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Ack(_message.Message):
    __slots__ = ("sequence",)
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    def __init__(self, sequence: _Optional[int] = ...) -> None: ...

class Finish(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StreamingAnalyzeRequest(_message.Message):
    __slots__ = ("client_sequence", "streaming_config", "resume", "audio", "text_chunk", "silence", "finalize", "update_config", "keep_alive", "ack", "finish")
    CLIENT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STREAMING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    TEXT_CHUNK_FIELD_NUMBER: _ClassVar[int]
    SILENCE_FIELD_NUMBER: _ClassVar[int]
    FINALIZE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_CONFIG_FIELD_NUMBER: _ClassVar[int]
    KEEP_ALIVE_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    FINISH_FIELD_NUMBER: _ClassVar[int]
    client_sequence: int
    streaming_config: _config_pb2.StreamingConfig
    resume: _config_pb2.Resume
    audio: _audio_pb2.AudioChunk
    text_chunk: _transcript_pb2.TextChunk
    silence: _audio_pb2.Silence
    finalize: Finalize
    update_config: _config_pb2.UpdateConfig
    keep_alive: KeepAlive
    ack: Ack
    finish: Finish
    def __init__(self, client_sequence: _Optional[int] = ..., streaming_config: _Optional[_Union[_config_pb2.StreamingConfig, _Mapping]] = ..., resume: _Optional[_Union[_config_pb2.Resume, _Mapping]] = ..., audio: _Optional[_Union[_audio_pb2.AudioChunk, _Mapping]] = ..., text_chunk: _Optional[_Union[_transcript_pb2.TextChunk, _Mapping]] = ..., silence: _Optional[_Union[_audio_pb2.Silence, _Mapping]] = ..., finalize: _Optional[_Union[Finalize, _Mapping]] = ..., update_config: _Optional[_Union[_config_pb2.UpdateConfig, _Mapping]] = ..., keep_alive: _Optional[_Union[KeepAlive, _Mapping]] = ..., ack: _Optional[_Union[Ack, _Mapping]] = ..., finish: _Optional[_Union[Finish, _Mapping]] = ...) -> None: ...

class StreamingAnalyzeResponse(_message.Message):
    __slots__ = ("session_id", "epoch", "sequence", "skipped", "emit_time", "channel_tag", "cursors", "client_sequence", "trace_id", "span_id", "latency", "session_started", "transcript", "transcript_complete", "speech_activity", "utterance_end", "turn", "speaker_revision", "audio_quality", "semantic", "conversation_stats", "analysis", "summary", "workflow_routed", "workflow_result", "custom_result", "redaction", "progress", "analyser_status", "flow_control", "heartbeat", "finalize_ack", "config_updated", "config_rejected", "warning", "error", "go_away", "session_summary", "language_detected")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    EMIT_TIME_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    CURSORS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    SPAN_ID_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    SESSION_STARTED_FIELD_NUMBER: _ClassVar[int]
    TRANSCRIPT_FIELD_NUMBER: _ClassVar[int]
    TRANSCRIPT_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    SPEECH_ACTIVITY_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_END_FIELD_NUMBER: _ClassVar[int]
    TURN_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_REVISION_FIELD_NUMBER: _ClassVar[int]
    AUDIO_QUALITY_FIELD_NUMBER: _ClassVar[int]
    SEMANTIC_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_STATS_FIELD_NUMBER: _ClassVar[int]
    ANALYSIS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ROUTED_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_RESULT_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_RESULT_FIELD_NUMBER: _ClassVar[int]
    REDACTION_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ANALYSER_STATUS_FIELD_NUMBER: _ClassVar[int]
    FLOW_CONTROL_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    FINALIZE_ACK_FIELD_NUMBER: _ClassVar[int]
    CONFIG_UPDATED_FIELD_NUMBER: _ClassVar[int]
    CONFIG_REJECTED_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    GO_AWAY_FIELD_NUMBER: _ClassVar[int]
    SESSION_SUMMARY_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_DETECTED_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    epoch: int
    sequence: int
    skipped: int
    emit_time: _timestamp_pb2.Timestamp
    channel_tag: int
    cursors: _events_pb2.Cursors
    client_sequence: int
    trace_id: str
    span_id: str
    latency: _result_pb2.Latency
    session_started: _events_pb2.SessionStarted
    transcript: _transcript_pb2.Transcript
    transcript_complete: _transcript_pb2.TranscriptComplete
    speech_activity: _transcript_pb2.SpeechActivity
    utterance_end: _transcript_pb2.UtteranceEnd
    turn: _semantics_pb2.Turn
    speaker_revision: _transcript_pb2.SpeakerRevision
    audio_quality: _quality_pb2.AudioQuality
    semantic: _semantics_pb2.SemanticAnnotation
    conversation_stats: _semantics_pb2.ConversationStats
    analysis: _analysis_pb2.Analysis
    summary: _analysis_pb2.Summary
    workflow_routed: _analysis_pb2.WorkflowRouted
    workflow_result: _analysis_pb2.WorkflowResult
    custom_result: _custom_pb2.CustomResult
    redaction: _redaction_pb2.Redaction
    progress: _events_pb2.Progress
    analyser_status: _events_pb2.AnalyserStatus
    flow_control: _events_pb2.FlowControl
    heartbeat: _events_pb2.Heartbeat
    finalize_ack: _events_pb2.FinalizeAck
    config_updated: _events_pb2.ConfigUpdated
    config_rejected: _events_pb2.ConfigRejected
    warning: _events_pb2.Warning
    error: _events_pb2.Error
    go_away: _events_pb2.GoAway
    session_summary: _events_pb2.SessionSummary
    language_detected: _transcript_pb2.LanguageDetected
    def __init__(self, session_id: _Optional[str] = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., skipped: _Optional[int] = ..., emit_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., channel_tag: _Optional[int] = ..., cursors: _Optional[_Union[_events_pb2.Cursors, _Mapping]] = ..., client_sequence: _Optional[int] = ..., trace_id: _Optional[str] = ..., span_id: _Optional[str] = ..., latency: _Optional[_Union[_result_pb2.Latency, _Mapping]] = ..., session_started: _Optional[_Union[_events_pb2.SessionStarted, _Mapping]] = ..., transcript: _Optional[_Union[_transcript_pb2.Transcript, _Mapping]] = ..., transcript_complete: _Optional[_Union[_transcript_pb2.TranscriptComplete, _Mapping]] = ..., speech_activity: _Optional[_Union[_transcript_pb2.SpeechActivity, _Mapping]] = ..., utterance_end: _Optional[_Union[_transcript_pb2.UtteranceEnd, _Mapping]] = ..., turn: _Optional[_Union[_semantics_pb2.Turn, _Mapping]] = ..., speaker_revision: _Optional[_Union[_transcript_pb2.SpeakerRevision, _Mapping]] = ..., audio_quality: _Optional[_Union[_quality_pb2.AudioQuality, _Mapping]] = ..., semantic: _Optional[_Union[_semantics_pb2.SemanticAnnotation, _Mapping]] = ..., conversation_stats: _Optional[_Union[_semantics_pb2.ConversationStats, _Mapping]] = ..., analysis: _Optional[_Union[_analysis_pb2.Analysis, _Mapping]] = ..., summary: _Optional[_Union[_analysis_pb2.Summary, _Mapping]] = ..., workflow_routed: _Optional[_Union[_analysis_pb2.WorkflowRouted, _Mapping]] = ..., workflow_result: _Optional[_Union[_analysis_pb2.WorkflowResult, _Mapping]] = ..., custom_result: _Optional[_Union[_custom_pb2.CustomResult, _Mapping]] = ..., redaction: _Optional[_Union[_redaction_pb2.Redaction, _Mapping]] = ..., progress: _Optional[_Union[_events_pb2.Progress, _Mapping]] = ..., analyser_status: _Optional[_Union[_events_pb2.AnalyserStatus, _Mapping]] = ..., flow_control: _Optional[_Union[_events_pb2.FlowControl, _Mapping]] = ..., heartbeat: _Optional[_Union[_events_pb2.Heartbeat, _Mapping]] = ..., finalize_ack: _Optional[_Union[_events_pb2.FinalizeAck, _Mapping]] = ..., config_updated: _Optional[_Union[_events_pb2.ConfigUpdated, _Mapping]] = ..., config_rejected: _Optional[_Union[_events_pb2.ConfigRejected, _Mapping]] = ..., warning: _Optional[_Union[_events_pb2.Warning, _Mapping]] = ..., error: _Optional[_Union[_events_pb2.Error, _Mapping]] = ..., go_away: _Optional[_Union[_events_pb2.GoAway, _Mapping]] = ..., session_summary: _Optional[_Union[_events_pb2.SessionSummary, _Mapping]] = ..., language_detected: _Optional[_Union[_transcript_pb2.LanguageDetected, _Mapping]] = ...) -> None: ...

class SubscribeRequest(_message.Message):
    __slots__ = ("session_id", "from_sequence", "event_filter")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    EVENT_FILTER_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    from_sequence: int
    event_filter: _config_pb2.EventFilter
    def __init__(self, session_id: _Optional[str] = ..., from_sequence: _Optional[int] = ..., event_filter: _Optional[_Union[_config_pb2.EventFilter, _Mapping]] = ...) -> None: ...

class SubscribeResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: StreamingAnalyzeResponse
    def __init__(self, event: _Optional[_Union[StreamingAnalyzeResponse, _Mapping]] = ...) -> None: ...

class GetSessionRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class Session(_message.Message):
    __slots__ = ("session_id", "state", "start_time", "labels", "summary")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Session.State]
        STATE_RUNNING: _ClassVar[Session.State]
        STATE_DRAINING: _ClassVar[Session.State]
        STATE_ENDED: _ClassVar[Session.State]
    STATE_UNSPECIFIED: Session.State
    STATE_RUNNING: Session.State
    STATE_DRAINING: Session.State
    STATE_ENDED: Session.State
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    state: Session.State
    start_time: _timestamp_pb2.Timestamp
    labels: _containers.ScalarMap[str, str]
    summary: _events_pb2.SessionSummary
    def __init__(self, session_id: _Optional[str] = ..., state: _Optional[_Union[Session.State, str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., summary: _Optional[_Union[_events_pb2.SessionSummary, _Mapping]] = ...) -> None: ...

class GetSessionResponse(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: Session
    def __init__(self, session: _Optional[_Union[Session, _Mapping]] = ...) -> None: ...

class ListSessionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListSessionsResponse(_message.Message):
    __slots__ = ("sessions", "next_page_token")
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[Session]
    next_page_token: str
    def __init__(self, sessions: _Optional[_Iterable[_Union[Session, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetCapabilitiesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetCapabilitiesResponse(_message.Message):
    __slots__ = ("analysers", "audio_encodings", "server_version", "max_session_duration", "max_sessions", "resume", "recogniser", "redaction_kinds", "redaction_policies")
    ANALYSERS_FIELD_NUMBER: _ClassVar[int]
    AUDIO_ENCODINGS_FIELD_NUMBER: _ClassVar[int]
    SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    MAX_SESSION_DURATION_FIELD_NUMBER: _ClassVar[int]
    MAX_SESSIONS_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    RECOGNISER_FIELD_NUMBER: _ClassVar[int]
    REDACTION_KINDS_FIELD_NUMBER: _ClassVar[int]
    REDACTION_POLICIES_FIELD_NUMBER: _ClassVar[int]
    analysers: _containers.RepeatedCompositeFieldContainer[_events_pb2.AnalyserInfo]
    audio_encodings: _containers.RepeatedScalarFieldContainer[str]
    server_version: str
    max_session_duration: _duration_pb2.Duration
    max_sessions: int
    resume: bool
    recogniser: _asr_pb2.Recogniser
    redaction_kinds: _containers.RepeatedScalarFieldContainer[str]
    redaction_policies: _containers.RepeatedScalarFieldContainer[_redaction_pb2.RedactionConfig.Policy]
    def __init__(self, analysers: _Optional[_Iterable[_Union[_events_pb2.AnalyserInfo, _Mapping]]] = ..., audio_encodings: _Optional[_Iterable[str]] = ..., server_version: _Optional[str] = ..., max_session_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_sessions: _Optional[int] = ..., resume: _Optional[bool] = ..., recogniser: _Optional[_Union[_asr_pb2.Recogniser, _Mapping]] = ..., redaction_kinds: _Optional[_Iterable[str]] = ..., redaction_policies: _Optional[_Iterable[_Union[_redaction_pb2.RedactionConfig.Policy, str]]] = ...) -> None: ...
