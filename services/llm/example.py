"""An answer that fits a JSON schema, made up from the data: for where there is no model.

It understands nothing. The same schema and data give the same answer. Fields that quote, by their names,
quote sentences of the data, word by word; those that name a place in it or a speaker name labels and speakers
that its lines begin with, as in "[label] [12.3s] Anna: …" or "7: …".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.llm.schema import bounds_in

_ITEMS = 3
_DEEPEST = 12
_DEEPEST_LIST = 4
_SENTENCE = re.compile(r"[^.!?\n]*[^.!?\n\s][^.!?\n]*[.!?]*")
_QUOTING = re.compile(
    r"evidence|quote|excerpt|text|question|sentence|statement|claim|premise|phrase", re.IGNORECASE
)
_PLACING = re.compile(r"(^|_)((segment|line|turn)s?(_numbers?)?|ids?)$", re.I)
_SPEAKING = re.compile(r"(^|_)speaker$", re.I)
_HEAD = re.compile(
    r"^(?:\[([^\]\s]{1,64})\]|(\d{1,9})[.:)])[ \t]*"  # the label
    r"(?:\[\d+(?:\.\d+)?s\][ \t]*)?"  # the time
    r"(?:([^\s:.!?\[][^:.!?\n]{0,63}):[ \t]+)?",  # the speaker
    re.M,
)
_LONGEST = 160


def answer(schema: Mapping[str, Any] | None, data: str) -> str:
    """JSON for a schema, else two sentences."""
    maker = _Maker(schema or {}, data)
    if schema is None:
        return f"This was made up without a model. Somebody said: {maker.quote()}"
    return json.dumps(maker.value(schema, "", 0), ensure_ascii=False)


def pieces(text: str) -> Iterator[str]:
    """An answer cut as models stream: a word or two at a time."""
    yield from re.findall(r"\s*\S+\s?", text) or ([text] if text else [])


class _Maker:
    def __init__(self, root: Mapping[str, Any], data: str) -> None:
        self._root = root
        heads = _HEAD.findall(data)
        self._labels = [bracketed or number for bracketed, number, _ in heads]
        self._speakers: list[str] = list(dict.fromkeys(speaker for *_, speaker in heads if speaker))
        said = (each.strip() for each in _SENTENCE.findall(_HEAD.sub("", data)))
        self._sentences = [each for each in said if each] or ["nothing was said"]
        self._quoted = 0
        self._placed = 0
        self._spoke = 0
        self._made = 0

    def quote(self) -> str:
        """The next sentence of the data, over and over."""
        sentence: str = self._sentences[self._quoted % len(self._sentences)]
        self._quoted += 1
        return sentence[:_LONGEST]

    def _place(self, name: str) -> str:
        """The next label, for a field that names one; else empty."""
        if not self._labels or not _PLACING.search(name):
            return ""
        self._placed += 1
        return str(self._labels[(self._placed - 1) % len(self._labels)])

    def _speaker(self, name: str) -> str:
        """The next speaker, for a field that names one; else empty."""
        if not self._speakers or not _SPEAKING.search(name):
            return ""
        self._spoke += 1
        return self._speakers[(self._spoke - 1) % len(self._speakers)]

    def value(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        """One that fits; what an unknown keyword asks for is not heeded."""
        schema = self._resolve(schema)
        schema = {**bounds_in(schema.get("description", "")), **schema}
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            self._made += 1
            return schema["enum"][self._made % len(schema["enum"])]
        for key in ("anyOf", "oneOf"):
            choices = [each for each in schema.get(key, ()) if self._resolve(each).get("type") != "null"]
            if choices:
                return self.value(choices[0], name, depth + 1) if depth < _DEEPEST else None
        if schema.get("allOf"):
            rest = {key: each for key, each in schema.items() if key != "allOf"}
            return self.value({**schema["allOf"][0], **rest}, name, depth + 1)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), "null")
        match kind or ("object" if "properties" in schema else "string"):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "integer":
                place = self._place(name)
                if place.isdigit() and _is_within(schema, int(place)):
                    return int(place)
                return int(self._number(schema, whole=True))
            case "number":
                return self._number(schema, whole=False)
            case "boolean":
                self._made += 1
                return self._made % 2 == 1
            case "null":
                return None
        return self._string(schema, name)

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(_DEEPEST):
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                break
            found: Any = self._root
            for part in reference.removeprefix("#/").split("/"):
                found = found.get(part, {})
            schema = {**found, **{key: each for key, each in schema.items() if key != "$ref"}}
        return schema

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", ())
        return {
            name: self.value(each, name, depth + 1)
            for name, each in schema.get("properties", {}).items()
            if name in required or depth < _DEEPEST
        }

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        if "prefixItems" in schema:
            return [self.value(each, name, depth + 1) for each in schema["prefixItems"]]
        least = schema.get("minItems", 0)
        count = min(max(_ITEMS, least), schema.get("maxItems", _ITEMS)) if depth <= _DEEPEST_LIST else least
        return [self.value(schema.get("items", {}), name, depth + 1) for _ in range(count)]

    def _number(self, schema: Mapping[str, Any], *, whole: bool) -> float:
        step = 1.0 if whole else 0.01
        low, high = _bound(schema, "inimum", step), _bound(schema, "aximum", -step)
        if low is None:
            low = min(0.0, high) if high is not None else 0.0
        if high is None:
            high = low + (10.0 if whole else 1.0)
        self._made += 1
        value = low + (high - low) * (self._made * 37 % 100) / 100
        return round(value) if whole else round(value, 2)

    def _string(self, schema: Mapping[str, Any], name: str) -> str:
        text = (
            self._place(name)
            or self._speaker(name)
            or (self.quote() if _QUOTING.search(name) else f"made up {name or 'text'}")
        )
        least, most = schema.get("minLength", 0), schema.get("maxLength", _LONGEST)
        return text.ljust(least, ".")[:most]


def _is_within(schema: Mapping[str, Any], value: int) -> bool:
    low, high = _bound(schema, "inimum", 1.0), _bound(schema, "aximum", -1.0)
    return (low is None or low <= value) and (high is None or value <= high)


def _bound(schema: Mapping[str, Any], which: str, step: float) -> float | None:
    """The least or largest number that the schema allows, among those that are a step apart."""
    if f"m{which}" in schema:
        return float(schema[f"m{which}"])
    beyond = schema.get(f"exclusiveM{which}")
    return None if beyond is None else float(beyond) + step
