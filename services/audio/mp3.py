"""Cuts an MP3 stream into its frames as it arrives, and reads what its encoder says about gaps.

Tags are left out. Where a frame does not follow on a frame, the next place is searched where two do; what
lies between is left out, as in every decoder of MP3, which is made for being joined at any byte.

Source: ISO/IEC 11172-3 and 13818-3, 2.4.2.3 (header); ID3v2.4, 3.1 and 3.4; the Xing and LAME tags have no
standard: G. Bouvigne, "Mp3 Info Tag rev 1", and libavformat/mp3dec.c.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.audio.errors import AudioContentError, AudioFrameError, Reason
from services.audio.framer import Frame

_RATES = (44_100, 48_000, 32_000)  # of MPEG-1; half of it in MPEG-2, a quarter in MPEG-2.5
_KILOBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KILOBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG_1 = 3
_RESERVED_VERSION = 1
_MONO = 3
_FIRST_SEARCH = 8192  # bytes without a frame: more than five of the largest frames
_LONGEST_SEARCH = 65536  # between frames and at the end, where tags are that nobody knows
_DECODER_DELAY = 529  # samples that a decoder adds before the first; known to all encoders
_GAP_WRITERS = (b"LAME", b"Lavf", b"Lavc")


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What a header says. `kind` is what all frames of a stream have in common: version and rate."""

    kind: tuple[int, int]
    is_mono: bool
    size: int  # bytes of the frame
    samples: int  # of each channel

    @property
    def tag_offset(self) -> int:
        """Where an Xing tag is in a frame without sound: after the side information."""
        if self.kind[0] == _MPEG_1:
            return 4 + (17 if self.is_mono else 32)
        return 4 + (9 if self.is_mono else 17)


def read_frame_header(data: bytes | bytearray, offset: int) -> FrameHeader | None:
    """The header of a layer III frame at `offset`, or None where there is none.

    Raises:
        IndexError: the data end before that is known.
    """
    if data[offset] != 0xFF:
        return None
    version, layer = data[offset + 1] >> 3 & 3, data[offset + 1] >> 1 & 3
    if data[offset + 1] & 0xE0 != 0xE0 or version == _RESERVED_VERSION or layer != 1:
        return None
    bit_rate, rate, padding = data[offset + 2] >> 4, data[offset + 2] >> 2 & 3, data[offset + 2] >> 1 & 1
    if bit_rate in (0, 15) or rate == 3:  # a bit rate of 0 means that only the frames' distance tells it
        return None
    is_mono = data[offset + 3] >> 6 == _MONO
    if version == _MPEG_1:
        hertz, kilobits, samples = _RATES[rate], _KILOBITS_1[bit_rate], 1152
    else:
        hertz, kilobits, samples = _RATES[rate] // (2 if version == 2 else 4), _KILOBITS_2[bit_rate], 576
    size = samples // 8 * kilobits * 1000 // hertz + padding
    return FrameHeader((version, rate), is_mono, size, samples)


