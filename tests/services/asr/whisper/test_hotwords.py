"""Phrases in the prompt, and what finds no room there."""

from __future__ import annotations

from services.asr.engine import Phrase
from services.asr.whisper.hotwords import MOST_TOKENS, make_prompt


def encode(text: str) -> list[int]:
    """A token for each character."""
    return [ord(character) for character in text]


def test_phrases_are_one_text() -> None:
    prompt = make_prompt([Phrase("Rivermouth"), Phrase("  blue \n cheese ")], encode)
    assert "".join(map(chr, prompt.tokens)) == " Rivermouth, blue cheese"
    assert prompt.left_out == ()


def test_what_does_not_fit_is_told_and_a_shorter_one_may_follow() -> None:
    phrases = [Phrase("a" * 20), Phrase("b" * 30), Phrase("c"), Phrase("")]
    prompt = make_prompt(phrases, encode, most=30)
    assert "".join(map(chr, prompt.tokens)) == " " + "a" * 20 + ", c"
    assert prompt.left_out == (phrases[1],)


def test_there_is_never_more_than_whisper_takes() -> None:
    prompt = make_prompt([Phrase(f"phrase number {n}") for n in range(100)], encode)
    assert len(prompt.tokens) <= MOST_TOKENS
    assert len(prompt.left_out) > 80
