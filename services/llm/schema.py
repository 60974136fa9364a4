"""JSON schemas as vendors with strict structured output want them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Keywords that describe or bound a value, and that no strict mode of the vendors takes everywhere.
_BOUNDS = (
    "default", "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maxLength", "maximum",
    "minItems", "minLength", "minimum", "multipleOf", "pattern", "uniqueItems",
)  # fmt: skip
_NUMBERED = re.compile(r"\b((?:exclusive)?(?:M|m)(?:ax|in)\w+): (-?\d+(?:\.\d+)?)")
_DEFINED = "#/$defs/"
_NAMED = ("properties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")


def inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with each definition where it is referred to: beside a reference, vendors take no description.

    A type that holds itself has no end, and stays as it is.
    """
    definitions = schema.get("$defs", {})

    def put_in(value: Any, within: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [put_in(each, within) for each in value]
        if not isinstance(value, Mapping):
            return value
        result = {key: put_in(each, within) for key, each in value.items() if key not in ("$defs", "$ref")}
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return result
        name = reference.removeprefix(_DEFINED)
        if name in within:
            raise RecursionError(name)
        return put_in(definitions[name], (*within, name)) | result

    try:
        whole: dict[str, Any] = put_in(schema, ())
    except RecursionError:
        return dict(schema)
    return whole


def strict(schema: Mapping[str, Any], *, keeps_bounds: bool = True) -> dict[str, Any]:
    """A copy where each object has all of its properties and no others.

    A default is left out: the model is to state the value. Without `keeps_bounds`, what bounds a value
    (`minimum` …) goes into its description, where the model reads it though the vendor does not enforce it.
    """
    result: dict[str, Any] = {}
    bounds: list[str] = []
    for key, value in schema.items():
        if key in _NAMED:
            result[key] = {name: strict(each, keeps_bounds=keeps_bounds) for name, each in value.items()}
        elif key in _LISTS:
            name = "anyOf" if key == "oneOf" else key
            result[name] = [strict(each, keeps_bounds=keeps_bounds) for each in value]
        elif key == "items" and isinstance(value, Mapping):
            result[key] = strict(value, keeps_bounds=keeps_bounds)
        elif key in ("default", "discriminator"):
            continue
        elif key in _BOUNDS and not keeps_bounds:
            bounds.append(f"{key}: {value}")
        else:
            result[key] = value
    if "properties" in result:
        result["required"] = list(result["properties"])
        result["additionalProperties"] = False
    if bounds:
        described = result.get("description")
        result["description"] = f"{described} " if described else ""
        result["description"] += f"({', '.join(bounds)})"
    return result


def bounds_in(description: str) -> dict[str, float]:
    """The numbers among the bounds that `strict` wrote into a description."""
    return {
        key: float(value) if "." in value else int(value) for key, value in _NUMBERED.findall(description)
    }
