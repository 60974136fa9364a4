"""What the decoder shall write for a window, and which frames each token stands for.

Two forms, both of which faster-whisper uses: with times (transcription) and without (word alignment,
and decoding that needs no segments).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .flite import Span
from .tokenizer import Vocabulary
from .windows import Window

FRAMES_PER_S = 50  # of the encoder
LATEST_FIRST_TIME_S = 1.0  # faster-whisper's max_initial_timestamp
PAUSE_FRAMES = 75  # the most a mark owns of the pause behind it
MARKS = ".?,"


@dataclass(frozen=True)
class Token:
    """An id and the encoder frames [first, last) it stands for; none for `first == last`."""

    id: int
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class Prompt:
    """Ids before `<|startoftranscript|>`, and whether the window goes on inside of their last sentence."""

    ids: tuple[int, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True)
class Row:
    """One training sequence: inputs, what each shall predict (-1: nothing), and the frames of both."""

    inputs: tuple[Token, ...]
    labels: tuple[Token, ...]


class Labels:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._first_time = vocabulary.first_time
        special = vocabulary.id
        self._end = special("<|endoftext|>")
        self._prev = special("<|startofprev|>")
        self._no_speech, self._english = special("<|nospeech|>"), special("<|en|>")
        self._head = tuple(
            Token(special(name)) for name in ("<|startoftranscript|>", "<|en|>", "<|transcribe|>")
        )
        self._untimed = Token(special("<|notimestamps|>"))

    def prompt(self, text: str, goes_on: bool) -> Prompt:
        return Prompt((self._prev, *self._vocabulary.encode(f" {text}")[-200:]), goes_on)

    def row(self, window: Window, prompt: Prompt, timed: bool, forced: int = 0) -> Row:
        """`forced`: this many tokens are given, as a prefix is, and not asked for."""
        written = self._written(window, prompt.goes_on, timed)
        end = written[-1].last if written else 0
        written.append(Token(self._end, end, end + 12 if end else 0))
        if timed and not window.sentences:
            written.insert(0, Token(self._first_time))
        forced = min(forced, len(written) - 1)
        head = self._head if timed else (*self._head, self._untimed)
        given = [*(Token(number) for number in prompt.ids), *head]
        first = written[0]
        if timed and forced:  # a prefix follows <|0.00|>, wherever the speech begins
            first = replace(first, id=self._first_time)
        inputs = [*given, first, *written[1:-1]] if len(written) > 1 else given
        nothing = Token(-1)
        labels = [*[nothing] * (len(given) - 1 + forced), *written[forced:]]
        labels[len(prompt.ids)] = Token(self._english if window.sentences else self._no_speech)
        return Row(tuple(inputs), tuple(labels))

    def _time(self, at_s: float) -> Token:
        frame = max(0, min(round(at_s * FRAMES_PER_S), 1500))
        return Token(self._first_time + frame, max(frame - 2, 0), frame + 3)

    def _written(self, window: Window, goes_on: bool, timed: bool) -> list[Token]:
        tokens: list[Token] = []
        for number, sentence in enumerate(window.sentences):
            start_s, end_s = sentence.words[0].start_s, min(sentence.words[-1].end_s, window.heard_s)
            if timed:
                opens = self._time(start_s)
                if number == 0:
                    opens = replace(opens, id=self._time(min(start_s, LATEST_FIRST_TIME_S)).id)
                tokens.append(opens)
                if window.full and number and number == len(window.sentences) - 1:
                    break  # the next window will begin with this sentence
            for index, (piece, word) in enumerate(zip(sentence.pieces, sentence.words, strict=True)):
                if index == 0 and not (goes_on and number == 0):
                    piece = piece[0].upper() + piece[1:]
                tokens += self._word(piece, word)
            if timed:
                tokens.append(self._time(end_s))
        return self._with_pauses(tokens)

    def _word(self, piece: str, word: Span) -> list[Token]:
        body = piece.rstrip(MARKS)
        ids = self._vocabulary.encode(f" {body}")
        length = (word.end_s - word.start_s) / len(ids)
        tokens = []
        for index, number in enumerate(ids):
            first = max(int((word.start_s + index * length) * FRAMES_PER_S), 0)
            last = int((word.start_s + (index + 1) * length) * FRAMES_PER_S)
            tokens.append(Token(number, first, max(first + 1, last)))
        end = tokens[-1].last
        tokens += [Token(self._vocabulary.id(mark), end, end + 6) for mark in piece[len(body) :]]
        return tokens

    def _with_pauses(self, tokens: list[Token]) -> list[Token]:
        """Marks own the pause up to the next word: else that word would begin where the last one ended."""
        marks = {self._vocabulary.id(mark) for mark in MARKS}
        for index, token in enumerate(tokens):
            if token.id in marks:
                later = (other for other in tokens[index + 1 :] if other.id < self._end)
                after = next(later, None)
                if after is not None:
                    last = max(token.first + 2, min(after.first, token.first + PAUSE_FRAMES))
                    tokens[index] = replace(token, last=last)
        return tokens
