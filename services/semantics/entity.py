"""A name of something exact, and its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.semantics.words import Reading


@dataclass(frozen=True, slots=True)
class Entity:
    """Characters from `start` to before `end` that name a thing of a type.

    Attributes:
        type: such as "money" or "date".
        normalized: its value in a form to compute with; empty where it has none without knowing more.
        attributes: further facts by name.
    """

    type: str
    start: int
    end: int
    normalized: str
    attributes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, reading: Reading, type_: str, first: int, last: int, normalized: str) -> Entity:
        """Of the words from `first` to before `last`."""
        return cls(type_, reading.starts[first], reading.ends[last - 1], normalized)
