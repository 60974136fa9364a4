"""What is looked for in a text, and what was found."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """A kind of personal data."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    """Numbers of payment cards, 13 to 19 digits with the check digit of ISO/IEC 7812-1."""
    IBAN = "iban"
    """Numbers of bank accounts (ISO 13616)."""
    NETWORK = "network"
    """Addresses in networks: IPv4, IPv6, MAC."""
    NAME = "name"
    """Names of the user's list."""


class Found(NamedTuple):
    """Personal data in the characters from `start` to before `end`.

    `value` is the same for all spellings of the same: "4111-1111..." and "four one one one ..." are one card.
    """

    kind: Kind
    start: int
    end: int
    value: str
