"""A model's answer as an object of a type: its parts as they become complete, the whole when it is valid."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from services.llm import reasons
from services.llm.failure import ModelFailure
from services.llm.request import Request
from services.llm.scan import Malformed, Scanner
from services.llm.schema import inlined

T = TypeVar("T")

_MOST_PROBLEMS = 8
_LONGEST_FAULTY = 20_000


class InvalidAnswer(ModelFailure):
    """An answer does not fit its type.

    Attributes:
        problems: what is wrong, for the model to mend; nothing of the answer is quoted.
        answer: the faulty text.
    """

    def __init__(self, problems: str, answer: str) -> None:
        super().__init__(reasons.LLM_INVALID_OUTPUT, problems, retryable=False)
        self.problems = problems
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Completed:
    """A part that is complete, and valid.

    Attributes:
        path: the field's name; of an element of a list, its number follows, from 0.
        value: of the field's, or the element's, type.
    """

    path: tuple[str | int, ...]
    value: Any


class ObjectReader(Generic[T]):
    """Reads one answer. The same parts come out in the same order, however the text is cut.

    A part is a field of the type, or an element of a field that is a list: complete when its own JSON is
    closed (a number: when something follows it). A part that is not valid, or is one more than its list may
    have, does not come out; then the whole is not valid either.
    """

    def __init__(self, kind: type[T]) -> None:
        """`kind`: a dataclass, pydantic's too, or a pydantic model."""
        self._shape = shape_of(kind)
        self._parts: dict[str, Any] = {}
        self._scanner = Scanner(self._shape.is_list)
        self._text: list[str] = []
        self._problem = ""

    @property
    def partial(self) -> dict[str, Any]:
        """All parts that came out so far, by field; a copy, but for the parts themselves."""
        return {name: list(part) if isinstance(part, list) else part for name, part in self._parts.items()}

    @property
    def text(self) -> str:
        """All that was read."""
        return "".join(self._text)

    def feed(self, text: str) -> tuple[Completed, ...]:
        """The answer goes on; returns the parts that this completes."""
        self._text.append(text)
        completed: list[Completed] = []
        if not self._problem:
            try:
                for path, json_text in self._scanner.feed(text):
                    self._take(path, json_text, completed)
            except Malformed as error:
                self._problem = str(error)
        return tuple(completed)

    def finish(self) -> T:
        """The whole. Raises InvalidAnswer."""
        text = self.text
        if self._problem:
            raise InvalidAnswer(self._problem, text)
        if not self._scanner.is_whole:
            raise InvalidAnswer(
                "the JSON object is not closed" if text.strip() else "the answer is empty", text
            )
        text_of_object = text[text.index("{") : text.rindex("}") + 1]
        if not is_finite(text_of_object):
            raise InvalidAnswer("a number is not finite, or too large", text)
        try:
            whole: T = self._shape.whole.validate_json(text_of_object)
        except ValidationError as error:
            raise InvalidAnswer(problems_of(error), text) from None
        return whole

    def _take(self, path: tuple[str | int, ...], text: str, completed: list[Completed]) -> None:
        name = str(path[0])
        field = self._shape.fields.get(name)
        if field is None:
            return
        is_element = len(path) == 2
        if is_element and len(self._parts.get(name, ())) >= self._shape.most.get(name, sys.maxsize):
            return
        adapter = self._shape.lists[name] if is_element else field
        if not is_finite(text):
            return
        try:
            value = adapter.validate_json(text)
        except ValidationError:
            return
        if is_element:
            self._parts.setdefault(name, []).append(value)
        else:
            self._parts[name] = value
        completed.append(Completed(path, value))


_MAY_BE_INFINITE = re.compile(r"NaN|Infinity|\d[eE]\+?\d{2}|\d{300}")
_NAME = re.compile(r"\w{1,64}", re.ASCII)


def is_finite(text: str) -> bool:
    """Whether a JSON value has finite numbers only: JSON knows no others, pydantic and models do."""
    if not _MAY_BE_INFINITE.search(text):
        return True
    try:
        json.loads(text, parse_float=_finite, parse_int=_finite, parse_constant=_finite)
    except OverflowError:
        return False
    except (ValueError, RecursionError):
        pass  # pydantic says what is wrong with it
    return True


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise OverflowError
    return value


