"""What a process that measures and its owner say to each other, over the process's standard input and output.

    owner to process:   the samples of one stretch, 16-bit little-endian, 16 kHz, one channel
    process to owner:   READY; then for each stretch its measures, null for too little, or {"error": …}

A frame is four bytes of length (little-endian), and the payload; that of the process is JSON.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import Any

from services.analysis.acoustics.voice import VoiceMeasures

HEADER = struct.Struct("<I")
READY = {"ready": True}


def pack(payload: bytes) -> bytes:
    """One frame."""
    return HEADER.pack(len(payload)) + payload


def pack_json(value: Any) -> bytes:
    """One frame."""
    return pack(json.dumps(value).encode())


def pack_measures(measures: VoiceMeasures | None) -> bytes:
    """One frame."""
    return pack_json(None if measures is None else asdict(measures))


def unpack_measures(payload: bytes) -> VoiceMeasures | None:
    """The inverse of `pack_measures`, of the payload. Raises ValueError with what the process says went
    wrong."""
    value = json.loads(payload)
    if value is not None and "error" in value:
        raise ValueError(value["error"])
    return None if value is None else VoiceMeasures(**value)
