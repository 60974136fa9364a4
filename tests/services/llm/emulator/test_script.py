"""What the emulator hears."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.llm.emulator.script import CountedWords, Hearer, KnownAudio, ScriptedWord
from tests.services.llm.live.listening import sound

RECORDING = sound(3.0)
LATER = sound(1.0, 1)
SCRIPT = KnownAudio(
    [
        (
            RECORDING,
            [ScriptedWord(f"w{number}", 8_000 * number, 8_000 * (number + 1)) for number in range(6)],
        ),
        (LATER, [ScriptedWord("later", 4_000, 9_000)]),
    ]
)


def hear(hearer: Hearer, pcm: bytes, size: int = 3_200) -> list[str]:
    said: list[str] = []
    for begin in range(0, len(pcm), size):
        said += hearer.accept(pcm[begin : begin + size])
    return said + list(hearer.finish())


@given(st.integers(2, 9_000).map(lambda size: 2 * size))
def test_words_come_by_the_amount_of_audio(size: int) -> None:
    assert hear(CountedWords(["a", "b"], 0.5).open(), bytes(2 * 40_000), size) == ["a", "b", "a", "b", "a"]


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        (0, 48_000, "w0 w1 w2 w3 w4 w5"),
        (3_000, 30_000, "w0 w1 w2 w3"),  # more than half of the first, and of the last
        (5_000, 27_000, "w1 w2"),
        (8_000, 16_000, "w1"),
        (9_000, 9_800, "w1"),
    ],
)
@pytest.mark.parametrize("size", [320, 3_200, 100_000])
def test_known_audio_is_found(begin: int, end: int, words: str, size: int) -> None:
    if (begin, end) == (9_000, 9_800):
        words = ""  # less than half of it
    assert " ".join(hear(SCRIPT.open(), RECORDING[2 * begin : 2 * end], size)) == words


def test_the_right_recording_is_found() -> None:
    assert hear(SCRIPT.open(), LATER) == ["later"]
    assert hear(SCRIPT.open(), sound(1.0, 2)) == []
    assert hear(SCRIPT.open(), b"") == []


def test_words_come_when_they_have_ended() -> None:
    hearer = SCRIPT.open()
    assert list(hearer.accept(RECORDING[:15_000])) == []
    assert list(hearer.accept(RECORDING[15_000:16_100])) == ["w0"]
