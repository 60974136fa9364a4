import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from rivermouth.audio.v1 import audio_pb2 as _audio_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Rating(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RATING_UNSPECIFIED: _ClassVar[Rating]
    RATING_GOOD: _ClassVar[Rating]
    RATING_FAIR: _ClassVar[Rating]
    RATING_POOR: _ClassVar[Rating]
RATING_UNSPECIFIED: Rating
RATING_GOOD: Rating
RATING_FAIR: Rating
RATING_POOR: Rating

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

class ChannelProblem(_message.Message):
    __slots__ = ("kind", "channel_tag", "other_channel_tag")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[ChannelProblem.Kind]
        KIND_SILENT: _ClassVar[ChannelProblem.Kind]
        KIND_IDENTICAL: _ClassVar[ChannelProblem.Kind]
        KIND_INVERTED: _ClassVar[ChannelProblem.Kind]
    KIND_UNSPECIFIED: ChannelProblem.Kind
    KIND_SILENT: ChannelProblem.Kind
    KIND_IDENTICAL: ChannelProblem.Kind
    KIND_INVERTED: ChannelProblem.Kind
    KIND_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    OTHER_CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    kind: ChannelProblem.Kind
    channel_tag: int
    other_channel_tag: int
    def __init__(self, kind: _Optional[_Union[ChannelProblem.Kind, str]] = ..., channel_tag: _Optional[int] = ..., other_channel_tag: _Optional[int] = ...) -> None: ...

class Interruption(_message.Message):
    __slots__ = ("kind", "channel_tag", "start_offset", "duration")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[Interruption.Kind]
        KIND_DROPOUT: _ClassVar[Interruption.Kind]
        KIND_GAP: _ClassVar[Interruption.Kind]
    KIND_UNSPECIFIED: Interruption.Kind
    KIND_DROPOUT: Interruption.Kind
    KIND_GAP: Interruption.Kind
    KIND_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    kind: Interruption.Kind
    channel_tag: int
    start_offset: _duration_pb2.Duration
    duration: _duration_pb2.Duration
    def __init__(self, kind: _Optional[_Union[Interruption.Kind, str]] = ..., channel_tag: _Optional[int] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Hum(_message.Message):
    __slots__ = ("mains_hertz", "frequency_hertz", "level_dbfs", "harmonics")
    MAINS_HERTZ_FIELD_NUMBER: _ClassVar[int]
    FREQUENCY_HERTZ_FIELD_NUMBER: _ClassVar[int]
    LEVEL_DBFS_FIELD_NUMBER: _ClassVar[int]
    HARMONICS_FIELD_NUMBER: _ClassVar[int]
    mains_hertz: int
    frequency_hertz: float
    level_dbfs: float
    harmonics: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, mains_hertz: _Optional[int] = ..., frequency_hertz: _Optional[float] = ..., level_dbfs: _Optional[float] = ..., harmonics: _Optional[_Iterable[int]] = ...) -> None: ...

class ScorePart(_message.Message):
    __slots__ = ("name", "points_lost", "most_points")
    NAME_FIELD_NUMBER: _ClassVar[int]
    POINTS_LOST_FIELD_NUMBER: _ClassVar[int]
    MOST_POINTS_FIELD_NUMBER: _ClassVar[int]
    name: str
    points_lost: float
    most_points: float
    def __init__(self, name: _Optional[str] = ..., points_lost: _Optional[float] = ..., most_points: _Optional[float] = ...) -> None: ...

class ChannelQuality(_message.Message):
    __slots__ = ("channel_tag", "rms_dbfs", "peak_dbfs", "clipping_ratio", "dc_offset", "true_peak_dbtp", "snr_db", "noise_dbfs", "clarity")
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    RMS_DBFS_FIELD_NUMBER: _ClassVar[int]
    PEAK_DBFS_FIELD_NUMBER: _ClassVar[int]
    CLIPPING_RATIO_FIELD_NUMBER: _ClassVar[int]
    DC_OFFSET_FIELD_NUMBER: _ClassVar[int]
    TRUE_PEAK_DBTP_FIELD_NUMBER: _ClassVar[int]
    SNR_DB_FIELD_NUMBER: _ClassVar[int]
    NOISE_DBFS_FIELD_NUMBER: _ClassVar[int]
    CLARITY_FIELD_NUMBER: _ClassVar[int]
    channel_tag: int
    rms_dbfs: float
    peak_dbfs: float
    clipping_ratio: float
    dc_offset: float
    true_peak_dbtp: float
    snr_db: float
    noise_dbfs: float
    clarity: float
    def __init__(self, channel_tag: _Optional[int] = ..., rms_dbfs: _Optional[float] = ..., peak_dbfs: _Optional[float] = ..., clipping_ratio: _Optional[float] = ..., dc_offset: _Optional[float] = ..., true_peak_dbtp: _Optional[float] = ..., snr_db: _Optional[float] = ..., noise_dbfs: _Optional[float] = ..., clarity: _Optional[float] = ...) -> None: ...

class AudioQuality(_message.Message):
    __slots__ = ("header", "duration", "measured_share", "sample_rate_hertz", "channel_count", "rms_dbfs", "peak_dbfs", "clipping_ratio", "dc_offset", "silence_ratio", "loudness_lufs", "snr_db", "clarity", "bandwidth_hertz", "noise_dbfs", "score", "channels", "warnings", "rating", "score_parts", "window_start_offset", "momentary_lufs", "short_term_lufs", "max_momentary_lufs", "max_short_term_lufs", "loudness_range_lu", "true_peak_dbtp", "volume_consistency", "content_rate_hertz", "hum", "dropout_count", "gap_count", "lost_ratio", "interruptions", "channel_problems", "signal_bandwidth_hertz")
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
    RATING_FIELD_NUMBER: _ClassVar[int]
    SCORE_PARTS_FIELD_NUMBER: _ClassVar[int]
    WINDOW_START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    MOMENTARY_LUFS_FIELD_NUMBER: _ClassVar[int]
    SHORT_TERM_LUFS_FIELD_NUMBER: _ClassVar[int]
    MAX_MOMENTARY_LUFS_FIELD_NUMBER: _ClassVar[int]
    MAX_SHORT_TERM_LUFS_FIELD_NUMBER: _ClassVar[int]
    LOUDNESS_RANGE_LU_FIELD_NUMBER: _ClassVar[int]
    TRUE_PEAK_DBTP_FIELD_NUMBER: _ClassVar[int]
    VOLUME_CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    CONTENT_RATE_HERTZ_FIELD_NUMBER: _ClassVar[int]
    HUM_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    GAP_COUNT_FIELD_NUMBER: _ClassVar[int]
    LOST_RATIO_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTIONS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_BANDWIDTH_HERTZ_FIELD_NUMBER: _ClassVar[int]
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
    rating: Rating
    score_parts: _containers.RepeatedCompositeFieldContainer[ScorePart]
    window_start_offset: _duration_pb2.Duration
    momentary_lufs: float
    short_term_lufs: float
    max_momentary_lufs: float
    max_short_term_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    volume_consistency: float
    content_rate_hertz: int
    hum: Hum
    dropout_count: int
    gap_count: int
    lost_ratio: float
    interruptions: _containers.RepeatedCompositeFieldContainer[Interruption]
    channel_problems: _containers.RepeatedCompositeFieldContainer[ChannelProblem]
    signal_bandwidth_hertz: float
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., measured_share: _Optional[float] = ..., sample_rate_hertz: _Optional[int] = ..., channel_count: _Optional[int] = ..., rms_dbfs: _Optional[float] = ..., peak_dbfs: _Optional[float] = ..., clipping_ratio: _Optional[float] = ..., dc_offset: _Optional[float] = ..., silence_ratio: _Optional[float] = ..., loudness_lufs: _Optional[float] = ..., snr_db: _Optional[float] = ..., clarity: _Optional[float] = ..., bandwidth_hertz: _Optional[float] = ..., noise_dbfs: _Optional[float] = ..., score: _Optional[float] = ..., channels: _Optional[_Iterable[_Union[ChannelQuality, _Mapping]]] = ..., warnings: _Optional[_Iterable[str]] = ..., rating: _Optional[_Union[Rating, str]] = ..., score_parts: _Optional[_Iterable[_Union[ScorePart, _Mapping]]] = ..., window_start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., momentary_lufs: _Optional[float] = ..., short_term_lufs: _Optional[float] = ..., max_momentary_lufs: _Optional[float] = ..., max_short_term_lufs: _Optional[float] = ..., loudness_range_lu: _Optional[float] = ..., true_peak_dbtp: _Optional[float] = ..., volume_consistency: _Optional[float] = ..., content_rate_hertz: _Optional[int] = ..., hum: _Optional[_Union[Hum, _Mapping]] = ..., dropout_count: _Optional[int] = ..., gap_count: _Optional[int] = ..., lost_ratio: _Optional[float] = ..., interruptions: _Optional[_Iterable[_Union[Interruption, _Mapping]]] = ..., channel_problems: _Optional[_Iterable[_Union[ChannelProblem, _Mapping]]] = ..., signal_bandwidth_hertz: _Optional[float] = ...) -> None: ...

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
