"""What a worker and its owner say to each other, over the worker's standard input and output.

    owner to worker:  OPEN {start, lead, adaptation, interval} · AUDIO pcm … · FINISH or ABORT
    worker to owner:  READY {engine, model, language} · HYPOTHESIS … · FINAL, or ABORTED

A frame is one byte of kind, four of length (little-endian), and the payload: JSON, or PCM for AUDIO.
"""

from __future__ import annotations

import json
import struct
from enum import IntEnum
from typing import Any

from services.asr.engine import Hypothesis, Word

HEADER = struct.Struct("<BI")


class Kind(IntEnum):
    """Kinds of frames."""

    OPEN = 1
    AUDIO = 2
    FINISH = 3
    ABORT = 4
    READY = 11
    HYPOTHESIS = 12
    FINAL = 13
    ABORTED = 14


def pack(kind: Kind, payload: bytes = b"") -> bytes:
    """One frame."""
    return HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: Kind, value: dict[str, Any]) -> bytes:
    """One frame with a JSON payload."""
    return pack(kind, json.dumps(value).encode())


def pack_hypothesis(kind: Kind, hypothesis: Hypothesis, inference: int) -> bytes:
    """One frame with a hypothesis and the nanoseconds that were spent on it."""
    words = [(word.text, word.start, word.end, word.confidence) for word in hypothesis.words]
    return pack_json(
        kind,
        {
            "words": words,
            "samples": hypothesis.samples,
            "adaptation": hypothesis.adaptation,
            "inference": inference,
        },
    )


def unpack_hypothesis(payload: bytes) -> tuple[Hypothesis, int]:
    """The inverse of `pack_hypothesis`."""
    value = json.loads(payload)
    words = tuple(Word(*word) for word in value["words"])
    return Hypothesis(words, value["samples"], value["adaptation"]), value["inference"]
