"""Messages at random: any of the contract, sensible and senseless values mixed, the same for one seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

_WORDS = (
    "",
    "x",
    "transcript",
    "semantics",
    "quantitative_metrics",
    "audio_quality",
    "en-US",
    "asr/1/1",
    "scripted",
    "\u00e4\U0001f600 \x00",
    "y" * 300,
)
_NUMBERS = (0, 1, -1, 2, 3, 8, 9, 16_000, 48_000, 10**9, 2**31 - 1, -(2**31))
_FLOATS = (0.0, 0.5, 1.0, -1.0, 1e30, float("nan"), float("inf"))
_DEPTH = 5

# How many bits an integer of each type has, and whether it has a sign.
_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (31, True),
    FieldDescriptor.CPPTYPE_INT64: (63, True),
    FieldDescriptor.CPPTYPE_UINT32: (32, False),
    FieldDescriptor.CPPTYPE_UINT64: (64, False),
}


def message(chance: random.Random, descriptor: Descriptor, depth: int = 0) -> Any:
    """A message of this type, some of its fields set."""
    made = GetMessageClass(descriptor)()
    if descriptor.full_name == "google.protobuf.Duration":
        made.seconds = chance.choice((0, 0, 1, 2, 59, -1, 10**6, 2**62))
        made.nanos = chance.choice((0, 0, 500_000_000, -1, 10**9))
        return made
    chosen = {oneof.name: chance.choice(oneof.fields) for oneof in descriptor.oneofs}
    for field in descriptor.fields:
        oneof = field.containing_oneof
        likely = 0.9 if oneof is not None else 0.35
        if (oneof is not None and chosen[oneof.name] is not field) or chance.random() > likely:
            continue
        if field.message_type is not None and depth >= _DEPTH:
            continue
        _fill(chance, made, field, depth)
    return made


def _fill(chance: random.Random, made: Any, field: FieldDescriptor, depth: int) -> None:
    target = getattr(made, field.name)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        entry = field.message_type.fields_by_name
        if entry["value"].message_type is None:
            for _ in range(chance.randrange(3)):
                target[_scalar(chance, entry["key"])] = _scalar(chance, entry["value"])
    elif field.is_repeated:
        for _ in range(chance.randrange(3)):
            if field.message_type is not None:
                target.add().CopyFrom(message(chance, field.message_type, depth + 1))
            else:
                target.append(_scalar(chance, field))
    elif field.message_type is not None:
        target.CopyFrom(message(chance, field.message_type, depth + 1))
    else:
        setattr(made, field.name, _scalar(chance, field))


def _scalar(chance: random.Random, field: FieldDescriptor) -> Any:
    kind = field.cpp_type
    if kind == FieldDescriptor.CPPTYPE_STRING:
        if field.type == FieldDescriptor.TYPE_BYTES:
            return chance.choice((b"", b"a", bytes(320), bytes(3200), chance.randbytes(641), b"RIFF" * 30))
        return chance.choice(_WORDS)
    if kind in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE):
        return chance.choice(_FLOATS)
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return chance.random() < 0.5
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return chance.choice((*(value.number for value in field.enum_type.values), 77))
    bits, signed = _INTEGERS[kind]
    number = chance.choice((*_NUMBERS, 2**bits - 1))
    return max(-(2**bits) if signed else 0, min(2**bits - 1, number))


def requests(chance: random.Random, descriptor: Descriptor, first: Callable[[], Any]) -> list[bytes]:
    """A stream of requests: with or without its configuration first, in and out of order, cut and broken."""
    made = [] if chance.random() < 0.15 else [first()]
    made += [message(chance, descriptor) for _ in range(chance.randrange(9))]
    for index, each in enumerate(made):
        # What would end most calls at once is rare, so that the rest is met, too.
        for field, kept in (("client_sequence", 0.05), ("streaming_config", 0.2), ("resume", 0.1)):
            if field in descriptor.fields_by_name and index and chance.random() > kept:
                each.ClearField(field)
    sent = [each.SerializeToString() for each in made]
    if chance.random() < 0.2:
        chance.shuffle(sent)
    if sent and chance.random() < 0.35:
        at = chance.randrange(len(sent))
        whole = sent[at]
        sent[at] = chance.choice(
            (whole[: len(whole) // 2], whole[:-1], whole + b"\xff", chance.randbytes(40), b"\x08\x01" * 9)
        )
    return sent
