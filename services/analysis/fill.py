"""Measures and findings into messages, field by field: the pure rooms know nothing of the contract but its
names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from types import SimpleNamespace
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from services.analysis.analysis import Measures
from services.runtime.offsets import duration

_DURATION = Duration.DESCRIPTOR.full_name
_LISTS = (tuple, list)
_LINES = "lines"
_SEGMENT_IDS = "segment_ids"


def fill(message: Message, measures: Measures) -> None:
    """Set each field of the measures that is not None. Raises AttributeError for one that the message
    lacks."""
    _fill(message, measures, _names(measures), ())


def fill_parts(message: Message, findings: Any, segment_ids: Sequence[str]) -> None:
    """The same with what a model found: an object, or those of its fields that are there, by name.

    `lines`, numbers of lines of the question, become the `segment_ids` of these lines, in order, each once;
    numbers that no line has are left out.
    """
    if isinstance(findings, Mapping):
        _fill(message, SimpleNamespace(**findings), tuple(findings), segment_ids)
    else:
        _fill(message, findings, _names(findings), segment_ids)


_known_names: dict[type, tuple[str, ...]] = {}


def _names(value: Any) -> tuple[str, ...]:
    """The fields of a dataclass; looked up once for each, for this is most of what filling costs."""
    names = _known_names.get(type(value))
    if names is None:
        names = _known_names[type(value)] = tuple(field.name for field in fields(value))
    return names


def _fill(message: Message, parts: object, names: Iterable[str], segment_ids: Sequence[str]) -> None:
    known = message.DESCRIPTOR.fields_by_name
    for name in names:
        value = getattr(parts, name)
        if value is None:
            continue
        descriptor = known.get(name)
        if descriptor is None:
            if name != _LINES:
                raise AttributeError(f"{message.DESCRIPTOR.full_name} has no field {name}")
            getattr(message, _SEGMENT_IDS).extend(_segments_of(value, segment_ids))
        elif isinstance(value, _LISTS):
            repeated = getattr(message, name)
            for each in value:
                _add(repeated, descriptor, each, segment_ids)
        elif descriptor.message_type is None:
            setattr(message, name, _scalar(descriptor, value))
        elif descriptor.message_type.full_name == _DURATION:
            getattr(message, name).CopyFrom(duration(value))
        else:
            part = getattr(message, name)
            part.SetInParent()
            _fill(part, value, _names(value), segment_ids)


def _segments_of(lines: Iterable[int], segment_ids: Sequence[str]) -> Iterable[str]:
    return [segment_ids[line - 1] for line in sorted(set(lines)) if 1 <= line <= len(segment_ids)]


def _add(repeated: Any, descriptor: Any, value: Any, segment_ids: Sequence[str]) -> None:
    if is_dataclass(value) and not isinstance(value, type):
        add: Callable[[], Message] = repeated.add
        _fill(add(), value, _names(value), segment_ids)
    else:
        repeated.append(_scalar(descriptor, value))


def _scalar(descriptor: Any, value: Any) -> Any:
    if isinstance(value, Enum) and descriptor.enum_type is not None:
        return _number(descriptor.enum_type, value.name)
    return value


def _number(enum: Any, name: str) -> int:
    """The value of that name, which in the contract begins with the enumeration's."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    number: int = enum.values_by_name[f"{prefix}{name}"].number
    return number
