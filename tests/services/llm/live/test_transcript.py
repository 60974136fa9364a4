"""Text from pieces, and joined where a turn was heard twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm.live.transcript import Overlap, TurnTranscript

WORDS = st.lists(st.sampled_from(["one", "two", "three", "four", "five"]), max_size=12)


def hear(transcript: TurnTranscript, text: str) -> None:
    for character in text:
        transcript.add(character)


def test_a_word_settles_when_the_next_begins() -> None:
    transcript = TurnTranscript()
    seen = []
    for piece in (" Hel", "lo wor", "ld.", " <noise", "> Bye"):
        transcript.add(piece)
        seen.append((transcript.words, transcript.settled))
    assert seen == [
        (("Hel",), 0),
        (("Hello", "wor"), 1),
        (("Hello", "world."), 1),
        (("Hello", "world."), 1),
        (("Hello", "world.", "Bye"), 2),
    ]
    transcript.finish()
    assert (transcript.words, transcript.settled) == (("Hello", "world.", "Bye"), 3)


def test_a_guess_stands_until_text_comes() -> None:
    transcript = TurnTranscript()
    transcript.add("good ")
    transcript.guess("mourning")
    assert (transcript.words, transcript.settled) == (("good", "mourning"), 1)
    transcript.guess("morning every")
    assert transcript.words == ("good", "morning", "every")
    transcript.add("morning")
    assert (transcript.words, transcript.settled) == (("good", "morning"), 1)
    transcript.guess("to all")
    transcript.finish()
    assert transcript.words == ("good", "morning")


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("", "one two", "one two"),
        ("one two thr", "one two three four", "one two three four"),
        (
            "five eight six eight nine nine x",
            "five eight six eight nine nine x",
            "five eight six eight nine nine x",
        ),
        ("no no no x", "no no no no x", "no no no no x"),
        ("Good morning, x", "good morning customer", "Good morning, customer"),
        ("one too three x", "one two three four", "one too three four"),
        ("one two three x", "one three four five", "one two three four five"),
        ("one three x", "one two three four five", "one three four five"),
        ("one two three x", "one two", "one two three"),
        ("one two three x", "", "one two three"),
    ],
)
def test_a_second_hearing_goes_on_from_the_first(first: str, second: str, joined: str) -> None:
    transcript = TurnTranscript()
    hear(transcript, first)
    transcript.restart()
    hear(transcript, second)
    transcript.finish()
    assert " ".join(transcript.words) == joined


@given(WORDS, st.data())
def test_the_same_text_heard_again_loses_and_repeats_nothing(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    transcript = TurnTranscript()
    for _ in range(data.draw(st.integers(0, 3))):
        hear(transcript, text[: data.draw(st.integers(0, len(text)))])
        transcript.restart()
    hear(transcript, text)
    transcript.finish()
    assert list(transcript.words) == words


@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_settled_words_stay(hearings: list[list[str]], data: st.DataObject) -> None:
    transcript = TurnTranscript()
    settled: tuple[str, ...] = ()
    for number, words in enumerate(hearings):
        text = " ".join(words)
        pieces = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
        if number:
            transcript.restart()
        for begin, end in zip([0, *pieces], [*pieces, len(text)], strict=True):
            transcript.add(text[begin:end])
            if data.draw(st.booleans()):
                transcript.guess(" four five")
            assert transcript.words[: len(settled)] == settled
            assert transcript.settled >= len(settled)
            settled = transcript.words[: transcript.settled]
    transcript.finish()
    assert transcript.words[: len(settled)] == settled
    assert transcript.settled == len(transcript.words)


@given(WORDS, WORDS)
def test_the_joint_is_that_of_the_whole_table(kept: list[str], heard: list[str]) -> None:
    overlap = Overlap(kept)
    for count, word in enumerate(heard, start=1):
        overlap.extend(word)
        assert overlap.count == count
        assert overlap.is_exact == (kept == heard[:count])
    distances = [_distance(kept, heard[:count]) for count in range(len(heard) + 1)]
    least = min(distances[: overlap.joint + 4])
    assert distances[overlap.joint] == least


def _distance(one: list[str], other: list[str]) -> int:
    table = [list(range(len(other) + 1))]
    for row, left in enumerate(one, start=1):
        table.append([row])
        for column, right in enumerate(other, start=1):
            best = min(table[row - 1][column], table[row][column - 1]) + 1
            table[row].append(min(best, table[row - 1][column - 1] + (left != right)))
    return table[-1][-1]
