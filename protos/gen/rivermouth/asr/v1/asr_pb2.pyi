import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from rivermouth.audio.v1 import audio_pb2 as _audio_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from rivermouth.transcript.v1 import transcript_pb2 as _transcript_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Recogniser(_message.Message):
    __slots__ = ("engine", "model", "languages", "options")
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    engine: str
    model: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    options: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, engine: _Optional[str] = ..., model: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ..., options: _Optional[_Iterable[str]] = ...) -> None: ...

class GetCapabilitiesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetCapabilitiesResponse(_message.Message):
    __slots__ = ("recogniser",)
    RECOGNISER_FIELD_NUMBER: _ClassVar[int]
    recogniser: Recogniser
    def __init__(self, recogniser: _Optional[_Union[Recogniser, _Mapping]] = ...) -> None: ...

class SpeechContext(_message.Message):
    __slots__ = ("phrases", "boost")
    PHRASES_FIELD_NUMBER: _ClassVar[int]
    BOOST_FIELD_NUMBER: _ClassVar[int]
    phrases: _containers.RepeatedScalarFieldContainer[str]
    boost: float
    def __init__(self, phrases: _Optional[_Iterable[str]] = ..., boost: _Optional[float] = ...) -> None: ...

class Endpointing(_message.Message):
    __slots__ = ("end_silence", "min_speech", "pre_roll", "max_utterance", "threshold")
    END_SILENCE_FIELD_NUMBER: _ClassVar[int]
    MIN_SPEECH_FIELD_NUMBER: _ClassVar[int]
    PRE_ROLL_FIELD_NUMBER: _ClassVar[int]
    MAX_UTTERANCE_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    end_silence: _duration_pb2.Duration
    min_speech: _duration_pb2.Duration
    pre_roll: _duration_pb2.Duration
    max_utterance: _duration_pb2.Duration
    threshold: float
    def __init__(self, end_silence: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., min_speech: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., pre_roll: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_utterance: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., threshold: _Optional[float] = ...) -> None: ...

class ChannelConfig(_message.Message):
    __slots__ = ("channel_tag", "speaker")
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    channel_tag: int
    speaker: str
    def __init__(self, channel_tag: _Optional[int] = ..., speaker: _Optional[str] = ...) -> None: ...

class RecognitionConfig(_message.Message):
    __slots__ = ("language_code", "interim_results", "endpointing", "channels", "speech_contexts", "profanity_filter", "engine", "lock_language", "allow_audio_egress")
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    INTERIM_RESULTS_FIELD_NUMBER: _ClassVar[int]
    ENDPOINTING_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    SPEECH_CONTEXTS_FIELD_NUMBER: _ClassVar[int]
    PROFANITY_FILTER_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    LOCK_LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    ALLOW_AUDIO_EGRESS_FIELD_NUMBER: _ClassVar[int]
    language_code: str
    interim_results: bool
    endpointing: Endpointing
    channels: _containers.RepeatedCompositeFieldContainer[ChannelConfig]
    speech_contexts: _containers.RepeatedCompositeFieldContainer[SpeechContext]
    profanity_filter: bool
    engine: str
    lock_language: bool
    allow_audio_egress: bool
    def __init__(self, language_code: _Optional[str] = ..., interim_results: _Optional[bool] = ..., endpointing: _Optional[_Union[Endpointing, _Mapping]] = ..., channels: _Optional[_Iterable[_Union[ChannelConfig, _Mapping]]] = ..., speech_contexts: _Optional[_Iterable[_Union[SpeechContext, _Mapping]]] = ..., profanity_filter: _Optional[bool] = ..., engine: _Optional[str] = ..., lock_language: _Optional[bool] = ..., allow_audio_egress: _Optional[bool] = ...) -> None: ...

