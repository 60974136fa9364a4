"""Batches for training, and the course that training takes from short windows to the real mixture."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from . import synthesise, tokenizer
from .flite import Span
from .grammar import plain_words, vocabulary
from .labels import FRAMES_PER_S, Labels, Prompt, Row
from .sound import Features
from .windows import FULL_S, Window, Windows

SHORT_UNTIL, MIXED_UNTIL = 900, 1500  # steps
LOOK_FOR_SHARDS = 40  # steps
# flite's US English, the pause first.
PHONES = (
    "pau", "aa", "ae", "ah", "ao", "aw", "ax", "ay", "b", "ch", "d", "dh", "eh", "er", "ey", "f", "g",
    "hh", "ih", "iy", "jh", "k", "l", "m", "n", "ng", "ow", "oy", "p", "r", "s", "sh", "t", "th", "uh",
    "uw", "v", "w", "y", "z", "zh",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The windows of one step. `offset`: encoder positions that the windows are moved by."""

    seconds: float
    count: int
    padded: bool = False
    offset: int = 0


def plan(step: int, rng: random.Random) -> Plan:
    """Short windows anywhere on the position table, then a mixture, then half padded, half not."""
    if step < SHORT_UNTIL:
        seconds = _few_lengths(rng.uniform(2, 5))
        return Plan(seconds, int(110 / seconds), offset=_offset(seconds, rng) if rng.random() < 0.5 else 0)
    kind = rng.random()
    if step < MIXED_UNTIL and kind < 0.15:
        return Plan(10.0, 14, offset=_offset(10.0, rng))
    if kind < (0.35 if step < MIXED_UNTIL else 0.5):
        return Plan(FULL_S, 8, padded=True)
    seconds = _few_lengths(rng.uniform(1.5, 12))
    return Plan(seconds, min(int(160 / seconds), 40))


def _few_lengths(seconds: float) -> float:
    """To a fifth of a second: the kernels that are made for each new length fill the memory."""
    return round(seconds * 5) / 5


def _offset(seconds: float, rng: random.Random) -> int:
    return rng.randrange(int((FULL_S - seconds) * FRAMES_PER_S))


@dataclass(frozen=True)
class Batch:
    """Tensors of one step. The sequences are all timed rows, then all untimed ones: twice the windows."""

    offset: int
    features: Tensor  # (windows, frames, mels)
    inputs: Tensor  # (rows, tokens)
    labels: Tensor  # (rows, tokens), -1: nothing to predict
    input_frames: Tensor  # (rows, tokens, 2), first and last encoder frame
    label_frames: Tensor
    phones: Tensor  # (windows, encoder frames), 0: none
    words: Tensor  # the same


class Batches(IterableDataset[Batch]):
    """Endless; takes in new shards as they appear."""

    def __init__(self, shards: Path, tokens: Path, first_step: int) -> None:
        super().__init__()
        self._shards = shards
        self._tokens = tokens
        self._first_step = first_step

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        maker = _Maker(self._tokens, f"windows from step {self._first_step}")
        seen: set[Path] = set()
        step = self._first_step
        while True:
            if (step - self._first_step) % LOOK_FOR_SHARDS == 0:
                for path in sorted(set(self._shards.glob("*.pickle")) - seen):
                    maker.windows.add(synthesise.load(path))
                    seen.add(path)
            yield maker.batch(plan(step, maker.windows.rng))
            step += 1


class _Maker:
    def __init__(self, tokens: Path, seed: str) -> None:
        self.windows = Windows(seed)
        self._vocabulary = tokenizer.load(tokens)
        self._labels = Labels(self._vocabulary)
        self._features = Features()
        self._phones = {phone: number for number, phone in enumerate(PHONES)}
        self._words = {word.lower(): number for number, word in enumerate(vocabulary(), 1)}

    def batch(self, plan: Plan) -> Batch:
        windows = [self.windows.draw(plan.seconds, plan.padded) for _ in range(plan.count)]
        frames = round(plan.seconds * FRAMES_PER_S)
        features = torch.zeros(len(windows), 2 * frames, 80)
        phones, words = (torch.zeros(len(windows), frames, dtype=torch.long) for _ in range(2))
        timed, untimed = [], []
        for number, window in enumerate(windows):
            heard = self._features(window.samples)[: 2 * frames]
            features[number, : len(heard)] = heard
            self._mark(phones[number], window.phones, window.heard_s, self._phones)
            self._mark(words[number], window.words, window.heard_s, self._words)
            prompt, forced = self._prompt(window), self._forced()
            timed.append(self._labels.row(window, prompt, True, forced))
            untimed.append(self._labels.row(window, prompt, False, forced))
        return Batch(plan.offset, features, *self._stacked(timed + untimed, plan.offset), phones, words)

    def _mark(self, row: Tensor, spans: tuple[Span, ...], heard_s: float, classes: dict[str, int]) -> None:
        for span in spans:
            number = classes[span.text]
            first, last = max(span.start_s, 0.0), min(span.end_s, heard_s)
            row[int(first * FRAMES_PER_S) : max(int(last * FRAMES_PER_S), 0)] = number

    def _forced(self) -> int:
        rng = self.windows.rng
        return rng.randint(1, 9) if rng.random() < 0.12 else 0

    def _prompt(self, window: Window) -> Prompt:
        """Previous text, other text, words to listen for, or (mostly) nothing."""
        rng = self.windows.rng
        others = [rng.choice(self.windows.utterances).text for _ in range(rng.randint(1, 3))]
        if window.before is not None and rng.random() < 0.5:
            earlier = others if rng.random() < 0.5 else []
            return self._labels.prompt(" ".join([*earlier, window.before]), goes_on=True)
        if rng.random() > 0.2:
            return Prompt()
        if rng.random() < 0.3:
            return self._labels.prompt(" ".join(rng.sample(vocabulary(), rng.randint(1, 8))), goes_on=False)
        return self._labels.prompt(" ".join(others), goes_on=False)

    def _stacked(self, rows: list[Row], offset: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        length = max(len(row.inputs) for row in rows)
        inputs = torch.full((len(rows), length), self._vocabulary.end_of_text)
        labels = torch.full((len(rows), length), -1)
        frames = torch.zeros(2, len(rows), length, 2, dtype=torch.long)
        for number, row in enumerate(rows):
            for kind, (ids, tokens) in enumerate(((inputs, row.inputs), (labels, row.labels))):
                values = torch.tensor([(token.id, token.first, token.last) for token in tokens])
                times = values[:, 0] >= self._vocabulary.first_time
                values[times, 0] = (values[times, 0] + offset).clamp(max=self._vocabulary.size - 1)
                ids[number, : len(tokens)] = values[:, 0]
                frames[kind, number, : len(tokens)] = values[:, 1:]
        return inputs, labels, frames[0], frames[1]


def spoken_words() -> int:
    """Classes of the word labels, with 0 for none."""
    return len({word for text in vocabulary() for word in plain_words(text)}) + 1
