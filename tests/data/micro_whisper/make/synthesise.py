"""Speak the training sentences: shards of utterances that `windows.py` puts together.

    python -m make.synthesise --out SHARDS [--shards 24] [--each 1000] [--first 0] [--digits 0.06]

Held-out sentences are never among them. Shards appear whole (written aside, then renamed), so that
training can begin with the first ones.
"""

from __future__ import annotations

import argparse
import contextlib
import pickle
import random
from pathlib import Path

from .flite import VOICES, Flite, Manner, Utterance
from .grammar import digits, held_out, sentence, word_list

VOICE_WEIGHTS = {"rms": 0.34, "awb": 0.34, "slt": 0.16, "kal16": 0.08, "kal": 0.08}
WORD_LISTS = 0.22  # share of utterances without grammar


def training_text(rng: random.Random, digit_strings: float) -> str:
    """One sentence, list of words or (this share) string of digits that training may see."""
    while True:
        kind = rng.random()
        if kind < digit_strings:
            text = digits(rng).capitalize() + "."
        elif kind < digit_strings + WORD_LISTS:
            text = word_list(rng)
        else:
            text = sentence(rng)
        if not held_out(text):
            return text


def manner(rng: random.Random) -> Manner:
    """Half of all sentences are spoken as the voice speaks by itself."""
    return Manner() if rng.random() < 0.5 else Manner(rng.uniform(0.85, 1.2), rng.uniform(0.9, 1.12))


def speak(flite: Flite, rng: random.Random, digit_strings: float) -> Utterance:
    voice = rng.choices(list(VOICES), [VOICE_WEIGHTS[name] for name in VOICES])[0]
    while True:
        with contextlib.suppress(ValueError):  # flite reads "Peter I" as "Peter the first"
            return flite.say(training_text(rng, digit_strings), voice, manner(rng))


def load(path: Path) -> list[Utterance]:
    """The utterances of one shard, in the order they were spoken."""
    with path.open("rb") as file:
        utterances: list[Utterance] = pickle.load(file)
    return utterances


def save(path: Path, utterances: list[Utterance]) -> None:
    aside = path.with_suffix(".part")
    with aside.open("wb") as file:
        pickle.dump(utterances, file, protocol=pickle.HIGHEST_PROTOCOL)
    aside.rename(path)


def main() -> int:
    parser = argparse.ArgumentParser(description="Speak the training sentences into shards.")
    parser.add_argument("--out", type=Path, required=True, help="directory for the shards")
    parser.add_argument("--shards", type=int, default=24)
    parser.add_argument("--each", type=int, default=1000, help="utterances in a shard")
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--digits", type=float, default=0.06, help="share of strings of digits")
    options = parser.parse_args()
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    flite = Flite()
    for number in range(options.first, options.first + options.shards):
        path = out / f"shard{number:03}.pickle"
        if path.exists():
            continue
        rng = random.Random(f"shard {number}")
        utterances = [speak(flite, rng, options.digits) for _ in range(options.each)]
        save(path, utterances)
        seconds = sum(len(spoken.samples) for spoken in utterances) / 16_000
        print(f"{path.name}: {len(utterances)} utterances, {seconds / 60:.0f} minutes", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
