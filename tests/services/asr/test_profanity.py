"""Words of the list are masked, in interims and finals; what only resembles them is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rivermouth.asr.v1 import asr_pb2
from services.asr.engine import EngineUnavailable, Word
from services.asr.profanity import open_filter
from services.asr.settings import ProfanitySettings
from tests.services.asr.conversation import configure, serving, zeros

built_in = open_filter(ProfanitySettings())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("shit", "s***"),
        ("Shit!", "S***!"),
        ("FUCKING,", "F******,"),
        ('"bastard\'s"', '"b******\'s"'),
        ("what the fuck is this shit", "what the f*** is this s***"),
        ("clever-asshole", "clever-a******"),
        ("ASS", "A**"),
    ],
)
def test_masks_all_but_the_first_letter(text: str, masked: str) -> None:
    assert built_in.mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe",
        "assess",
        "class",
        "assassin",
        "bass",
        "passion",
        "cocktail",
        "Dickens",
        "shitake",
        "Essex",
        "grape",
        "title",
        "button",
        "hello",
        "therapist",
        "Penistone",
        "matsushita",
        "pickaxe",
        "cassette",
        "embarrass",
        "",
        "…",
        "3.5",
        "don't",
    ],
)
def test_leaves_what_only_resembles_them(text: str) -> None:
    assert built_in.mask(text) == text


@given(st.text())
def test_the_length_stays_and_a_second_time_changes_nothing(text: str) -> None:
    once = built_in.mask(text)
    assert len(once) == len(text)
    assert built_in.mask(once) == once


def test_words_keep_their_times_and_confidence() -> None:
    words = (Word("what", 0, 1, 0.5), Word("shit", 1, 2, 0.25))
    assert built_in.mask_words(words) == (words[0], Word("s***", 1, 2, 0.25))


def test_words_of_the_deployment_are_added_and_taken_away() -> None:
    own = open_filter(ProfanitySettings(words=("Heck",), allowed=("Shit",)))
    assert own.mask("heck shit fuck") == "h*** shit f***"


def test_a_file_takes_the_place_of_the_list(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_text("# mild ones\ndarn darned\nschei\u00dfe  # German\n")
    own = open_filter(ProfanitySettings(file=str(path)))
    assert own.mask("DARN it, fuck, Schei\u00dfe") == "D*** it, fuck, S******"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "words"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EngineUnavailable, match=r"profanity\.file .* cannot be read"):
        open_filter(ProfanitySettings(file=str(path)))


@pytest.mark.parametrize("filtered", [False, True])
async def test_interims_finals_and_the_whole_text(filtered: bool) -> None:
    recognition = asr_pb2.RecognitionConfig(profanity_filter=filtered)
    words = ["well,", "Fuck!", "Scunthorpe"]
    shown = ["well,", "F***!", "Scunthorpe"] if filtered else words
    async with serving(scripted={"words": words}) as service:
        answers = (await service.converse([configure(recognition=recognition), *zeros(3)])).check()
    assert not answers.of("failure")
    assert answers.interims
    for transcript in answers.of("transcript"):
        assert {word.text for word in transcript.words} <= set(shown)
        assert transcript.text == " ".join(word.text for word in transcript.words)
    assert set(answers.of("transcript_complete")[0].text.split()) == set(shown)
