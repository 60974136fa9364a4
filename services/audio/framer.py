"""What the framers of FLAC and MP3 have in common: a stream in, coded frames with their places out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Frame:
    """A coded frame, and the offset in bytes of its first byte in the stream."""

    position: int
    data: bytes


class Framer(Protocol):
    """Cuts one stream, which comes in pieces of any size, into its frames.

    Attributes:
        extradata: what the decoder has to know of the stream's header; set before the first frame.
        gaps: what the decoder gives that is not of the recording, as (first, end) in samples of what it
            gives; set before the first frame.
    """

    extradata: bytes
    gaps: tuple[tuple[int, int], ...]

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that the next piece of the stream completes; to be read to their end.

        Raises:
            AudioContentError: AUDIO_CORRUPT at the byte where it is.
        """

    def finish(self) -> Iterator[Frame]:
        """The frames that were held back until the end of the stream; the last may be cut off.

        Raises:
            AudioContentError: AUDIO_CORRUPT, or AUDIO_TRUNCATED where there was no frame.
            AudioFrameError: AUDIO_TRUNCATED, it is known that the last frame is cut off; it is not given.
        """
