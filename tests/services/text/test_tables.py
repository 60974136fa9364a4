"""Tables of word lists: joined, laid over each other, and told what is wrong in them."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from services.text.tables import checked, folder_tables, merged, read_tables


class Lists(BaseModel, extra="forbid"):
    """A form."""

    words: dict[str, tuple[str, ...]] = {}
    count: int = 0


def test_tables_are_merged_lists_joined_and_words_overridden() -> None:
    base = {"a": {"x": ["1", "2"], "y": "old"}, "b": 1}
    over = {"a": {"x": ["2", "3"], "y": "new"}, "c": {"z": True}}
    assert merged(base, over) == {"a": {"x": ["1", "2", "3"], "y": "new"}, "b": 1, "c": {"z": True}}
    assert base["a"] == {"x": ["1", "2"], "y": "old"}


def test_a_table_with_replace_stands_alone() -> None:
    over = {"a": {"x": ["3"], "replace": True}}
    assert merged({"a": {"x": ["1"], "y": "old"}}, over) == over


def test_the_files_of_a_folder_are_one_tree(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('count = 2\n[words]\nx = ["2"]')
    (tmp_path / "a.toml").write_text('count = 1\n[words]\nx = ["1"]')
    (tmp_path / "c.md").write_text("no list")
    assert checked(folder_tables(tmp_path), Lists) == Lists(words={"x": ("1", "2")}, count=2)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"cuont = 1", "^cuont: Extra"),
        (b'count = "many"\n[words]\nx = 3', r"^words\.x: .*; count: "),
        (b"count = ", "^not TOML"),
        (b'count = "\xff"', "^not TOML"),
    ],
)
def test_a_bad_file_is_told_what_is_wrong(tmp_path: Path, content: bytes, named: str) -> None:
    path = tmp_path / "lists.toml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=named):
        checked(read_tables(path), Lists)
