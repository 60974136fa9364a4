import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from rivermouth.audio.v1 import audio_pb2 as _audio_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StreamingAssessConfig(_message.Message):
    __slots__ = ("identity", "audio_format", "start_offset", "refine_interval")
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    REFINE_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    identity: _result_pb2.StreamIdentity
    audio_format: _audio_pb2.AudioFormat
    start_offset: _duration_pb2.Duration
    refine_interval: _duration_pb2.Duration
    def __init__(self, identity: _Optional[_Union[_result_pb2.StreamIdentity, _Mapping]] = ..., audio_format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., refine_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class StreamingAssessRequest(_message.Message):
    __slots__ = ("streaming_config", "audio", "silence")
    STREAMING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    SILENCE_FIELD_NUMBER: _ClassVar[int]
    streaming_config: StreamingAssessConfig
    audio: _audio_pb2.AudioChunk
    silence: _audio_pb2.Silence
    def __init__(self, streaming_config: _Optional[_Union[StreamingAssessConfig, _Mapping]] = ..., audio: _Optional[_Union[_audio_pb2.AudioChunk, _Mapping]] = ..., silence: _Optional[_Union[_audio_pb2.Silence, _Mapping]] = ...) -> None: ...

class ChannelQuality(_message.Message):
    __slots__ = ("channel_tag", "rms_dbfs", "peak_dbfs", "clipping_ratio", "dc_offset")
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    RMS_DBFS_FIELD_NUMBER: _ClassVar[int]
    PEAK_DBFS_FIELD_NUMBER: _ClassVar[int]
    CLIPPING_RATIO_FIELD_NUMBER: _ClassVar[int]
    DC_OFFSET_FIELD_NUMBER: _ClassVar[int]
    channel_tag: int
    rms_dbfs: float
    peak_dbfs: float
    clipping_ratio: float
    dc_offset: float
    def __init__(self, channel_tag: _Optional[int] = ..., rms_dbfs: _Optional[float] = ..., peak_dbfs: _Optional[float] = ..., clipping_ratio: _Optional[float] = ..., dc_offset: _Optional[float] = ...) -> None: ...

class AudioQuality(_message.Message):
    __slots__ = ("header", "duration", "measured_share", "sample_rate_hertz", "channel_count", "rms_dbfs", "peak_dbfs", "clipping_ratio", "dc_offset", "silence_ratio", "loudness_lufs", "snr_db", "clarity", "bandwidth_hertz", "noise_dbfs", "score", "channels", "warnings")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    MEASURED_SHARE_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HERTZ_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_COUNT_FIELD_NUMBER: _ClassVar[int]
    RMS_DBFS_FIELD_NUMBER: _ClassVar[int]
    PEAK_DBFS_FIELD_NUMBER: _ClassVar[int]
    CLIPPING_RATIO_FIELD_NUMBER: _ClassVar[int]
    DC_OFFSET_FIELD_NUMBER: _ClassVar[int]
    SILENCE_RATIO_FIELD_NUMBER: _ClassVar[int]
    LOUDNESS_LUFS_FIELD_NUMBER: _ClassVar[int]
    SNR_DB_FIELD_NUMBER: _ClassVar[int]
    CLARITY_FIELD_NUMBER: _ClassVar[int]
    BANDWIDTH_HERTZ_FIELD_NUMBER: _ClassVar[int]
    NOISE_DBFS_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    duration: _duration_pb2.Duration
    measured_share: float
    sample_rate_hertz: int
    channel_count: int
    rms_dbfs: float
    peak_dbfs: float
    clipping_ratio: float
    dc_offset: float
    silence_ratio: float
    loudness_lufs: float
    snr_db: float
    clarity: float
    bandwidth_hertz: float
    noise_dbfs: float
    score: float
    channels: _containers.RepeatedCompositeFieldContainer[ChannelQuality]
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., measured_share: _Optional[float] = ..., sample_rate_hertz: _Optional[int] = ..., channel_count: _Optional[int] = ..., rms_dbfs: _Optional[float] = ..., peak_dbfs: _Optional[float] = ..., clipping_ratio: _Optional[float] = ..., dc_offset: _Optional[float] = ..., silence_ratio: _Optional[float] = ..., loudness_lufs: _Optional[float] = ..., snr_db: _Optional[float] = ..., clarity: _Optional[float] = ..., bandwidth_hertz: _Optional[float] = ..., noise_dbfs: _Optional[float] = ..., score: _Optional[float] = ..., channels: _Optional[_Iterable[_Union[ChannelQuality, _Mapping]]] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class StreamingAssessResponse(_message.Message):
    __slots__ = ("audio_quality", "failure", "accepted", "latency")
    AUDIO_QUALITY_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    audio_quality: AudioQuality
    failure: _result_pb2.Failure
    accepted: _duration_pb2.Duration
    latency: _result_pb2.Latency
    def __init__(self, audio_quality: _Optional[_Union[AudioQuality, _Mapping]] = ..., failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., accepted: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., latency: _Optional[_Union[_result_pb2.Latency, _Mapping]] = ...) -> None: ...
