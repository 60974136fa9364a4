"""The word lists of the analyses: the form of their files, and how a deployment's own are laid over them.

A list is a table of a TOML file; the project's own stand in english/*.toml, each with its source. A user's
file has tables of the same names: what it lists is added to the project's list, unless its table says
`replace = true`. Patterns of manipulation and strategies of politeness that the project does not have are new
lists; the other kinds are measured one by one, and there are no more of them.

A phrase is words in lower case without punctuation, contractions written out ("i am"); "a/b" stands for
either, "<name>" for any word of a set of the lists.
"""

import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

ENGLISH_LISTS = Path(__file__).with_name("english")


class Linguistic(StrEnum):
    """What enhanced_metrics counts; credibility reads two of them."""

    FIRST_PERSON_SINGULAR = "first_person_singular"
    FIRST_PERSON_PLURAL = "first_person_plural"
    SECOND_PERSON = "second_person"
    THIRD_PERSON = "third_person"
    ARTICLE = "article"
    EXCLUSIVE = "exclusive"
    SUBORDINATOR = "subordinator"
    COORDINATOR = "coordinator"
    LEAKAGE = "leakage"


class Argumentative(StrEnum):
    """What argument counts."""

    CLAIM = "claim"
    PREMISE = "premise"
    REBUTTAL = "rebuttal"


class Psychological(StrEnum):
    """What psychological counts, beside hesitations and repetitions."""

    FIRST_PERSON = "first_person"
    NEGATION = "negation"
    ABSOLUTIST = "absolutist"


class CueList(BaseModel):
    """What shows one kind of cue.

    Attributes:
        phrases: met anywhere in a sentence.
        openings: met at the begin of a sentence only; there they come before phrases of the same words.
        unless: longer phrases inside which none of the others counts.
        questions_only: whether it counts in sentences that ask only.
        score: for politeness: the mean politeness of requests with the strategy.
        source: where the list comes from, of those it was written after.
        examples: sentences that show it.
        counterexamples: sentences that do not, though they look like it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    replace: bool = Field(default=False, description="stand in for the project's list")
    phrases: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    questions_only: bool = False
    score: FiniteFloat = 0.0
    source: str = ""
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


class WordLists(BaseModel):
    """All lists of a language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Mapping[str, tuple[str, ...]] = Field(default={}, description="sets that phrases name as <name>")
    linguistic: Mapping[Linguistic, CueList] = {}
    argument: Mapping[Argumentative, CueList] = {}
    manipulation: Mapping[str, CueList] = {}
    politeness: Mapping[str, CueList] = {}
    psychological: Mapping[Psychological, CueList] = {}


def load_lists(path: Path | None = None) -> WordLists:
    """The project's lists, with those of a user's file laid over them.

    Raises OSError, or ValueError with one line for each thing that is wrong in the file.
    """
    tables = _project_tables()
    return _validated(tables if path is None else merged(tables, _read(path)))


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
def _project_tables() -> Mapping[str, Any]:
    tables: dict[str, Any] = {}
    for path in sorted(ENGLISH_LISTS.glob("*.toml")):
        tables = merged(tables, _read(path))
    return tables


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:  # bad TOML or bad UTF-8
        raise ValueError(f"not TOML: {error}") from None


def _validated(tables: Mapping[str, Any]) -> WordLists:
    try:
        return WordLists.model_validate(tables)
    except ValidationError as invalid:
        raise ValueError("; ".join(_lines(invalid.errors(include_url=False)))) from None


def _lines(errors: Iterable[Any]) -> Iterable[str]:
    for error in errors:
        place = ".".join(str(part) for part in error["loc"] if part != "[key]")
        yield f"{place}: {error['msg']}"
