import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class VoiceMetrics(_message.Message):
    __slots__ = ("measured", "speech", "voiced", "pitch_mean", "pitch_deviation", "pitch_low", "pitch_high", "pitch_range", "jitter", "shimmer", "pitch_tremor_hertz", "pitch_tremor", "intensity_tremor_hertz", "intensity_tremor", "first_formant", "second_formant", "third_formant", "intensity", "intensity_deviation", "intensity_slope", "loudness", "loudness_slope", "pauses", "pause_time", "mean_pause", "pauses_per_minute", "syllables", "speech_rate", "articulation_rate", "harmonics_to_noise", "signal_to_noise", "cepstral_peak", "voice_quality")
    MEASURED_FIELD_NUMBER: _ClassVar[int]
    SPEECH_FIELD_NUMBER: _ClassVar[int]
    VOICED_FIELD_NUMBER: _ClassVar[int]
    PITCH_MEAN_FIELD_NUMBER: _ClassVar[int]
    PITCH_DEVIATION_FIELD_NUMBER: _ClassVar[int]
    PITCH_LOW_FIELD_NUMBER: _ClassVar[int]
    PITCH_HIGH_FIELD_NUMBER: _ClassVar[int]
    PITCH_RANGE_FIELD_NUMBER: _ClassVar[int]
    JITTER_FIELD_NUMBER: _ClassVar[int]
    SHIMMER_FIELD_NUMBER: _ClassVar[int]
    PITCH_TREMOR_HERTZ_FIELD_NUMBER: _ClassVar[int]
    PITCH_TREMOR_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_TREMOR_HERTZ_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_TREMOR_FIELD_NUMBER: _ClassVar[int]
    FIRST_FORMANT_FIELD_NUMBER: _ClassVar[int]
    SECOND_FORMANT_FIELD_NUMBER: _ClassVar[int]
    THIRD_FORMANT_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_DEVIATION_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_SLOPE_FIELD_NUMBER: _ClassVar[int]
    LOUDNESS_FIELD_NUMBER: _ClassVar[int]
    LOUDNESS_SLOPE_FIELD_NUMBER: _ClassVar[int]
    PAUSES_FIELD_NUMBER: _ClassVar[int]
    PAUSE_TIME_FIELD_NUMBER: _ClassVar[int]
    MEAN_PAUSE_FIELD_NUMBER: _ClassVar[int]
    PAUSES_PER_MINUTE_FIELD_NUMBER: _ClassVar[int]
    SYLLABLES_FIELD_NUMBER: _ClassVar[int]
    SPEECH_RATE_FIELD_NUMBER: _ClassVar[int]
    ARTICULATION_RATE_FIELD_NUMBER: _ClassVar[int]
    HARMONICS_TO_NOISE_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_TO_NOISE_FIELD_NUMBER: _ClassVar[int]
    CEPSTRAL_PEAK_FIELD_NUMBER: _ClassVar[int]
    VOICE_QUALITY_FIELD_NUMBER: _ClassVar[int]
    measured: _duration_pb2.Duration
    speech: _duration_pb2.Duration
    voiced: _duration_pb2.Duration
    pitch_mean: float
    pitch_deviation: float
    pitch_low: float
    pitch_high: float
    pitch_range: float
    jitter: float
    shimmer: float
    pitch_tremor_hertz: float
    pitch_tremor: float
    intensity_tremor_hertz: float
    intensity_tremor: float
    first_formant: float
    second_formant: float
    third_formant: float
    intensity: float
    intensity_deviation: float
    intensity_slope: float
    loudness: float
    loudness_slope: float
    pauses: int
    pause_time: _duration_pb2.Duration
    mean_pause: _duration_pb2.Duration
    pauses_per_minute: float
    syllables: int
    speech_rate: float
    articulation_rate: float
    harmonics_to_noise: float
    signal_to_noise: float
    cepstral_peak: float
    voice_quality: float
    def __init__(self, measured: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., speech: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., voiced: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., pitch_mean: _Optional[float] = ..., pitch_deviation: _Optional[float] = ..., pitch_low: _Optional[float] = ..., pitch_high: _Optional[float] = ..., pitch_range: _Optional[float] = ..., jitter: _Optional[float] = ..., shimmer: _Optional[float] = ..., pitch_tremor_hertz: _Optional[float] = ..., pitch_tremor: _Optional[float] = ..., intensity_tremor_hertz: _Optional[float] = ..., intensity_tremor: _Optional[float] = ..., first_formant: _Optional[float] = ..., second_formant: _Optional[float] = ..., third_formant: _Optional[float] = ..., intensity: _Optional[float] = ..., intensity_deviation: _Optional[float] = ..., intensity_slope: _Optional[float] = ..., loudness: _Optional[float] = ..., loudness_slope: _Optional[float] = ..., pauses: _Optional[int] = ..., pause_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., mean_pause: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., pauses_per_minute: _Optional[float] = ..., syllables: _Optional[int] = ..., speech_rate: _Optional[float] = ..., articulation_rate: _Optional[float] = ..., harmonics_to_noise: _Optional[float] = ..., signal_to_noise: _Optional[float] = ..., cepstral_peak: _Optional[float] = ..., voice_quality: _Optional[float] = ...) -> None: ...

class SpeakerVoice(_message.Message):
    __slots__ = ("speaker", "channel_tag", "voice")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    channel_tag: int
    voice: VoiceMetrics
    def __init__(self, speaker: _Optional[str] = ..., channel_tag: _Optional[int] = ..., voice: _Optional[_Union[VoiceMetrics, _Mapping]] = ...) -> None: ...

class AcousticMetrics(_message.Message):
    __slots__ = ("overall", "speakers", "segments", "measured_share")
    OVERALL_FIELD_NUMBER: _ClassVar[int]
    SPEAKERS_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    MEASURED_SHARE_FIELD_NUMBER: _ClassVar[int]
    overall: VoiceMetrics
    speakers: _containers.RepeatedCompositeFieldContainer[SpeakerVoice]
    segments: int
    measured_share: float
    def __init__(self, overall: _Optional[_Union[VoiceMetrics, _Mapping]] = ..., speakers: _Optional[_Iterable[_Union[SpeakerVoice, _Mapping]]] = ..., segments: _Optional[int] = ..., measured_share: _Optional[float] = ...) -> None: ...
