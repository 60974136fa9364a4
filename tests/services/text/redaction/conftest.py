"""The project's own list of personal data and of what looks like it."""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from services.text.redaction.kinds import Kind

FOLDER = Path(__file__).parents[3] / "data" / "redaction"


class Case(NamedTuple):
    """A text, and the kind and the characters of all that is to be found in it."""

    text: str
    spans: frozenset[tuple[Kind, int, int]]


class LabelledList(NamedTuple):
    """One half of the list."""

    names: list[str]
    cases: list[Case]


def _case(marked: str, kind: Kind) -> Case:
    text = ""
    spans = set()
    for piece in re.split("(⟦[^⟧]*⟧)", marked):
        if piece.startswith("⟦"):
            spans.add((kind, len(text), len(text) + len(piece) - 2))
            piece = piece[1:-1]
        text += piece
    return Case(text, frozenset(spans))


def load(name: str) -> LabelledList:
    tables = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    names, near_misses = tables.pop("names"), tables.pop("near_misses")
    cases = [_case(text, Kind(kind)) for kind, texts in tables.items() for text in texts]
    return LabelledList(names, cases + [Case(text, frozenset()) for text in near_misses])


@pytest.fixture(scope="session")
def halves() -> dict[str, LabelledList]:
    return {name: load(name) for name in ("dev", "heldout")}
