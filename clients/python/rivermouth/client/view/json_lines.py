"""For programs: one JSON object an event, one event a line."""

import json
from typing import Any, TextIO

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from rivermouth.client.events import Event
from rivermouth.client.reducer import Reducer
from rivermouth.session.v1.service_pb2 import StreamingAnalyzeResponse


class JsonView:
    """Protobuf JSON with the contract's field names, keys in the order of the contract."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, event: Event) -> None:
        """Prints the event."""
        self._out.write(json.dumps(event_dict(event), ensure_ascii=False, separators=(",", ":")) + "\n")
        self._out.flush()

    def close(self, reducer: Reducer | None) -> None:
        """Prints nothing: the summary was an event."""


def event_dict(event: Event) -> dict[str, Any]:
    """An event as protobuf JSON. 64-bit numbers are strings, and fields without a value are left out."""
    envelope = event.envelope
    try:
        document = MessageToDict(envelope, preserving_proto_field_name=True)
    except TypeError:  # a custom result whose type only its users know
        document = MessageToDict(_with_raw_payload(envelope), preserving_proto_field_name=True)
        payload = envelope.custom_result.payload
        document["custom_result"]["payload"]["@type"] = payload.type_url
    _order_maps(document, envelope)
    return document


def _with_raw_payload(envelope: StreamingAnalyzeResponse) -> StreamingAnalyzeResponse:
    from google.protobuf.wrappers_pb2 import BytesValue

    raw = StreamingAnalyzeResponse()
    raw.CopyFrom(envelope)
    raw.custom_result.payload.Pack(BytesValue(value=envelope.custom_result.payload.value))
    return raw


def _order_maps(document: dict[str, Any], message: Message) -> None:
    """Fields come in the order of the contract already; maps come in none, so their keys are sorted."""
    for descriptor, value in message.ListFields():
        name = descriptor.name
        if descriptor.type != FieldDescriptor.TYPE_MESSAGE or not isinstance(document.get(name), dict | list):
            continue
        if descriptor.message_type is not None and descriptor.message_type.GetOptions().map_entry:
            document[name] = dict(sorted(document[name].items()))
        elif isinstance(document[name], list):
            for part, inner in zip(document[name], value, strict=True):
                if isinstance(part, dict):
                    _order_maps(part, inner)
        else:
            _order_maps(document[name], value)
