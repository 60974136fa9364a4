import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from rivermouth.analysis.v1 import analysis_pb2 as _analysis_pb2
from rivermouth.analysis.v1 import redaction_pb2 as _redaction_pb2
from rivermouth.asr.v1 import asr_pb2 as _asr_pb2
from rivermouth.audio.v1 import audio_pb2 as _audio_pb2
from rivermouth.transcript.v1 import transcript_pb2 as _transcript_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AnalyserConfig(_message.Message):
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
    trigger: _analysis_pb2.Trigger
    options: _containers.ScalarMap[str, str]
    def __init__(self, name: _Optional[str] = ..., trigger: _Optional[_Union[_analysis_pb2.Trigger, str]] = ..., options: _Optional[_Mapping[str, str]] = ...) -> None: ...

class EventFilter(_message.Message):
    __slots__ = ("include", "exclude", "only_final")
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    ONLY_FINAL_FIELD_NUMBER: _ClassVar[int]
    include: _containers.RepeatedScalarFieldContainer[str]
    exclude: _containers.RepeatedScalarFieldContainer[str]
    only_final: bool
    def __init__(self, include: _Optional[_Iterable[str]] = ..., exclude: _Optional[_Iterable[str]] = ..., only_final: _Optional[bool] = ...) -> None: ...

class SessionLimits(_message.Message):
    __slots__ = ("max_duration", "idle_timeout")
    MAX_DURATION_FIELD_NUMBER: _ClassVar[int]
    IDLE_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    max_duration: _duration_pb2.Duration
    idle_timeout: _duration_pb2.Duration
    def __init__(self, max_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., idle_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Segmentation(_message.Message):
    __slots__ = ("max_gap",)
    MAX_GAP_FIELD_NUMBER: _ClassVar[int]
    max_gap: _duration_pb2.Duration
    def __init__(self, max_gap: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class StreamingConfig(_message.Message):
    __slots__ = ("audio_format", "recognition", "analysers", "llm_providers", "event_filter", "limits", "context", "labels", "segmentation", "cache_answers", "redaction")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    RECOGNITION_FIELD_NUMBER: _ClassVar[int]
    ANALYSERS_FIELD_NUMBER: _ClassVar[int]
    LLM_PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    EVENT_FILTER_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTATION_FIELD_NUMBER: _ClassVar[int]
    CACHE_ANSWERS_FIELD_NUMBER: _ClassVar[int]
    REDACTION_FIELD_NUMBER: _ClassVar[int]
    audio_format: _audio_pb2.AudioFormat
    recognition: _asr_pb2.RecognitionConfig
    analysers: _containers.RepeatedCompositeFieldContainer[AnalyserConfig]
    llm_providers: _containers.RepeatedScalarFieldContainer[str]
    event_filter: EventFilter
    limits: SessionLimits
    context: _analysis_pb2.SessionContext
    labels: _containers.ScalarMap[str, str]
    segmentation: Segmentation
    cache_answers: bool
    redaction: _redaction_pb2.RedactionConfig
    def __init__(self, audio_format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., recognition: _Optional[_Union[_asr_pb2.RecognitionConfig, _Mapping]] = ..., analysers: _Optional[_Iterable[_Union[AnalyserConfig, _Mapping]]] = ..., llm_providers: _Optional[_Iterable[str]] = ..., event_filter: _Optional[_Union[EventFilter, _Mapping]] = ..., limits: _Optional[_Union[SessionLimits, _Mapping]] = ..., context: _Optional[_Union[_analysis_pb2.SessionContext, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., segmentation: _Optional[_Union[Segmentation, _Mapping]] = ..., cache_answers: _Optional[bool] = ..., redaction: _Optional[_Union[_redaction_pb2.RedactionConfig, _Mapping]] = ...) -> None: ...

class Resume(_message.Message):
    __slots__ = ("session_id", "resume_token", "last_sequence", "epoch")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    resume_token: str
    last_sequence: int
    epoch: int
    def __init__(self, session_id: _Optional[str] = ..., resume_token: _Optional[str] = ..., last_sequence: _Optional[int] = ..., epoch: _Optional[int] = ...) -> None: ...

class UpdateConfig(_message.Message):
    __slots__ = ("recognition", "event_filter", "labels", "speaker_spans")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    RECOGNITION_FIELD_NUMBER: _ClassVar[int]
    EVENT_FILTER_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_SPANS_FIELD_NUMBER: _ClassVar[int]
    recognition: _asr_pb2.RecognitionConfig
    event_filter: EventFilter
    labels: _containers.ScalarMap[str, str]
    speaker_spans: _containers.RepeatedCompositeFieldContainer[_transcript_pb2.SpeakerSpan]
    def __init__(self, recognition: _Optional[_Union[_asr_pb2.RecognitionConfig, _Mapping]] = ..., event_filter: _Optional[_Union[EventFilter, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., speaker_spans: _Optional[_Iterable[_Union[_transcript_pb2.SpeakerSpan, _Mapping]]] = ...) -> None: ...
