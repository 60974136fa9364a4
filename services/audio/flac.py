"""Cuts a FLAC stream into its frames as it arrives, each as soon as the next one's header is there.

A frame does not say how long it is. A reader of files looks ten frames ahead to be sure of a boundary, which
is a second of audio; here the next header has to be right in sync code, CRC-8 and the number of its frame,
and the decoder checks the CRC-16 of what was cut.

Source: RFC 9639, section 6 (structure), 8 (metadata blocks), 9.1 (frame headers).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.audio.errors import AudioContentError, Reason
from services.audio.framer import Frame

_MARK = b"fLaC"
_STREAM_INFO_BYTES = 34
_SMALLEST_FRAME = 10  # bytes: header 6, one constant subframe 2, CRC-16 2
_BLOCK_SIZES = {1: 192}
_BLOCK_SIZES |= {code: 144 << code for code in range(2, 6)}
_BLOCK_SIZES |= {code: 1 << code for code in range(8, 16)}


def _crc8_table() -> bytes:
    table = bytearray()
    for byte in range(256):
        for _ in range(8):
            byte = (byte << 1 ^ 0x07 if byte & 0x80 else byte << 1) & 0xFF
        table.append(byte)
    return bytes(table)


_CRC8 = _crc8_table()


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What a header says.

    Attributes:
        is_variable: whether blocks vary in size, and headers count samples instead of frames.
        number: of the frame, or of its first sample.
        block_size: samples of each channel.
    """

    is_variable: bool
    number: int
    block_size: int

    @property
    def next_number(self) -> int:
        return self.number + (self.block_size if self.is_variable else 1)


def read_frame_header(data: bytes | bytearray, offset: int) -> FrameHeader | None:
    """The frame header at `offset`, or None where there is none.

    Raises:
        IndexError: the data end before that is known.
    """
    if data[offset] != 0xFF or data[offset + 1] & 0xFE != 0xF8:
        return None
    codes, layout = data[offset + 2], data[offset + 3]
    block_code, rate_code, channel_code, bits_code = codes >> 4, codes & 15, layout >> 4, layout >> 1 & 7
    if block_code == 0 or rate_code == 15 or channel_code > 10 or bits_code == 3 or layout & 1:
        return None
    at = offset + 4
    # The number is coded as UTF-8 is, but up to 36 bits in 7 bytes.
    number, at = data[at], at + 1
    if number >= 0x80:
        more = 0
        while number & 0x40 >> more:
            more += 1
        if not 1 <= more <= 6:
            return None
        number &= 0x3F >> more
        for _ in range(more):
            if data[at] & 0xC0 != 0x80:
                return None
            number, at = number << 6 | data[at] & 0x3F, at + 1
    if block_code in (6, 7):
        end = at + block_code - 5
        block_size = int.from_bytes(data[at:end], "big") + 1
        at = end
    else:
        block_size = _BLOCK_SIZES[block_code]
    at += {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    crc, expected = 0, data[at]
    for byte in data[offset:at]:
        crc = _CRC8[crc ^ byte]
    return FrameHeader(bool(data[offset + 1] & 1), number, block_size) if crc == expected else None


class FlacFramer:
    """The framer of one stream (services.audio.framer.Framer); its `extradata` is the block STREAMINFO."""

    def __init__(self) -> None:
        self.extradata = b""
        self.gaps: tuple[tuple[int, int], ...] = ()
        self._buffer = bytearray()
        self._position = 0  # of the buffer's first byte
        self._skipping = len(_MARK)  # the container was identified by it
        self._in_metadata = True
        self._is_last_block = False
        self._largest_frame = 0
        self._header: FrameHeader | None = None  # of the frame that the buffer begins with
        self._searched = 0

    def feed(self, data: bytes) -> Iterator[Frame]:
        self._buffer += data
        return self._frames(at_end=False)

    def finish(self) -> Iterator[Frame]:
        yield from self._frames(at_end=True)
        if self._header is None:
            end = self._position + len(self._buffer)
            raise AudioContentError(Reason.TRUNCATED, "the FLAC stream ends before its first frame", end)
        yield self._cut(len(self._buffer))

    def _frames(self, *, at_end: bool) -> Iterator[Frame]:
        if self._pass_metadata() and self._find_first():
            while (size := self._find_next(at_end)) is not None:
                yield self._cut(size)
                self._header = self._header_at(0)

    def _pass_metadata(self) -> bool:
        """Whether the first frame has been reached."""
        while self._in_metadata:
            step = min(self._skipping, len(self._buffer))
            self._drop(step)
            self._skipping -= step
            if self._skipping:
                return False
            if self._is_last_block:
                self._in_metadata = False
            elif not self._read_block_header():
                return False
        return True

    def _read_block_header(self) -> bool:
        needed = 4 if self.extradata else 4 + _STREAM_INFO_BYTES
        if len(self._buffer) < needed:
            return False
        size = int.from_bytes(self._buffer[1:4], "big")
        self._is_last_block = bool(self._buffer[0] & 0x80)
        if not self.extradata:
            if self._buffer[0] & 0x7F or size != _STREAM_INFO_BYTES:
                raise self._corrupt("the FLAC stream does not begin with its STREAMINFO")
            self.extradata = bytes(self._buffer[4:needed])
            block_size = int.from_bytes(self.extradata[2:4], "big")
            channels = (self.extradata[12] >> 1 & 7) + 1
            bits = ((self.extradata[12] & 1) << 4 | self.extradata[13] >> 4) + 1
            # Verbatim, the side channel one bit wider, and what a header and its subframes add.
            self._largest_frame = channels * (block_size * (bits + 1) // 8 + 8) + 32
        self._skipping = 4 + size
        return True

    def _find_first(self) -> bool:
        if self._header is None:
            try:
                self._header = self._header_at(0)
            except IndexError:
                return False
            if self._header is None:
                raise self._corrupt("there is no FLAC frame")
        return True

    def _find_next(self, at_end: bool) -> int | None:
        """Bytes of the frame that the buffer begins with, None where its end has not come."""
        assert self._header is not None
        offset = max(self._searched, _SMALLEST_FRAME)
        while (offset := self._buffer.find(0xFF, offset)) >= 0:
            try:
                following = self._header_at(offset)
            except IndexError:
                if not at_end:
                    break
                following = None
            if (
                following is not None
                and following.is_variable == self._header.is_variable
                and following.number == self._header.next_number
            ):
                return offset
            offset += 1
        self._searched = offset if offset >= 0 else len(self._buffer)
        if self._searched > self._largest_frame:
            raise self._corrupt("a FLAC frame has no end")
        return None

    def _header_at(self, offset: int) -> FrameHeader | None:
        return read_frame_header(self._buffer, offset)

    def _cut(self, size: int) -> Frame:
        frame = Frame(self._position, bytes(self._buffer[:size]))
        self._drop(size)
        self._searched = 0
        return frame

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._position += size

    def _corrupt(self, message: str) -> AudioContentError:
        return AudioContentError(Reason.CORRUPT, message, self._position)
