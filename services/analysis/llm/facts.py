"""What was measured, as lines that a model reads, so that it need not guess what can be computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from services.runtime.offsets import SECOND, nanoseconds

_HEADLINE = "Measured:"
_MOST = 10
"""Elements of a list, the first."""
_NAMES = ("speaker", "label")
"""Fields that say which element of a list it is."""


def facts_of(measures: Message) -> str:
    """One measure a line, "speakers.Anna.share: 0.61"; empty where there are none. Texts are left out."""
    lines = list(_lines(measures, ""))
    return "\n".join([_HEADLINE, *lines]) if lines else ""


def _lines(message: Message, prefix: str) -> Iterator[str]:
    for field, value in message.ListFields():
        name = f"{prefix}{field.name}"
        if field.message_type is None:
            if not field.is_repeated and field.name not in _NAMES:
                yield from (f"{name}: {each}" for each in _scalar(field, value))
        elif not field.is_repeated:
            yield from _part(value, name)
        elif any(each in field.message_type.fields_by_name for each in _NAMES):
            for element in value[:_MOST]:
                yield from _part(element, f"{name}.{_name_of(element)}")


def _part(message: Message, name: str) -> Iterator[str]:
    if isinstance(message, Duration):
        yield f"{name}: {nanoseconds(message) / SECOND:.1f} s"
    else:
        yield from _lines(message, f"{name}.")


def _scalar(field: FieldDescriptor, value: Any) -> Iterator[str]:
    if field.enum_type is not None:
        yield field.enum_type.values_by_number[value].name
    elif isinstance(value, float):
        yield f"{value:.4g}"
    elif isinstance(value, bool | int):
        yield str(value)


def _name_of(element: Message) -> str:
    return next(str(getattr(element, name)) for name in _NAMES if name in element.DESCRIPTOR.fields_by_name)
