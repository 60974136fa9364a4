import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from rivermouth.analysis.v1 import analysis_pb2 as _analysis_pb2
from rivermouth.asr.v1 import asr_pb2 as _asr_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Cursors(_message.Message):
    __slots__ = ("received", "interim", "final")
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    INTERIM_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    received: _duration_pb2.Duration
    interim: _duration_pb2.Duration
    final: _duration_pb2.Duration
    def __init__(self, received: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., interim: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., final: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class AnalyserOption(_message.Message):
    __slots__ = ("name", "description", "allowed", "default_value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    allowed: str
    default_value: str
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., allowed: _Optional[str] = ..., default_value: _Optional[str] = ...) -> None: ...

class AnalyserInfo(_message.Message):
    __slots__ = ("name", "stage", "default_on", "inputs", "options", "triggers")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_ON_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    TRIGGERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    stage: str
    default_on: bool
    inputs: _containers.RepeatedScalarFieldContainer[str]
    options: _containers.RepeatedCompositeFieldContainer[AnalyserOption]
    triggers: _containers.RepeatedScalarFieldContainer[_analysis_pb2.Trigger]
    def __init__(self, name: _Optional[str] = ..., stage: _Optional[str] = ..., default_on: _Optional[bool] = ..., inputs: _Optional[_Iterable[str]] = ..., options: _Optional[_Iterable[_Union[AnalyserOption, _Mapping]]] = ..., triggers: _Optional[_Iterable[_Union[_analysis_pb2.Trigger, str]]] = ...) -> None: ...

class SessionStarted(_message.Message):
    __slots__ = ("resume_token", "sample_rate_hertz", "channel_count", "analysers", "server_version", "start_time", "steps", "recogniser")
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HERTZ_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_COUNT_FIELD_NUMBER: _ClassVar[int]
    ANALYSERS_FIELD_NUMBER: _ClassVar[int]
    SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    RECOGNISER_FIELD_NUMBER: _ClassVar[int]
    resume_token: str
    sample_rate_hertz: int
    channel_count: int
    analysers: _containers.RepeatedCompositeFieldContainer[AnalyserInfo]
    server_version: str
    start_time: _timestamp_pb2.Timestamp
    steps: _containers.RepeatedScalarFieldContainer[str]
    recogniser: _asr_pb2.Recogniser
    def __init__(self, resume_token: _Optional[str] = ..., sample_rate_hertz: _Optional[int] = ..., channel_count: _Optional[int] = ..., analysers: _Optional[_Iterable[_Union[AnalyserInfo, _Mapping]]] = ..., server_version: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., steps: _Optional[_Iterable[str]] = ..., recogniser: _Optional[_Union[_asr_pb2.Recogniser, _Mapping]] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("step", "state", "steps_done", "steps_total", "percentage")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[Progress.State]
        STATE_STARTED: _ClassVar[Progress.State]
        STATE_ENDED: _ClassVar[Progress.State]
    STATE_UNSPECIFIED: Progress.State
    STATE_STARTED: Progress.State
    STATE_ENDED: Progress.State
    STEP_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STEPS_DONE_FIELD_NUMBER: _ClassVar[int]
    STEPS_TOTAL_FIELD_NUMBER: _ClassVar[int]
    PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
    step: str
    state: Progress.State
    steps_done: int
    steps_total: int
    percentage: int
    def __init__(self, step: _Optional[str] = ..., state: _Optional[_Union[Progress.State, str]] = ..., steps_done: _Optional[int] = ..., steps_total: _Optional[int] = ..., percentage: _Optional[int] = ...) -> None: ...

class AnalyserStatus(_message.Message):
    __slots__ = ("stage", "state", "failure", "incarnation", "lost_input")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[AnalyserStatus.State]
        STATE_RUNNING: _ClassVar[AnalyserStatus.State]
        STATE_STALLED: _ClassVar[AnalyserStatus.State]
        STATE_RECONNECTING: _ClassVar[AnalyserStatus.State]
        STATE_UNAVAILABLE: _ClassVar[AnalyserStatus.State]
        STATE_FINISHED: _ClassVar[AnalyserStatus.State]
    STATE_UNSPECIFIED: AnalyserStatus.State
    STATE_RUNNING: AnalyserStatus.State
    STATE_STALLED: AnalyserStatus.State
    STATE_RECONNECTING: AnalyserStatus.State
    STATE_UNAVAILABLE: AnalyserStatus.State
    STATE_FINISHED: AnalyserStatus.State
    STAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    INCARNATION_FIELD_NUMBER: _ClassVar[int]
    LOST_INPUT_FIELD_NUMBER: _ClassVar[int]
    stage: str
    state: AnalyserStatus.State
    failure: _result_pb2.Failure
    incarnation: int
    lost_input: _duration_pb2.Duration
    def __init__(self, stage: _Optional[str] = ..., state: _Optional[_Union[AnalyserStatus.State, str]] = ..., failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., incarnation: _Optional[int] = ..., lost_input: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class FlowControl(_message.Message):
    __slots__ = ("state", "cause", "buffered", "recognition_lag")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[FlowControl.State]
        STATE_STARTED: _ClassVar[FlowControl.State]
        STATE_ENDED: _ClassVar[FlowControl.State]
    STATE_UNSPECIFIED: FlowControl.State
    STATE_STARTED: FlowControl.State
    STATE_ENDED: FlowControl.State
    STATE_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    BUFFERED_FIELD_NUMBER: _ClassVar[int]
    RECOGNITION_LAG_FIELD_NUMBER: _ClassVar[int]
    state: FlowControl.State
    cause: str
    buffered: _duration_pb2.Duration
    recognition_lag: _duration_pb2.Duration
    def __init__(self, state: _Optional[_Union[FlowControl.State, str]] = ..., cause: _Optional[str] = ..., buffered: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., recognition_lag: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("recognition_lag",)
    RECOGNITION_LAG_FIELD_NUMBER: _ClassVar[int]
    recognition_lag: _duration_pb2.Duration
    def __init__(self, recognition_lag: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class FinalizeAck(_message.Message):
    __slots__ = ("request_sequence", "closed")
    REQUEST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    request_sequence: int
    closed: int
    def __init__(self, request_sequence: _Optional[int] = ..., closed: _Optional[int] = ...) -> None: ...

class ConfigUpdated(_message.Message):
    __slots__ = ("request_sequence", "fields")
    REQUEST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    request_sequence: int
    fields: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_sequence: _Optional[int] = ..., fields: _Optional[_Iterable[str]] = ...) -> None: ...

class FieldViolation(_message.Message):
    __slots__ = ("field", "description")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    field: str
    description: str
    def __init__(self, field: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class ConfigRejected(_message.Message):
    __slots__ = ("request_sequence", "violations")
    REQUEST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    request_sequence: int
    violations: _containers.RepeatedCompositeFieldContainer[FieldViolation]
    def __init__(self, request_sequence: _Optional[int] = ..., violations: _Optional[_Iterable[_Union[FieldViolation, _Mapping]]] = ...) -> None: ...

class Warning(_message.Message):
    __slots__ = ("reason", "message", "metadata")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    reason: str
    message: str
    metadata: _containers.ScalarMap[str, str]
    def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ("failure", "stage", "client_sequence", "field", "fatal")
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    FATAL_FIELD_NUMBER: _ClassVar[int]
    failure: _result_pb2.Failure
    stage: str
    client_sequence: int
    field: str
    fatal: bool
    def __init__(self, failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., stage: _Optional[str] = ..., client_sequence: _Optional[int] = ..., field: _Optional[str] = ..., fatal: _Optional[bool] = ...) -> None: ...

class GoAway(_message.Message):
    __slots__ = ("time_left", "reason")
    TIME_LEFT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    time_left: _duration_pb2.Duration
    reason: str
    def __init__(self, time_left: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class ServiceCounts(_message.Message):
    __slots__ = ("service", "coarse", "refine", "final", "dropped", "failed", "skipped", "truncated")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    COARSE_FIELD_NUMBER: _ClassVar[int]
    REFINE_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    service: str
    coarse: int
    refine: int
    final: int
    dropped: int
    failed: int
    skipped: int
    truncated: int
    def __init__(self, service: _Optional[str] = ..., coarse: _Optional[int] = ..., refine: _Optional[int] = ..., final: _Optional[int] = ..., dropped: _Optional[int] = ..., failed: _Optional[int] = ..., skipped: _Optional[int] = ..., truncated: _Optional[int] = ...) -> None: ...

class SessionSummary(_message.Message):
    __slots__ = ("end", "services", "events", "audio_duration", "elapsed", "chunks_received", "chunks_per_second", "segments_partial", "segments_final", "llm_calls", "llm_calls_per_minute", "llm_input_tokens", "llm_output_tokens")
    class End(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        END_UNSPECIFIED: _ClassVar[SessionSummary.End]
        END_FINISHED: _ClassVar[SessionSummary.End]
        END_ERROR: _ClassVar[SessionSummary.End]
        END_LIMIT: _ClassVar[SessionSummary.End]
        END_DRAINED: _ClassVar[SessionSummary.End]
        END_ABANDONED: _ClassVar[SessionSummary.End]
    END_UNSPECIFIED: SessionSummary.End
    END_FINISHED: SessionSummary.End
    END_ERROR: SessionSummary.End
    END_LIMIT: SessionSummary.End
    END_DRAINED: SessionSummary.End
    END_ABANDONED: SessionSummary.End
    class EventsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    END_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    AUDIO_DURATION_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_PARTIAL_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FINAL_FIELD_NUMBER: _ClassVar[int]
    LLM_CALLS_FIELD_NUMBER: _ClassVar[int]
    LLM_CALLS_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    LLM_INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    LLM_OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    end: SessionSummary.End
    services: _containers.RepeatedCompositeFieldContainer[ServiceCounts]
    events: _containers.ScalarMap[str, int]
    audio_duration: _duration_pb2.Duration
    elapsed: _duration_pb2.Duration
    chunks_received: int
    chunks_per_second: float
    segments_partial: int
    segments_final: int
    llm_calls: int
    llm_calls_per_minute: float
    llm_input_tokens: int
    llm_output_tokens: int
    def __init__(self, end: _Optional[_Union[SessionSummary.End, str]] = ..., services: _Optional[_Iterable[_Union[ServiceCounts, _Mapping]]] = ..., events: _Optional[_Mapping[str, int]] = ..., audio_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., chunks_received: _Optional[int] = ..., chunks_per_second: _Optional[float] = ..., segments_partial: _Optional[int] = ..., segments_final: _Optional[int] = ..., llm_calls: _Optional[int] = ..., llm_calls_per_minute: _Optional[float] = ..., llm_input_tokens: _Optional[int] = ..., llm_output_tokens: _Optional[int] = ...) -> None: ...
