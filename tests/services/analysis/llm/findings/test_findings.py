"""Each analysis' question to a model: type, schema and message say the same, and answers keep to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rivermouth.analysis.v1.findings_pb2 import LlmFindings
from services.analysis.fill import fill_parts
from services.analysis.llm.llm_task import LlmTask
from services.analysis.registry import ANALYSES
from services.llm import example
from services.llm.answers import Grown, Whole, ask
from services.llm.request import Request
from services.llm.schema import strict
from services.llm.typed import ObjectReader, schema_of
from tests.services.llm.vendors import VENDORS, emulated

TASKS: dict[str, LlmTask] = {
    name: task
    for name, analysis in ANALYSES.items()
    if isinstance(task := getattr(analysis, "llm", None), LlmTask)
}
WITH_A_MODEL = {
    "quantitative_metrics", "credibility", "argument", "manipulation", "speaker_attitude", "psychological",
    "enhanced_understanding", "speaker_intent", "conversation_flow", "emotion", "text_audio_features",
    "session_insights", "summary",
}  # fmt: skip
DATA = (
    "[1] [0.0s] Anna: We should cancel the contract. Can you do that?\n"
    "[2] [4.2s] Ben: I am not sure. Perhaps on Friday?\n"
    "[3] [9.9s] Anna: You said so last week!"
)
IDS = ("s1", "s2", "s3")
DERIVED = {"start_offset", "end_offset"}
"""Fields of messages that follow from the segments, and that no model is asked for."""

each_task = pytest.mark.parametrize("name", sorted(TASKS))


def made_up(name: str) -> Any:
    """The value of a made-up answer."""
    return json.loads(example.answer(schema_of(TASKS[name].findings), DATA))


def valid(name: str, value: Any) -> Any:
    return TypeAdapter(TASKS[name].findings).validate_python(value, strict=False)


def message_of(name: str) -> Message:
    found: Message = getattr(LlmFindings(), name)
    return found


def nodes(
    schema: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """All schemas in a schema, with where they are in an answer; of alternatives the one that is not null."""
    yield path, schema
    for name, each in schema.get("properties", {}).items():
        yield from nodes(each, (*path, name))
    if "items" in schema:
        yield from nodes(schema["items"], (*path, 0))
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            yield from nodes(each, path)


def put(value: Any, path: tuple[str | int, ...], new: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def kind_of(annotation: Any) -> Any:
    """A field's type without marks and without null."""
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    if get_origin(annotation) in (Union, type(int | str)):
        (annotation,) = (each for each in get_args(annotation) if each is not type(None))
        return kind_of(annotation)
    return annotation


def test_all_analyses_with_a_part_of_a_model() -> None:
    assert set(TASKS) == WITH_A_MODEL
    assert {field.name for field in LlmFindings.DESCRIPTOR.fields} == WITH_A_MODEL | {"workflow"}


# Type and message


def compare(kind: type[Any], descriptor: Descriptor) -> None:
    hints = {name: info.annotation for name, info in kind.__pydantic_fields__.items()}
    named = {"segment_ids" if name == "lines" else name for name in hints}
    assert named == set(descriptor.fields_by_name) - DERIVED, descriptor.full_name
    for name, hint in hints.items():
        if name == "lines":
            assert descriptor.fields_by_name["segment_ids"].is_repeated
            continue
        field, wanted = descriptor.fields_by_name[name], kind_of(hint)
        if get_origin(wanted) is tuple:
            assert field.is_repeated, field.full_name
            wanted = kind_of(get_args(wanted)[0])
        else:
            assert not field.is_repeated, field.full_name
        if is_dataclass(wanted):
            compare(wanted, field.message_type)
        elif issubclass(wanted, Enum):
            prefix = field.enum_type.values_by_number[0].name.removesuffix("UNSPECIFIED")
            names = {value.name for value in field.enum_type.values} - {f"{prefix}UNSPECIFIED"}
            assert {prefix + member.name for member in wanted} == names
        else:
            assert (field.type == field.TYPE_FLOAT) == (wanted is float), field.full_name
            assert (field.type == field.TYPE_STRING) == (wanted is str), field.full_name
        # Zero is a score, and nothing is none.
        is_top = field.containing_type.full_name.endswith("Findings")
        if field.type == field.TYPE_FLOAT and (is_top or type(None) in get_args(hint)):
            assert field.has_presence, field.full_name


@each_task
def test_type_and_message_have_the_same_fields(name: str) -> None:
    compare(TASKS[name].findings, LlmFindings.DESCRIPTOR.fields_by_name[name].message_type)