class StreamingRecognitionConfig(_message.Message):
    __slots__ = ("identity", "audio_format", "recognition", "start_offset")
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FORMAT_FIELD_NUMBER: _ClassVar[int]
    RECOGNITION_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    identity: _result_pb2.StreamIdentity
    audio_format: _audio_pb2.AudioFormat
    recognition: RecognitionConfig
    start_offset: _duration_pb2.Duration
    def __init__(self, identity: _Optional[_Union[_result_pb2.StreamIdentity, _Mapping]] = ..., audio_format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., recognition: _Optional[_Union[RecognitionConfig, _Mapping]] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class FinalizeRequest(_message.Message):
    __slots__ = ("channel_tag", "request_id")
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    channel_tag: int
    request_id: int
    def __init__(self, channel_tag: _Optional[int] = ..., request_id: _Optional[int] = ...) -> None: ...

class StreamingRecognizeRequest(_message.Message):
    __slots__ = ("streaming_config", "audio", "silence", "finalize", "update")
    STREAMING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    SILENCE_FIELD_NUMBER: _ClassVar[int]
    FINALIZE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    streaming_config: StreamingRecognitionConfig
    audio: _audio_pb2.AudioChunk
    silence: _audio_pb2.Silence
    finalize: FinalizeRequest
    update: RecognitionConfig
    def __init__(self, streaming_config: _Optional[_Union[StreamingRecognitionConfig, _Mapping]] = ..., audio: _Optional[_Union[_audio_pb2.AudioChunk, _Mapping]] = ..., silence: _Optional[_Union[_audio_pb2.Silence, _Mapping]] = ..., finalize: _Optional[_Union[FinalizeRequest, _Mapping]] = ..., update: _Optional[_Union[RecognitionConfig, _Mapping]] = ...) -> None: ...

class RecognitionStarted(_message.Message):
    __slots__ = ("engine", "model")
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    engine: str
    model: str
    def __init__(self, engine: _Optional[str] = ..., model: _Optional[str] = ...) -> None: ...

class RecognitionFinalized(_message.Message):
    __slots__ = ("request_id", "closed")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    request_id: int
    closed: int
    def __init__(self, request_id: _Optional[int] = ..., closed: _Optional[int] = ...) -> None: ...

class RecognitionCursors(_message.Message):
    __slots__ = ("accepted", "interim", "final", "lag")
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    INTERIM_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    accepted: _duration_pb2.Duration
    interim: _duration_pb2.Duration
    final: _duration_pb2.Duration
    lag: _duration_pb2.Duration
    def __init__(self, accepted: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., interim: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., final: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., lag: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class StreamingRecognizeResponse(_message.Message):
    __slots__ = ("started", "transcript", "transcript_complete", "speech_activity", "utterance_end", "finalized", "failure", "language_detected", "cursors", "latency")
    STARTED_FIELD_NUMBER: _ClassVar[int]
    TRANSCRIPT_FIELD_NUMBER: _ClassVar[int]
    TRANSCRIPT_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    SPEECH_ACTIVITY_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_END_FIELD_NUMBER: _ClassVar[int]
    FINALIZED_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_DETECTED_FIELD_NUMBER: _ClassVar[int]
    CURSORS_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    started: RecognitionStarted
    transcript: _transcript_pb2.Transcript
    transcript_complete: _transcript_pb2.TranscriptComplete
    speech_activity: _transcript_pb2.SpeechActivity
    utterance_end: _transcript_pb2.UtteranceEnd
    finalized: RecognitionFinalized
    failure: _result_pb2.Failure
    language_detected: _transcript_pb2.LanguageDetected
    cursors: RecognitionCursors
    latency: _result_pb2.Latency
    def __init__(self, started: _Optional[_Union[RecognitionStarted, _Mapping]] = ..., transcript: _Optional[_Union[_transcript_pb2.Transcript, _Mapping]] = ..., transcript_complete: _Optional[_Union[_transcript_pb2.TranscriptComplete, _Mapping]] = ..., speech_activity: _Optional[_Union[_transcript_pb2.SpeechActivity, _Mapping]] = ..., utterance_end: _Optional[_Union[_transcript_pb2.UtteranceEnd, _Mapping]] = ..., finalized: _Optional[_Union[RecognitionFinalized, _Mapping]] = ..., failure: _Optional[_Union[_result_pb2.Failure, _Mapping]] = ..., language_detected: _Optional[_Union[_transcript_pb2.LanguageDetected, _Mapping]] = ..., cursors: _Optional[_Union[RecognitionCursors, _Mapping]] = ..., latency: _Optional[_Union[_result_pb2.Latency, _Mapping]] = ...) -> None: ...
