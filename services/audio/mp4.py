"""Looks at the order of an MP4 stream: what has its index at its end cannot be decoded as it arrives.

Source: ISO/IEC 14496-12, 4.2 (boxes), 8.1.1 (mdat), 8.2.1 (moov).
"""

from services.audio.errors import AudioContentError, Reason
from services.audio.source import Source


class IndexFirst:
    """An MP4 stream, read through to the box `moov`; where `mdat` comes before it, it ends there.

    Attributes:
        failure: why it ended there. Not raised by `read`, for that is called from C, and more than once.
    """

    def __init__(self, source: Source) -> None:
        self.failure: AudioContentError | None = None
        self._source = source
        self._header = b""
        self._box = 0  # where the box begins that `_header` is of
        self._skipping = 0
        self._has_index = False

    @property
    def position(self) -> int:
        return self._source.position

    @property
    def ended(self) -> bool:
        return self._source.ended

    def read(self, size: int) -> bytes:
        if self.failure is not None:
            return b""
        data = self._source.read(size)
        if not self._has_index:
            self._look(data)
        return data if self.failure is None else b""

    def _look(self, data: bytes) -> None:
        offset = 0
        while offset < len(data) and not self._has_index and self.failure is None:
            step = min(self._skipping, len(data) - offset)
            self._skipping -= step
            offset += step
            needed = 16 if self._header[:4] == b"\0\0\0\1" else 8
            piece = data[offset : offset + needed - len(self._header)]
            self._header += piece
            offset += len(piece)
            if len(self._header) == needed and (needed == 16 or self._header[:4] != b"\0\0\0\1"):
                self._pass_box()

    def _pass_box(self) -> None:
        size, kind, header = int.from_bytes(self._header[:4], "big"), self._header[4:8], len(self._header)
        if header == 16:
            size = int.from_bytes(self._header[8:], "big")
        if kind == b"mdat":
            self.failure = AudioContentError(
                Reason.CONTAINER_UNSUPPORTED,
                "the index (moov) of this MP4 comes after its audio, so that it cannot be streamed: "
                "write it fragmented, or with the index first (faststart)",
                self._box,
            )
        self._has_index = kind == b"moov"
        self._skipping = max(size - header, 0)
        self._box += max(size, header)
        self._header = b""