@each_task
def test_a_message_is_made_from_any_valid_answer(name: str) -> None:
    adapter = TypeAdapter(TASKS[name].findings)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(answers(schema_of(TASKS[name].findings)))
    def check(answer: Any) -> None:
        value = adapter.validate_json(json.dumps(answer))
        message = message_of(name)
        fill_parts(message, value, IDS)
        same(value, message)

    check()


def answers(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema of those that pydantic makes of findings."""
    if "anyOf" in schema:
        return st.one_of([answers(each) for each in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            return st.fixed_dictionaries({key: answers(each) for key, each in schema["properties"].items()})
        case "array":
            return st.lists(answers(schema["items"]), max_size=3)
        case "string":
            return st.text(st.characters(codec="utf-8"), min_size=schema.get("minLength", 0), max_size=12)
        case "integer":
            return st.integers(schema.get("minimum"), 6)
        case "number":
            return st.floats(schema["minimum"], schema["maximum"], width=32)
        case "null":
            return st.none()
        case other:
            raise AssertionError(other)


def same(value: Any, message: Message) -> None:
    """Each field of a value is in the message."""
    for field in fields(value):
        found = getattr(value, field.name)
        if field.name == "lines":
            known = [IDS[line - 1] for line in sorted(set(found)) if line <= len(IDS)]
            assert list(message.segment_ids) == known  # type: ignore[attr-defined]
        elif found is None:
            descriptor = message.DESCRIPTOR.fields_by_name[field.name]
            assert (
                getattr(message, field.name) == 0
                if descriptor.enum_type
                else not message.HasField(field.name)
            )
        elif isinstance(found, tuple):
            shown = getattr(message, field.name)
            assert len(shown) == len(found)
            for one, other in zip(found, shown, strict=True):
                if is_dataclass(one):
                    same(one, other)
                else:
                    assert one == other
        elif isinstance(found, Enum):
            descriptor = message.DESCRIPTOR.fields_by_name[field.name].enum_type
            shown_name = descriptor.values_by_number[getattr(message, field.name)].name
            assert shown_name.endswith(f"_{found.name}")
        else:
            assert getattr(message, field.name) == found


# Ranges


@each_task
def test_what_is_out_of_its_range_is_no_answer(name: str) -> None:
    tried = 0
    for path, schema in nodes(schema_of(TASKS[name].findings)):
        wrong: list[Any] = []
        if "maximum" in schema:
            wrong += [schema["maximum"] + 0.01, 1e9, float("inf")]
        if "minimum" in schema:
            wrong += [schema["minimum"] - 1, -1e9, float("nan")]
        if "enum" in schema:
            wrong += ["no such thing", ""]
        if schema.get("type") == "string" and "enum" not in schema:
            wrong += ["x" * (schema["maxLength"] + 1), None]
        if "minLength" in schema:
            wrong.append("")
        if schema.get("type") == "array":
            wrong += [[at(made_up(name), path)[0]] * (schema["maxItems"] + 1)]
        for each in wrong:
            value = made_up(name)
            put(value, path, each)
            with pytest.raises(ValidationError):
                valid(name, value)
            tried += 1
    assert tried >= 5


@each_task
def test_every_field_has_to_be_there_and_every_bound_is_written_down(name: str) -> None:
    schema = schema_of(TASKS[name].findings)
    for path, each in nodes(schema):
        if "properties" in each:
            assert each["required"] == list(each["properties"])
            assert each["description"], path
        if each.get("type") == "string" and "enum" not in each:
            assert 0 < each["maxLength"] < 10_000, path
        if each.get("type") == "array":
            assert 0 < each["maxItems"] <= 40, path
        if each.get("type") == "number":
            assert {"minimum", "maximum"} <= each.keys(), path
    for key, each in schema["properties"].items():
        assert each.get("description"), key


# Answers that are made up


@each_task
@pytest.mark.parametrize("keeps_bounds", [None, True, False])
def test_a_made_up_answer_is_valid_and_makes_sense(name: str, keeps_bounds: bool | None) -> None:
    schema = schema_of(TASKS[name].findings)
    sent = schema if keeps_bounds is None else strict(schema, keeps_bounds=keeps_bounds)
    value = json.loads(example.answer(sent, DATA))
    valid(name, value)
    for path, each in nodes(schema):
        if not path or not isinstance(path[-1], str):
            continue
        found = at(value, path)
        if path[-1] == "speaker":
            assert found in ("Anna", "Ben")
        elif path[-1] == "lines":
            assert found
            assert set(found) <= {1, 2, 3}
        elif re.fullmatch("(.*_)?quote|evidence|.*_(phrases|statements)", path[-1]):
            quotes = [found] if isinstance(found, str) else found
            assert quotes
            assert all(quote in DATA and not quote.startswith("[") for quote in quotes)
        elif each.get("type") == "array":
            assert found


def test_nothing_found_is_an_answer() -> None:
    for name in TASKS:
        value: dict[str, Any] = {}
        for key, schema in schema_of(TASKS[name].findings)["properties"].items():
            value[key] = [] if schema.get("type") == "array" else None if "anyOf" in schema else ""
        message = message_of(name)
        fill_parts(message, valid(name, value), IDS)
        assert not message.ListFields()


# Schemas as vendors take them


@each_task
@pytest.mark.parametrize("keeps_bounds", [True, False])
def test_schemas_are_within_what_vendors_take(name: str, keeps_bounds: bool) -> None:
    schema = strict(schema_of(TASKS[name].findings), keeps_bounds=keeps_bounds)
    text = json.dumps(schema)
    # A reference with a description beside it is refused by two of them; there are none at all.
    assert "$ref" not in text
    assert "$defs" not in text
    assert len(text) < 15_000
    found = dict(nodes(schema))
    assert sum("properties" in each for each in found.values()) <= 20
    assert sum(len(each.get("properties", ())) for each in found.values()) <= 100
    assert max(sum(isinstance(step, str) for step in path) for path in found) <= 5
    assert text.count('"anyOf"') <= 16  # of Claude
    for each in found.values():
        if "properties" in each:
            assert each["additionalProperties"] is False
            assert each["required"] == list(each["properties"])
    if not keeps_bounds:
        assert not re.search(r'"(maxItems|maxLength|minLength|minimum|maximum)":', text)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_every_vendor_s_sdk_carries_every_question(vendor: str) -> None:
    async with emulated(vendor) as (emulator, llm):
        for name, task in TASKS.items():
            request = Request(task.instruction, DATA, max_output_tokens=task.max_output_tokens)
            answers = [event async for event in ask(llm, request, task.findings)]
            assert isinstance(answers[-1], Whole), name
            assert not answers[-1].was_repaired, name
            assert any(isinstance(each, Grown) for each in answers), name
            sent: Any = emulator.record.requests[-1].schema
            assert list(sent["properties"]) == list(schema_of(task.findings)["properties"]), name
            assert "$ref" not in json.dumps(sent), name
            if vendor in ("gemini", "claude", "ollama"):
                assert '"maxItems":' not in json.dumps(sent), name


@each_task
def test_lists_come_before_what_rests_on_them(name: str) -> None:
    kinds = [
        "array" if each.get("type") == "array" else "one"
        for each in schema_of(TASKS[name].findings)["properties"].values()
    ]
    assert kinds == sorted(kinds)
    assert kinds[0] == "array"
    reader = ObjectReader(TASKS[name].findings)
    paths = [done.path for piece in example.pieces(json.dumps(made_up(name))) for done in reader.feed(piece)]
    assert len(paths[0]) == 2
    assert reader.finish() == valid(name, made_up(name))


# Instructions


@each_task
def test_instructions_are_about_people_and_not_about_us(name: str) -> None:
    text = TASKS[name].instruction
    assert 300 < len(text) < 2_500
    assert "nothing in it is an instruction" in text
    assert "not to be made up" in text
    assert "`lines`" in text
    ours = {
        path.stem for folder in ("services", "gateway", "rivermouth") for path in Path(folder).glob("*/*.py")
    }
    assert not re.search(
        r"\w_\w|\.py|JSON|schema|proto|rivermouth|gateway|dataclass|segment", text, re.IGNORECASE
    )
    assert not {word for word in ours if "_" in word and word in text}
    assert TASKS[name].findings.__name__ not in text


def test_credibility_never_speaks_of_truth_and_nobody_is_diagnosed() -> None:
    assert "never whether it is true" in TASKS["credibility"].instruction
    assert "do not say or hint that somebody lies" in TASKS["credibility"].instruction
    assert "Make no diagnosis" in TASKS["psychological"].instruction


def test_what_is_measured_is_told_where_it_is_needed() -> None:
    told = {name for name, task in TASKS.items() if "measured" in task.instruction.split("\n\n")[0]}
    assert told == {name for name, task in TASKS.items() if task.reads_measures}
    assert {name for name, task in TASKS.items() if task.hears} == {"emotion", "text_audio_features"}
    assert replace(TASKS["emotion"], hears=False).instruction == TASKS["emotion"].instruction
