import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from rivermouth.result.v1 import result_pb2 as _result_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Word(_message.Message):
    __slots__ = ("text", "start_offset", "end_offset", "confidence", "is_final")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    IS_FINAL_FIELD_NUMBER: _ClassVar[int]
    text: str
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    confidence: float
    is_final: bool
    def __init__(self, text: _Optional[str] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., confidence: _Optional[float] = ..., is_final: _Optional[bool] = ...) -> None: ...

class Transcript(_message.Message):
    __slots__ = ("header", "channel_tag", "speaker", "start_offset", "end_offset", "text", "words", "is_final", "stability", "confidence", "language_code")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    IS_FINAL_FIELD_NUMBER: _ClassVar[int]
    STABILITY_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    channel_tag: int
    speaker: str
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    text: str
    words: _containers.RepeatedCompositeFieldContainer[Word]
    is_final: bool
    stability: float
    confidence: float
    language_code: str
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., channel_tag: _Optional[int] = ..., speaker: _Optional[str] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., text: _Optional[str] = ..., words: _Optional[_Iterable[_Union[Word, _Mapping]]] = ..., is_final: _Optional[bool] = ..., stability: _Optional[float] = ..., confidence: _Optional[float] = ..., language_code: _Optional[str] = ...) -> None: ...

class TranscriptComplete(_message.Message):
    __slots__ = ("header", "text", "segment_ids", "word_count")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    WORD_COUNT_FIELD_NUMBER: _ClassVar[int]
    header: _result_pb2.ResultHeader
    text: str
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    word_count: int
    def __init__(self, header: _Optional[_Union[_result_pb2.ResultHeader, _Mapping]] = ..., text: _Optional[str] = ..., segment_ids: _Optional[_Iterable[str]] = ..., word_count: _Optional[int] = ...) -> None: ...

class SpeechActivity(_message.Message):
    __slots__ = ("type", "channel_tag", "offset")
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        TYPE_UNSPECIFIED: _ClassVar[SpeechActivity.Type]
        TYPE_SPEECH_BEGIN: _ClassVar[SpeechActivity.Type]
        TYPE_SPEECH_END: _ClassVar[SpeechActivity.Type]
    TYPE_UNSPECIFIED: SpeechActivity.Type
    TYPE_SPEECH_BEGIN: SpeechActivity.Type
    TYPE_SPEECH_END: SpeechActivity.Type
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    type: SpeechActivity.Type
    channel_tag: int
    offset: _duration_pb2.Duration
    def __init__(self, type: _Optional[_Union[SpeechActivity.Type, str]] = ..., channel_tag: _Optional[int] = ..., offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class LanguageDetected(_message.Message):
    __slots__ = ("channel_tag", "language_code", "confidence", "offset")
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    channel_tag: int
    language_code: str
    confidence: float
    offset: _duration_pb2.Duration
    def __init__(self, channel_tag: _Optional[int] = ..., language_code: _Optional[str] = ..., confidence: _Optional[float] = ..., offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class UtteranceEnd(_message.Message):
    __slots__ = ("cause", "channel_tag", "start_offset", "end_offset", "segment_id")
    class Cause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        CAUSE_UNSPECIFIED: _ClassVar[UtteranceEnd.Cause]
        CAUSE_SILENCE: _ClassVar[UtteranceEnd.Cause]
        CAUSE_MAX_DURATION: _ClassVar[UtteranceEnd.Cause]
        CAUSE_FINALIZE: _ClassVar[UtteranceEnd.Cause]
        CAUSE_END_OF_AUDIO: _ClassVar[UtteranceEnd.Cause]
    CAUSE_UNSPECIFIED: UtteranceEnd.Cause
    CAUSE_SILENCE: UtteranceEnd.Cause
    CAUSE_MAX_DURATION: UtteranceEnd.Cause
    CAUSE_FINALIZE: UtteranceEnd.Cause
    CAUSE_END_OF_AUDIO: UtteranceEnd.Cause
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    cause: UtteranceEnd.Cause
    channel_tag: int
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    segment_id: str
    def __init__(self, cause: _Optional[_Union[UtteranceEnd.Cause, str]] = ..., channel_tag: _Optional[int] = ..., start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., segment_id: _Optional[str] = ...) -> None: ...

class TextChunk(_message.Message):
    __slots__ = ("start_offset", "end_offset", "text", "speaker", "channel_tag")
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    text: str
    speaker: str
    channel_tag: int
    def __init__(self, start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., text: _Optional[str] = ..., speaker: _Optional[str] = ..., channel_tag: _Optional[int] = ...) -> None: ...

class SpeakerSpan(_message.Message):
    __slots__ = ("start_offset", "end_offset", "speaker", "channel_tag")
    START_OFFSET_FIELD_NUMBER: _ClassVar[int]
    END_OFFSET_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    start_offset: _duration_pb2.Duration
    end_offset: _duration_pb2.Duration
    speaker: str
    channel_tag: int
    def __init__(self, start_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., end_offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., speaker: _Optional[str] = ..., channel_tag: _Optional[int] = ...) -> None: ...

class SpeakerRevision(_message.Message):
    __slots__ = ("segment_ids", "previous_speaker", "speaker")
    SEGMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    segment_ids: _containers.RepeatedScalarFieldContainer[str]
    previous_speaker: str
    speaker: str
    def __init__(self, segment_ids: _Optional[_Iterable[str]] = ..., previous_speaker: _Optional[str] = ..., speaker: _Optional[str] = ...) -> None: ...
