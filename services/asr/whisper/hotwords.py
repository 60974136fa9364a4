"""Hotwords: phrases that are put before the text as if they had been said, which makes them likelier.

Whisper knows no other way to be told of names and terms. The space for it is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.asr.engine import Phrase

MOST_TOKENS = 223
"""As in faster-whisper: half of the decoder's positions, less the token that begins a prompt."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Tokens of the phrases that fit, in their order, and those that did not fit."""

    tokens: tuple[int, ...] = ()
    left_out: tuple[Phrase, ...] = ()


def make_prompt(
    phrases: Sequence[Phrase], encode: Callable[[str], list[int]], most: int = MOST_TOKENS
) -> Prompt:
    """As many of the phrases as there is space for, the first first; a shorter one may fit after a longer."""
    tokens: list[int] = []
    left_out = []
    for phrase in phrases:
        text = " ".join(phrase.text.split())
        if not text:
            continue
        more = encode(f" {text}" if not tokens else f", {text}")
        if len(tokens) + len(more) > most:
            left_out.append(phrase)
        else:
            tokens += more
    return Prompt(tuple(tokens), tuple(left_out))
