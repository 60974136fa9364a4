"""Reads the header of a WAV stream as it arrives, in pieces of any size.

Sources: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF, WAVE);
Microsoft, "Multiple Channel Audio Data and WAVE Files" (WAVE_FORMAT_EXTENSIBLE); EBU Tech 3306 (RF64).
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from services.audio.containers import name_container
from services.audio.errors import AudioContentError, Reason
from services.audio.format import (
    MAX_CHANNEL_COUNT,
    MAX_SAMPLE_RATE_HERTZ,
    MIN_CHANNEL_COUNT,
    MIN_SAMPLE_RATE_HERTZ,
)
from services.audio.samples import SampleCoding

MAX_HEADER_BYTES = 1 << 20  # all that may come before the samples

_EXTENSIBLE = 0xFFFE
# The last 14 bytes of KSDATAFORMAT_SUBTYPE_*; the first two are an ordinary format tag.
_SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_PCM_CODINGS = {
    1: SampleCoding.UNSIGNED8,
    2: SampleCoding.SIGNED16,
    3: SampleCoding.SIGNED24,
    4: SampleCoding.SIGNED32,
}
# A writer that cannot seek back leaves a size that means nothing: 0, 0xFFFFFFFF (also RF64's mark), or
# the largest it dares (0x7FFFF000 from SoX, 0x80000000 from arecord).
_SMALLEST_OPEN_SIZE = 0x7FFF_F000
_SMALLEST_OPEN_SIZE_64 = 1 << 62


@dataclass(frozen=True, slots=True)
class WavHeader:
    """What a header says.

    Attributes:
        data_bytes: size of the samples, or None when the writer did not know it: they end with the stream.
        data_position: offset in bytes of the first sample in the stream.
    """

    coding: SampleCoding
    sample_rate_hertz: int
    channel_count: int
    data_bytes: int | None
    data_position: int

    @property
    def bytes_per_frame(self) -> int:
        return self.coding.bytes_per_sample * self.channel_count


@dataclass(frozen=True, slots=True)
class _Format:
    coding: SampleCoding
    sample_rate_hertz: int
    channel_count: int


class WavHeaderParser:
    """Fed with the stream until `header` is set. Keeps no more than one small chunk in memory.

    Attributes:
        header: None until the first sample is reached.
        position: bytes of the stream taken so far.
    """

    def __init__(self) -> None:
        self.header: WavHeader | None = None
        self.position = 0
        self._buffer = bytearray()
        self._needed = 12
        self._skipping = 0
        self._read: Callable[[bytes], None] = self._read_form
        self._is_rf64 = False
        self._rf64_data_bytes: int | None = None
        self._format: _Format | None = None

    def feed(self, data: bytes) -> bytes:
        """Take the next piece of the stream; what of it comes after the header is returned.

        Raises:
            AudioContentError: AUDIO_NOT_WAV or AUDIO_WAV_UNSUPPORTED, at the byte of the chunk that is bad.
        """
        offset = 0
        while self.header is None and offset < len(data):
            if self._skipping:
                step = min(self._skipping, len(data) - offset)
                self._skipping -= step
            else:
                piece = data[offset : offset + self._needed - len(self._buffer)]
                self._buffer += piece
                step = len(piece)
            offset += step
            self.position += step
            if len(self._buffer) == self._needed:
                block = bytes(self._buffer)
                self._buffer.clear()
                self._read(block)
        return data[offset:]

    def finish(self) -> None:
        """The stream has ended.

        Raises:
            AudioContentError: AUDIO_NOT_WAV, it ended before the first sample; not for an empty stream.
        """
        if self.header is None and self.position:
            start = bytes(self._buffer)
            if self._read == self._read_form and not b"RIFF".startswith(start[:4]):
                raise _not_wav("it does not start with RIFF", 0)
            raise _not_wav("it ends before the first sample", self.position)

    def _expect(self, read: Callable[[bytes], None], size: int) -> None:
        self._read, self._needed = read, size

    def _read_form(self, block: bytes) -> None:
        mark, form = block[:4], block[8:12]
        if mark not in (b"RIFF", b"RF64", b"BW64"):
            if mark == b"RIFX" and form == b"WAVE":
                raise _unsupported("RIFX, which is big-endian", 0)
            container = name_container(block)
            raise _not_wav(f"it starts like {container}" if container else "it does not start with RIFF", 0)
        if form != b"WAVE":
            raise _not_wav(f"the RIFF form is {form!r}, not WAVE", 8)
        self._is_rf64 = mark != b"RIFF"
        self._expect(self._read_chunk_header, 8)

    def _read_chunk_header(self, block: bytes) -> None:
        name, size = block[:4], int.from_bytes(block[4:], "little")
        if name == b"data":
            self._reach_data(size)
            return
        start = self.position - 8
        if self.position + size > MAX_HEADER_BYTES:
            raise _not_wav(f"no samples within the first {MAX_HEADER_BYTES} bytes", start)
        if name == b"fmt ":
            self._read_sized(self._read_format, "fmt", size, 16)
        elif name == b"ds64" and self._is_rf64:
            self._read_sized(self._read_ds64, "ds64", size, 28)
        else:
            self._skipping = size + size % 2  # chunks are padded to an even size

    def _read_sized(self, read: Callable[[bytes], None], name: str, size: int, least: int) -> None:
        if size < least:
            raise _not_wav(f"the {name} chunk has {size} bytes, fewer than {least}", self.position - 8)
        kept = min(size, 64)

        def read_then_skip(block: bytes) -> None:
            read(block)
            self._skipping = size + size % 2 - kept
            self._expect(self._read_chunk_header, 8)

        self._expect(read_then_skip, kept)

    def _read_ds64(self, block: bytes) -> None:
        self._rf64_data_bytes = int.from_bytes(block[8:16], "little")

    def _read_format(self, block: bytes) -> None:
        start = self.position - len(block) - 8
        tag, channels, rate, _, bytes_per_frame, bits = struct.unpack_from("<HHIIHH", block)
        if tag == _EXTENSIBLE:
            if len(block) < 40 or block[26:40] != _SUBFORMAT_TAIL:
                raise _unsupported("an unknown sub-format of WAVE_FORMAT_EXTENSIBLE", start)
            tag = int.from_bytes(block[24:26], "little")
        if not MIN_CHANNEL_COUNT <= channels <= MAX_CHANNEL_COUNT:
            raise _unsupported(
                f"{channels} channels; {MIN_CHANNEL_COUNT} to {MAX_CHANNEL_COUNT} are",
                start,
                "channel_count",
            )
        if not MIN_SAMPLE_RATE_HERTZ <= rate <= MAX_SAMPLE_RATE_HERTZ:
            raise _unsupported(
                f"{rate} Hz; {MIN_SAMPLE_RATE_HERTZ} to {MAX_SAMPLE_RATE_HERTZ} are",
                start,
                "sample_rate_hertz",
            )
        coding = _find_coding(tag, bits)
        if coding is None:
            raise _unsupported(f"format tag {tag:#06x} with {bits} bits", start, "encoding")
        if bytes_per_frame != coding.bytes_per_sample * channels:
            raise _unsupported(
                f"frames of {bytes_per_frame} bytes for {channels} channels of {coding.value}", start
            )
        self._format = _Format(coding, rate, channels)

    def _reach_data(self, size: int) -> None:
        if self._format is None:
            raise _not_wav("the data chunk comes before the fmt chunk", self.position - 8)
        data_bytes: int | None = size
        if size == 0xFFFF_FFFF and self._rf64_data_bytes:
            data_bytes = self._rf64_data_bytes
        elif size == 0 or size >= _SMALLEST_OPEN_SIZE:
            data_bytes = None
        if data_bytes is not None and data_bytes >= _SMALLEST_OPEN_SIZE_64:
            data_bytes = None
        self.header = WavHeader(
            coding=self._format.coding,
            sample_rate_hertz=self._format.sample_rate_hertz,
            channel_count=self._format.channel_count,
            data_bytes=data_bytes,
            data_position=self.position,
        )


def _find_coding(tag: int, bits: int) -> SampleCoding | None:
    if tag == 1 and bits > 0:  # fewer bits than the container holds are left-justified, so 12 reads as 16
        return _PCM_CODINGS.get(-(-bits // 8))
    return {
        (3, 32): SampleCoding.FLOAT32,
        (6, 8): SampleCoding.ALAW,
        (7, 8): SampleCoding.MULAW,
    }.get((tag, bits))


def _not_wav(what: str, position: int) -> AudioContentError:
    return AudioContentError(Reason.NOT_WAV, f"the stream is not WAV: {what}", position, "encoding")


def _unsupported(what: str, position: int, field: str | None = None) -> AudioContentError:
    return AudioContentError(
        Reason.WAV_UNSUPPORTED, f"this kind of WAV is not supported: {what}", position, field
    )
