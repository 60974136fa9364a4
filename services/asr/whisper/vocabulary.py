"""Between tokens and words: prompts for the decoder, and words with their times from an alignment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from services.asr.engine import SAMPLE_RATE_HERTZ
from services.asr.whisper.marks import AFTER, BEFORE
from services.asr.whisper.passes import Spoken

_TOKEN_SAMPLES = SAMPLE_RATE_HERTZ // 50  # of one position of the encoder's output: 20 ms


class Vocabulary:
    """A model's tokens. `languages` are the primary tags that it has tokens for."""

    def __init__(self, directory: Path, *, multilingual: bool) -> None:
        import tokenizers
        from faster_whisper.tokenizer import _LANGUAGE_CODES, Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        inner = tokenizers.Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._multilingual = multilingual
        self.languages: tuple[str, ...] = ("en",)
        if multilingual:
            self.languages = tuple(
                code for code in _LANGUAGE_CODES if inner.token_to_id(f"<|{code}|>") is not None
            )
        self._tokenizers: dict[str, Any] = {
            code: Tokenizer(inner, multilingual, task="transcribe", language=code) for code in self.languages
        }
        any_tokenizer = next(iter(self._tokenizers.values()))
        if any_tokenizer.no_timestamps is None or any_tokenizer.sot is None:
            raise ValueError("tokenizer.json lacks Whisper's special tokens: copy the model's own")
        self.end_of_text: int = any_tokenizer.eot
        self.suppressed = list(get_suppressed_tokens(any_tokenizer, [-1]))

    def encode(self, text: str) -> list[int]:
        """Tokens of plain text."""
        tokens: list[int] = self._of(self.languages[0]).encode(text)
        return tokens

    def start(self, language: str) -> list[int]:
        """What a text begins with."""
        sequence: list[int] = self._of(language).sot_sequence
        return sequence

    def prompt(self, before: tuple[int, ...], language: str, prefix: tuple[int, ...]) -> list[int]:
        """All that the decoder is given."""
        tokenizer = self._of(language)
        head = [tokenizer.sot_prev, *before] if before else []
        return [*head, *tokenizer.sot_sequence, tokenizer.no_timestamps, *prefix]

    def words(
        self, prefix: tuple[int, ...], tokens: list[int], alignment: Any, language: str, origin: int
    ) -> tuple[Spoken, ...]:
        """The words of `tokens`, which stand after `prefix`; both were aligned together.

        What goes on in the last word of the prefix is left out: that word is settled. Times count from
        `origin`, in samples.
        """
        if not tokens:
            return ()
        starts, probabilities = _token_starts(alignment, len(prefix) + len(tokens))
        pieces, groups = self._of(language).split_to_word_tokens([*prefix, *tokens])
        words: list[Spoken] = []
        before: list[int] = []  # tokens of marks that belong to the next word
        text_before = ""
        begin = 0
        for piece, group in zip(pieces, groups, strict=True):
            first, begin = begin, begin + len(group)
            mark = piece.strip()
            if not mark or begin <= len(prefix) or first < len(prefix):
                continue
            probability = float(np.mean(probabilities[first:begin]))
            if all(character in AFTER for character in mark) and not piece.startswith(" "):
                if words and not before:
                    words[-1] = _marked(words[-1], piece, group, probability)
                continue
            if mark in BEFORE and piece.startswith(" "):
                before, text_before = before + group, text_before + mark
                continue
            start, end = (origin + int(starts[index]) * _TOKEN_SAMPLES for index in (first, begin))
            words.append(Spoken(text_before + mark, (*before, *group), start, end, probability))
            before, text_before = [], ""
        return tuple(words)

    def _of(self, language: str) -> Any:
        return self._tokenizers.get(language) or next(iter(self._tokenizers.values()))


def _marked(word: Spoken, piece: str, tokens: list[int], probability: float) -> Spoken:
    mark = probability if word.mark is None else min(word.mark, probability)
    return Spoken(word.text + piece, (*word.tokens, *tokens), word.start, word.end, word.probability, mark)


def _token_starts(alignment: Any, count: int) -> tuple[Any, Any]:
    """The position in the encoder's output where each token, and the end of the text, begins."""
    pairs = np.asarray(alignment.alignments, np.int64).reshape(-1, 2)
    starts = np.zeros(count + 1, np.int64)
    if len(pairs):
        rows, positions = pairs[:, 0], pairs[:, 1]
        jumps = np.flatnonzero(np.diff(rows, prepend=-1))
        starts[np.minimum(rows[jumps], count)] = positions[jumps]
        starts = np.maximum.accumulate(starts)
    probabilities = np.ones(count)
    given = np.asarray(alignment.text_token_probs, np.float64)[:count]
    probabilities[: len(given)] = given
    return starts, probabilities
