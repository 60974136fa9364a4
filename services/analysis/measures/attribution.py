"""Who said it: places in what was said that name their speaker, when the speaker is known better."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from services.text.context import UNKNOWN

if TYPE_CHECKING:
    from dataclasses import Field


class Place(Protocol):
    """A frozen dataclass that names a segment and who spoke in it."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def segment_id(self) -> str: ...
    @property
    def speaker(self) -> str: ...


_P = TypeVar("_P", bound=Place)


def renamed(places: deque[_P], segment_ids: Collection[str], speaker: str) -> deque[_P]:
    """The same places; those of these segments have this speaker."""
    name = speaker or UNKNOWN
    named = (replace(each, speaker=name) if each.segment_id in segment_ids else each for each in places)
    return deque(named, places.maxlen)
