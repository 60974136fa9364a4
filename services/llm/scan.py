"""Finds in a growing JSON object what is complete: its members, and the elements of those that are lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import NamedTuple

_SPACE = re.compile(r"[ \t\n\r]*")
_IN_STRING = re.compile(r'["\\]')
_IN_CONTAINER = re.compile(r'["\[\]{}]')
_AFTER_SCALAR = re.compile(r"[,\]} \t\n\r]")
_FENCE = re.compile(r"`{0,3}(json)?", re.IGNORECASE)


class Found(NamedTuple):
    """A value that is complete. `path`: the member's name, and the element's number in its list."""

    path: tuple[str | int, ...]
    text: str


class Malformed(ValueError):
    """What came cannot be the beginning of a JSON object."""


class _At(Enum):
    """Where in the object, outside of values."""

    BEGIN = auto()  # before the object; some models put a fence of Markdown around it
    FIRST_KEY = auto()
    KEY = auto()
    COLON = auto()
    VALUE = auto()
    MEMBER_END = auto()
    FIRST_ITEM = auto()
    ITEM = auto()
    ITEM_END = auto()
    END = auto()


class Scanner:
    """Reads each character once, however the text is cut."""

    def __init__(self, is_list: Callable[[str], bool]) -> None:
        """`is_list`: of a member, by its name: whether its elements are wanted one by one."""
        self._is_list = is_list
        self._at = _At.BEGIN
        self._fence = ""
        self._key = ""
        self._keys: set[str] = set()
        self._index: int | None = None
        self._value: list[str] | None = None  # pieces of the value, or key, that is being read
        self._kind = ""  # of it: its first character
        self._depth = 0
        self._in_string = False
        self._escaped = False

    @property
    def is_whole(self) -> bool:
        """Whether the object has ended."""
        return self._at is _At.END

    def feed(self, text: str) -> Iterator[Found]:
        """What became complete by this text. Raises Malformed."""
        position = 0
        while position < len(text):
            if self._value is not None:
                position, done = self._read_value(text, position)
                if done:
                    yield from self._conclude()
                continue
            position = self._skip(text, position)
            if position < len(text):
                position = self._step(text, position)

    def _skip(self, text: str, position: int) -> int:
        found = _SPACE.match(text, position)
        return found.end() if found else position

    def _step(self, text: str, position: int) -> int:
        """One character that is no space, outside of values; returns where to go on."""
        char, at = text[position], self._at
        if at is _At.BEGIN:
            if char == "{":
                self._at = _At.FIRST_KEY
            else:
                self._fence += char
                if not _FENCE.fullmatch(self._fence) and self._fence not in ("```j", "```js", "```jso"):
                    raise Malformed(f"an object has to begin with {{, not {self._fence[-10:]!r}")
        elif at is _At.END:
            if char != "`":
                raise Malformed(f"{char!r} after the end of the object")
        elif char == "}" and at in (_At.FIRST_KEY, _At.MEMBER_END):
            self._at = _At.END
        elif char == "]" and at in (_At.FIRST_ITEM, _At.ITEM_END):
            self._index = None
            self._at = _At.MEMBER_END
        elif char == "," and at in (_At.MEMBER_END, _At.ITEM_END):
            self._at = _At.KEY if at is _At.MEMBER_END else _At.ITEM
        elif char == ":" and at is _At.COLON:
            self._at = _At.VALUE
        elif char == "[" and at is _At.VALUE and self._is_list(self._key):
            self._index = 0
            self._at = _At.FIRST_ITEM
        elif (at in (_At.FIRST_KEY, _At.KEY) and char == '"') or (
            at in (_At.VALUE, _At.FIRST_ITEM, _At.ITEM) and char not in "]}:,"
        ):
            self._begin(char)
            return position  # it is read with the value
        else:
            raise Malformed(f"{char!r} is not expected {at.name.lower().replace('_', ' ')}")
        return position + 1

    def _begin(self, char: str) -> None:
        self._value = []
        self._kind = char
        self._depth = 0
        self._in_string = self._escaped = False

    def _read_value(self, text: str, position: int) -> tuple[int, bool]:
        """Read on in a value; returns where to go on, and whether it is complete."""
        assert self._value is not None
        begin = position
        if self._kind in '"[{':
            end = self._read_nested(text, position)
            self._value.append(text[begin : end if end is not None else len(text)])
            return (end, True) if end is not None else (len(text), False)
        found = _AFTER_SCALAR.search(text, position)
        self._value.append(text[begin : found.start() if found else len(text)])
        return (found.start(), True) if found else (len(text), False)

    def _read_nested(self, text: str, position: int) -> int | None:
        """The end of a string, object or list; None if it is not in this text."""
        if self._escaped and position < len(text):
            position += 1
            self._escaped = False
        while True:
            found = (_IN_STRING if self._in_string else _IN_CONTAINER).search(text, position)
            if found is None:
                return None
            position = found.end()
            match found[0]:
                case "\\":
                    if position == len(text):
                        self._escaped = True
                        return None
                    position += 1
                case '"':
                    self._in_string = not self._in_string
                case "[" | "{":
                    self._depth += 1
                case _:
                    self._depth -= 1
            if not self._in_string and self._depth == 0:
                return position

    def _conclude(self) -> Iterator[Found]:
        """The value, or key, has been read."""
        text = "".join(self._value or ())
        self._value = None
        if self._at in (_At.FIRST_KEY, _At.KEY):
            try:
                self._key = json.loads(text)
            except ValueError:
                raise Malformed(f"{text[:40]} is not a name") from None
            if self._key in self._keys:
                # Not by its name, which may be of the model's making.
                raise Malformed(f"member {len(self._keys) + 1} has the name of one before it")
            self._keys.add(self._key)
            self._at = _At.COLON
        elif self._index is None:
            self._at = _At.MEMBER_END
            yield Found((self._key,), text)
        else:
            self._at = _At.ITEM_END
            yield Found((self._key, self._index), text)
            self._index += 1
