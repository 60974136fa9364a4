from rivermouth.semantics.v1 import semantics_pb2 as _semantics_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RedactionConfig(_message.Message):
    __slots__ = ("policy", "kinds", "names")
    class Policy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        POLICY_UNSPECIFIED: _ClassVar[RedactionConfig.Policy]
        POLICY_MASK: _ClassVar[RedactionConfig.Policy]
        POLICY_HASH: _ClassVar[RedactionConfig.Policy]
        POLICY_ENTITY: _ClassVar[RedactionConfig.Policy]
    POLICY_UNSPECIFIED: RedactionConfig.Policy
    POLICY_MASK: RedactionConfig.Policy
    POLICY_HASH: RedactionConfig.Policy
    POLICY_ENTITY: RedactionConfig.Policy
    POLICY_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    policy: RedactionConfig.Policy
    kinds: _containers.RepeatedScalarFieldContainer[str]
    names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, policy: _Optional[_Union[RedactionConfig.Policy, str]] = ..., kinds: _Optional[_Iterable[str]] = ..., names: _Optional[_Iterable[str]] = ...) -> None: ...

class RedactionNumber(_message.Message):
    __slots__ = ("kind", "digest", "number")
    KIND_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    kind: str
    digest: bytes
    number: int
    def __init__(self, kind: _Optional[str] = ..., digest: _Optional[bytes] = ..., number: _Optional[int] = ...) -> None: ...

class RedactionNumbers(_message.Message):
    __slots__ = ("numbers",)
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    numbers: _containers.RepeatedCompositeFieldContainer[RedactionNumber]
    def __init__(self, numbers: _Optional[_Iterable[_Union[RedactionNumber, _Mapping]]] = ...) -> None: ...

class Replacement(_message.Message):
    __slots__ = ("kind", "span", "replacement")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SPAN_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_FIELD_NUMBER: _ClassVar[int]
    kind: str
    span: _semantics_pb2.Span
    replacement: str
    def __init__(self, kind: _Optional[str] = ..., span: _Optional[_Union[_semantics_pb2.Span, _Mapping]] = ..., replacement: _Optional[str] = ...) -> None: ...

class Redaction(_message.Message):
    __slots__ = ("segment_id", "segment_revision", "replacements", "counts", "revision", "channel_tag")
    class CountsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    SEGMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_REVISION_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENTS_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_TAG_FIELD_NUMBER: _ClassVar[int]
    segment_id: str
    segment_revision: int
    replacements: _containers.RepeatedCompositeFieldContainer[Replacement]
    counts: _containers.ScalarMap[str, int]
    revision: int
    channel_tag: int
    def __init__(self, segment_id: _Optional[str] = ..., segment_revision: _Optional[int] = ..., replacements: _Optional[_Iterable[_Union[Replacement, _Mapping]]] = ..., counts: _Optional[_Mapping[str, int]] = ..., revision: _Optional[int] = ..., channel_tag: _Optional[int] = ...) -> None: ...