class Mp3Framer:
    """The framer of one stream (services.audio.framer.Framer)."""

    def __init__(self) -> None:
        self.extradata = b""
        self.gaps: tuple[tuple[int, int], ...] = ()
        self._buffer = bytearray()
        self._position = 0  # of the buffer's first byte
        self._skipping = 0
        self._is_aligned = True  # the buffer begins where a frame or a tag should
        self._kind: tuple[int, int] | None = None
        self._lost = 0  # bytes since the last frame or tag
        self._has_sound = False

    def feed(self, data: bytes) -> Iterator[Frame]:
        self._buffer += data
        return self._frames(at_end=False)

    def finish(self) -> Iterator[Frame]:
        yield from self._frames(at_end=True)
        end = self._position + len(self._buffer)
        begun = len(self._buffer) >= 4 and read_frame_header(self._buffer, 0) is not None
        if not self._has_sound:
            if self._lost or (self._buffer and not begun):
                raise self._no_frame()
            raise AudioContentError(Reason.TRUNCATED, "the MP3 stream ends before its first frame", end)
        if self._is_aligned and begun:
            message = f"the MP3 stream ends amid a frame, after {len(self._buffer)} bytes of it"
            raise AudioFrameError(Reason.TRUNCATED, message, self._position)

    def _frames(self, *, at_end: bool) -> Iterator[Frame]:
        while self._buffer and self._pass_tag(at_end):
            size = self._frame_size(at_end)
            if size is None:
                break
            if size:
                frame = self._cut(size)
                if self._has_sound or not self._read_info(frame.data):
                    self._has_sound = True
                    yield frame
            else:
                self._search()

    def _frame_size(self, at_end: bool) -> int | None:
        """Bytes of the frame that the buffer begins with, 0 where none does, None where more has to come."""
        try:
            header = read_frame_header(self._buffer, 0)
            if header is None:
                return 0
            is_next = self._is_aligned and self._kind is not None
            if is_next and header.kind == self._kind:
                return header.size if len(self._buffer) >= header.size else None
            following = None
            if not (at_end and len(self._buffer) == header.size):
                following = read_frame_header(self._buffer, header.size)
                if following is None or following.kind != header.kind:
                    return 0
        except IndexError:
            return None if not at_end or self._is_aligned else 0
        self._kind = header.kind
        return header.size

    def _search(self) -> None:
        """Leave out bytes up to where the next frame might begin."""
        self._is_aligned = False
        step = self._buffer.find(0xFF, 1)
        if step < 0:
            step = len(self._buffer)
        self._drop(step)
        self._lost += step
        if self._lost > (_LONGEST_SEARCH if self._has_sound else _FIRST_SEARCH):
            raise self._no_frame()

    def _pass_tag(self, at_end: bool) -> bool:
        """Whether the buffer begins with what is not a tag."""
        while True:
            step = min(self._skipping, len(self._buffer))
            self._drop(step)
            self._skipping -= step
            if self._skipping or not self._buffer:
                return False
            for mark, size in ((b"ID3", 10), (b"TAG", 128), (b"APETAGEX", 32)):
                head = bytes(self._buffer[:size])
                if head[: len(mark)] == mark[: len(head)]:
                    break
            else:
                return True
            if len(head) < size:
                if at_end:
                    self._drop(len(head))
                return False
            self._skipping = _tag_size(head)
            self._is_aligned = True
            self._lost = 0

    def _read_info(self, frame: bytes) -> bool:
        """Whether a frame is not sound but tells of the stream; takes what it tells of gaps."""
        header = read_frame_header(frame, 0)
        assert header is not None
        at = header.tag_offset
        if frame[at : at + 4] not in (b"Xing", b"Info"):
            return frame[36:40] == b"VBRI"
        flags = int.from_bytes(frame[at + 4 : at + 8], "big")
        frames = int.from_bytes(frame[at + 8 : at + 12], "big") if flags & 1 else 0
        at += 8 + 4 * (flags & 1) + 4 * (flags >> 1 & 1) + 100 * (flags >> 2 & 1) + 4 * (flags >> 3 & 1)
        if frame[at : at + 4] in _GAP_WRITERS:
            gaps = int.from_bytes(frame[at + 21 : at + 24], "big")
            leading, trailing = (gaps >> 12) + _DECODER_DELAY, (gaps & 0xFFF) - _DECODER_DELAY
            self.gaps = ((0, leading),)
            end = frames * header.samples
            if trailing > 0 and end - trailing > leading:
                self.gaps += ((end - trailing, end),)
        return True

    def _cut(self, size: int) -> Frame:
        frame = Frame(self._position, bytes(self._buffer[:size]))
        self._drop(size)
        self._is_aligned = True
        self._lost = 0
        return frame

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._position += size

    def _no_frame(self) -> AudioContentError:
        return AudioContentError(Reason.CORRUPT, "there is no MP3 frame", self._position - self._lost)


def _tag_size(head: bytes) -> int:
    if head[:3] == b"TAG":
        return 128
    if head[:3] == b"ID3":  # of 7 bits a byte, so that it never looks like a frame
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte & 0x7F
        return 10 + size + (10 if head[5] & 0x10 else 0)
    return 32 + int.from_bytes(head[12:16], "little")  # APE, whose header comes first
