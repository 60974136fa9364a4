"""What stands in place of a value, by policy."""

import hmac
import re
from enum import StrEnum

from services.text.redaction.kinds import Kind

MASK = "[redacted]"
MOST_VALUES = 10_000
_DIGEST_LETTERS = 16
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


class Pseudonyms:
    """Values of one session and what stands for them.

    A digest of each value is kept, never the value, and of `most` values at most. When that many are known a
    further one is called by its kind alone, "[EMAIL]", so that nobody's number is ever given to another. That
    rule is for `Policy.ENTITY`; the others keep nothing.

    Raises ValueError for an empty key, or for room for no value or for more than 999,999.
    """

    def __init__(self, policy: Policy, key: bytes, most: int = MOST_VALUES) -> None:
        if not key or not 1 <= most < 1_000_000:
            raise ValueError("pseudonyms need a key, and room for 1 to 999,999 values")
        self._policy = policy
        self._key = key
        self._most = most
        self._numbers: dict[bytes, int] = {}
        self._counts: dict[Kind, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def of(self, kind: Kind, value: str) -> str:
        """What stands for a value."""
        if self._policy is Policy.MASK:
            return MASK
        digest = hmac.digest(self._key, f"{kind}:{value}".encode("utf-8", "surrogatepass"), "sha256")
        if self._policy is Policy.HASH:
            return f"[{kind}:{''.join(_LETTERS[byte & 15] for byte in digest[:_DIGEST_LETTERS])}]"
        number = self._numbers.get(digest)
        if number is None:
            if len(self._numbers) >= self._most:
                return f"[{kind.upper()}]"
            number = self._numbers[digest] = self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"[{kind.upper()}_{number}]"
