"""Configuration: environment and an optional TOML file to one frozen, validated object, built once.

Every process has a settings class of its own, which nests those of `settings`, and calls `load` in its
`__main__`; nobody else reads the environment. A value is looked up in this order:

1. the environment: `RIVERMOUTH_` and the path of the field, upper case, parts joined by two underscores:
   `server.port` is `RIVERMOUTH_SERVER__PORT`. Lists and tables are JSON (a list of words may also be
   written with commas). An empty variable counts as not set, for compose files make such;
2. the file that `RIVERMOUTH_CONFIG` or `--config` names, in TOML: `[server]` with `port = 50051`;
3. the default.

What is unknown is an error too, with the nearest name: a misspelt limit that silently does nothing is the
worst kind of configuration. One ConfigError tells everything that is wrong, and never shows a secret.
"""

import difflib
import json
import os
import tomllib
import types
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError

from services.runtime.settings import ChannelSettings as ChannelSettings
from services.runtime.settings import ServerSettings as ServerSettings
from services.runtime.settings import Settings as Settings
from services.runtime.settings import TelemetrySettings as TelemetrySettings

PREFIX = "RIVERMOUTH_"
FILE_VARIABLE = PREFIX + "CONFIG"

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[str | int, ...]


class ConfigError(Exception):
    """The configuration cannot be used; `problems`, and the message, have one line for each bad value."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n  ".join(["bad configuration:", *problems]))
        self.problems = tuple(problems)


def load(
    model_cls: type[Model],
    env: Mapping[str, str] | None = None,
    file: str | Path | None = None,
    *,
    ignore: Collection[str] = (),
) -> Model:
    """Build the settings from the environment (by default the process's own), the file, and the defaults.

    `file` wins over `RIVERMOUTH_CONFIG`. `ignore` names the top-level parts that belong to other processes
    which share the environment or the file. Raises ConfigError.
    """
    env = os.environ if env is None else env
    path = file or env.get(FILE_VARIABLE) or None
    values, problems = _read_file(path) if path else ({}, [])
    sources: dict[Location, str] = {}
    for variable, text in sorted(env.items()):
        parts = variable.removeprefix(PREFIX).lower().split("__")
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE and text and parts[0] not in ignore:
            sources[tuple(parts)] = variable
            if not _put(values, parts, _parse(_type_at(model_cls, tuple(parts)), text)):
                problems.append(f"{variable}: a variable of a shorter name holds another value in its place")
    values = {name: value for name, value in values.items() if name not in ignore}
    for location in _unknown(model_cls, values):
        problems.append(
            f"{_source(location, sources, path)}: unknown{_nearest(model_cls, location, sources, ignore)}"
        )
    try:
        settings = model_cls.model_validate(values)
    except ValidationError as invalid:
        for detail in invalid.errors(include_url=False):
            if detail["type"] != "extra_forbidden":  # found above, with its nearest name
                source = _source(detail["loc"], sources, path)
                shown = _shown(model_cls, detail["loc"], detail["input"])
                problems.append(f"{source}{shown}: {detail['msg']}{_about(model_cls, detail['loc'])}")
    if problems:  # raised out here, for a chained ValidationError would show its input
        raise ConfigError(problems)
    return settings


def variables(model_cls: type[BaseModel], prefix: str = PREFIX) -> Iterator[str]:
    """Yield the environment variables that a settings class reads, in order of definition."""
    for name, field in model_cls.model_fields.items():
        models = [each for each in _alternatives(field.annotation) if _is_model(each)]
        for model in models:
            yield from variables(model, f"{prefix}{name.upper()}__")
        if not models:
            yield prefix + name.upper()


def _read_file(path: str | Path) -> tuple[dict[str, Any], list[str]]:
    """Return what the file holds, and what is wrong with the file itself."""
    try:
        return tomllib.loads(Path(path).read_text("utf-8")), []
    except OSError as error:
        return {}, [f"{path}: cannot be read: {error.strerror}"]
    except ValueError as error:  # bad TOML or bad UTF-8
        return {}, [f"{path}: not TOML: {error}"]


def _put(values: dict[str, Any], parts: Sequence[str], value: Any) -> bool:
    """Place a value at its path; False if something that is no table stands in the way."""
    for part in parts[:-1]:
        table: object = values.setdefault(part, {})
        if not isinstance(table, dict):
            return False
        values = table
    values[parts[-1]] = value
    return True


def _parse(kind: Any, text: str) -> Any:
    """Return what a variable's text means for a field of this type; scalars are left to pydantic."""
    kinds = [typing.get_origin(each) or each for each in _alternatives(kind)]
    if not any(_is_model(each) or each in (dict, list, tuple, set, frozenset) for each in kinds):
        return text
    try:
        return json.loads(text)
    except ValueError:
        is_list = dict not in kinds and not any(map(_is_model, kinds)) and text[0] not in "[{"
        return [part.strip() for part in text.split(",")] if is_list else text


def _alternatives(kind: Any) -> list[Any]:
    """Return the members of a union, without None and Annotated; of any other type, itself."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _alternatives(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return [each for member in typing.get_args(kind) for each in _alternatives(member)]
    return [] if kind in (None, types.NoneType) else [kind]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inside(kind: Any, key: str | int) -> Any:
    """Return the type of a field, an item of a list, or a value of a mapping inside this type; else None."""
    for each in _alternatives(kind):
        origin, arguments = typing.get_origin(each), typing.get_args(each)
        if _is_model(each) and key in each.model_fields:
            return each.model_fields[key].annotation
        if origin is dict and isinstance(key, str):
            return arguments[1]
        if origin in (list, tuple, set, frozenset) and isinstance(key, int):
            return arguments[0]
    return None


def _type_at(kind: Any, location: Location) -> Any:
    for key in location:
        kind = _inside(kind, key)
    return kind


def _unknown(kind: Any, value: Any, location: Location = ()) -> Iterator[Location]:
    """Yield where the values have a key that no settings class on the way knows."""
    if isinstance(value, dict):
        is_table = any(_is_model(each) for each in _alternatives(kind))
        for key, member in value.items():
            inside = _inside(kind, key)
            if inside is not None:
                yield from _unknown(inside, member, (*location, key))
            elif is_table:
                yield (*location, key)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _unknown(_inside(kind, index), member, (*location, index))


def _source(location: Location, sources: Mapping[Location, str], path: str | Path | None) -> str:
    """Name where a value came from: its variable or key in the file; else the variable that would set it."""
    for length in range(len(location), 0, -1):
        if variable := sources.get(location[:length]):
            return ".".join([variable, *map(str, location[length:])])
    for inner, variable in sources.items():
        if inner[: len(location)] == location:
            return variable
    dotted = ".".join(map(str, location))
    return f"{path}: {dotted}" if path else f"{PREFIX}{dotted.upper().replace('.', '__')}"


def _nearest(
    model_cls: type[BaseModel],
    location: Location,
    sources: Mapping[Location, str],
    others: Collection[str],
) -> str:
    """Suggest the known name that is nearest to an unknown one, in the words of its source; `others` are the
    parts of other processes."""
    tables = _alternatives(_type_at(model_cls, location[:-1]))
    known = [name for each in tables if _is_model(each) for name in each.model_fields]
    if len(location) == 1:
        known += [name for name in others if name not in known]
    if variable := sources.get(location):  # compared without the prefix, which makes all names alike
        near = difflib.get_close_matches(variable.removeprefix(PREFIX), variables(model_cls, ""), n=1)
        near = [PREFIX + each for each in near]
    else:
        near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; known: {', '.join(known[:12])}"


def _shown(model_cls: type[BaseModel], location: Location, value: Any) -> str:
    """Show a bad value, unless it is a secret or may hold one."""
    if not isinstance(value, str | int | float) or _has_secret(_type_at(model_cls, location)):
        return ""
    return f"={value!r:.80}"


def _has_secret(kind: Any) -> bool:
    return any(
        each in (SecretStr, SecretBytes)
        or (_is_model(each) and any(_has_secret(field.annotation) for field in each.model_fields.values()))
        or any(_has_secret(argument) for argument in typing.get_args(each))
        for each in _alternatives(kind)
    )


def _about(model_cls: type[BaseModel], location: Location) -> str:
    """Say what the field is for, where its definition says so."""
    for each in _alternatives(_type_at(model_cls, location[:-1])) if location else ():
        if _is_model(each) and (field := each.model_fields.get(str(location[-1]))) and field.description:
            return f" ({field.description})"
    return ""
