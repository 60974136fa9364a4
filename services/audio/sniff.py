"""Recognises, in the first bytes, what a stream declared as raw audio cannot be.

Deliberately conservative: a false alarm would end real audio, so noise, hum, a DC offset and silence in
any raw encoding pass. What it does not see is decoded as declared.
"""

import numpy as np

from services.audio.containers import advise, name_container, quote
from services.audio.errors import AudioContentError, Reason
from services.audio.format import Encoding

# Fewer bytes than this say nothing about text: 8 ms of mu-law at 8 kHz.
_MIN_TEXT_BYTES = 64
_MAX_HEAD_BYTES = 4096
_WHITESPACE = b"\t\n\r "
_ALPHANUMERIC = bytes(range(0x30, 0x3A)) + bytes(range(0x41, 0x5B)) + bytes(range(0x61, 0x7B))
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\n\r"
# Far above any float audio, even when it is scaled to integers of 24 bits.
_IMPLAUSIBLE_FLOAT = 1e9


def check_raw_audio(encoding: Encoding, head: bytes) -> None:
    """Look at the first bytes of a stream in a raw encoding.

    Raises:
        AudioContentError: at byte 0; AUDIO_FORMAT_MISMATCH for a known container or floats that cannot
            be audio, AUDIO_NOT_AUDIO for text.
    """
    container = name_container(head)
    if container is not None:
        raise AudioContentError(
            Reason.FORMAT_MISMATCH,
            f"{encoding} was declared, but the stream starts with {quote(head)} ({container}): "
            f"{advise(container)}",
            position=0,
            field="encoding",
        )
    if _is_text(encoding, head):
        raise AudioContentError(
            Reason.NOT_AUDIO, f"{encoding} was declared, but the stream starts with text", 0, "encoding"
        )
    if encoding is Encoding.FLOAT32 and (counted := _count_not_float_audio(head)):
        raise AudioContentError(
            Reason.FORMAT_MISMATCH,
            f"FLOAT32 was declared, but {counted}: send samples from -1 to 1, or declare LINEAR16 where they "
            "are 16-bit",
            position=0,
            field="encoding",
        )


def _is_text(encoding: Encoding, head: bytes) -> bool:
    head = head[:_MAX_HEAD_BYTES]
    size = len(head)
    if size < _MIN_TEXT_BYTES or len(head.translate(None, _PRINTABLE)) > 0.03 * size:
        return False
    if min(len(set(head[0::2])), len(set(head[1::2]))) < 8:  # quiet noise about a constant
        return False
    if encoding not in (Encoding.MULAW, Encoding.ALAW):
        # A signal that moves the high byte so far passes through low bytes that cannot be printed.
        return True
    # In companded audio printable bytes are just negative samples (A-law silence is "U"), and half a
    # period of loud hum can fill the head with them. Text has blanks, which are loud samples, amid
    # letters and digits, which are mostly quiet ones.
    blanks = size - len(head.translate(None, _WHITESPACE))
    alphanumeric = size - len(head.translate(None, _ALPHANUMERIC))
    return blanks >= 0.04 * size and alphanumeric >= 0.5 * size


def _count_not_float_audio(head: bytes) -> str:
    """How many values cannot be samples; empty where they can be audio."""
    head = head[:_MAX_HEAD_BYTES]
    values = np.frombuffer(head[: len(head) // 4 * 4], "<f4")
    # A small negative int16 in the upper half of the float makes it huge or NaN.
    implausible = int(np.count_nonzero(~(np.abs(values) < _IMPLAUSIBLE_FLOAT)))
    if implausible < 8 or implausible <= 0.1 * int(np.count_nonzero(values)):
        return ""
    nan = int(np.count_nonzero(np.isnan(values)))
    huge = f"{implausible - nan} infinite or beyond {_IMPLAUSIBLE_FLOAT:g}"
    return f"of the first {len(values)} values {nan} are NaN and {huge}"
