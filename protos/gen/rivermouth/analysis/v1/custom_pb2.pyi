import datetime

from google.protobuf import any_pb2 as _any_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from rivermouth.analysis.v1 import analysis_pb2 as _analysis_pb2
from rivermouth.audio.v1 import audio_pb2 as _audio_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StreamingProcessConfig(_message.Message):
    __slots__ = ("identity", "name", "audio_format", "options")
    class OptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    identity: _result_pb2.StreamIdentity
    name: str
    audio_format: _audio_pb2.AudioFormat
    options: _containers.ScalarMap[str, str]
    def __init__(self, identity: _Optional[_Union[_result_pb2.StreamIdentity, _Mapping]] = ..., name: _Optional[str] = ..., audio_format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., options: _Optional[_Mapping[str, str]] = ...) -> None: ...

class StreamingProcessRequest(_message.Message):
    __slots__ = ("streaming_config", "segment", "audio", "upstream_failure")
    STREAMING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_FAILURE_FIELD_NUMBER: _ClassVar[int]
    streaming_config: StreamingProcessConfig
    segment: _analysis_pb2.AnnotatedSegment
    audio: _audio_pb2.AudioChunk
    upstream_failure: _result_pb2.Failure
    def __init__(self, streaming_config: _Optional[_Union[StreamingProcessConfig, _Mapping]] = ..., segment: _Optional[_Union[_analysis_pb2.AnnotatedSegment, _Mapping]] = ..., audio: _Optional[_Union[_audio_pb2.AudioChunk, _Mapping]] = ..., upstream_failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ...) -> None: ...

class CustomResult(_message.Message):
    __slots__ = ("header", "name", "channel_tag", "end_offset", "payload")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    name: str
    channel_tag: int
    end_offset: _duration_pb2.Duration
    payload: _any_pb2.Any
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., name: _Optional[str] = ..., channel_tag: _Optional[int] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., payload: _Optional[_Union[_any_pb2.Any, _Mapping]] = ...) -> None: ...

class StreamingProcessResponse(_message.Message):
    __slots__ = ("custom_result", "failure", "latency")
    CUSTOM_RESULT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    custom_result: CustomResult
    failure: _result_pb2.Failure
    latency: _result_pb2.Latency
    def __init__(self, custom_result: _Optional[_Union[CustomResult, _Mapping]] = ..., failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., latency: _Optional[_Union[_result_pb2.Latency, _Mapping]] = ...) -> None: ...
