"""Word lists as tables of TOML files: read, a user's laid over the project's, checked against their form."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

_Lists = TypeVar("_Lists", bound=BaseModel)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two trees of tables as one: lists are joined, other values of `over` win; a table with `replace` stands
    alone."""
    result = dict(base)
    for name, value in over.items():
        mine = result.get(name)
        if isinstance(value, Mapping) and isinstance(mine, Mapping) and not value.get("replace"):
            result[name] = merged(mine, value)
        elif isinstance(value, list) and isinstance(mine, list):
            result[name] = [*mine, *(each for each in value if each not in mine)]
        else:
            result[name] = value
    return result


@cache
def folder_tables(folder: Path) -> Mapping[str, Any]:
    """All files of a folder in one tree, in the order of their names; read once.

    Raises OSError, or ValueError for what is not TOML.
    """
    tables: dict[str, Any] = {}
    for path in sorted(folder.glob("*.toml")):
        tables = merged(tables, read_tables(path))
    return tables


def read_tables(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises OSError, or ValueError for what is not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:  # bad TOML or bad UTF-8
        raise ValueError(f"not TOML: {error}") from None


def checked(tables: Mapping[str, Any], form: type[_Lists]) -> _Lists:
    """The tables in their form. Raises ValueError with one line for each thing that is wrong in them."""
    try:
        return form.model_validate(tables)
    except ValidationError as invalid:
        raise ValueError("; ".join(_lines(invalid.errors(include_url=False)))) from None


def _lines(errors: Iterable[Any]) -> Iterable[str]:
    for error in errors:
        place = ".".join(str(part) for part in error["loc"] if part != "[key]")
        yield f"{place}: {error['msg']}"
