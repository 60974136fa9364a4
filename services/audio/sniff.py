"""Recognises, in the first bytes, what a stream declared as raw audio cannot be.

Deliberately conservative: a false alarm would end real audio, so noise, hum, a DC offset and silence in
any raw encoding pass. What it does not see is decoded as declared.
"""

import numpy as np

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
        advice = f": declare {container}" if container in Encoding.__members__ else ""
        raise AudioContentError(
            Reason.FORMAT_MISMATCH,
            f"{encoding} was declared, but the stream starts with {_quote_magic(head)} ({container}){advice}",
            position=0,
            field="encoding",
        )
    if _is_text(encoding, head):
        raise AudioContentError(
            Reason.NOT_AUDIO, f"{encoding} was declared, but the stream starts with text", 0, "encoding"
        )
    if encoding is Encoding.FLOAT32 and _is_not_float_audio(head):
        raise AudioContentError(
            Reason.FORMAT_MISMATCH,
            "FLOAT32 was declared, but as such the values are not audio; LINEAR16 looks like this",
            position=0,
            field="encoding",
        )


def name_container(head: bytes) -> str | None:
    """The container or compressed format that `head` starts with, or None.

    MP3 without a tag is not recognised: its sync word is a plausible pair of samples.
    """
    form = head[8:12]
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"RIFX") and form in (b"", b"WAVE"):
        return "WAV"
    if head[:4] == b"FORM" and form in (b"AIFF", b"AIFC"):
        return "AIFF"
    if head[:4] == b"OggS" and head[4:5] in (b"", b"\0"):
        return "Ogg"
    if head[:4] == b"fLaC" and head[4:5] in (b"", b"\0", b"\x80"):  # STREAMINFO is always the first block
        return "FLAC"
    if head[:3] == b"ID3" and head[3:5] in (b"\2\0", b"\3\0", b"\4\0"):
        return "MP3"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "WebM"
    if head[4:8] == b"ftyp":
        return "MP4"
    return None


def _quote_magic(head: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in head[:4])


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


def _is_not_float_audio(head: bytes) -> bool:
    head = head[:_MAX_HEAD_BYTES]
    values = np.frombuffer(head[: len(head) // 4 * 4], "<f4")
    # A small negative int16 in the upper half of the float makes it huge or NaN.
    implausible = int(np.count_nonzero(~(np.abs(values) < _IMPLAUSIBLE_FLOAT)))
    return implausible >= 8 and implausible > 0.1 * int(np.count_nonzero(values))
