"""A stream as a reader of containers pulls it."""

from typing import Protocol


class Source(Protocol):
    """The bytes of one stream, once, in order."""

    @property
    def position(self) -> int:
        """Bytes given out."""

    @property
    def ended(self) -> bool:
        """Whether the end was given out."""

    def read(self, size: int, /) -> bytes:
        """At most `size` of the next bytes, at least one; b"" at the end. Waits for them."""
