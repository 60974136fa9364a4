"""Compressed audio files, read only as far as sending needs it: what they are, and how long they last."""

import struct
from typing import BinaryIO

from rivermouth.audio.v1.audio_pb2 import AudioEncoding

_HEAD = 4096  # bytes that hold all headers but those after a tag
_TAIL = 65_536  # an Ogg page is never larger
_USUAL_BYTES_PER_SECOND = 8000.0
_MP3_RATES = (44_100, 48_000, 32_000)
_MP3_KILOBITS = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def encoding_of(head: bytes) -> AudioEncoding | None:
    """The encoding to declare for a file that begins so, None where it is no container, or WAV."""
    if head[:4] == b"fLaC":
        return AudioEncoding.AUDIO_ENCODING_FLAC
    if head[:4] == b"OggS":
        is_opus = head[28:36] == b"OpusHead"
        return AudioEncoding.AUDIO_ENCODING_OGG_OPUS if is_opus else AudioEncoding.AUDIO_ENCODING_CONTAINER
    if head[:4] == b"\x1aE\xdf\xa3":
        is_opus = b"A_OPUS" in head
        return AudioEncoding.AUDIO_ENCODING_WEBM_OPUS if is_opus else AudioEncoding.AUDIO_ENCODING_CONTAINER
    if head[4:8] == b"ftyp" or (head[:1] == b"\xff" and head[1:2] in (b"\xf0", b"\xf1", b"\xf8", b"\xf9")):
        return AudioEncoding.AUDIO_ENCODING_CONTAINER  # MP4, and AAC in ADTS frames
    if head[:3] == b"ID3" or _mp3_frame(head) is not None:
        return AudioEncoding.AUDIO_ENCODING_MP3
    return None


def bytes_per_second(file: BinaryIO) -> float:
    """How fast a file is to be sent to go at the pace of speech, on average over all of it.

    Where its header does not say how long it lasts, as of live recordings, 64 kbit/s are assumed.
    """
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(max(size - _TAIL, 0))
    tail = file.read(_TAIL)
    try:
        seconds = _seconds(file, head, tail, size)
    except (IndexError, struct.error):
        seconds = 0.0
    return size / seconds if seconds > 0 else _USUAL_BYTES_PER_SECOND


def _seconds(file: BinaryIO, head: bytes, tail: bytes, size: int) -> float:
    """Its length, 0 where that is not known."""
    match encoding_of(head):
        case AudioEncoding.AUDIO_ENCODING_FLAC:  # RFC 9639, 8.2
            rate = int.from_bytes(head[18:21], "big") >> 4
            return (int.from_bytes(head[21:26], "big") & 0xF_FFFF_FFFF) / rate if rate else 0.0
        case AudioEncoding.AUDIO_ENCODING_OGG_OPUS:  # RFC 7845, 4: granules are samples at 48 kHz
            page = tail.rfind(b"OggS")
            return int.from_bytes(tail[page + 6 : page + 14], "little", signed=True) / 48_000
        case AudioEncoding.AUDIO_ENCODING_WEBM_OPUS:  # RFC 9559, 5.1.2.9; in ms but for odd writers
            at = head.find(b"\x44\x89")
            if at < 0:
                return 0.0
            form = {0x84: ">f", 0x88: ">d"}.get(head[at + 2], "")
            return float(struct.unpack_from(form, head, at + 3)[0]) / 1000 if form else 0.0
        case AudioEncoding.AUDIO_ENCODING_MP3:
            return _mp3_seconds(file, size)
        case _ if (at := (head + tail).find(b"mvhd")) >= 0:  # ISO/IEC 14496-12, 8.2.2
            form, offset = (">IQ", 24) if (head + tail)[at + 4] else (">II", 16)
            scale, units = struct.unpack_from(form, head + tail, at + offset)
            return float(units / scale) if scale else 0.0
        case _:
            return 0.0


def _mp3_seconds(file: BinaryIO, size: int) -> float:
    file.seek(0)
    head = file.read(10)
    begin = 0
    if head[:3] == b"ID3":
        begin = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
    file.seek(begin)
    frame = file.read(200)
    found = _mp3_frame(frame)
    if found is None:
        return 0.0
    kilobits, rate, samples = found
    for mark in (b"Xing", b"Info"):
        at = frame.find(mark)
        if at > 0 and frame[at + 7] & 1:
            return int.from_bytes(frame[at + 8 : at + 12], "big") * samples / rate
    return (size - begin) * 8 / (kilobits * 1000)


def _mp3_frame(head: bytes) -> tuple[int, int, int] | None:
    """kbit/s, sample rate and samples of the layer III frame that begins here (ISO/IEC 11172-3, 2.4.2.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, bit_rate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or not 1 <= bit_rate <= 14 or rate == 3:
        return None
    kilobits = _MP3_KILOBITS[version == 3][bit_rate - 1]
    return kilobits, _MP3_RATES[rate] >> {3: 0, 2: 1, 0: 2}[version], 1152 if version == 3 else 576