def _place(part: int | str) -> str:
    """A step of the way to a value. A name that only the model can have made up is not repeated to it."""
    return str(part) if isinstance(part, int) or _NAME.fullmatch(part) else "(a name)"


def repaired(request: Request, invalid: InvalidAnswer) -> Request:
    """The request to ask again with, after an answer that did not fit."""
    instruction = (
        f"{request.instruction.strip()}\n\n"
        "An earlier answer, given as context, was not valid. What is wrong with it:\n"
        f"{invalid.problems}\n"
        "Answer anew: one JSON object that fits the schema, and nothing else."
    )
    earlier = f"Earlier answer:\n{invalid.answer[:_LONGEST_FAULTY]}"
    context = f"{request.context}\n\n{earlier}" if request.context else earlier
    return replace(request, instruction=instruction, context=context)


def schema_of(kind: type[Any]) -> dict[str, Any]:
    """The JSON schema of a type, for a Request."""
    return shape_of(kind).schema


def problems_of(error: ValidationError) -> str:
    """What is wrong, one line each, without what was found there."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [
        f"{'.'.join(map(_place, each['loc'])) or 'answer'}: {each['msg']}"
        for each in details[:_MOST_PROBLEMS]
    ]
    if len(details) > _MOST_PROBLEMS:
        lines.append(f"and {len(details) - _MOST_PROBLEMS} more")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Shape:
    """A type's fields by their names in JSON.

    Attributes:
        whole: of the type.
        fields: of each field.
        lists: of the elements of those fields that are lists.
        most: elements of those lists that have a limit.
        schema: JSON schema.
    """

    whole: TypeAdapter[Any]
    fields: dict[str, TypeAdapter[Any]]
    lists: dict[str, TypeAdapter[Any]]
    most: dict[str, int]
    schema: dict[str, Any]

    def is_list(self, name: str) -> bool:
        """Whether the elements of a field come one by one."""
        return name in self.lists


_shapes: dict[type[Any], Shape] = {}


def shape_of(kind: type[Any]) -> Shape:
    """Of a type; made once. Raises TypeError for what has no fields."""
    shape = _shapes.get(kind)
    if shape is None:
        shape = _shapes[kind] = _make_shape(kind)
    return shape


def _make_shape(kind: type[Any]) -> Shape:
    fields: dict[str, TypeAdapter[Any]] = {}
    lists: dict[str, TypeAdapter[Any]] = {}
    for name, annotation in _annotations(kind).items():
        fields[name] = TypeAdapter(annotation)
        element = _element(annotation)
        if element is not None:
            lists[name] = TypeAdapter(element)
    whole: TypeAdapter[Any] = TypeAdapter(kind)
    schema = inlined(whole.json_schema())
    return Shape(whole, fields, lists, _limits(schema), schema)


def _limits(schema: Mapping[str, Any]) -> dict[str, int]:
    """Of the lists among the properties of a schema, also of those that may be null."""
    limits: dict[str, int] = {}
    for name, each in schema.get("properties", {}).items():
        for choice in (each, *each.get("anyOf", ())):
            if "maxItems" in choice:
                limits[name] = choice["maxItems"]
    return limits


def _annotations(kind: type[Any]) -> dict[str, Any]:
    known: dict[str, FieldInfo] | None = getattr(kind, "__pydantic_fields__", None)
    if known is not None:
        result: dict[str, Any] = {}
        for name, info in known.items():
            annotation: Any = info.annotation
            for mark in info.metadata:
                annotation = Annotated[annotation, mark]
            alias = info.validation_alias
            result[alias if isinstance(alias, str) else info.alias or name] = annotation
        return result
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return {field.name: hints[field.name] for field in dataclasses.fields(kind) if field.init}
    raise TypeError(f"{kind.__name__} has no fields")


def _element(annotation: Any) -> Any:
    """The type of a list's elements; None for what is no list of any length."""
    while typing.get_origin(annotation) is Annotated:
        annotation = typing.get_args(annotation)[0]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (list, Sequence) and arguments:
        return arguments[0]
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):  # a list, or null
        members = [each for each in arguments if each is not types.NoneType]
        return _element(members[0]) if len(members) == 1 else None
    return None
