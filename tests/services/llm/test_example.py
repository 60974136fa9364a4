"""Answers that are made up."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example as also
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from services.llm import example
from services.llm.emulator.models import objects
from services.llm.schema import bounds_in, inlined, strict


@dataclass(frozen=True)
class Leaf:
    """With bounds of all kinds."""

    evidence: Annotated[str, Field(max_length=20)]
    speaker: str
    segment_id: str
    line: Annotated[int, Field(ge=1)]
    share: Annotated[float, Field(gt=0, lt=1)]
    level: Annotated[int, Field(ge=3, le=4)]
    below: Annotated[float, Field(le=-5)]
    kind: Literal["one", "two", "three"]
    code: Annotated[str, Field(min_length=30)]


@dataclass(frozen=True)
class Tree:
    """Nested, and recursive."""

    leaves: Annotated[list[Leaf], Field(min_length=1, max_length=2)]
    pair: tuple[int, str]
    either: Leaf | None
    names: dict[str, int] = Field(default_factory=dict)
    always: Literal["this"] = "this"
    number: int | None = None
    children: list[Tree] = Field(default_factory=list)


DATA = "[a/1] [0.0s] Anna: I am sure. It works!\n[a/2] Ben: Is it so?\n"
SCHEMA = TypeAdapter(Tree).json_schema()


@pytest.mark.parametrize("schema", [SCHEMA, strict(SCHEMA), strict(SCHEMA, keeps_bounds=False)])
def test_it_fits_also_what_vendors_make_of_the_schema(schema: dict[str, Any]) -> None:
    text = example.answer(schema, DATA)
    tree = TypeAdapter(Tree).validate_json(text)
    assert text == example.answer(schema, DATA)
    leaf = tree.leaves[0]
    assert DATA.count(leaf.evidence) == 1
    assert not leaf.evidence.startswith(("[", "Anna", "0s]"))
    assert leaf.speaker in ("Anna", "Ben")
    assert leaf.segment_id in ("a/1", "a/2")
    assert leaf.level in (3, 4)


@also("0.")  # a label that is no line
@given(st.text(max_size=60))
def test_any_data_will_do(data: str) -> None:
    assert TypeAdapter(Tree).validate_json(example.answer(SCHEMA, data)).leaves


def test_without_a_schema_it_is_text() -> None:
    assert "I am sure." in example.answer(None, "I am sure. It works!")


@given(st.text(max_size=80))
def test_pieces_are_the_text(text: str) -> None:
    assert "".join(example.pieces(text)).strip() == text.strip()


def test_objects_are_the_text_each_closed() -> None:
    value = {"a": 1, "b": [{"c": [1, 2]}, {"d": "]"}], "e": [], "f": {"g": 1}}
    pieces = list(objects(json.dumps(value)))
    assert pieces == ['{"a":1,', '"b":[{"c": [1, 2]},', '{"d": "]"}],', '"e":[],', '"f":{"g": 1}}']
    assert json.loads("".join(pieces)) == value
    assert list(objects("no JSON")) == ["no JSON"]
    assert list(objects("{}")) == ["{}"]


def test_definitions_are_put_in_beside_what_describes_them() -> None:
    inner = {
        "type": "object",
        "description": "Of the type.",
        "properties": {"kind": {"$ref": "#/$defs/Kind"}},
    }
    schema = {
        "properties": {
            "one": {"$ref": "#/$defs/Inner", "description": "Of the field."},
            "many": {"type": "array", "items": {"$ref": "#/$defs/Inner"}},
        },
        "$defs": {"Inner": inner, "Kind": {"enum": ["a"]}},
    }
    whole = {**inner, "properties": {"kind": {"enum": ["a"]}}}
    assert inlined(schema) == {
        "properties": {
            "one": {**whole, "description": "Of the field."},
            "many": {"type": "array", "items": whole},
        }
    }
    assert inlined(SCHEMA) == SCHEMA  # it holds itself


def test_strict_schemas() -> None:
    schema = strict(SCHEMA, keeps_bounds=False)
    leaf = schema["$defs"]["Leaf"]
    assert leaf["additionalProperties"] is False
    assert leaf["required"] == list(leaf["properties"])
    assert bounds_in(leaf["properties"]["level"]["description"]) == {"maximum": 4, "minimum": 3}
    assert "default" not in json.dumps(schema)
    assert strict(SCHEMA)["$defs"]["Leaf"]["properties"]["level"]["maximum"] == 4
    assert "additionalProperties" not in SCHEMA["$defs"]["Leaf"]  # a copy was made
