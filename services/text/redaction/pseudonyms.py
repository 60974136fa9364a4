"""What stands in place of a value, by policy."""

import hmac
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from services.text.redaction.kinds import Kind

MASK = "[redacted]"
MOST_VALUES = 10_000
_DIGEST_LETTERS = 16
_KEPT_BYTES = 16
_LETTERS = "bcdfghjklmnpqrst"  # sixteen: a digest without figures looks like no number

PSEUDONYM = re.compile(
    rf"\[(?:redacted|(?:{'|'.join(Kind)})(?:_[0-9]{{1,6}}|:[{_LETTERS}]{{{_DIGEST_LETTERS}}})?)\]"
)
"""Any pseudonym, in small letters. None has room for a number that would have to be hidden."""


class Policy(StrEnum):
    """What a value is replaced by."""

    MASK = "mask"
    """"[redacted]", whatever it is."""
    HASH = "hash"
    """Its kind and a keyed digest, "[email:rbgtqkhfdmslnpcj]": the same value the same token under one key,
    in any process. Who has the key can try out values."""
    ENTITY = "entity"
    """Its kind and a number, "[EMAIL_1]": the values of a kind in the order in which they first came."""


class Numbered(NamedTuple):
    """A value that was given a number, from 1; `digest` of it, under the key."""

    kind: Kind
    digest: bytes
    number: int


class Pseudonyms:
    """Values of one session and what stands for them.

    A digest of each value is kept, never the value, and of `most` values at most. When that many are known a
    further one is called by its kind alone, "[EMAIL]", so that nobody's number is ever given to another. That
    rule is for `Policy.ENTITY`; the others keep nothing.

    Raises ValueError for an empty key, or for room for no value or for more than 999,999.
    """

    def __init__(
        self, policy: Policy, key: bytes, most: int = MOST_VALUES, numbered: Iterable[Numbered] = ()
    ) -> None:
        """`numbered`: those that were given a number under this key before."""
        if not key or not 1 <= most < 1_000_000:
            raise ValueError("pseudonyms need a key, and room for 1 to 999,999 values")
        self._policy = policy
        self._key = key
        self._most = most
        self._numbers: dict[bytes, int] = {}
        self._counts: dict[Kind, int] = {}
        self._untold: list[Numbered] = []
        for kind, digest, number in numbered:
            self._numbers[digest] = number
            self._counts[kind] = max(number, self._counts.get(kind, 0))

    def __len__(self) -> int:
        return len(self._numbers)

    def numbered(self) -> list[Numbered]:
        """Values that were given a number since this was asked last, in order."""
        untold, self._untold = self._untold, []
        return untold

    def of(self, kind: Kind, value: str, may_number: bool = True) -> str:
        """What stands for a value. Without `may_number`, one that has no number yet gets none."""
        if self._policy is Policy.MASK:
            return MASK
        digest = hmac.digest(self._key, f"{kind}:{value}".encode("utf-8", "surrogatepass"), "sha256")
        if self._policy is Policy.HASH:
            return f"[{kind}:{''.join(_LETTERS[byte & 15] for byte in digest[:_DIGEST_LETTERS])}]"
        digest = digest[:_KEPT_BYTES]
        number = self._numbers.get(digest)
        if number is None:
            if not may_number or len(self._numbers) >= self._most:
                return f"[{kind.upper()}]"
            number = self._numbers[digest] = self._counts[kind] = self._counts.get(kind, 0) + 1
            self._untold.append(Numbered(kind, digest, number))
        return f"[{kind.upper()}_{number}]"
