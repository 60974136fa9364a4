import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rivermouth.client.offsets import seconds
from rivermouth.client.text_chunks import (
    MAX_CHARACTERS,
    read_text_chunks,
    split_text,
    text_chunk,
    text_chunk_of,
)


def test_lines_of_json(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"start": 0, "end": 1.25, "text": "hello", "speaker": "anna", "channel": 2}\n\n'
        '{"start": 1.25, "end": 2, "text": "yes", "speaker": null}\n'
    )
    first, second = read_text_chunks(path)
    assert (first.text, first.speaker, first.channel_tag) == ("hello", "anna", 2)
    assert (seconds(first.start_offset), seconds(first.end_offset)) == (0.0, 1.25)
    assert (second.speaker, second.channel_tag) == ("", 0)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hello", "Expecting value"),
        ("[1]", "a line must be a JSON object"),
        ('{"start": 0, "end": 1}', "'text' is missing"),
        ('{"start": 0, "end": 1, "text": "a", "speeker": "b"}', "unknown key 'speeker'"),
        ('{"start": NaN, "end": 1, "text": "a"}', "finite number"),
        ('{"start": null, "end": 1, "text": "a"}', "must be a string or a real number"),
        ('{"start": "x", "end": 1, "text": "a"}', "could not convert"),
        ('{"start": 0, "end": 1, "text": 5}', "bad argument type|expected|must be"),
    ],
)
def test_wrong_lines_are_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"start": 0, "end": 1, "text": "good"}}\n{line}\n')
    with pytest.raises(ValueError, match=rf"a\.jsonl, line 2: .*({message})"):
        read_text_chunks(path)


@pytest.mark.parametrize("time", [math.nan, math.inf, -math.inf])
def test_times_that_no_duration_can_say(time: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        text_chunk("hello", 0.0, time)


def test_negative_times_are_for_the_server_to_judge() -> None:
    assert seconds(text_chunk_of({"text": "a", "start": -1.5, "end": 0}).start_offset) == -1.5


@given(st.text(alphabet="ab ", max_size=3 * MAX_CHARACTERS))
def test_long_texts_are_cut_and_lose_no_word(text: str) -> None:
    pieces = list(split_text(text))
    assert all(0 < len(piece) <= MAX_CHARACTERS for piece in pieces)
    assert " ".join(pieces).split() == text.split()


def test_a_text_without_a_space_is_cut_all_the_same() -> None:
    pieces = list(split_text("a" * (2 * MAX_CHARACTERS + 1)))
    assert [len(piece) for piece in pieces] == [MAX_CHARACTERS, MAX_CHARACTERS, 1]
