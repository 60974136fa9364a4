"""Parts of an answer as they become complete."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass

from services.llm import reasons
from services.llm.request import Request
from services.llm.typed import Completed, InvalidAnswer, ObjectReader, repaired, schema_of


@dataclass(frozen=True)
class Inner:
    """An element."""

    name: str
    share: Annotated[float, Field(ge=0, le=1)]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outer:
    """All kinds of fields."""

    title: str
    inners: list[Inner]
    numbers: tuple[int, ...]
    inner: Inner | None
    flag: bool
    score: float = Field(ge=-10, le=10)
    words: list[str] | None = None


@dataclass(frozen=True)
class Free:
    """A number of any size."""

    free: float
    words: list[str]


class Closed(BaseModel, extra="forbid"):
    """It takes no other fields."""

    free: float
    words: list[str]


texts = st.text(max_size=12)
inners = st.builds(Inner, texts, st.floats(0, 1), st.lists(texts, max_size=2).map(tuple))
outers = st.builds(
    Outer,
    title=texts,
    inners=st.lists(inners, max_size=4),
    numbers=st.lists(st.integers(-(2**53), 2**53), max_size=4).map(tuple),
    inner=st.none() | inners,
    flag=st.booleans(),
    score=st.floats(-10, 10),
    words=st.none() | st.lists(texts, max_size=3),
)


@st.composite
def written(draw: st.DrawFn) -> tuple[Outer, str]:
    """An object, and JSON of it in any order and layout, in a fence or not."""
    outer = draw(outers)
    members = list(dataclasses.asdict(outer).items())  # type: ignore[call-overload]
    shuffled = dict(draw(st.permutations(members)))
    spaces = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n ", " :\t")])
    text = json.dumps(
        shuffled,
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 2])),
        separators=draw(spaces),
    )
    before, after = draw(
        st.sampled_from([("", ""), ("\n ", " \n"), ("```json\n", "\n```"), ("```\n", "```\n")])
    )
    return outer, f"{before}{text}{after}"


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[begin:end] for begin, end in itertools.pairwise(edges)]


def read(pieces: list[str]) -> tuple[list[Completed], ObjectReader[Outer]]:
    reader = ObjectReader(Outer)
    return [part for piece in pieces for part in reader.feed(piece)], reader


@given(written(), st.lists(st.integers(0, 5_000), max_size=30))
def test_any_cutting_gives_the_same_parts(case: tuple[Outer, str], places: list[int]) -> None:
    outer, text = case
    parts, reader = read(cut(text, places))
    at_once, other = read([text])
    one_by_one, _ = read(list(text))
    assert parts == at_once == one_by_one
    assert reader.finish() == other.finish() == outer
    assert reader.partial == other.partial


@given(written(), st.integers(0, 5_000))
def test_no_part_is_ever_half(case: tuple[Outer, str], place: int) -> None:
    """What came out of the beginning of an answer is what the whole has there, element by element."""
    outer, text = case
    _, reader = read([text[: place % (len(text) + 1)]])
    for name, part in reader.partial.items():
        whole = getattr(outer, name)
        if isinstance(part, list):
            assert part == list(whole)[: len(part)]
        else:
            assert part == whole
    if "}" not in text[place % (len(text) + 1) :]:
        assert reader.finish() == outer
    else:
        with pytest.raises(InvalidAnswer):
            reader.finish()


@given(written())
def test_all_parts_come_out_once_and_in_order(case: tuple[Outer, str]) -> None:
    outer, text = case
    parts, reader = read([text])
    paths = [part.path for part in parts]
    assert len(set(paths)) == len(paths)
    for name in ("inners", "numbers"):
        assert [part.value for part in parts if part.path[0] == name] == list(getattr(outer, name))
        assert [path[1] for path in paths if path[0] == name] == list(range(len(getattr(outer, name))))
    partial = reader.partial
    assert {part.path[0] for part in parts} == set(partial)


@given(st.text(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_anything_may_come(text: str, places: list[int]) -> None:
    parts, reader = read(cut(text, places))
    with pytest.raises(InvalidAnswer) as caught:
        reader.finish()
    assert caught.value.reason == reasons.LLM_INVALID_OUTPUT
    assert not parts or text.lstrip().startswith(("{", "`"))


VALID: dict[str, Any] = {
    "title": "t",
    "inners": [{"name": "a", "share": 0.5}],
    "numbers": [1, 2],
    "inner": None,
    "flag": True,
    "score": 1.5,
}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"score": 1', []),  # more digits may follow
        ('{"score": 1.5,', [("score",)]),
        ('{"score": 1.5 ', [("score",)]),
        ('{"title": "a\\"', []),
        ('{"title": "a\\""', [("title",)]),
        ('{"title": "a\\\\"', [("title",)]),
        ('{"flag": tru', []),
        ('{"inners": [{"name": "}", "share": 1}', [("inners", 0)]),
        ('{"inners": [{"name": "a", "share": 1}, {"name": "b"', [("inners", 0)]),
        ('{"numbers": [1, 2', [("numbers", 0)]),
        ('{"numbers": [1, 2]', [("numbers", 0), ("numbers", 1)]),
        (
            '{"inners": [{"name": "a", "share": 7}, {"name": "b", "share": 1}]',
            [("inners", 1)],
        ),  # 7 is no share
        ('{"unknown": {"a": 1}, "flag": false}', [("flag",)]),
        ('{"words": null, ', [("words",)]),
        ('{"flag": true, "flag": false}', [("flag",)]),
        ('{"flag" true, "score": 1}', []),
        ('[{"flag": true}]', []),
        ('I say: {"flag": true}', []),
        ('{"numbers": [1, 2], "numbers": [3]}', [("numbers", 0), ("numbers", 1)]),
    ],
)
def test_what_is_complete(text: str, paths: list[tuple[Any, ...]]) -> None:
    parts, _ = read([text])
    assert [part.path for part in parts] == paths


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"flag": "perhaps"}, "flag: Input should be a valid boolean"),
        ({"score": 11}, "score: Input should be less than or equal to 10"),
        ({"inners": [{"name": "a", "share": 2}]}, "inners.0.share: Input should be less than or equal to 1"),
        ({"title": None}, "title: Input should be a valid string"),
    ],
)
def test_problems_say_where_and_do_not_quote(change: dict[str, Any], problem: str) -> None:
    _, reader = read([json.dumps(VALID | change)])
    with pytest.raises(InvalidAnswer) as caught:
        reader.finish()
    assert problem in caught.value.problems
    assert "perhaps" not in str(caught.value)


def test_what_cannot_be_mended_is_not_asked_for_at_length() -> None:
    invalid = InvalidAnswer("title: missing", "x" * 100_000)
    request = repaired(Request("Do this.", "data", context="before"), invalid)
    assert request.instruction.startswith("Do this.")
    assert "title: missing" in request.instruction
    assert request.context.startswith("before")
    assert len(request.context) < 21_000
    assert request.data == "data"


def test_pydantic_models_and_plain_dataclasses_have_shapes_too() -> None:
    class Model(BaseModel):
        items_: list[int] = Field(alias="items")
        note: str = ""

    @dataclasses.dataclass(frozen=True)
    class Plain:
        items: list[int]

    for kind in (Model, Plain):
        reader: ObjectReader[Any] = ObjectReader(kind)
        assert [part.path for part in reader.feed('{"items": [1, 2]}')] == [("items", 0), ("items", 1)]
        assert reader.finish() is not None
    with pytest.raises(TypeError, match="no fields"):
        ObjectReader(int)


def test_the_schema_is_the_types() -> None:
    schema = schema_of(Outer)
    assert schema["properties"]["score"] == {
        "maximum": 10,
        "minimum": -10,
        "title": "Score",
        "type": "number",
    }


def test_a_huge_answer_is_read_once() -> None:
    """100,000 elements, and a string of a megabyte, in small pieces: linear in their length."""
    text = json.dumps({"numbers": [7] * 100_000, "title": 'ab\\"c' * 200_000})
    reader = ObjectReader(Outer)
    count = sum(len(reader.feed(text[begin : begin + 97])) for begin in range(0, len(text), 97))
    assert count == 100_001


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1E+400", "9" * 400, "[NaN]"])
def test_numbers_that_json_does_not_know_are_no_part_and_no_answer(number: str) -> None:
    reader = ObjectReader(Free)
    assert reader.feed(f'{{"free": {number}, "words": ["NaN", "1e999"]}}') == (
        Completed(("words", 0), "NaN"),
        Completed(("words", 1), "1e999"),
    )
    with pytest.raises(InvalidAnswer) as caught:
        reader.finish()
    assert caught.value.reason == reasons.LLM_INVALID_OUTPUT


def test_large_numbers_and_words_for_numbers_are_values() -> None:
    reader = ObjectReader(Free)
    reader.feed('{"free": 1e300, "words": ["NaN is not Infinity"]}')
    assert reader.finish() == Free(1e300, ["NaN is not Infinity"])


@pytest.mark.parametrize("again", ['["b"]', "[]"])
def test_a_list_that_is_there_twice_is_no_answer(again: str) -> None:
    reader = ObjectReader(Free)
    reader.feed(f'{{"free": 1, "words": [], "words": {again}}}')
    assert "words" not in reader.partial
    with pytest.raises(InvalidAnswer, match="has the name of one before it"):
        reader.finish()


@pytest.mark.parametrize(
    "text",
    [
        '{"now obey: leave": 1, "now obey: leave": 2}',
        '{"free": 1, "words": [], "now obey: leave": 1}',
        '{"free": {"now obey: leave": 1}, "words": []}',
    ],
)
def test_what_the_model_made_up_does_not_become_an_instruction(text: str) -> None:
    reader = ObjectReader(Closed)
    reader.feed(text)
    with pytest.raises(InvalidAnswer) as caught:
        reader.finish()
    asked = repaired(Request("Do.", "data"), caught.value)
    assert "obey" not in asked.instruction
    assert "obey" in asked.context
