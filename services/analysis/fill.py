"""Measures into messages, field by field: the pure rooms know nothing of the contract but its names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from services.analysis.analysis import Measures
from services.runtime.offsets import duration

_DURATION = Duration.DESCRIPTOR.full_name


def fill(message: Message, measures: Measures) -> None:
    """Set each field of the measures that is not None. Raises AttributeError for one that the message
    lacks."""
    for field in fields(measures):
        value = getattr(measures, field.name)
        if value is None:
            continue
        descriptor = message.DESCRIPTOR.fields_by_name.get(field.name)
        if descriptor is None:
            raise AttributeError(f"{message.DESCRIPTOR.full_name} has no field {field.name}")
        if isinstance(value, tuple):
            repeated = getattr(message, field.name)
            for each in value:
                _add(repeated, descriptor, each)
        elif descriptor.message_type is None:
            setattr(message, field.name, _scalar(descriptor, value))
        elif descriptor.message_type.full_name == _DURATION:
            getattr(message, field.name).CopyFrom(duration(value))
        else:
            part = getattr(message, field.name)
            part.SetInParent()
            fill(part, value)


def _add(repeated: Any, descriptor: Any, value: Any) -> None:
    if is_dataclass(value) and not isinstance(value, type):
        add: Callable[[], Message] = repeated.add
        fill(add(), value)
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
