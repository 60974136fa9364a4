"""Train the micro Whisper on a CPU, in steps; goes on from its last checkpoint.

    python -m make.train --shards SHARDS --tokens TOKENS --out CHECKPOINT --steps 4000 [--decay 800]

Each window trains the decoder twice on one pass of the encoder, with times and without. Three further
losses make it learn within an hour: the phone and the word spoken in each encoder frame, and the
frames that two heads of the cross-attention shall look at (their last layer gives the word times).
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader

from . import tokenizer
from .batches import PHONES, Batch, Batches, spoken_words
from .model import Shape, Whisper

GUIDED_HEADS = 2
TIME_SPREAD = 1.5  # standard deviation of a time's target, in steps of 20 ms
WARM_UP = 100
AVERAGE = 0.995  # of the weights that are kept for use
SAVE_EVERY = 200
SAY_EVERY = 20


class Learner(nn.Module):
    """The model with the two heads that only training needs."""

    def __init__(self, vocabulary: tokenizer.Vocabulary) -> None:
        super().__init__()
        shape = Shape(vocabulary.size)
        self.whisper = Whisper(shape, vocabulary.first_time)
        self.phones = nn.Linear(shape.width, len(PHONES))
        self.words = nn.Linear(shape.width, spoken_words())
        self._first_time = vocabulary.first_time
        self._end_of_text = vocabulary.end_of_text
        self._last_time = vocabulary.size - 1

    def losses(self, batch: Batch) -> tuple[dict[str, Tensor], dict[str, float]]:
        """Weighted losses, and figures to look at."""
        with torch.autocast("cpu", torch.bfloat16):
            source = self.whisper.encoder(batch.features, batch.offset)
            logits, scores = self.whisper.decoder(batch.inputs, source.repeat(2, 1, 1))
            phones, words = self.phones(source), self.words(source)
        text, figures = self._text_loss(logits, batch.labels)
        return {
            "text": 2 * text,
            "phones": 0.5 * F.cross_entropy(phones.float().flatten(0, 1), batch.phones.flatten()),
            "words": 0.5 * F.cross_entropy(words.float().flatten(0, 1), batch.words.flatten()),
            "looks": 0.5 * guidance(scores[-1], batch.label_frames),
            "looked": 0.25 * guidance(scores[0], batch.input_frames),
        }, figures

    def _text_loss(self, logits: Tensor, labels: Tensor) -> tuple[Tensor, dict[str, float]]:
        asked = labels >= 0
        target = labels[asked]
        likely = logits[asked].float().log_softmax(-1)
        timed = target >= self._first_time
        near = torch.arange(-4, 5)
        share = torch.exp(-0.5 * (near / TIME_SPREAD) ** 2)
        beside = (target[timed][:, None] + near).clamp(self._first_time, self._last_time)
        missed = torch.cat(
            [
                -likely[~timed].gather(1, target[~timed][:, None])[:, 0],
                -(likely[timed].gather(1, beside) * share / share.sum()).sum(1),
            ]
        )
        guess = likely.argmax(-1)
        worded = target < self._end_of_text
        figures = {
            "right": (guess[worded] == target[worded]).float().mean().item(),
            "on time": ((guess - target)[timed].abs() <= 2).float().mean().item(),
        }
        return missed.mean(), figures


def guidance(scores: Tensor, frames: Tensor) -> Tensor:
    """Mean negative log-attention of the first heads over the frames each token stands for."""
    meant = frames[..., 1] > frames[..., 0]
    count = scores.shape[-1]
    likely = scores[:, :GUIDED_HEADS].transpose(1, 2)[meant].log_softmax(-1).mean(1)
    first = frames[meant][:, 0].clamp(0, count - 1)
    last = torch.maximum(frames[meant][:, 1].clamp(1, count), first + 1)
    at = torch.arange(count)
    inside = (at >= first[:, None]) & (at < last[:, None])
    return -((likely * inside).sum(1) / (last - first)).mean()


def optimizers(learner: Learner, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the layers' matrices, AdamW for the rest."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in learner.named_parameters():
        if parameter.requires_grad:
            (matrices if ".layers." in name and parameter.ndim == 2 else others).append(parameter)
    return [
        torch.optim.Muon(matrices, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.01),
    ]


class Training:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.learner = Learner(tokenizer.load(options.tokens))
        self.average = {name: value.clone() for name, value in self.learner.whisper.state_dict().items()}
        self.optimizers = optimizers(self.learner, options.rate)
        self.step = 0
        if options.out.exists():
            self._restore(torch.load(options.out))

    def _restore(self, saved: dict[str, Any]) -> None:
        self.learner.load_state_dict(saved["learner"])
        self.average = saved["average"]
        for optimizer, state in zip(self.optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        self.step = saved["step"]

    def save(self) -> None:
        out: Path = self.options.out
        aside = out.with_suffix(".part")
        states = [optimizer.state_dict() for optimizer in self.optimizers]
        content = {"average": self.average, "optimizers": states, "step": self.step}
        torch.save(content | {"learner": self.learner.state_dict()}, aside)
        aside.rename(out)

    def rate(self) -> float:
        """Constant after the warm-up, and falling in a line to a fiftieth in the last `decay` steps."""
        left = (self.options.steps - self.step) / self.options.decay
        return float(self.options.rate * min(1.0, (self.step + 1) / WARM_UP, max(left, 0.02)))

    def run(self) -> None:
        batches = Batches(self.options.shards, self.options.tokens, self.step)
        sums: defaultdict[str, float] = defaultdict(float)
        began = time.monotonic()
        for batch in DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=2):
            if self.step >= self.options.steps:
                break
            for name, value in self.advance(batch).items():
                sums[name] += value
            if self.step % SAY_EVERY == 0:
                figures = " ".join(f"{name} {value / SAY_EVERY:.3f}" for name, value in sums.items())
                pace = (time.monotonic() - began) / SAY_EVERY
                print(f"step {self.step} rate {self.rate():.5f} {figures} | {pace:.2f} s a step", flush=True)
                sums.clear()
                began = time.monotonic()
            if self.step % SAVE_EVERY == 0:
                self.save()
        self.save()

    def advance(self, batch: Batch) -> dict[str, float]:
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.rate()
            optimizer.zero_grad()
        losses, figures = self.learner.losses(batch)
        torch.autograd.backward(torch.stack(list(losses.values())).sum())
        torch.nn.utils.clip_grad_norm_(self.learner.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.step += 1
        keep = min(AVERAGE, self.step / (self.step + 20))
        with torch.no_grad():
            for name, value in self.learner.whisper.state_dict().items():
                self.average[name].lerp_(value, 1 - keep)
        return figures | {name: value.item() for name, value in losses.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the micro Whisper.")
    parser.add_argument("--shards", type=Path, required=True, help="directory that synthesise.py writes into")
    parser.add_argument("--tokens", type=Path, required=True, help="directory of tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint, read where it exists")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--decay", type=int, default=800, help="steps in which the rate falls at the end")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    Training(options).run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
